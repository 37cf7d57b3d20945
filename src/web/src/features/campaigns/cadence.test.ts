import { describe, expect, it } from "vitest";
import { cron } from "./BuilderPage";
import { delayWords, readDelay } from "./cadence";

describe("a delay", () => {
  it.each([
    ["90", 90],
    ["90 min", 90],
    ["4h", 240],
    ["1.5 h", 90],
    ["2 d", 2880],
    ["31 d", null],
    ["soon", null],
  ])("%s is %o minutes", (text, minutes) => expect(readDelay(text)).toBe(minutes));

  it.each([
    [0, "0 min"],
    [45, "45 min"],
    [240, "4 h"],
    [2880, "2 d"],
  ])("of %i minutes reads %s, and back", (minutes, words) => {
    expect(delayWords(minutes)).toBe(words);
    expect(readDelay(words)).toBe(minutes);
  });
});

describe("the hours", () => {
  it("become Quartz expressions", () => {
    expect(cron("08:30", "MON-SAT")).toBe("0 30 8 ? * MON-SAT");
    expect(cron("21:00", "*")).toBe("0 0 21 ? * *");
  });
});
