import { describe, expect, it } from "vitest";
import type { CallControls } from "./contract";
import { suggested } from "./suggestion";

const controls = (changes: Partial<CallControls>): { controls: CallControls } => ({
  controls: { recording: "Off", transferred: false, ...changes },
});
const payment = (state: "Open" | "Captured" | "Declined") => ({
  number: 101,
  state,
  amount: 20,
  required: [],
  masked: {},
});

describe("the suggested outcome", () => {
  it("is none while nothing speaks for one", () => {
    expect(suggested({ controls: null })).toBeNull();
    expect(suggested(controls({}))).toBeNull();
    expect(suggested(controls({ payment: payment("Open") }))).toBeNull();
    expect(suggested(controls({ payment: payment("Declined") }))).toBeNull();
  });

  it("is what has happened: paid, or handed over, the later of the two", () => {
    expect(suggested(controls({ payment: payment("Captured") }))).toBe("RPC-PAID");
    expect(suggested(controls({ transferred: true, payment: payment("Captured") }))).toBe("XFER-ESC");
  });
});
