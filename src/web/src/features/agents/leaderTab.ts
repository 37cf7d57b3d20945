import { useEffect, useState } from "react";

/**
 * One tab of the browser is the desk: it alone holds the softphone and sends heartbeats. The lock is the browser's own
 * (Web Locks), so it is free again the moment the tab closes or crashes. Taking over steals it; the earlier tab learns at once.
 * Without Web Locks (an insecure origin) every tab leads, and the server's one-session rule decides.
 */
export type Leadership = "waiting" | "leading" | "following" | "takenOver";

const lockName = "dialer.desk";

export function useLeaderTab(): { leadership: Leadership; takeOver: () => void } {
  const [leadership, setLeadership] = useState<Leadership>("waiting");
  const [steal, setSteal] = useState(0);

  useEffect(() => {
    if (!navigator.locks) {
      setLeadership("leading");
      return;
    }
    let release: () => void = () => undefined;
    let over = false;
    const hold = () => {
      if (over) return;
      setLeadership("leading");
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    };
    const request =
      steal > 0
        ? navigator.locks.request(lockName, { steal: true }, hold)
        : navigator.locks.request(lockName, { ifAvailable: true }, (lock) => {
            if (lock) return hold();
            if (!over) setLeadership("following");
          });
    request.catch(() => {
      if (!over) setLeadership("takenOver");
    });
    return () => {
      over = true;
      release();
    };
  }, [steal]);

  return { leadership, takeOver: () => setSteal((count) => count + 1) };
}
