import type { StreamStatus } from "../../app/eventStream";
import type { DeskSnapshot } from "./contract";

/** What the desk knows of the session. Times named `…At` are performance.now(). */
export interface DeskState {
  phase: "off" | "starting" | "working";
  snapshot: DeskSnapshot | null;
  receivedAt: number;
  /** When this page first saw the present state: the timer's start where the server sends no clock. */
  seenAt: number;
  stream: StreamStatus;
  heartbeatFailures: number;
  /** Why the session is over, when the server or another tab ended it. */
  ended: "server" | "elsewhere" | null;
  mismatch: string | null;
}

export const emptyDesk: DeskState = {
  phase: "off",
  snapshot: null,
  receivedAt: 0,
  seenAt: 0,
  stream: { kind: "connecting", attempt: 0 },
  heartbeatFailures: 0,
  ended: null,
  mismatch: null,
};

export type DeskEvent =
  | { type: "starting" }
  | { type: "snapshot"; snapshot: DeskSnapshot; at: number }
  | { type: "stream"; status: StreamStatus }
  | { type: "heartbeat"; ok: boolean }
  | { type: "mismatch"; text: string }
  | { type: "startFailed" }
  | { type: "ended"; by: "server" | "elsewhere" }
  | { type: "signedOff" };

export function reduceDesk(state: DeskState, event: DeskEvent): DeskState {
  switch (event.type) {
    case "starting":
      return { ...emptyDesk, phase: "starting" };
    case "snapshot":
      return takeSnapshot(state, event.snapshot, event.at);
    case "stream":
      return { ...state, stream: event.status };
    case "heartbeat":
      return { ...state, heartbeatFailures: event.ok ? 0 : state.heartbeatFailures + 1 };
    case "mismatch":
      return { ...state, mismatch: event.text };
    case "startFailed":
    case "signedOff":
      return emptyDesk;
    case "ended":
      return { ...emptyDesk, ended: event.by };
  }
}

/** Snapshots are whole, so a gap in `seq` needs no repair; only one older than what is shown is left out. */
function takeSnapshot(state: DeskState, snapshot: DeskSnapshot, at: number): DeskState {
  const shown = state.snapshot;
  const sameSession = shown?.sessionId === snapshot.sessionId;
  if (sameSession && snapshot.seq < shown.seq) return state;
  const sameState = sameSession && shown.state === snapshot.state && shown.since === snapshot.since;
  return {
    ...state,
    phase: "working",
    snapshot,
    receivedAt: at,
    seenAt: sameState ? state.seenAt : at,
    ended: null,
    mismatch: null,
  };
}

/** The service's time at page time `at`; without a clock in the messages, counted from when the state was first seen. */
export function deskNow(state: DeskState, at: number): number {
  const { snapshot } = state;
  if (!snapshot) return Date.now();
  if (snapshot.clock) return Date.parse(snapshot.clock.now) + Math.max(0, at - state.receivedAt) * snapshot.clock.speed;
  return Date.parse(snapshot.since) + Math.max(0, at - state.seenAt);
}

/** Whether timers can be shown: a simulation that sends no clock may run at any speed. */
export function clockKnown(state: DeskState, simulated: boolean): boolean {
  return !simulated || Boolean(state.snapshot?.clock);
}

export type LineHealth = "good" | "reconnecting" | "lost";

/** From the stream and the heartbeats together: three missed heartbeats are what the server too calls a lost desk. */
export function lineHealth(state: DeskState): LineHealth {
  if (state.heartbeatFailures >= 3) return "lost";
  return state.stream.kind === "waiting" || state.heartbeatFailures > 0 ? "reconnecting" : "good";
}

/** An outcome may be saved once the call is over, or while the server holds the agent in wrap-up for it. */
export function canDispose(snapshot: DeskSnapshot): boolean {
  return Boolean(snapshot.call) && (snapshot.state === "WrapUp" || snapshot.call?.phase === "ended");
}
