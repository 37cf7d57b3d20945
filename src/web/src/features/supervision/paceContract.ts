import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { median } from "../../app/format";
import { ask, id } from "../../app/http";

/** `GET /api/v1/campaigns/{id}/pace`, `GET | PUT /api/v1/campaigns/{id}/pacing`, its prediction and its undo. */

const pointSchema = z.object({
  at: z.string(),
  ticks: z.number(),
  dials: z.number(),
  started: z.number(),
  progressive: z.number(),
  ratio: z.number(),
  working: z.number(),
  idle: z.number(),
  talking: z.number(),
  wrap: z.number(),
  inFlight: z.number(),
  loss: z.number(),
  tau: z.number(),
  answers: z.number(),
  abandoned: z.number(),
  degraded: z.string(),
  bound: z.string(),
  alarm: z.string().nullish(),
});
export type PacePoint = z.infer<typeof pointSchema>;

const paceSchema = z.object({
  campaignId: id,
  name: z.string(),
  at: z.string(),
  abandonCap: z.coerce.number(),
  points: z.array(pointSchema),
  whyIdle: z.array(z.object({ code: z.string(), agentSeconds: z.number(), share: z.number() })),
  most: z.object({
    callsPerSecond: z.number(),
    byCallsPerSecond: z.number(),
    byLines: z.number(),
    text: z.string().nullish(),
  }),
});
export type Pace = z.infer<typeof paceSchema>;

const knobsSchema = z.object({
  mode: z.string(),
  abandonCap: z.coerce.number(),
  abandonWindowDays: z.number(),
  ringSeconds: z.number(),
  linesPerAgentMax: z.coerce.number(),
  powerRatio: z.coerce.number(),
  maxLines: z.number(),
  wrapUpSeconds: z.number(),
  machineDetection: z.string(),
  priority: z.number(),
  share: z.coerce.number(),
});
export type Knobs = z.infer<typeof knobsSchema>;
export type NumberKnob = Exclude<keyof Knobs, "mode" | "machineDetection">;

const pacingSchema = z.object({
  version: z.number(),
  knobs: knobsSchema,
  bounds: z.array(
    z.object({ knob: z.string(), min: z.coerce.number(), max: z.coerce.number(), why: z.string().nullish() }),
  ),
  changes: z.array(
    z.object({
      changeId: z.number(),
      at: z.string(),
      actor: z.string(),
      reason: z.string(),
      before: knobsSchema.partial(),
      after: knobsSchema.partial(),
      undoOf: z.number().nullish(),
    }),
  ),
});
export type Pacing = z.infer<typeof pacingSchema>;

const outlookSchema = z.object({
  utilisation: z.number(),
  utilisationMargin: z.number(),
  abandonment: z.number(),
  abandonmentMargin: z.number(),
  dialsPerMinute: z.number(),
  waitSeconds: z.number(),
  differenceToFirst: z.number(),
  differenceMargin: z.number(),
});
const predictionSchema = z.object({ current: outlookSchema, changed: outlookSchema, agents: z.number() });
export type Prediction = z.infer<typeof predictionSchema>;
export type Outlook = z.infer<typeof outlookSchema>;

const path = (id: string) => `/api/v1/campaigns/${encodeURIComponent(id)}`;

export const paceQuery = (id: string, minutes: number) =>
  queryOptions({
    queryKey: ["pace", id, minutes],
    queryFn: ({ signal }) => ask(`${path(id)}/pace?minutes=${minutes}`, { schema: paceSchema, signal }),
    refetchInterval: 2_000,
  });

export const pacingQuery = (id: string) =>
  queryOptions({
    queryKey: ["pacing", id],
    queryFn: ({ signal }) => ask(`${path(id)}/pacing`, { schema: pacingSchema, signal }),
  });

export const predict = (id: string, knobs: Knobs) =>
  ask(`${path(id)}/pacing/prediction`, { method: "POST", body: knobs, schema: predictionSchema });

export const changePacing = (
  id: string,
  body: { version: number; reason: string; knobs: Knobs; predicted: Prediction | null },
) => ask(`${path(id)}/pacing`, { method: "PUT", body });

export const undoChange = (id: string, changeId: number, reason: string) =>
  ask(`${path(id)}/pacing/changes/${changeId}/undo`, { method: "POST", body: { reason } });

/** What a change changed, knob by knob. */
export function differences(
  before: Partial<Knobs>,
  after: Partial<Knobs>,
): { knob: keyof Knobs; from: unknown; to: unknown }[] {
  return (Object.keys(after) as (keyof Knobs)[])
    .filter((knob) => before[knob] !== after[knob])
    .map((knob) => ({ knob, from: before[knob], to: after[knob] }));
}

/** Longer than this many of its usual steps, and a series was interrupted: nothing is known of the time between. */
const interruption = 4;

/**
 * Columns for uPlot, oldest first: seconds, then one column each. Abandonment is the account's, null before any answer.
 * Where the campaign did not pace for a while there is a hole, not a line from the last figure to the next.
 */
export function paceColumns(points: readonly PacePoint[], cap: number) {
  const rows = withHoles(points);
  const of = (value: (point: PacePoint) => number | null) => rows.map((row) => (row.point ? value(row.point) : null));
  return {
    time: rows.map((row) => row.at),
    inFlight: of((point) => point.inFlight),
    idle: of((point) => point.idle),
    talking: of((point) => point.talking),
    started: of((point) => point.started),
    progressive: of((point) => point.progressive),
    ratio: of((point) => point.ratio),
    abandonment: of((point) => (point.answers === 0 ? null : point.abandoned / point.answers)),
    cap: rows.map(() => cap),
  };
}

function withHoles(points: readonly PacePoint[]): { at: number; point: PacePoint | null }[] {
  const rows = points.map((point) => ({ at: Date.parse(point.at) / 1000, point }));
  const steps = rows.slice(1).map((row, index) => row.at - (rows[index]?.at ?? row.at));
  const usual = median(steps) ?? 0;
  return rows.flatMap((row, index) => {
    const step = steps[index - 1] ?? 0;
    return usual > 0 && step > interruption * usual ? [{ at: row.at - step / 2, point: null }, row] : [row];
  });
}
