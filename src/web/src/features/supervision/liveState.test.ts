import { describe, expect, it } from "vitest";
import { type Live, type LiveCampaign, liveSchema } from "./contract";
import {
  appendPoint,
  busiest,
  capStanding,
  countByState,
  emptyState,
  floorAbandonCap,
  isStale,
  nearestItsCap,
  reduceLive,
  seriesCapacity,
  staleAfterMs,
} from "./liveState";

function snapshot(at: string, changes: Partial<Live> = {}): Live {
  return {
    at,
    clock: { now: at, speed: 20, simulated: true },
    agents: [],
    campaigns: [],
    totals: {
      attempts: 10,
      answeredLive: 4,
      bridged: 4,
      abandoned: 0,
      abandonmentRate: 0,
      promises: { count: 0, amount: 0 },
      payments: { count: 0, amount: 0 },
      denied: 0,
      deniedByReason: {},
    },
    lines: { inFlight: 3, ringing: 2, talking: 1, ivr: 0, cps: 1 },
    alerts: [],
    ...changes,
  };
}
const receive = (state = emptyState, at = "2026-07-14T14:00:00Z", page = 0) =>
  reduceLive(state, { type: "snapshot", live: snapshot(at), at: page });

describe("the live floor's state", () => {
  it("takes the first snapshot and one point of the series", () => {
    const state = receive();
    expect(state.live?.lines.inFlight).toBe(3);
    expect(state.series.lines).toEqual([4]);
  });

  it("keeps the newer snapshot when a reconnect replays an older one", () => {
    const newer = receive(undefined, "2026-07-14T14:00:30Z");
    const after = receive(newer, "2026-07-14T14:00:10Z", 5);
    expect(after.live?.at).toBe("2026-07-14T14:00:30Z");
    expect(after.receivedAt).toBe(5);
  });

  it("starts a new series when the service's clock was set back, as by a new demo", () => {
    const before = receive(undefined, "2026-07-14T16:00:00Z");
    const after = receive(before, "2026-07-14T14:00:00Z");
    expect(after.live?.at).toBe("2026-07-14T14:00:00Z");
    expect(after.series.time).toHaveLength(1);
  });

  it("keeps the last good figures when a message cannot be read", () => {
    const state = reduceLive(receive(), { type: "mismatch", text: "totals" });
    expect(state.live).not.toBeNull();
    expect(state.mismatch).toBe("totals");
    expect(receive(state, "2026-07-14T14:00:01Z").mismatch).toBeNull();
  });

  it("is stale only after three seconds without news", () => {
    const state = receive(undefined, undefined, 1_000);
    expect(isStale(state, 1_000 + staleAfterMs)).toBe(false);
    expect(isStale(state, 1_001 + staleAfterMs)).toBe(true);
    expect(isStale(emptyState, 1_000_000)).toBe(false);
  });
});

describe("the series", () => {
  it("drops repeats of an instant and the oldest point beyond its capacity", () => {
    let series = emptyState.series;
    const start = Date.parse("2026-07-14T14:00:00Z");
    for (let n = 0; n <= seriesCapacity; n += 1) {
      const at = new Date(start + n * 1000).toISOString();
      series = appendPoint(series, snapshot(at));
      series = appendPoint(series, snapshot(at));
    }
    expect(series.time).toHaveLength(seriesCapacity);
    expect(series.time[0]).toBe(start / 1000 + 1);
    expect(series.lines).toHaveLength(seriesCapacity);
  });
});

describe("abandonment", () => {
  it.each([
    [null, 0.03, "none"],
    [0.01, 0.03, "within"],
    [0.024, 0.03, "near"],
    [0.03, 0.03, "near"],
    [0.0301, 0.03, "over"],
    [0.5, null, "none"],
  ] as const)("%s against a cap of %s is %s", (rate, cap, standing) => expect(capStanding(rate, cap)).toBe(standing));

  it("is judged by the campaign nearest to its own cap, however many answers the others have", () => {
    const campaign = (name: string, answeredLive: number, abandonmentRate: number | null, abandonCap: number) =>
      ({ name, answeredLive, abandonmentRate, abandonCap }) as LiveCampaign;
    const floor = (campaigns: LiveCampaign[]) => snapshot("2026-07-14T14:00:00Z", { campaigns });
    const over = campaign("over", 65, 0.0308, 0.03);
    expect(nearestItsCap(floor([campaign("many", 900, 0, 0.01), over, campaign("looser", 50, 0.04, 0.05)]))).toBe(over);
    expect(nearestItsCap(floor([campaign("none", 0, null, 0.03)]))).toBeNull();
  });

  it("is judged by the strictest cap on the floor", () => {
    expect(floorAbandonCap(snapshot("2026-07-14T14:00:00Z"))).toBeNull();
  });
});

describe("the campaigns that have room on the big screen", () => {
  it("are the open ones with the most calls, in an order that stays", () => {
    const campaign = (id: string, state: string, attempts: number) => ({ id, state, attempts }) as LiveCampaign;
    const ordered = busiest([
      campaign("1", "Paused", 900),
      campaign("10", "Open", 5),
      campaign("2", "Open", 5),
      campaign("3", "Scheduled", 0),
      campaign("4", "Open", 80),
    ]);
    expect(ordered.map((each) => each.id)).toEqual(["4", "2", "10", "3", "1"]);
  });
});

describe("the contract", () => {
  it("reads a message with numeric ids, absent options and amounts as text", () => {
    const raw = JSON.parse(JSON.stringify(snapshot("2026-07-14T14:00:00Z")));
    raw.agents = [{ id: 7, name: "Ana", state: "OnCall", since: "2026-07-14T13:59:00Z" }];
    raw.totals.promises = { count: 1, amount: "120.50" };
    const live = liveSchema.parse(raw);
    expect(live.agents[0]?.id).toBe("7");
    expect(live.totals.promises.amount).toBe(120.5);
    expect(countByState(live).OnCall).toBe(1);
  });

  it("refuses a state that it does not know", () => {
    const raw = JSON.parse(JSON.stringify(snapshot("2026-07-14T14:00:00Z")));
    raw.agents = [{ id: 7, name: "Ana", state: "Dancing", since: "2026-07-14T13:59:00Z" }];
    expect(liveSchema.safeParse(raw).success).toBe(false);
  });
});
