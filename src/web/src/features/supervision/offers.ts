import { z } from "zod";
import { ask, id } from "../../app/http";

/** What agents ask for beyond their authority: `GET /api/v1/offer-requests`, `POST /api/v1/offer-requests/{id}/answer`. */
const amount = z.coerce.number();

const offerRequestSchema = z.object({
  id,
  attemptId: id,
  accountId: id,
  agent: z.string(),
  team: z.string(),
  askedAt: z.string(),
  untilAt: z.string(),
  amount,
  lastDay: z.string(),
  reason: z.string(),
  state: z.enum(["Open", "Approved", "Refused"]),
  words: z.string(),
  granted: amount.nullish(),
  answeredBy: z.string().nullish(),
  creditor: z.string(),
  clientAccountNo: z.string(),
  balance: amount,
  currency: z.string(),
  percent: amount,
});
export type OfferQuestion = z.infer<typeof offerRequestSchema>;

export const offersKey = ["offer-requests"] as const;

export const offersQuery = {
  queryKey: offersKey,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    ask("/api/v1/offer-requests", {
      schema: z.object({ mostPercent: amount, now: z.string(), items: z.array(offerRequestSchema) }),
      signal,
    }),
  refetchInterval: 3_000,
};

export function answerOffer(
  question: string,
  answer: { approve: boolean; amount: number | null; words: string },
): Promise<void> {
  return ask(`/api/v1/offer-requests/${encodeURIComponent(question)}/answer`, { method: "POST", body: answer });
}
