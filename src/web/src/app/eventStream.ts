/**
 * A server-sent event stream that keeps itself alive: it reopens with exponential back-off and jitter, and it treats
 * silence as death, because a half-open connection raises no error. The browser's own retry is not used: it has no
 * back-off and cannot tell a refusal from an outage.
 */
export type StreamStatus =
  | { kind: "connecting"; attempt: number }
  | { kind: "open" }
  | { kind: "waiting"; attempt: number; retryInMs: number };

export interface StreamSource {
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
}

export interface StreamOptions {
  url: string;
  event: string;
  onMessage: (data: string) => void;
  onStatus: (status: StreamStatus) => void;
  /** The event by which the server says that nothing more will come; the stream then stays closed. */
  end?: { event: string; onEnd: () => void };
  /** Milliseconds without an event after which the connection counts as lost. */
  silenceMs?: number;
  open?: (url: string) => StreamSource;
  random?: () => number;
}

export const firstRetryMs = 500;
export const maxRetryMs = 15_000;

/** Full jitter over the upper half: between 50 % and 100 % of min(max, first * 2^attempt). `random` in [0, 1). */
export function backOffMs(attempt: number, random: number): number {
  const ceiling = Math.min(maxRetryMs, firstRetryMs * 2 ** attempt);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

export class EventStream {
  private source: StreamSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private closed = false;

  constructor(private readonly options: StreamOptions) {
    this.connect();
  }

  close(): void {
    this.closed = true;
    this.drop();
    clearTimeout(this.retry);
  }

  /** Try now instead of at the end of the back-off, as when the browser says that the network is back. */
  reconnectNow(): void {
    if (this.closed || this.source) return;
    clearTimeout(this.retry);
    this.connect();
  }

  private connect(): void {
    this.options.onStatus({ kind: "connecting", attempt: this.attempt });
    const open = this.options.open ?? ((url: string) => new EventSource(url) as StreamSource);
    const source = open(this.options.url);
    this.source = source;
    this.watchSilence();
    source.onopen = () => this.options.onStatus({ kind: "open" });
    source.onerror = () => this.fail(source);
    source.addEventListener(this.options.event, (event) => {
      if (this.source !== source) return;
      this.attempt = 0;
      this.watchSilence();
      this.options.onMessage(event.data);
    });
    const { end } = this.options;
    if (end)
      source.addEventListener(end.event, () => {
        if (this.source !== source) return;
        this.close();
        end.onEnd();
      });
  }

  private fail(source: StreamSource): void {
    if (this.source !== source || this.closed) return;
    this.drop();
    const retryInMs = backOffMs(this.attempt, (this.options.random ?? Math.random)());
    this.attempt += 1;
    this.options.onStatus({ kind: "waiting", attempt: this.attempt, retryInMs });
    this.retry = setTimeout(() => this.connect(), retryInMs);
  }

  private watchSilence(): void {
    clearTimeout(this.silence);
    const source = this.source;
    this.silence = setTimeout(() => source && this.fail(source), this.options.silenceMs ?? 12_000);
  }

  private drop(): void {
    clearTimeout(this.silence);
    this.source?.close();
    this.source = null;
  }
}
