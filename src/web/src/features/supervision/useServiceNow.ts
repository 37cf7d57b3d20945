import { serviceNow, usePageTick } from "../../app/clock";
import { useLive } from "./liveFeed";

/** The service's time in epoch milliseconds, running on between messages. */
export function useServiceNow(): number {
  const { live, receivedAt } = useLive();
  const tick = usePageTick();
  return live ? serviceNow({ clock: live.clock, receivedAt }, tick) : Date.now();
}
