import { useSyncExternalStore } from "react";
import { z } from "zod";

/** The service's clock as a message states it. In a simulation it runs `speed` times faster than the wall. */
export const clockSchema = z.object({ now: z.string(), speed: z.number(), simulated: z.boolean() });
export type ServiceClock = z.infer<typeof clockSchema>;

/** A clock reading tied to the moment this page received it (milliseconds of performance.now()). */
export interface ClockReading {
  clock: ServiceClock;
  receivedAt: number;
}

/** The service's time in epoch milliseconds at page time `at`: timers are computed here, never pushed. */
export function serviceNow(reading: ClockReading, at: number): number {
  const elapsed = Math.max(0, at - reading.receivedAt);
  return Date.parse(reading.clock.now) + elapsed * reading.clock.speed;
}

const listeners = new Set<() => void>();
let tick = performance.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick = performance.now();
    for (const each of listeners) each();
  }, 500);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** performance.now(), twice a second, from one timer for the whole page. */
export function usePageTick(): number {
  return useSyncExternalStore(subscribe, () => tick);
}
