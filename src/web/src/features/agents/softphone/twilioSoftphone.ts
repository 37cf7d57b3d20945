import type { Call, Device } from "@twilio/voice-sdk";
import { LineQuality } from "./lineQuality";
import type { Softphone, SoftphoneSetup } from "./softphone";

/** Twilio's Voice SDK, loaded only where it is used. The leg is an outgoing call to the session's TwiML application. */
export class TwilioSoftphone implements Softphone {
  readonly canMute = true;
  private device: Device | null = null;
  private call: Call | null = null;
  private released = false;

  constructor(private readonly setup: SoftphoneSetup) {}

  async connect(): Promise<void> {
    const { emit, grant, renew } = this.setup;
    emit({ type: "status", status: "connecting" });
    const sdk = await import("@twilio/voice-sdk");
    if (this.released) return;
    const device = new sdk.Device(grant.token, {
      closeProtection: true,
      codecPreferences: [sdk.Call.Codec.Opus, sdk.Call.Codec.PCMU],
      tokenRefreshMs: 60_000,
      logLevel: "error",
      ...(grant.edges?.length ? { edge: grant.edges } : {}),
    });
    this.device = device;
    device.on("tokenWillExpire", () => void renew().then((fresh) => device.updateToken(fresh.token)));
    device.on("error", (error: { code: number; message: string }) => {
      // 31204 and 31205: the token is invalid or expired; a renewed one repairs the device.
      if (error.code === 31204 || error.code === 31205) void renew().then((fresh) => device.updateToken(fresh.token));
      else this.lose(`${error.code} ${error.message}`);
    });
    const call = await device.connect({ params: grant.params });
    // Let go while the leg was being made: it would stay in the conference of a desk that is another tab's by now.
    if (this.released) call.disconnect();
    else this.watch(call);
  }

  mute(on: boolean): void {
    this.call?.mute(on);
  }

  sendDigits(digits: string): void {
    this.call?.sendDigits(digits);
  }

  disconnect(): void {
    this.released = true;
    this.call?.disconnect();
    this.device?.destroy();
  }

  release(): void {
    // The SDK's leg cannot outlive its page; the conference waits for the next one.
    this.disconnect();
  }

  private watch(call: Call): void {
    const { emit } = this.setup;
    this.call = call;
    call.on("accept", () => emit({ type: "status", status: "connected" }));
    call.on("reconnecting", () => emit({ type: "status", status: "reconnecting" }));
    call.on("reconnected", () => emit({ type: "status", status: "connected" }));
    call.on("mute", (on: boolean) => emit({ type: "muted", on }));
    call.on("warning", (name: string) => emit({ type: "warning", code: name }));
    call.on("warning-cleared", () => emit({ type: "warning", code: null }));
    const quality = new LineQuality();
    call.on("sample", (sample: { mos: number | null }) => {
      const level = quality.add(sample.mos);
      if (level) emit({ type: "quality", level });
    });
    call.on("disconnect", () => this.lose());
    call.on("cancel", () => this.lose());
    call.on("error", (error: { code: number; message: string }) => this.lose(`${error.code} ${error.message}`));
  }

  private lose(detail?: string): void {
    if (this.released) return;
    this.released = true;
    this.device?.destroy();
    this.setup.emit({ type: "status", status: "lost", detail });
  }
}
