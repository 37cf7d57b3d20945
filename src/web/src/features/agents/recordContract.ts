import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** What is on record about one account and its person: the timeline, numbers and consents, and what may be written to them. */

const timelineSchema = z.object({
  items: z.array(
    z.object({
      at: z.string(),
      kind: z.string(),
      code: z.string(),
      detail: z.string().nullish(),
      amount: z.coerce.number().nullish(),
      note: z.string().nullish(),
      by: z.string(),
      seconds: z.number().nullish(),
      id,
    }),
  ),
  next: z.string().nullish(),
});
export type TimelineEntry = z.infer<typeof timelineSchema>["items"][number];

/** Asked for anew when the call in hand enters another phase: it is in the stream itself. */
export const timelineQuery = (accountId: string, phase: string) =>
  queryOptions({
    queryKey: ["accounts", accountId, "timeline", phase],
    queryFn: ({ signal }) => ask(`/api/v1/accounts/${accountId}/timeline`, { schema: timelineSchema, signal }),
    staleTime: 10_000,
  });

const contactsSchema = z.object({
  personId: id,
  phones: z.array(
    z.object({
      phoneId: id,
      e164: z.string(),
      lineType: z.string(),
      place: z.string(),
      status: z.string(),
      voice: z.string().nullish(),
      sms: z.string().nullish(),
    }),
  ),
  email: z.object({ known: z.boolean(), consent: z.string().nullish() }),
  inconvenientTimes: z.array(
    z.object({ id, days: z.array(z.number()), from: z.string(), to: z.string(), words: z.string() }),
  ),
  inconvenientPlaces: z.array(z.string()),
  history: z.array(
    z.object({
      at: z.string(),
      last4: z.string(),
      what: z.string(),
      before: z.string().nullish(),
      words: z.string(),
      recordedBy: z.string(),
    }),
  ),
});
export type Contacts = z.infer<typeof contactsSchema>;
export type Phone = Contacts["phones"][number];

export const contactsQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["accounts", accountId, "contacts"],
    queryFn: ({ signal }) => ask(`/api/v1/accounts/${accountId}/contacts`, { schema: contactsSchema, signal }),
  });

const waySchema = z.object({
  channel: z.enum(["Letter", "Email"]),
  to: z.string(),
  allowed: z.boolean(),
  reasons: z.array(z.object({ code: z.string(), citation: z.string() })),
  retryAt: z.string().nullish(),
});
export type Way = z.infer<typeof waySchema>;

export const noticesQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["accounts", accountId, "notices"],
    queryFn: ({ signal }) =>
      ask(`/api/v1/accounts/${accountId}/notices`, {
        schema: z.object({ kinds: z.array(z.string()), ways: z.array(waySchema) }),
        signal,
      }),
  });

export const previewNotice = (accountId: string, kind: string, channel: string) =>
  ask(`/api/v1/accounts/${accountId}/notices/preview`, {
    method: "POST",
    body: { kind, channel },
    schema: z.object({ subject: z.string(), body: z.string(), way: waySchema }),
  });

export const sendNotice = (accountId: string, kind: string, channel: string, attemptId: string) =>
  ask(`/api/v1/accounts/${accountId}/notices`, {
    method: "POST",
    body: { kind, channel, attemptId: Number(attemptId) },
    schema: z.object({ noticeId: id }),
  });
