import { describe, expect, it } from "vitest";
import { attemptSlices, largest, type Summary } from "./contract";
import { formatCell } from "./tables";

const summary = {
  attempts: 100,
  answeredLive: 20,
  bridged: 15,
  abandoned: 1,
  machine: 30,
  busy: 5,
  noAnswer: 35,
  failed: 4,
} as Summary;

describe("what became of the attempts", () => {
  it("adds up to the attempts, with the calls still open as the rest", () => {
    const slices = attemptSlices(summary);
    expect(slices.reduce((total, slice) => total + slice.count, 0)).toBe(100);
    expect(slices.find((slice) => slice.key === "otherLive")?.count).toBe(4);
    expect(slices.find((slice) => slice.key === "open")?.count).toBe(6);
  });

  it("shows no empty shares", () => {
    expect(attemptSlices({ ...summary, busy: 0 }).some((slice) => slice.key === "busy")).toBe(false);
  });
});

describe("the largest of many", () => {
  it("folds what is beyond the limit into one", () => {
    expect(largest({ a: 1, b: 9, c: 3, d: 2 }, 2)).toEqual([
      { key: "b", count: 9 },
      { key: "c", count: 3 },
      { key: "rest", count: 3 },
    ]);
    expect(largest({}, 2)).toEqual([]);
  });
});

describe("money in a table", () => {
  it("has its cents however much it is, because it is held against books", () => {
    expect(formatCell(12_361.5, "Money", "en", "America/New_York")).toBe("$12,361.50");
    expect(formatCell(0, "Money", "en", "America/New_York")).toBe("$0.00");
    expect(formatCell(null, "Money", "en", "America/New_York")).toBe("–");
  });
});
