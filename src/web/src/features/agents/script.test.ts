import { describe, expect, it } from "vitest";
import { scriptOf } from "./script";

describe("the script of a call", () => {
  it("puts what anybody is owed before the right party, and what only the debtor may hear after", () => {
    expect(scriptOf(["DISCLOSE_INITIAL", "RECORDING_NOTICE_REQUIRED"]).gates).toEqual([
      "RECORDING_NOTICE_REQUIRED",
      "RightParty",
      "DISCLOSE_INITIAL",
    ]);
  });

  it("asks once for what several rows of the policy owe", () => {
    const twice = scriptOf(["RECORDING_NOTICE_REQUIRED", "OPTOUT_MECHANISM_REQUIRED", "RECORDING_NOTICE_REQUIRED"]);
    expect(twice).toEqual({
      gates: ["RECORDING_NOTICE_REQUIRED", "RightParty"],
      reminders: ["OPTOUT_MECHANISM_REQUIRED"],
    });
  });

  it("makes a gate of a disclosure that it does not know, rather than dropping it", () => {
    expect(scriptOf(["NEW_RULE"]).gates).toContain("NEW_RULE");
  });
});
