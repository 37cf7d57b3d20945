import { describe, expect, it } from "vitest";
import { differences, type PacePoint, paceColumns } from "./paceContract";

const point = (part: Partial<PacePoint>): PacePoint => ({
  at: "2026-06-10T15:00:00Z",
  ticks: 1,
  dials: 0,
  started: 0,
  progressive: 0,
  ratio: 0,
  working: 5,
  idle: 1,
  talking: 4,
  wrap: 0,
  inFlight: 3,
  loss: 0.01,
  tau: 0.02,
  answers: 0,
  abandoned: 0,
  degraded: "none",
  bound: "abandonment",
  ...part,
});

describe("the columns of the pace plot", () => {
  it("have the account's abandonment, and none before the first answer", () => {
    const columns = paceColumns([point({}), point({ answers: 50, abandoned: 1 })], 0.03);
    expect(columns.abandonment).toEqual([null, 0.02]);
    expect(columns.cap).toEqual([0.03, 0.03]);
    expect(columns.time).toEqual([1781103600, 1781103600]);
  });

  it("leave a hole where the campaign did not pace, and no line across it", () => {
    const at = [0, 10, 20, 30, 600, 610].map((second) => new Date(1781103600000 + second * 1000).toISOString());
    const columns = paceColumns(
      at.map((one) => point({ at: one })),
      0.03,
    );
    expect(columns.time.map((time) => time - 1781103600)).toEqual([0, 10, 20, 30, 315, 600, 610]);
    expect(columns.idle).toEqual([1, 1, 1, 1, null, 1, 1]);
    expect(columns.cap.every((cap) => cap === 0.03)).toBe(true);
  });
});

describe("a change of knobs", () => {
  it("is told by the knobs that differ", () => {
    expect(differences({ ringSeconds: 22, abandonCap: 0.03 }, { ringSeconds: 18, abandonCap: 0.03 })).toEqual([
      { knob: "ringSeconds", from: 22, to: 18 },
    ]);
  });
});
