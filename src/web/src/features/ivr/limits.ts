import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask } from "../../app/http";

/** `GET` and `PUT /api/v1/clients/{code}/ivr-policy`: what a client's callers are asked and may agree to by machine. */

export const identifiers = ["Zip", "BirthDate", "SsnLast4"] as const;
export type Identifier = (typeof identifiers)[number];

const limitsSchema = z.object({
  identifiers: z.array(z.enum(identifiers)),
  maxFailures: z.number(),
  minimumAmount: z.number(),
  maxPromiseDays: z.number(),
  maxBrokenPromises: z.number(),
  maxDeclines: z.number(),
  takesBankAccounts: z.boolean(),
  /** "HH:mm"; null with `closes`: the house's hours. */
  opens: z.string().nullish(),
  closes: z.string().nullish(),
});
export type Limits = z.infer<typeof limitsSchema>;

/** Who set them and when; nobody: the product's own hold. */
const heldSchema = limitsSchema.extend({ setBy: z.string().nullish(), setAt: z.string().nullish() });
export type Held = z.infer<typeof heldSchema>;

const answerSchema = z.object({
  holds: heldSchema,
  before: z.array(heldSchema),
  house: z.object({
    opens: z.string(),
    closes: z.string(),
    maxFailuresPerPersonHour: z.number(),
    maxFailuresPerNumberHour: z.number(),
    maxPeoplePerNumberDay: z.number(),
    maxWithheldFailuresPerHour: z.number(),
    maxFailuresPerHour: z.number(),
  }),
});
export type LimitsAnswer = z.infer<typeof answerSchema>;

const pathOf = (client: string) => `/api/v1/clients/${encodeURIComponent(client)}/ivr-policy`;

export const limitsKey = (client: string) => ["ivr", "limits", client] as const;

export const limitsQuery = (client: string) =>
  queryOptions({
    queryKey: limitsKey(client),
    queryFn: ({ signal }) => ask(pathOf(client), { schema: answerSchema, signal }),
    enabled: client !== "",
  });

export const setLimits = (client: string, limits: Limits) => ask(pathOf(client), { method: "PUT", body: limits });

/** The limits alone, without who set them. */
export const limitsOf = ({ setBy: _by, setAt: _at, ...limits }: Held): Limits => limits;
