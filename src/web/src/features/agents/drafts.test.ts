import { beforeEach, describe, expect, it } from "vitest";
import { dateAfter, draftFault, parseAmount, toDisposition } from "./disposition";
import { dropDraft, earlierDrafts, loadDraft, newDraft, saveDraft } from "./drafts";

const day = 24 * 3600 * 1000;
const draft = (changes = {}) => ({ ...newDraft("9", "A B"), ...changes });

describe("drafts of calls", () => {
  beforeEach(() => localStorage.clear());

  it("come back after a reload, by attempt", () => {
    saveDraft(draft({ note: "will pay Friday", code: "RPC-PTP" }));
    expect(loadDraft("9")?.note).toBe("will pay Friday");
    expect(loadDraft("10")).toBeNull();
  });

  it("of earlier calls are offered until saved, discarded or a week old", () => {
    saveDraft(draft({ note: "kept" }), 10 * day);
    saveDraft({ ...draft({ note: "old" }), attemptId: "3" }, 1 * day);
    saveDraft({ ...draft(), attemptId: "4" }, 10 * day);
    expect(earlierDrafts(null, 11 * day).map((each) => each.attemptId)).toEqual(["9"]);
    expect(loadDraft("3")).toBeNull();
    expect(earlierDrafts("9", 11 * day)).toEqual([]);
    dropDraft("9");
    expect(earlierDrafts(null, 11 * day)).toEqual([]);
  });

  it("that cannot be read are dropped without harm", () => {
    localStorage.setItem("dialer.draft.9", "{broken");
    expect(loadDraft("9")).toBeNull();
    expect(earlierDrafts(null)).toEqual([]);
  });
});

describe("an amount", () => {
  it.each([
    ["120", 120],
    ["120.5", 120.5],
    ["$1,234.50", 1234.5],
    ["0", null],
    ["-5", null],
    ["1.234,50", null],
    ["12.345", null],
    ["1,23", null],
    ["", null],
    ["1e3", null],
  ])("%s reads %s", (text, amount) => expect(parseAmount(text)).toBe(amount));
});

describe("what is missing", () => {
  const today = "2026-07-14";
  it.each([
    [{}, "noCode"],
    [{ code: "RPC-RTP" }, null],
    [{ code: "RPC-PTP", amount: "", dueDate: "2026-07-20" }, "badAmount"],
    [{ code: "RPC-PTP", amount: "20", dueDate: "" }, "noDueDate"],
    [{ code: "RPC-PTP", amount: "20", dueDate: "2026-07-13" }, "pastDate"],
    [{ code: "RPC-PTP", amount: "20", dueDate: "2026-07-14" }, null],
    [{ code: "RPC-CB" }, "noCallback"],
  ])("in %o is %s", (changes, fault) => expect(draftFault(draft(changes), today)).toBe(fault));
});

describe("the request", () => {
  it("carries the promise only with its outcome, and the ticked checks in the note", () => {
    const checks = { RightParty: "2026-07-14T14:00:09Z" };
    const entered = draft({ amount: "20.50", dueDate: "2026-07-20", note: " ok ", checks });
    expect(toDisposition({ ...entered, code: "RPC-PTP" })).toEqual({
      code: "RPC-PTP",
      note: "ok\n[RightParty 2026-07-14T14:00:09Z]",
      promise: { amount: 20.5, dueDate: "2026-07-20", method: "Any" },
    });
    expect(toDisposition({ ...entered, code: "WN", checks: {}, note: "" })).toEqual({ code: "WN" });
  });
});

describe("a date some days on", () => {
  it("crosses the end of a month", () => {
    expect(dateAfter(new Date(2026, 6, 28, 12).getTime(), 7)).toBe("2026-08-04");
  });
});
