import { describe, expect, it } from "vitest";
import { levelOf } from "./connection";

describe("the way to the server", () => {
  it("is good by the median, whatever one answer took", () =>
    expect(levelOf([20, 900, 30, 25, 22])).toEqual({ level: "good", ms: 25 }));
  it("is slow when most answers are", () =>
    expect(levelOf([250, 240, 20, 260, 230])).toEqual({ level: "slow", ms: 240 }));
  it("is lost with one answer that did not come, and with none", () => {
    expect(levelOf([20, null, 30])).toEqual({ level: "lost", ms: 30 });
    expect(levelOf([null, null])).toEqual({ level: "lost", ms: 0 });
  });
});
