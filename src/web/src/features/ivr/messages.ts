import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** `GET /api/v1/voicemails` and `POST /api/v1/voicemails/{id}/heard`: what callers said when nobody was there. */

const messageSchema = z.object({
  voicemailId: id,
  attemptId: id,
  recordingSid: z.string(),
  seconds: z.number(),
  at: z.string(),
  last4: z.string(),
  state: z.enum(["Waiting", "Stored", "Missing", "Purged"]),
  verified: z.boolean(),
  caller: z.string().nullish(),
  accountId: id.nullish(),
  clientAccountNo: z.string().nullish(),
  heardAt: z.string().nullish(),
  heardBy: z.string().nullish(),
});
export type Message = z.infer<typeof messageSchema>;

export const messagesQuery = queryOptions({
  queryKey: ["ivr", "messages"],
  queryFn: ({ signal }) => ask("/api/v1/voicemails", { schema: z.array(messageSchema), signal }),
  refetchInterval: 30_000,
});

export const markHandled = (voicemailId: string) =>
  ask(`/api/v1/voicemails/${encodeURIComponent(voicemailId)}/heard`, { method: "POST" });
