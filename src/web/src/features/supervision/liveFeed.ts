import { useSyncExternalStore } from "react";
import { EventStream } from "../../app/eventStream";
import { ApiProblem, ask } from "../../app/http";
import { liveSchema } from "./contract";
import { emptyState, type LiveEvent, type LiveState, reduceLive } from "./liveState";

/**
 * One connection to the live floor for the whole page, opened by the first reader and closed after the last, so that
 * moving between pages neither reconnects nor empties the chart.
 */
class LiveFeed {
  private state: LiveState = emptyState;
  private stream: EventStream | null = null;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private readonly readers = new Set<() => void>();

  readonly subscribe = (reader: () => void): (() => void) => {
    this.readers.add(reader);
    clearTimeout(this.idle);
    if (!this.stream) this.open();
    return () => {
      this.readers.delete(reader);
      if (this.readers.size === 0) this.idle = setTimeout(() => this.close(), 30_000);
    };
  };

  readonly read = (): LiveState => this.state;

  readonly retryNow = (): void => this.stream?.reconnectNow();

  /** Forget everything: another person signs in next. */
  readonly reset = (): void => {
    this.close();
    this.state = emptyState;
  };

  private open(): void {
    this.stream = new EventStream({
      url: "/api/v1/live/events",
      event: "live",
      onMessage: (data) => this.receive(data),
      onStatus: (status) => {
        this.apply({ type: "stream", status });
        if (status.kind === "waiting") void this.probe();
      },
    });
    window.addEventListener("online", this.retryNow);
  }

  private close(): void {
    this.stream?.close();
    this.stream = null;
    window.removeEventListener("online", this.retryNow);
  }

  private receive(data: string): void {
    const parsed = liveSchema.safeParse(safeJson(data));
    this.apply(
      parsed.success
        ? { type: "snapshot", live: parsed.data, at: performance.now() }
        : { type: "mismatch", text: parsed.error.issues.map((issue) => issue.path.join(".")).join(", ") },
    );
  }

  /** EventSource hides the status of a refusal, so ask once the plain way: 401 means sign in again. */
  private async probe(): Promise<void> {
    try {
      const live = await ask("/api/v1/live", { schema: liveSchema });
      this.apply({ type: "snapshot", live, at: performance.now() });
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        this.close();
        this.apply({ type: "signedOut" });
      }
    }
  }

  private apply(event: LiveEvent): void {
    this.state = reduceLive(this.state, event);
    for (const reader of this.readers) reader();
  }
}

function safeJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

export const liveFeed = new LiveFeed();

export function useLive(): LiveState {
  return useSyncExternalStore(liveFeed.subscribe, liveFeed.read);
}
