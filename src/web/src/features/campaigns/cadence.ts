import { z } from "zod";
import { ask } from "../../app/http";

/** A campaign's matrix and what it leads to: `GET/PUT /api/v1/campaigns/{id}/design`, `POST /api/v1/campaigns/cadence-forecast`. */

export const outcomes = ["NoAnswer", "Busy", "Machine", "Abandoned", "Answered", "Failed"] as const;
export const parts = ["Any", "Morning", "Afternoon", "Evening", "Other", "Same"] as const;

const ruleSchema = z.object({
  outcome: z.enum(outcomes).nullish(),
  fromAttempt: z.number(),
  toAttempt: z.number().nullish(),
  delayMinutes: z.number(),
  part: z.enum(parts).default("Any"),
  stop: z.boolean().default(false),
});
export type CadenceRule = z.infer<typeof ruleSchema>;

export const cadenceSchema = z.object({
  rules: z.array(ruleSchema),
  maxAttempts: z.number(),
  maxAttemptsADay: z.number(),
});
export type Cadence = z.infer<typeof cadenceSchema>;

/** A day's patience: other parts of the day first, longer pauses later, nothing after a dead line was heard twice. */
export const suggested: Cadence = {
  rules: [
    { outcome: "Busy", fromAttempt: 1, toAttempt: null, delayMinutes: 30, part: "Any", stop: false },
    { outcome: "NoAnswer", fromAttempt: 1, toAttempt: 2, delayMinutes: 240, part: "Other", stop: false },
    { outcome: "NoAnswer", fromAttempt: 3, toAttempt: null, delayMinutes: 1440, part: "Other", stop: false },
    { outcome: "Machine", fromAttempt: 1, toAttempt: null, delayMinutes: 1200, part: "Other", stop: false },
    { outcome: "Abandoned", fromAttempt: 1, toAttempt: null, delayMinutes: 4320, part: "Any", stop: false },
    { outcome: "Answered", fromAttempt: 1, toAttempt: null, delayMinutes: 2880, part: "Same", stop: false },
    { outcome: "Failed", fromAttempt: 1, toAttempt: 1, delayMinutes: 1440, part: "Any", stop: false },
    { outcome: "Failed", fromAttempt: 2, toAttempt: null, delayMinutes: 0, part: "Any", stop: true },
  ],
  maxAttempts: 14,
  maxAttemptsADay: 2,
};

const forecastSchema = z.object({
  outlook: z.object({
    expected: z.array(z.number()),
    most: z.array(z.number()),
    mostInWeek: z.number(),
    mostIn24Hours: z.number(),
    expectedInWeek: z.number(),
    complete: z.boolean(),
  }),
  mix: z.record(z.string(), z.number()),
  measured: z.number(),
  caps: z.array(
    z.object({
      id: z.string(),
      jurisdiction: z.string(),
      max: z.number(),
      windowHours: z.number(),
      unit: z.string(),
      counts: z.string(),
      citation: z.string(),
      isLaw: z.boolean(),
      binds: z.boolean(),
    }),
  ),
});
export type CadenceForecast = z.infer<typeof forecastSchema>;

export function forecast(cadence: Cadence, campaign: string | null, signal?: AbortSignal): Promise<CadenceForecast> {
  return ask("/api/v1/campaigns/cadence-forecast", {
    method: "POST",
    body: { cadence, campaign: campaign === null ? null : Number(campaign) },
    schema: forecastSchema,
    signal,
  });
}

const designSchema = z.object({
  cadence: cadenceSchema.nullish(),
  callerIdPoolId: z.number().nullish(),
  holidays: z.string(),
  callsADay: z.number().nullish(),
  skills: z.array(z.string()),
  machineTreatment: z.string(),
  noAgentTreatment: z.string(),
  opensCron: z.string(),
  closesCron: z.string(),
  zone: z.string(),
});
export type Design = z.infer<typeof designSchema>;

const designAnswer = z.object({
  version: z.number(),
  name: z.string(),
  state: z.string(),
  design: designSchema,
  inForce: cadenceSchema,
  changes: z.array(z.object({ changeId: z.number(), at: z.string(), actor: z.string(), reason: z.string() })),
});
export type DesignAnswer = z.infer<typeof designAnswer>;

export const designKey = (id: string) => ["campaign-design", id] as const;

export function readDesign(id: string, signal?: AbortSignal): Promise<DesignAnswer> {
  return ask(`/api/v1/campaigns/${encodeURIComponent(id)}/design`, { schema: designAnswer, signal });
}

export function changeDesign(id: string, version: number, reason: string, design: Design): Promise<void> {
  return ask(`/api/v1/campaigns/${encodeURIComponent(id)}/design`, {
    method: "PUT",
    body: { version, reason, design },
  });
}

/** Minutes as the largest whole unit: 1440 is "1 d". */
export function delayWords(minutes: number): string {
  if (minutes > 0 && minutes % 1440 === 0) return `${minutes / 1440} d`;
  if (minutes > 0 && minutes % 60 === 0) return `${minutes / 60} h`;
  return `${minutes} min`;
}

/** "90", "90m", "4h" or "2d" in minutes; null for anything else. */
export function readDelay(text: string): number | null {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(m|min|h|d)?\s*$/i.exec(text);
  if (!found) return null;
  const factor = { m: 1, min: 1, h: 60, d: 1440 }[(found[2] ?? "m").toLowerCase() as "m" | "min" | "h" | "d"];
  const minutes = Math.round(Number(found[1]) * factor);
  return minutes <= 43_200 ? minutes : null;
}
