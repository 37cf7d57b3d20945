import { z } from "zod";
import { clockSchema } from "../../app/clock";
import { id } from "../../app/http";

/** `GET /api/v1/live` and each `event: live` of `GET /api/v1/live/events`: the whole floor, once a second. */

const countAndAmount = z.object({ count: z.number(), amount: z.coerce.number() });

export const agentStates = ["OnCall", "Reserved", "WrapUp", "Available", "Break", "NotResponding", "Offline"] as const;
export type AgentState = (typeof agentStates)[number];

const agentSchema = z.object({
  id,
  name: z.string(),
  state: z.enum(agentStates),
  since: z.string(),
  until: z.string().nullish(),
  campaign: z.string().nullish(),
  reason: z.string().nullish(),
  softphone: z.union([z.boolean(), z.string()]).nullish(),
});

const paceSchema = z.object({
  dials: z.number(),
  tau: z.number().nullish(),
  loss: z.number().nullish(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
  bindingLimit: z.string().nullish(),
});

const campaignSchema = z.object({
  id,
  name: z.string(),
  mode: z.string(),
  modeInForce: z.string().nullish(),
  state: z.string(),
  agents: z.number(),
  linesInFlight: z.number(),
  ringing: z.number(),
  talking: z.number(),
  ivr: z.number(),
  attempts: z.number(),
  answeredLive: z.number(),
  machines: z.number(),
  busy: z.number(),
  noAnswer: z.number(),
  failed: z.number(),
  bridged: z.number(),
  abandoned: z.number(),
  abandonmentRate: z.number().nullish(),
  abandonCap: z.number(),
  denied: z.number(),
  ready: z.number(),
  promises: countAndAmount,
  payments: countAndAmount,
  pace: paceSchema.nullish(),
  callsADay: z.number().nullish(),
});

export const alertSchema = z.object({
  id: id.nullish(),
  level: z.string(),
  code: z.string(),
  text: z.string(),
  since: z.string(),
  subject: z.string().nullish(),
  owner: z.string().nullish(),
  takenBy: z.string().nullish(),
  takenAt: z.string().nullish(),
  closedAt: z.string().nullish(),
  closedBy: z.string().nullish(),
});

export const liveSchema = z.object({
  at: z.string(),
  clock: clockSchema,
  agents: z.array(agentSchema),
  campaigns: z.array(campaignSchema),
  totals: z.object({
    attempts: z.number(),
    answeredLive: z.number(),
    bridged: z.number(),
    abandoned: z.number(),
    abandonmentRate: z.number().nullish(),
    promises: countAndAmount,
    payments: countAndAmount,
    denied: z.number(),
    deniedByReason: z.record(z.string(), z.number()),
  }),
  lines: z.object({
    inFlight: z.number(),
    ringing: z.number(),
    talking: z.number(),
    ivr: z.number(),
    cps: z.number().nullish(),
  }),
  alerts: z.array(alertSchema),
  targets: z.record(z.string(), z.number()).optional(),
});

export type Live = z.infer<typeof liveSchema>;
export type LiveAgent = z.infer<typeof agentSchema>;
export type LiveCampaign = z.infer<typeof campaignSchema>;
export type LivePace = z.infer<typeof paceSchema>;
export type LiveAlert = z.infer<typeof alertSchema>;
