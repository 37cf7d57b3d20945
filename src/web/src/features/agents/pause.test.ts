import { describe, expect, it } from "vitest";
import type { DeskCall } from "./contract";
import { pausedByHand } from "./pause";

const call = (recording: string, payment: string | null = null, phase = "talking") =>
  ({ phase, controls: { recording, payment: payment && { state: payment } } }) as unknown as DeskCall;

describe("a pause that may be forgotten", () => {
  it("is one that no card has asked for, while somebody talks", () =>
    expect([
      pausedByHand(call("Paused")),
      pausedByHand(call("Paused", "Captured")),
      pausedByHand(call("Paused", "Open")),
      pausedByHand(call("Paused", "Completing")),
      pausedByHand(call("Recording")),
      pausedByHand(call("Paused", null, "ended")),
    ]).toEqual([true, true, false, false, false, false]));
});
