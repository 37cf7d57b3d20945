import { useEffect, useSyncExternalStore } from "react";

/**
 * One tab of the browser is the desk: it alone holds the softphone and sends heartbeats. The lock is the browser's own
 * (Web Locks), so it is free again the moment the tab closes or crashes. Taking over steals it; the earlier tab learns at once.
 * Without Web Locks (an insecure origin) every tab leads, and the server's one-session rule decides.
 */
export type Leadership = "waiting" | "leading" | "following" | "takenOver";

const lockName = "dialer.desk";

/** Outside React: an agent at work who looks an account up on another page is still at this desk. */
class LeaderTab {
  private leadership: Leadership = "waiting";
  private release: () => void = () => undefined;
  private turn = 0;
  private readonly readers = new Set<() => void>();

  readonly subscribe = (reader: () => void): (() => void) => {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  };
  readonly read = () => this.leadership;

  /** Asks for the lock, unless this tab has it; with `steal`, whoever has it loses it. */
  ask(steal = false): void {
    if (!steal && this.leadership === "leading") return;
    if (!navigator.locks) {
      this.become("leading");
      return;
    }
    this.turn += 1;
    const turn = this.turn;
    const hold = () => {
      if (turn !== this.turn) return;
      this.become("leading");
      return new Promise<void>((resolve) => {
        this.release = resolve;
      });
    };
    const request = steal
      ? navigator.locks.request(lockName, { steal: true }, hold)
      : navigator.locks.request(lockName, { ifAvailable: true }, (lock) => {
          if (lock) return hold();
          if (turn === this.turn) this.become("following");
        });
    request.catch(() => {
      if (turn === this.turn) this.become("takenOver");
    });
  }

  leave(): void {
    this.turn += 1;
    this.release();
    this.release = () => undefined;
    this.become("waiting");
  }

  private become(leadership: Leadership): void {
    this.leadership = leadership;
    for (const reader of this.readers) reader();
  }
}

export const leaderTab = new LeaderTab();

export const useLeadership = (): Leadership => useSyncExternalStore(leaderTab.subscribe, leaderTab.read);

/** The desk's page wants the lock, and gives it back when it is left, unless `kept` says that the desk works on. */
export function useLeaderTab(kept: () => boolean): { leadership: Leadership; takeOver: () => void } {
  const leadership = useLeadership();
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked when the page is left, whatever it is by then.
  useEffect(() => {
    leaderTab.ask();
    return () => {
      if (!kept()) leaderTab.leave();
    };
  }, []);
  return { leadership, takeOver: () => leaderTab.ask(true) };
}
