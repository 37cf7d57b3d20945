import { ApiProblem } from "../../../app/http";
import type { Softphone, SoftphoneSetup } from "./softphone";

/**
 * The simulated network's stand-in for Twilio's private signalling: `POST {gateway}/simulator/softphones {token, params}`
 * makes the leg; its events say in words what a softphone would hear. The leg lives on the network, so a reload only
 * takes up its events again.
 */
export class SimulatorSoftphone implements Softphone {
  readonly canMute = false;
  private callSid: string | null = null;
  private events: EventSource | null = null;
  private heard = 0;
  private released = false;

  constructor(private readonly setup: SoftphoneSetup) {}

  async connect(): Promise<void> {
    this.setup.emit({ type: "status", status: "connecting" });
    const known = sessionStorage.getItem(this.memory);
    this.callSid = known !== null && (await this.isUp(known)) ? known : await this.place();
    sessionStorage.setItem(this.memory, this.callSid);
    if (!this.released) this.listen(this.callSid);
  }

  mute(): void {
    // There is no microphone; canMute says so and the desk shows no button.
  }

  sendDigits(digits: string): void {
    void this.post("digits", { digits });
  }

  disconnect(): void {
    this.release();
    sessionStorage.removeItem(this.memory);
    void this.post("hangup", {});
  }

  release(): void {
    this.released = true;
    this.events?.close();
    this.events = null;
  }

  private get memory(): string {
    return `dialer.softphone.${this.setup.grant.params.session ?? ""}`;
  }

  private url(callSid: string, tail = ""): string {
    return `${this.setup.grant.gateway ?? ""}/simulator/softphones/${encodeURIComponent(callSid)}${tail}`;
  }

  private async place(): Promise<string> {
    const { gateway, token, params } = this.setup.grant;
    const response = await fetch(`${gateway ?? ""}/simulator/softphones`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, params }),
    });
    if (!response.ok) throw new ApiProblem(response.status, `The simulated network refused the softphone.`);
    return ((await response.json()) as { callSid: string }).callSid;
  }

  /** Whether the leg still stands: its event stream opens, and does not begin with its end. */
  private isUp(callSid: string): Promise<boolean> {
    return new Promise((resolve) => {
      const probe = new EventSource(this.url(callSid, "/events"));
      const answer = (up: boolean) => {
        clearTimeout(patience);
        probe.close();
        resolve(up);
      };
      const patience = setTimeout(() => answer(true), 400);
      probe.addEventListener("ended", () => answer(false));
      probe.onerror = () => answer(false);
    });
  }

  private listen(callSid: string): void {
    const events = new EventSource(this.url(callSid, "/events"));
    this.events = events;
    events.onopen = () => this.setup.emit({ type: "status", status: "connected" });
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED) this.lose();
      else this.setup.emit({ type: "status", status: "reconnecting" });
    };
    events.addEventListener("ended", () => this.lose());
    events.addEventListener("heard", (event) => this.hear("line", event));
    events.addEventListener("speech", (event) => this.hear("person", event));
  }

  private lose(): void {
    this.events?.close();
    sessionStorage.removeItem(this.memory);
    if (!this.released) this.setup.emit({ type: "status", status: "lost" });
  }

  private hear(who: "person" | "line", event: MessageEvent<string>): void {
    const said = JSON.parse(event.data) as { text?: string; what?: string; at?: string };
    if (!said.text || said.what === "music") return;
    this.heard += 1;
    this.setup.emit({ type: "heard", line: { key: `${this.heard}`, who, text: said.text } });
  }

  private async post(what: string, body: object): Promise<void> {
    if (this.callSid === null) return;
    try {
      await fetch(this.url(this.callSid, `/${what}`), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        keepalive: true,
      });
    } catch {
      this.setup.emit({ type: "status", status: "reconnecting" });
    }
  }
}
