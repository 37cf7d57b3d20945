import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask } from "../../app/http";

/** `GET /api/v1/reports/summary`: the shift so far. */

const sum = z.object({ count: z.number(), amount: z.coerce.number() });

const summarySchema = z.object({
  attempts: z.number(),
  answeredLive: z.number(),
  bridged: z.number(),
  abandoned: z.number(),
  abandonmentRate: z.number(),
  machine: z.number(),
  busy: z.number(),
  noAnswer: z.number(),
  failed: z.number(),
  live: z.number(),
  inbound: z.number(),
  denied: z.record(z.string(), z.number()),
  ivr: z.object({
    verified: z.number(),
    payments: sum,
    promises: sum,
    optOuts: z.number(),
    disputes: z.number(),
    transfers: z.number(),
  }),
  agents: z.object({
    utilisation: z.number(),
    occupancy: z.number(),
    talkSeconds: z.number(),
    wrapSeconds: z.number(),
    idleSeconds: z.number(),
    otherSeconds: z.number(),
    promises: sum,
  }),
  dispositions: z.record(z.string(), z.number()),
});
export type Summary = z.infer<typeof summarySchema>;

export const summaryQuery = queryOptions({
  queryKey: ["reports", "summary"],
  queryFn: ({ signal }) => ask("/api/v1/reports/summary", { schema: summarySchema, signal }),
});

export interface Slice {
  key: string;
  count: number;
}

/** What became of the outbound attempts: disjoint shares that add up to all of them. The rest are live answers that met the IVR, a message or an end. */
export function attemptSlices(summary: Summary): Slice[] {
  const otherLive = Math.max(0, summary.answeredLive - summary.bridged - summary.abandoned);
  const named: Slice[] = [
    { key: "bridged", count: summary.bridged },
    { key: "otherLive", count: otherLive },
    { key: "abandoned", count: summary.abandoned },
    { key: "machine", count: summary.machine },
    { key: "noAnswer", count: summary.noAnswer },
    { key: "busy", count: summary.busy },
    { key: "failed", count: summary.failed },
  ];
  const counted = named.reduce((total, slice) => total + slice.count, 0);
  return [...named, { key: "open", count: Math.max(0, summary.attempts - counted) }].filter((slice) => slice.count > 0);
}

/** The largest first; beyond `most` they fold into one called "rest". */
export function largest(counts: Record<string, number>, most: number): Slice[] {
  const sorted = Object.entries(counts)
    .map(([key, count]) => ({ key, count }))
    .sort((a, b) => b.count - a.count);
  const rest = sorted.slice(most).reduce((total, slice) => total + slice.count, 0);
  return rest > 0 ? [...sorted.slice(0, most), { key: "rest", count: rest }] : sorted;
}
