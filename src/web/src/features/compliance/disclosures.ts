import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** Conversations with the right party that ended while a disclosure they owed was not ticked: `/api/v1/compliance/disclosures/missing`. */

const root = "/api/v1/compliance/disclosures/missing";

export const findings = ["Given", "NotGiven", "NotOwed"] as const;
export type Finding = (typeof findings)[number];

const missingSchema = z.object({
  attemptId: id,
  accountId: id.nullish(),
  talkedAt: z.string(),
  agent: z.string(),
  campaign: z.string().nullish(),
  disposition: z.string().nullish(),
  codes: z.array(z.string()),
  recorded: z.boolean(),
});
export type Missing = z.infer<typeof missingSchema>;

export const missingKey = ["disclosures", "missing"] as const;
export const missingQuery = queryOptions({
  queryKey: missingKey,
  queryFn: ({ signal }) => ask(root, { schema: z.array(missingSchema), signal }),
});

export const recordFinding = (attempt: string, finding: Finding, words: string): Promise<void> =>
  ask(`${root}/${encodeURIComponent(attempt)}/review`, { method: "POST", body: { finding, words } });
