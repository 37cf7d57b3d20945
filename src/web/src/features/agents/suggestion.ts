import type { DeskCall, OutcomeCode } from "./contract";

/** The outcome that the call's own facts speak for, until the agent chooses one: no guess, only what has happened. */
export function suggested(call: Pick<DeskCall, "controls">): OutcomeCode | null {
  if (call.controls?.transferred) return "XFER-ESC";
  if (call.controls?.payment?.state === "Captured") return "RPC-PAID";
  return null;
}
