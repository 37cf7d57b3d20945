import { useTranslation } from "react-i18next";
import { serviceNow, usePageTick } from "../../app/clock";
import { formatClock, formatDuration } from "../../app/format";
import { Icon } from "../../ui/icons";
import type { LiveState } from "./liveState";

/** Whose time this is, and whether it is real: always on screen, and unmistakable in a simulation. */
export function ClockBar({ state, stale }: { state: LiveState; stale: boolean }) {
  const { t, i18n } = useTranslation();
  const tick = usePageTick();
  const live = state.live;
  const clock = live?.clock;
  return (
    <div className="clockbar" data-simulated={clock?.simulated ?? false}>
      {clock?.simulated && (
        <strong className="clockbar-sim">
          <Icon name="flask" />
          {t("floor.simulation")}
        </strong>
      )}
      {clock?.simulated && <span>{t("floor.simulationText")}</span>}
      <span className="clockbar-clock">
        {clock && (
          <>
            <time>{formatClock(serviceNow({ clock, receivedAt: state.receivedAt }, tick), i18n.language, true)}</time>
            {(clock.simulated || clock.speed !== 1) && (
              <span className="clockbar-speed">{t("floor.speed", { speed: clock.speed })}</span>
            )}
          </>
        )}
        <Connection state={state} stale={stale} age={tick - state.receivedAt} />
      </span>
    </div>
  );
}

function Connection({ state, stale, age }: { state: LiveState; stale: boolean; age: number }) {
  const { t } = useTranslation();
  if (stale)
    return (
      <span className="connection" data-kind="stale" role="status">
        <Icon name="warning" />
        {t(state.stream.kind === "open" ? "floor.staleFor" : "floor.reconnecting", { age: formatDuration(age) })}
      </span>
    );
  const open = state.stream.kind === "open" && state.live !== null;
  return (
    <span className="connection" data-kind={open ? "live" : "connecting"}>
      {t(open ? "floor.live" : "floor.connecting")}
    </span>
  );
}
