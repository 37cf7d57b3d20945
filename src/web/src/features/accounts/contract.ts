import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** `GET /api/v1/accounts/{id}` and `GET /api/v1/accounts?q=`. Agents get telephone numbers masked by the server. */

const amount = z.coerce.number();

const accountSchema = z.object({
  account: z.object({
    accountId: id,
    client: z.string(),
    clientAccountNo: z.string(),
    creditor: z.string(),
    product: z.string(),
    currency: z.string(),
    balance: amount,
    bucketCurrent: amount,
    bucket30: amount,
    bucket60: amount,
    bucket90: amount,
    bucket120: amount,
    bucketOlder: amount,
    pastDue: amount,
    minimumPayment: amount,
    oldestDueOn: z.string().nullish(),
    status: z.string(),
    placedOn: z.string(),
    personId: id,
    firstName: z.string(),
    lastName: z.string(),
    language: z.string(),
    city: z.string().nullish(),
    state: z.string().nullish(),
  }),
  phones: z.array(
    z.object({
      phoneId: id,
      e164: z.string(),
      lineType: z.string(),
      place: z.string(),
      status: z.string(),
      voiceConsent: z.string().nullish(),
    }),
  ),
  otherAccounts: z.array(
    z.object({ accountId: id, creditor: z.string(), balance: amount, currency: z.string(), status: z.string() }),
  ),
  holds: z.array(
    z.object({
      kind: z.string(),
      openedAt: z.string(),
      expiresAt: z.string().nullish(),
      reason: z.string(),
    }),
  ),
});
export type Account = z.infer<typeof accountSchema>;

export const accountQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["accounts", accountId],
    queryFn: ({ signal }) =>
      ask(`/api/v1/accounts/${encodeURIComponent(accountId)}`, { schema: accountSchema, signal }),
    staleTime: 30_000,
  });

const foundSchema = z.object({
  items: z.array(
    z.object({
      accountId: id,
      client: z.string(),
      clientAccountNo: z.string(),
      creditor: z.string(),
      balance: amount,
      currency: z.string(),
      status: z.string(),
      firstName: z.string(),
      lastName: z.string(),
      city: z.string().nullish(),
      state: z.string().nullish(),
    }),
  ),
  next: id.nullish(),
});
export type FoundAccount = z.infer<typeof foundSchema>["items"][number];

/** The server wants 2 to 100 characters: an account or person number, a telephone number, or the start of a last name. */
export const searchable = (text: string): boolean => text.trim().length >= 2 && text.trim().length <= 100;

export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: ["accounts", "search", text.trim()],
    queryFn: ({ signal }) =>
      ask(`/api/v1/accounts?limit=50&q=${encodeURIComponent(text.trim())}`, { schema: foundSchema, signal }),
    enabled: searchable(text),
    staleTime: 10_000,
  });
