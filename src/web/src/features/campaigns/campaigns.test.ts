import { describe, expect, it } from "vitest";
import { plainTime } from "../../app/cron";
import { actionsOf } from "./contract";

describe("a campaign's schedule", () => {
  it.each([
    ["0 0 8 ? * MON-SAT", { at: "08:00", days: "MON-SAT" }],
    ["0 30 20 ? * *", { at: "20:30", days: "" }],
    ["37 36 11 ? * *", { at: "11:36:37", days: "" }],
    ["0 0/5 8 ? * MON", null],
    ["0 0 8 1 * ?", null],
  ])("%s reads %o", (cron, words) => expect(plainTime(cron)).toEqual(words));
});

describe("a campaign's actions", () => {
  it("offers to launch what does not run and to pause what does", () => {
    expect(actionsOf("Draft")).toContain("launch");
    expect(actionsOf("Open")).toEqual(["pause", "close"]);
    expect(actionsOf("Closed")).toEqual(["launch"]);
    expect(actionsOf("Unheard")).toEqual([]);
  });
});
