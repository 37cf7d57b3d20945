import { z } from "zod";
import { ask } from "../../app/http";
import { type Cadence, cadenceSchema } from "./cadence";

/** `GET/POST /api/v1/campaigns/{id}/experiments`, `POST …/{experiment}/stop`. */
const strategySchema = z.object({
  name: z.string(),
  cadence: cadenceSchema.nullish(),
  callerIdPoolId: z.number().nullish(),
});
export interface Strategy {
  name: string;
  cadence: Cadence | null;
  callerIdPoolId: number | null;
}
const armSchema = z.object({ name: z.string(), persons: z.number(), mean: z.number() });

const experimentSchema = z.object({
  id: z.number(),
  name: z.string(),
  hypothesis: z.string(),
  metric: z.string(),
  metricText: z.string(),
  horizonHours: z.number(),
  plannedPersons: z.number(),
  alpha: z.number(),
  state: z.string(),
  startedAt: z.string(),
  startedBy: z.string(),
  stoppedAt: z.string().nullish(),
  conclusion: z.string().nullish(),
  a: strategySchema,
  b: strategySchema,
  resultA: armSchema,
  resultB: armSchema,
  stillOpen: z.number(),
  difference: z.number(),
  low: z.number().nullish(),
  high: z.number().nullish(),
  verdict: z.enum(["TooEarly", "Open", "AIsBetter", "BIsBetter", "Broken"]),
  balanceP: z.number(),
});
export type Experiment = z.infer<typeof experimentSchema>;

const answerSchema = z.object({
  metrics: z.array(z.object({ name: z.string(), text: z.string() })),
  items: z.array(experimentSchema),
});

export const experimentsKey = (campaign: string) => ["experiments", campaign] as const;

export function readExperiments(campaign: string, signal?: AbortSignal): Promise<z.infer<typeof answerSchema>> {
  return ask(`/api/v1/campaigns/${encodeURIComponent(campaign)}/experiments`, { schema: answerSchema, signal });
}

export interface Plan {
  name: string;
  hypothesis: string;
  metric: string;
  horizonHours: number;
  plannedPersons: number;
  a: Strategy;
  b: Strategy;
}

export function startExperiment(campaign: string, plan: Plan): Promise<void> {
  return ask(`/api/v1/campaigns/${encodeURIComponent(campaign)}/experiments`, { method: "POST", body: plan });
}

export function stopExperiment(campaign: string, id: number, conclusion: string): Promise<void> {
  return ask(`/api/v1/campaigns/${encodeURIComponent(campaign)}/experiments/${id}/stop`, {
    method: "POST",
    body: { conclusion },
  });
}
