import { z } from "zod";
import { clockSchema } from "../../app/clock";
import { id } from "../../app/http";
import { agentStates } from "../supervision/contract";

/** The agents' API: `POST /api/v1/agent/session`, `GET /api/v1/agent/events` and the calls of the desk. */

const amount = z.coerce.number();

const contextSchema = z.object({
  localTime: z.string().nullish(),
  windowUntil: z.string().nullish(),
  attemptsLeft: z.number().nullish(),
  consent: z.string().nullish(),
  why: z.string().nullish(),
});

/** Card fields in the carrier's words, in the order in which they are asked for. */
export const cardFields = ["payment-card-number", "expiration-date", "security-code", "postal-code"] as const;

const controlsSchema = z.object({
  heldAt: z.string().nullish(),
  recording: z.enum(["Off", "Recording", "Paused", "Stopped", "Declined"]),
  consult: z.object({ agent: z.string(), state: z.enum(["Asked", "Joined", "ThreeWay"]) }).nullish(),
  payment: z
    .object({
      number: z.number(),
      state: z.enum(["Open", "Completing", "Captured", "Declined", "Cancelled", "Unknown"]),
      amount,
      required: z.array(z.string()),
      capturing: z.string().nullish(),
      masked: z.record(z.string(), z.string()),
      error: z.string().nullish(),
    })
    .nullish(),
  monitored: z.enum(["Listen", "Whisper", "Barge", "TakeOver"]).nullish(),
  transferred: z.boolean(),
});
export type CallControls = z.infer<typeof controlsSchema>;

const routingSchema = z.object({
  reason: z.string(),
  why: z.string().nullish(),
  needs: z.array(z.string()).nullish(),
  idleSeconds: z.number().nullish(),
  waitedSeconds: z.number().nullish(),
});

const offerRequestSchema = z.object({
  id,
  state: z.enum(["Open", "Approved", "Refused", "Withdrawn", "Expired"]),
  amount,
  lastDay: z.string(),
  granted: amount.nullish(),
  answeredBy: z.string().nullish(),
  words: z.string(),
});
export type OfferRequest = z.infer<typeof offerRequestSchema>;

const callSchema = z.object({
  attemptId: id,
  callSid: z.string().nullish(),
  campaign: z.string().nullish(),
  direction: z.string(),
  startedAt: z.string(),
  person: z
    .object({
      id,
      firstName: z.string(),
      lastName: z.string(),
      language: z.string().nullish(),
      localTime: z.string().nullish(),
      state: z.string().nullish(),
    })
    .nullish(),
  account: z
    .object({
      id,
      creditor: z.string(),
      clientAccountNumber: z.string(),
      balance: amount,
      currency: z.string(),
      pastDue: amount.nullish(),
    })
    .nullish(),
  disclosures: z.array(z.string()),
  phase: z.enum(["dialling", "connecting", "talking", "ended"]),
  context: contextSchema.nullish(),
  controls: controlsSchema.nullish(),
  routing: routingSchema.nullish(),
  offerRequest: offerRequestSchema.nullish(),
});
export type DeskCall = z.infer<typeof callSchema>;

export const snapshotSchema = z.object({
  seq: z.number(),
  sessionId: z.string(),
  state: z.enum(agentStates),
  since: z.string(),
  until: z.string().nullish(),
  intent: z.string().nullish(),
  reason: z.string().nullish(),
  softphoneConnected: z.boolean(),
  canExtend: z.boolean().nullish(),
  call: callSchema.nullish(),
  clock: clockSchema.nullish(),
});
export type DeskSnapshot = z.infer<typeof snapshotSchema>;

export const softphoneGrantSchema = z.object({
  provider: z.enum(["twilio", "simulator"]),
  token: z.string(),
  applicationSid: z.string().nullish(),
  gateway: z.string().nullish(),
  /** Twilio's edges, the preferred first; none: the nearest. */
  edges: z.array(z.string()).nullish(),
  params: z.record(z.string(), z.string()),
});
export type SoftphoneGrant = z.infer<typeof softphoneGrantSchema>;

export const sessionSchema = z.object({
  sessionId: z.string(),
  softphone: softphoneGrantSchema,
  snapshot: snapshotSchema,
});
export type DeskSession = z.infer<typeof sessionSchema>;

/** Result codes, in the order of their keys: the first nine are 1 to 9. */
export const outcomeCodes = [
  "RPC-PTP",
  "RPC-RTP",
  "RPC-CB",
  "RPC-HUP",
  "RPC-DISP",
  "RPC-HARD",
  "TPC",
  "WN",
  "AM",
  "CEASE",
  "OPTOUT",
  "LANG",
  "NOISE",
  "RPC-VERIFYFAIL",
  "FRAUD",
  "ATTY",
  "BK",
  "DEC",
  "RPC-PAID",
  "RPC-PLAN",
  "RPC-SETL",
  "XFER-ESC",
] as const;
export type OutcomeCode = (typeof outcomeCodes)[number];

/** Body of `POST /api/v1/agent/calls/{attemptId}/disposition`. Dates are ISO; the due date has no time. */
export interface Disposition {
  code: OutcomeCode;
  note?: string;
  promise?: { amount: number; dueDate: string; method: string };
  callbackAt?: string;
  /** Whose the call-back is from the start. */
  callbackFor?: CallbackFor;
}

export const callbackFors = ["Mine", "Anyone"] as const;
export type CallbackFor = (typeof callbackFors)[number];

export const colleaguesSchema = z.object({
  items: z.array(z.object({ agentId: id, name: z.string(), state: z.string(), skills: z.array(z.string()) })),
});

export const workSchema = z.object({
  items: z.array(
    z.object({
      kind: z.enum(["CallBack", "BrokenPromise", "Promise", "Task"]),
      id,
      dueAt: z.string(),
      accountId: id.nullish(),
      firstName: z.string(),
      lastName: z.string(),
      creditor: z.string().nullish(),
      amount: amount.nullish(),
      mine: z.boolean(),
      taskKind: z.string().nullish(),
      words: z.string().nullish(),
    }),
  ),
});
export type WorkItem = z.infer<typeof workSchema>["items"][number];

export const dialPreviewSchema = z.object({
  allowed: z.boolean(),
  reasons: z.array(z.string()),
  retryAt: z.string().nullish(),
  last4: z.string(),
});
export type DialPreview = z.infer<typeof dialPreviewSchema>;

/** `GET /api/v1/agent/preview` and `POST` for the next one: an account that a preview campaign puts before this agent. */
const previewedSchema = z.object({
  accountId: id,
  campaign: z.string(),
  untilAt: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  language: z.string(),
  state: z.string().nullish(),
  localTime: z.string().nullish(),
  last4: z.string(),
  creditor: z.string(),
  clientAccountNumber: z.string(),
  balance: amount,
  pastDue: amount,
  currency: z.string(),
  attemptsLeft: z.number(),
  lastCallAt: z.string().nullish(),
  lastCall: z.string().nullish(),
});
export type PreviewedAccount = z.infer<typeof previewedSchema>;
export const shownSchema = z.object({ shown: previewedSchema.nullish() });
export const previewSchema = shownSchema.extend({ campaigns: z.array(z.string()) });
export type Preview = z.infer<typeof previewSchema>;

/** `GET /api/v1/agent/today`. */
const figureSchema = z.object({ value: amount, goal: amount.nullish() });
export const todaySchema = z.object({
  calls: figureSchema,
  rightParty: figureSchema,
  promises: figureSchema,
  promised: figureSchema,
  kept: figureSchema,
});

/** `GET /api/v1/agent/calls/{attemptId}/plans`. */
export const plansSchema = z.object({
  balance: amount,
  currency: z.string(),
  latestFirst: z.string(),
  standing: z
    .object({
      state: z.string(),
      installments: z.array(z.object({ number: z.number(), dueOn: z.string(), amount })),
    })
    .nullish(),
  choices: z.array(
    z.object({ planOfferId: id, installments: z.number(), everyDays: z.number(), each: amount, last: amount }),
  ),
});
export type PlanChoice = z.infer<typeof plansSchema>["choices"][number];
