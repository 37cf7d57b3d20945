import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask } from "../../app/http";

/** `GET`, `POST /api/v1/agent/calls/{attemptId}/offer`; `POST`, `DELETE .../offer-requests`. */
const standingSchema = z.object({ amount: z.coerce.number(), lastDay: z.string() });

const offerSchema = z.object({
  balance: z.coerce.number(),
  currency: z.string(),
  /** Of the balance, that this agent may forgive without asking. */
  mostPercent: z.coerce.number(),
  /** The smallest amount the agent may offer; null when none. */
  least: z.coerce.number().nullish(),
  standing: standingSchema.nullish(),
});
export type OfferState = z.infer<typeof offerSchema>;

/** Asked for anew with each answer to a question, which may have made an offer. */
export const offerQuery = (attemptId: string, answer: string) =>
  queryOptions({
    queryKey: ["offer", attemptId, answer],
    queryFn: ({ signal }) => ask(`/api/v1/agent/calls/${attemptId}/offer`, { schema: offerSchema, signal }),
  });

export interface OfferForm {
  amount: string;
  lastDay: string;
  reason: string;
}

export const makeOffer = (attemptId: string, form: OfferForm) =>
  ask(`/api/v1/agent/calls/${attemptId}/offer`, { method: "POST", body: bodyOf(form) });

export const askForOffer = (attemptId: string, form: OfferForm) =>
  ask(`/api/v1/agent/calls/${attemptId}/offer-requests`, {
    method: "POST",
    body: { ...bodyOf(form), reason: form.reason.trim() },
  });

export const takeBackOffer = (attemptId: string) =>
  ask(`/api/v1/agent/calls/${attemptId}/offer-requests`, { method: "DELETE" });

const bodyOf = (form: OfferForm) => ({ amount: Number(form.amount), lastDay: form.lastDay });

/** Why the form cannot be sent yet, or what sending it would be: an offer of the agent's own, or a question. */
export function offerStep(
  offer: OfferState,
  form: OfferForm,
): "amount" | "settles" | "day" | "reason" | "offer" | "ask" {
  const amount = Number(form.amount);
  if (!/^\d+(\.\d{1,2})?$/.test(form.amount.trim()) || amount <= 0) return "amount";
  if (amount >= offer.balance) return "settles";
  if (form.lastDay === "") return "day";
  if (typeof offer.least === "number" && amount >= offer.least) return "offer";
  return form.reason.trim() === "" ? "reason" : "ask";
}

/** The part of the balance that an amount forgives, 0 to 1. */
export const forgiven = (balance: number, amount: number): number => (balance > 0 ? 1 - amount / balance : 0);
