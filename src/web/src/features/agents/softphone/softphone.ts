import type { SoftphoneGrant } from "../contract";
import type { Quality } from "./lineQuality";

/** The agent's voice leg into the nailed-up conference. Two adapters: Twilio's Voice SDK, and the simulated network's. */
export interface Softphone {
  /** Whether there is a microphone that can be muted. */
  readonly canMute: boolean;
  connect(): Promise<void>;
  mute(on: boolean): void;
  sendDigits(digits: string): void;
  /** Ends the leg. The page closing does not: a reload takes it up again where the network allows. */
  disconnect(): void;
  /** Lets go without ending the leg. */
  release(): void;
}

export type SoftphoneStatus = "connecting" | "connected" | "reconnecting" | "lost";

export type SoftphoneEvent =
  | { type: "status"; status: SoftphoneStatus; detail?: string }
  | { type: "muted"; on: boolean }
  | { type: "warning"; code: string | null }
  | { type: "quality"; level: Quality }
  | { type: "heard"; line: HeardLine };

/** Something said on the line. Only a simulated network puts it in words. */
export interface HeardLine {
  key: string;
  who: "person" | "line";
  text: string;
}

export interface SoftphoneSetup {
  grant: SoftphoneGrant;
  emit: (event: SoftphoneEvent) => void;
  /** A fresh token of the same session, before the old one expires. */
  renew: () => Promise<SoftphoneGrant>;
}
