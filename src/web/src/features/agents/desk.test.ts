import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** An event stream that says what the test makes it say. */
class Stream {
  static readonly opened: Stream[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly readyState = 1;
  private readonly listeners = new Map<string, (event: { data: string }) => void>();

  constructor(readonly url: string) {
    Stream.opened.push(this);
  }

  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(type, listener);
  }

  say(type: string): void {
    this.listeners.get(type)?.({ data: "" });
  }

  close(): void {
    this.listeners.clear();
  }
}

class Ticker {
  onmessage: (() => void) | null = null;
  terminate(): void {
    this.onmessage = null;
  }
}

const snapshot = (seq: number, state: string, intent: string | null = null) => ({
  seq,
  sessionId: "s1",
  state,
  since: "2026-07-14T14:00:00Z",
  intent,
  softphoneConnected: true,
});
const session = {
  sessionId: "s1",
  softphone: { provider: "simulator", token: "t", gateway: "", params: { session: "s1" } },
  snapshot: snapshot(1, "Available"),
};

describe("the desk", () => {
  let asked: string[] = [];
  let answers: Record<string, () => Promise<unknown>> = {};

  beforeEach(() => {
    asked = [];
    answers = {
      "/api/v1/agent/session": async () => session,
      "/simulator/softphones": async () => ({ callSid: "CA1" }),
    };
    Stream.opened.length = 0;
    sessionStorage.clear();
    vi.resetModules();
    vi.stubGlobal("EventSource", Stream);
    vi.stubGlobal("Worker", Ticker);
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path);
      return new Response(JSON.stringify((await answers[path]?.()) ?? {}));
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("keeps the line of a call that was given in the moment in which the agent signed off", async () => {
    const { desk } = await import("./desk");
    await desk.start();
    answers["/api/v1/agent/state"] = async () => snapshot(3, "Reserved", "Offline");

    await desk.request("Offline");

    expect(desk.read().desk.phase).toBe("working");
    expect(asked).not.toContain("/simulator/softphones/CA1/hangup");
  });

  it("does not begin to work in a tab that was taken over while it signed in", async () => {
    const { desk } = await import("./desk");
    let answer: (value: unknown) => void = () => undefined;
    answers["/api/v1/agent/session"] = () => new Promise((resolve) => (answer = resolve));
    const started = desk.start();
    await vi.waitFor(() => expect(asked).toContain("/api/v1/agent/session"));

    desk.yieldToOtherTab();
    answer(session);
    await started;

    expect(desk.read().desk).toMatchObject({ phase: "off", ended: "elsewhere" });
    expect(asked).not.toContain("/simulator/softphones");
  });

  it("makes no new leg when it is taken over while it asks for one", async () => {
    vi.useFakeTimers();
    const { desk } = await import("./desk");
    await desk.start();
    let answer: (value: unknown) => void = () => undefined;
    answers["/api/v1/agent/session"] = () => new Promise((resolve) => (answer = resolve));
    Stream.opened.find((each) => each.url.startsWith("/simulator/"))?.say("ended");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked.filter((path) => path === "/api/v1/agent/session")).toHaveLength(2);

    desk.yieldToOtherTab();
    answer(session);
    await vi.advanceTimersByTimeAsync(100);

    expect(asked.filter((path) => path === "/simulator/softphones")).toHaveLength(1);
  });

  it("lets the line go when the server has signed the agent off", async () => {
    const { desk } = await import("./desk");
    await desk.start();
    answers["/api/v1/agent/state"] = async () => snapshot(2, "Offline");

    await desk.request("Offline");

    expect(desk.read().desk.phase).toBe("off");
    expect(asked).toContain("/simulator/softphones/CA1/hangup");
  });
});
