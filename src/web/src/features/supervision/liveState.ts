import type { StreamStatus } from "../../app/eventStream";
import { type AgentState, agentStates, type Live, type LiveCampaign } from "./contract";

/** Everything the floor page knows. `receivedAt` is performance.now() of the last message. */
export interface LiveState {
  live: Live | null;
  receivedAt: number;
  stream: StreamStatus;
  /** Set when the last message had a shape this page does not know; the last good one stays on screen. */
  mismatch: string | null;
  signedOut: boolean;
  series: Series;
}

/** Columns of the live chart, oldest first, as uPlot wants them. Times are epoch seconds of the service's clock. */
export interface Series {
  time: number[];
  lines: number[];
  talking: number[];
  abandonment: (number | null)[];
}

export const seriesCapacity = 900;
export const staleAfterMs = 3_000;

export const emptyState: LiveState = {
  live: null,
  receivedAt: 0,
  stream: { kind: "connecting", attempt: 0 },
  mismatch: null,
  signedOut: false,
  series: { time: [], lines: [], talking: [], abandonment: [] },
};

export type LiveEvent =
  | { type: "snapshot"; live: Live; at: number }
  | { type: "mismatch"; text: string }
  | { type: "stream"; status: StreamStatus }
  | { type: "signedOut" };

export function reduceLive(state: LiveState, event: LiveEvent): LiveState {
  switch (event.type) {
    case "snapshot": {
      // A reconnect may replay an older message; the newer one on screen wins, unless the clock was set anew.
      const older = state.live !== null && Date.parse(event.live.at) < Date.parse(state.live.at);
      const restarted = older && Date.parse(state.live?.at ?? "") - Date.parse(event.live.at) > 60_000;
      if (older && !restarted) return { ...state, receivedAt: event.at, mismatch: null };
      return {
        ...state,
        live: event.live,
        receivedAt: event.at,
        mismatch: null,
        signedOut: false,
        series: restarted ? appendPoint(emptyState.series, event.live) : appendPoint(state.series, event.live),
      };
    }
    case "mismatch":
      return { ...state, mismatch: event.text };
    case "stream":
      return { ...state, stream: event.status };
    case "signedOut":
      return { ...state, signedOut: true };
  }
}

/** Adds the snapshot as one point; the oldest falls off at the capacity, a repeat of the same instant is dropped. */
export function appendPoint(series: Series, live: Live): Series {
  const time = Date.parse(live.clock.now) / 1000;
  const last = series.time.at(-1);
  if (last !== undefined && time <= last) return series;
  const from = series.time.length >= seriesCapacity ? 1 : 0;
  return {
    time: [...series.time.slice(from), time],
    lines: [...series.lines.slice(from), linesInUse(live.lines)],
    talking: [...series.talking.slice(from), live.agents.filter((agent) => agent.state === "OnCall").length],
    abandonment: [...series.abandonment.slice(from), live.totals.abandonmentRate ?? null],
  };
}

/** Every line that costs a channel: being placed or ringing, talking, in the IVR. */
export function linesInUse(lines: { inFlight: number; talking: number; ivr: number }): number {
  return lines.inFlight + lines.talking + lines.ivr;
}

export function isStale(state: LiveState, at: number): boolean {
  return state.live !== null && at - state.receivedAt > staleAfterMs;
}

export function countByState(live: Live): Record<AgentState, number> {
  const counts = Object.fromEntries(agentStates.map((state) => [state, 0])) as Record<AgentState, number>;
  for (const agent of live.agents) counts[agent.state] += 1;
  return counts;
}

/** The strictest cap among the campaigns, which is the one the floor is judged by. */
export function floorAbandonCap(live: Live): number | null {
  return live.campaigns.length === 0 ? null : Math.min(...live.campaigns.map((campaign) => campaign.abandonCap));
}

export type CapStanding = "none" | "within" | "near" | "over";

/** `near` from 80 % of the cap on. No answered call yet is `none`. */
export function capStanding(rate: number | null | undefined, cap: number | null): CapStanding {
  if (rate === null || rate === undefined || cap === null) return "none";
  if (rate > cap) return "over";
  return rate >= cap * 0.8 ? "near" : "within";
}

/** The campaign that is nearest to its own cap, or furthest over it; the law knows no other. Another's answers must not hide it in the floor's rate. */
export function nearestItsCap(live: Live): LiveCampaign | null {
  const used = (campaign: LiveCampaign) => (campaign.abandonmentRate ?? 0) / campaign.abandonCap;
  const answered = live.campaigns.filter((campaign) => campaign.answeredLive > 0 && campaign.abandonCap > 0);
  return answered.length === 0 ? null : answered.reduce((worst, next) => (used(next) > used(worst) ? next : worst));
}

/** Open before waiting before paused, then by attempts of the day: an order that does not jump about from second to second. */
export function busiest(campaigns: LiveCampaign[]): LiveCampaign[] {
  const rank = (campaign: LiveCampaign) => ["Open", "Scheduled", "Paused"].indexOf(campaign.state);
  return [...campaigns].sort((a, b) => rank(a) - rank(b) || b.attempts - a.attempts || Number(a.id) - Number(b.id));
}
