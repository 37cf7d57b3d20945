import { describe, expect, it } from "vitest";
import { type DeskSnapshot, snapshotSchema } from "./contract";
import { canDispose, deskNow, emptyDesk, lineHealth, reduceDesk } from "./deskState";

function snapshot(seq: number, changes: Partial<DeskSnapshot> = {}): DeskSnapshot {
  return {
    seq,
    sessionId: "s1",
    state: "Available",
    since: "2026-07-14T14:00:00Z",
    until: null,
    intent: null,
    reason: null,
    softphoneConnected: true,
    call: null,
    ...changes,
  };
}
const call = {
  attemptId: "9",
  direction: "outbound",
  startedAt: "2026-07-14T14:00:05Z",
  disclosures: [],
  phase: "talking" as const,
};
const take = (state = emptyDesk, next = snapshot(1), at = 0) =>
  reduceDesk(state, { type: "snapshot", snapshot: next, at });

describe("the desk's state", () => {
  it("is at work with the first snapshot", () => {
    expect(take().phase).toBe("working");
  });

  it("needs no repair after a gap: the next snapshot is whole", () => {
    const state = take(take(), snapshot(17, { state: "OnCall", call }));
    expect(state.snapshot?.call?.attemptId).toBe("9");
  });

  it("leaves out a snapshot that is older than the one shown", () => {
    const state = take(take(undefined, snapshot(8, { state: "WrapUp" })), snapshot(7, { state: "OnCall" }));
    expect(state.snapshot?.state).toBe("WrapUp");
  });

  it("takes the same number again, because a call changes within one state", () => {
    const talking = take(undefined, snapshot(8, { state: "OnCall", call: { ...call, phase: "connecting" } }));
    expect(take(talking, snapshot(8, { state: "OnCall", call })).snapshot?.call?.phase).toBe("talking");
  });

  it("starts to count anew with a new session", () => {
    const state = take(take(undefined, snapshot(99)), snapshot(1, { sessionId: "s2" }));
    expect(state.snapshot?.sessionId).toBe("s2");
  });

  it("says who ended the session, and forgets the call", () => {
    const state = reduceDesk(take(undefined, snapshot(1, { call })), { type: "ended", by: "elsewhere" });
    expect(state.ended).toBe("elsewhere");
    expect(state.snapshot).toBeNull();
  });
});

describe("the desk's time", () => {
  it("follows the service's clock at its speed", () => {
    const clock = { now: "2026-07-14T14:00:10Z", speed: 20, simulated: true };
    const state = take(undefined, snapshot(1, { clock }), 1_000);
    expect(deskNow(state, 1_500)).toBe(Date.parse("2026-07-14T14:00:20Z"));
  });

  it("counts from when the state was first seen where no clock is sent", () => {
    const first = take(undefined, snapshot(1), 1_000);
    const again = take(first, snapshot(2), 4_000);
    expect(deskNow(again, 6_000) - Date.parse("2026-07-14T14:00:00Z")).toBe(5_000);
  });
});

describe("the line to the server", () => {
  it("is lost after three heartbeats without an answer, and good again with the next", () => {
    let state = reduceDesk(take(), { type: "stream", status: { kind: "open" } });
    for (let n = 0; n < 2; n += 1) state = reduceDesk(state, { type: "heartbeat", ok: false });
    expect(lineHealth(state)).toBe("reconnecting");
    state = reduceDesk(state, { type: "heartbeat", ok: false });
    expect(lineHealth(state)).toBe("lost");
    expect(lineHealth(reduceDesk(state, { type: "heartbeat", ok: true }))).toBe("good");
  });
});

describe("an outcome", () => {
  it.each([
    ["OnCall", "talking", false],
    ["WrapUp", "ended", true],
    ["OnCall", "ended", true],
  ] as const)("in %s with a call that is %s may be saved: %s", (state, phase, allowed) =>
    expect(canDispose(snapshot(1, { state, call: { ...call, phase } }))).toBe(allowed),
  );
  it("needs a call", () => expect(canDispose(snapshot(1, { state: "WrapUp" }))).toBe(false));
});

describe("the contract", () => {
  it("reads what the server sends: numeric ids, amounts, absent parts", () => {
    const read = snapshotSchema.parse({
      ...snapshot(3),
      call: {
        ...call,
        attemptId: 9,
        person: { id: 1, firstName: "A", lastName: "B", language: "en", state: "TX" },
        account: { id: 2, creditor: "C", clientAccountNumber: "N", balance: "12.50", currency: "USD", pastDue: 3 },
      },
    });
    expect(read.call?.attemptId).toBe("9");
    expect(read.call?.account?.balance).toBe(12.5);
  });
});
