import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backOffMs, EventStream, maxRetryMs, type StreamSource, type StreamStatus } from "./eventStream";

class FakeSource implements StreamSource {
  onopen: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  private readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void) {
    this.listeners.set(type, listener);
  }
  send(data: string, type = "live") {
    this.listeners.get(type)?.(new MessageEvent(type, { data }));
  }
  close() {
    this.closed = true;
  }
}

function world() {
  const sources: FakeSource[] = [];
  const messages: string[] = [];
  const statuses: StreamStatus[] = [];
  let ends = 0;
  const stream = new EventStream({
    url: "/events",
    event: "live",
    silenceMs: 10_000,
    random: () => 1,
    open: () => {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
    onMessage: (data) => messages.push(data),
    onStatus: (status) => statuses.push(status),
    end: {
      event: "ended",
      onEnd: () => {
        ends += 1;
      },
    },
  });
  const source = (index: number): FakeSource => {
    const found = sources[index];
    if (!found) throw new Error(`connection ${index} was never opened`);
    return found;
  };
  return { stream, sources, source, messages, statuses, ends: () => ends };
}

describe("the event stream", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("hands on messages and reports that it is open", () => {
    const { source, messages, statuses } = world();
    source(0).onopen?.(new Event("open"));
    source(0).send("1");
    expect(messages).toEqual(["1"]);
    expect(statuses.at(-1)).toEqual({ kind: "open" });
  });

  it("reopens after an error, each time later, and starts afresh after a message", () => {
    const { source, sources, statuses } = world();
    source(0).onerror?.(new Event("error"));
    expect(statuses.at(-1)).toEqual({ kind: "waiting", attempt: 1, retryInMs: 500 });
    vi.advanceTimersByTime(500);
    expect(sources).toHaveLength(2);
    source(1).onerror?.(new Event("error"));
    expect(statuses.at(-1)).toEqual({ kind: "waiting", attempt: 2, retryInMs: 1000 });
    vi.advanceTimersByTime(1000);
    source(2).send("1");
    source(2).onerror?.(new Event("error"));
    expect(statuses.at(-1)).toEqual({ kind: "waiting", attempt: 1, retryInMs: 500 });
  });

  it("takes silence for death, because a half-open connection raises no error", () => {
    const { source, sources } = world();
    source(0).onopen?.(new Event("open"));
    vi.advanceTimersByTime(9_999);
    expect(source(0).closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(source(0).closed).toBe(true);
    vi.advanceTimersByTime(500);
    expect(sources).toHaveLength(2);
  });

  it("ignores what a dropped connection still says", () => {
    const { source, messages } = world();
    source(0).onerror?.(new Event("error"));
    source(0).send("late");
    expect(messages).toEqual([]);
  });

  it("stays closed once closed", () => {
    const { stream, source, sources } = world();
    source(0).onerror?.(new Event("error"));
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });

  it("does not reopen after the server said that nothing more will come", () => {
    const { source, sources, ends } = world();
    source(0).send("", "ended");
    source(0).onerror?.(new Event("error"));
    vi.advanceTimersByTime(60_000);
    expect(ends()).toBe(1);
    expect(sources).toHaveLength(1);
  });

  it("reopens at once when told that the network is back", () => {
    const { stream, source, sources } = world();
    source(0).onerror?.(new Event("error"));
    stream.reconnectNow();
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(5_000);
    expect(sources).toHaveLength(2);
  });
});

describe("the back-off", () => {
  it("lies between half and all of a doubling ceiling that is bounded", () => {
    expect(backOffMs(0, 0)).toBe(250);
    expect(backOffMs(3, 1)).toBe(4000);
    expect(backOffMs(40, 1)).toBe(maxRetryMs);
  });
});
