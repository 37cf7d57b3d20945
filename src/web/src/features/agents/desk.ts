import { useSyncExternalStore } from "react";
import { backOffMs, EventStream } from "../../app/eventStream";
import { ApiProblem, ask } from "../../app/http";
import { signedOut } from "../../app/signedOut";
import { type Disposition, type SoftphoneGrant, sessionSchema, snapshotSchema } from "./contract";
import { type DeskEvent, type DeskState, emptyDesk, reduceDesk } from "./deskState";
import { leaderTab } from "./leaderTab";
import type { Quality } from "./softphone/lineQuality";
import { SimulatorSoftphone } from "./softphone/simulatorSoftphone";
import type { HeardLine, Softphone, SoftphoneEvent, SoftphoneStatus } from "./softphone/softphone";
import { TwilioSoftphone } from "./softphone/twilioSoftphone";

export interface LineState {
  status: SoftphoneStatus | "off";
  detail: string | null;
  muted: boolean;
  canMute: boolean;
  warning: string | null;
  /** Null until it is known; a simulated line has none. */
  quality: Quality | null;
  simulated: boolean;
  heard: HeardLine[];
}

const noLine: LineState = {
  status: "off",
  detail: null,
  muted: false,
  canMute: false,
  warning: null,
  quality: null,
  simulated: false,
  heard: [],
};
const heardKept = 60;
const workingKey = "dialer.desk.working";

/** The desk of this tab: session, event stream, heartbeats and softphone, held together outside React so that a redraw cannot drop a call. */
class Desk {
  private view: { desk: DeskState; line: LineState } = { desk: emptyDesk, line: noLine };
  private readonly readers = new Set<() => void>();
  private stream: EventStream | null = null;
  private ticker: Worker | null = null;
  private softphone: Softphone | null = null;
  private softphoneRetry: ReturnType<typeof setTimeout> | undefined;
  private softphoneAttempt = 0;

  readonly subscribe = (reader: () => void): (() => void) => {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  };
  readonly read = () => this.view;

  /** Whether this tab is to be at work without being asked again: it was before a reload, or it takes the desk over. */
  get meansToWork(): boolean {
    return sessionStorage.getItem(workingKey) === "yes";
  }

  meanToWork(): void {
    sessionStorage.setItem(workingKey, "yes");
  }

  /** Signs in at the desk, or takes the running session up again. */
  async start(): Promise<void> {
    if (this.view.desk.phase !== "off") return;
    this.apply({ type: "starting" });
    try {
      const session = await ask("/api/v1/agent/session", {
        method: "POST",
        body: { draws: true },
        schema: sessionSchema,
      });
      if (!this.is("starting")) return; // signed out, or taken over by another tab, while the answer was on its way
      this.apply({ type: "snapshot", snapshot: session.snapshot, at: performance.now() });
      this.meanToWork();
      this.openStream();
      this.startTicker();
      await this.plugIn(session.softphone);
    } catch (error) {
      if (this.is("starting")) this.apply({ type: "startFailed" });
      throw error;
    }
  }

  /** Lets the session go without ending it: another tab takes it over. */
  yieldToOtherTab(): void {
    this.close((softphone) => softphone.release());
    this.apply({ type: "ended", by: "elsewhere" });
  }

  /** The user has signed out in this tab: nobody works here any more. */
  leave(): void {
    if (this.view.desk.phase === "off") return;
    this.close((softphone) => softphone.disconnect());
    this.apply({ type: "signedOff" });
    leaderTab.leave();
  }

  async request(state: "Available" | "Break" | "Offline", reason?: string): Promise<void> {
    const now = await ask("/api/v1/agent/state", {
      method: "PUT",
      body: { state, ...(reason ? { reason } : {}) },
      schema: snapshotSchema,
    });
    // The server's word, not what this page last saw: a call given in the same moment would lose its line.
    if (now.state === "Offline") {
      this.close((softphone) => softphone.disconnect());
      this.apply({ type: "signedOff" });
    }
  }

  hangUp(attemptId: string): Promise<void> {
    return ask(`/api/v1/agent/calls/${encodeURIComponent(attemptId)}/hangup`, { method: "POST", body: {} });
  }

  hold(attemptId: string, on: boolean): Promise<void> {
    return this.onCall(attemptId, "hold", "PUT", { on });
  }

  record(attemptId: string, action: "Start" | "Pause" | "Resume" | "Decline"): Promise<void> {
    return this.onCall(attemptId, "recording", "PUT", { action, noticeGiven: true });
  }

  transfer(attemptId: string, to: { agentId: string } | { skill: string }): Promise<void> {
    return this.onCall(attemptId, "transfer", "POST", to);
  }

  consult(attemptId: string, to: { agentId: string } | { skill: string }): Promise<void> {
    return this.onCall(attemptId, "consult", "POST", to);
  }

  consultStep(attemptId: string, action: "threeWay" | "complete" | "cancel"): Promise<void> {
    return this.onCall(attemptId, "consult", "PUT", { action });
  }

  /** The caller has heard the amount, the day and the account, and said yes; with `again` or `insists` also what the rules asked to be told. */
  startPayment(attemptId: string, amount: number, said: { again?: boolean; insists?: boolean } = {}): Promise<void> {
    return this.onCall(attemptId, "payment", "POST", { amount, confirmed: true, ...said });
  }

  paymentStep(attemptId: string, step: { capture: string } | { status: "complete" | "cancel" }): Promise<void> {
    return this.onCall(attemptId, "payment", "PUT", step);
  }

  extendWrapUp(): Promise<void> {
    return ask("/api/v1/agent/wrap-up/extend", { method: "POST", body: {} });
  }

  dial(accountId: string, callBackId?: string): Promise<void> {
    return ask("/api/v1/agent/dial", {
      method: "POST",
      body: { accountId: Number(accountId), ...(callBackId ? { callBackId: Number(callBackId) } : {}) },
    });
  }

  /** Tells the server that this page has drawn the call: the voice waits for that, a little. */
  shown(attemptId: string): void {
    void ask(`/api/v1/agent/calls/${encodeURIComponent(attemptId)}/shown`, { method: "POST" }).catch(() => undefined);
  }

  private onCall(attemptId: string, what: string, method: "POST" | "PUT", body: object): Promise<void> {
    return ask(`/api/v1/agent/calls/${encodeURIComponent(attemptId)}/${what}`, { method, body });
  }

  dispose(attemptId: string, disposition: Disposition): Promise<void> {
    return ask(`/api/v1/agent/calls/${encodeURIComponent(attemptId)}/disposition`, {
      method: "POST",
      body: disposition,
      // The same outcome of the same call has the same key, so that trying again after a lost answer saves it once.
      idempotencyKey: stableKey(`${attemptId} ${JSON.stringify(disposition)}`),
    });
  }

  mute(on: boolean): void {
    this.softphone?.mute(on);
  }

  sendDigits(digits: string): void {
    this.softphone?.sendDigits(digits);
  }

  private openStream(): void {
    this.stream = new EventStream({
      url: "/api/v1/agent/events",
      event: "snapshot",
      // Snapshots come only with changes: reopening now and then costs little and finds a dead connection.
      silenceMs: 45_000,
      onStatus: (status) => this.apply({ type: "stream", status }),
      onMessage: (data) => this.receive(data),
      end: { event: "ended", onEnd: () => this.endedByServer() },
    });
  }

  private receive(data: string): void {
    let raw: unknown;
    try {
      raw = JSON.parse(data);
    } catch {
      raw = undefined;
    }
    const parsed = snapshotSchema.safeParse(raw);
    if (!parsed.success) {
      this.apply({ type: "mismatch", text: parsed.error.issues.map((each) => each.path.join(".")).join(", ") });
      return;
    }
    const before = this.view.desk.snapshot?.call?.attemptId;
    this.apply({ type: "snapshot", snapshot: parsed.data, at: performance.now() });
    if (parsed.data.call && parsed.data.call.attemptId !== before) this.setLine({ heard: [] });
    if (parsed.data.state === "Offline") this.endedByServer();
  }

  private endedByServer(): void {
    this.close((softphone) => softphone.disconnect());
    this.apply({ type: "ended", by: "server" });
  }

  private startTicker(): void {
    this.ticker = new Worker(new URL("./ticker.worker.ts", import.meta.url), { type: "module" });
    this.ticker.onmessage = () => void this.beat();
  }

  private async beat(): Promise<void> {
    const sessionId = this.view.desk.snapshot?.sessionId;
    if (!sessionId) return;
    const isPast = () => sessionId !== this.view.desk.snapshot?.sessionId;
    try {
      await ask("/api/v1/agent/heartbeat", { method: "POST", body: { sessionId } });
      if (isPast()) return;
      const recovered = this.view.desk.heartbeatFailures > 0;
      this.apply({ type: "heartbeat", ok: true });
      if (recovered) this.stream?.reconnectNow();
    } catch (error) {
      if (isPast()) return; // the word is about a session that this desk has left
      if (error instanceof ApiProblem && error.status === 409) this.endedByServer();
      else this.apply({ type: "heartbeat", ok: false });
    }
  }

  private async plugIn(grant: SoftphoneGrant): Promise<void> {
    const setup = { grant, emit: (event: SoftphoneEvent) => this.onSoftphone(event), renew: () => this.renew() };
    const softphone = grant.provider === "twilio" ? new TwilioSoftphone(setup) : new SimulatorSoftphone(setup);
    this.softphone = softphone;
    this.setLine({ canMute: softphone.canMute, simulated: grant.provider === "simulator" });
    try {
      await softphone.connect();
    } catch (error) {
      this.onSoftphone({
        type: "status",
        status: "lost",
        detail: error instanceof Error ? error.message : String(error),
      });
    }
  }

  private async renew(): Promise<SoftphoneGrant> {
    const session = await ask("/api/v1/agent/session", {
      method: "POST",
      body: { draws: true },
      schema: sessionSchema,
    });
    return session.softphone;
  }

  private onSoftphone(event: SoftphoneEvent): void {
    switch (event.type) {
      case "status":
        this.setLine({ status: event.status, detail: event.detail ?? null });
        if (event.status === "connected") this.softphoneAttempt = 0;
        if (event.status === "lost") this.plugInAgain();
        break;
      case "muted":
        this.setLine({ muted: event.on });
        break;
      case "warning":
        this.setLine({ warning: event.code });
        break;
      case "quality":
        this.setLine({ quality: event.level });
        break;
      case "heard":
        this.setLine({ heard: [...this.view.line.heard, event.line].slice(-heardKept) });
    }
  }

  private plugInAgain(): void {
    if (this.view.desk.phase !== "working") return;
    clearTimeout(this.softphoneRetry);
    const wait = backOffMs(this.softphoneAttempt, Math.random());
    this.softphoneAttempt += 1;
    this.softphoneRetry = setTimeout(async () => {
      if (!this.is("working")) return;
      try {
        const grant = await this.renew();
        if (this.is("working")) await this.plugIn(grant);
      } catch {
        this.plugInAgain();
      }
    }, wait);
  }

  private close(withSoftphone: (softphone: Softphone) => void): void {
    clearTimeout(this.softphoneRetry);
    this.stream?.close();
    this.stream = null;
    this.ticker?.terminate();
    this.ticker = null;
    if (this.softphone) withSoftphone(this.softphone);
    this.softphone = null;
    sessionStorage.removeItem(workingKey);
    this.view = { ...this.view, line: noLine };
  }

  /** Asked again after every wait: what was true before it may not be. */
  private is(phase: DeskState["phase"]): boolean {
    return this.view.desk.phase === phase;
  }

  private setLine(change: Partial<LineState>): void {
    this.view = { ...this.view, line: { ...this.view.line, ...change } };
    this.tell();
  }

  private apply(event: DeskEvent): void {
    this.view = { ...this.view, desk: reduceDesk(this.view.desk, event) };
    this.tell();
  }

  private tell(): void {
    for (const reader of this.readers) reader();
  }
}

/** FNV-1a of the text: equal texts, equal keys. */
function stableKey(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return `disposition-${text.split(" ", 1)[0]}-${hash.toString(16)}`;
}

export const desk = new Desk();
window.addEventListener(signedOut, () => desk.leave());

export function useDesk() {
  return useSyncExternalStore(desk.subscribe, desk.read);
}
