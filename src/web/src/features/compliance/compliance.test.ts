import { describe, expect, it } from "vitest";
import type { Funnel, PolicyRow } from "./contract";
import { stagesOf } from "./FunnelPage";
import { matching, type PackRow } from "./PolicyPage";
import { compact, faultOf } from "./RowEditor";

describe("the funnel", () => {
  const step = (code: string, leads: number) => ({ code, leads, href: "" });
  const funnel: Funnel = {
    campaignId: "1",
    at: "2026-06-10T19:00:00Z",
    loaded: 100,
    excluded: [step("LATER", 30), step("HOLD_DISPUTE", 5)],
    due: 65,
    checkedNow: { evaluated: 65, callable: 60, denied: [step("REGF_TIME_WINDOW", 5)] },
  };

  it("adds up from loaded to callable", () => {
    const stages = stagesOf(funnel);
    expect(stages.map((stage) => stage.code)).toEqual([
      "LOADED",
      "LATER",
      "HOLD_DISPUTE",
      "DUE",
      "REGF_TIME_WINDOW",
      "CALLABLE",
    ]);
    const out = stages.filter((stage) => stage.kind === "out").reduce((sum, stage) => sum + stage.leads, 0);
    expect(out + (stages.at(-1)?.leads ?? 0)).toBe(funnel.loaded);
  });
});

describe("the policy's filter", () => {
  const row = (id: string, cite: string): PackRow => {
    const body: PolicyRow = { id, jur: "US", kind: "Cap", code: "X", cite };
    return { ...body, pack: "P", row: body };
  };
  const rows = [row("US-REGF-7IN7", "12 CFR 1006.14(b)"), row("MA-CALL-HOME", "940 CMR 7.04")];

  it("wants every word, anywhere, in any case", () => {
    expect(matching(rows, "cmr ma").map((found) => found.id)).toEqual(["MA-CALL-HOME"]);
    expect(matching(rows, "  ")).toHaveLength(2);
    expect(matching(rows, "cmr 1006")).toHaveLength(0);
  });
});

describe("a row's text", () => {
  it("leaves out what says nothing, and keeps what does", () => {
    const row = {
      id: "A",
      kind: "Hours",
      modes: [],
      enabled: true,
      unlessConsent: false,
      unit: "PersonDebt",
      zone: "America/New_York",
    };
    expect(compact({ ...row, schedule: [{ days: [], open: "08:01" }] })).toEqual({
      id: "A",
      kind: "Hours",
      schedule: [{ open: "08:01" }],
    });
    expect(compact({ ...row, enabled: false, kind: "Cap", modes: ["Power"] })).toEqual({
      id: "A",
      kind: "Cap",
      enabled: false,
      modes: ["Power"],
      unit: "PersonDebt",
    });
  });

  it("must be an object with the row's own id", () => {
    expect(faultOf('{"id":"A"}', "A")).toBeNull();
    expect(faultOf('{"id":"B"}', "A")).toBe("id");
    expect(faultOf("[1]", "A")).toBe("json");
    expect(faultOf("{", "A")).toBe("json");
  });
});
