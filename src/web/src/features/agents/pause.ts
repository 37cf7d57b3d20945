import type { DeskCall } from "./contract";

/** Longer than anybody needs to say a number; a card's own pause ends with the card. */
export const forgottenAfterMs = 60_000;

/** A pause that no card asks for: the agent's own, which nothing but the agent ends. */
export function pausedByHand(call: DeskCall): boolean {
  const paying = ["Open", "Completing"].includes(call.controls?.payment?.state ?? "");
  return call.phase === "talking" && call.controls?.recording === "Paused" && !paying;
}
