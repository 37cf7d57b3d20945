import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { usePageTick } from "../../app/clock";
import { formatCount, formatShare, share } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Empty } from "../../ui/Notice";
import { usePageTitle } from "../../ui/usePageTitle";
import { Alerts } from "./Alerts";
import { ClockBar } from "./ClockBar";
import type { Live } from "./contract";
import { Heroes } from "./Heroes";
import { LiveChart } from "./LiveChart";
import { useLive } from "./liveFeed";
import { busiest, capStanding, isStale } from "./liveState";
import { QueuesPanel } from "./QueuesPanel";
import "./floor.css";
import "./wallboard.css";

/** The floor for a screen on the wall: large, nothing to press, readable across the room. Escape or the button leads back. */
export function WallboardPage() {
  const { t } = useTranslation();
  const state = useLive();
  const tick = usePageTick();
  const [, go] = useLocation();
  const [full, setFull] = useState(false);
  usePageTitle(t("wallboard.title"));
  useEffect(() => {
    const onFull = () => setFull(document.fullscreenElement !== null);
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && document.fullscreenElement === null) go("/");
    };
    document.addEventListener("fullscreenchange", onFull);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("fullscreenchange", onFull);
      document.removeEventListener("keydown", onKey);
    };
  }, [go]);
  return (
    <main className="wallboard" data-stale={isStale(state, tick)}>
      <h1 className="visually-hidden">{t("wallboard.title")}</h1>
      <ClockBar state={state} stale={isStale(state, tick)} />
      {!full && (
        <div className="wallboard-actions">
          <Button size="compact-sm" variant="default" onClick={() => void document.documentElement.requestFullscreen()}>
            {t("wallboard.full")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => go("/")}>
            {t("wallboard.back")}
          </Button>
        </div>
      )}
      {state.live ? <Board live={state.live} /> : <Empty title={t("floor.connecting")} />}
    </main>
  );
}

function Board({ live }: { live: Live }) {
  const { t } = useTranslation();
  return (
    <>
      <Alerts alerts={live.alerts.slice(0, 4)} quiet />
      <Heroes live={live} />
      <div className="wallboard-columns">
        <section className="panel" aria-label={t("floor.campaigns")}>
          <Campaigns live={live} />
        </section>
        <div className="wallboard-side">
          <section className="panel wallboard-chart" aria-label={t("floor.chart.title")}>
            <LiveChart />
          </section>
          <QueuesPanel />
        </div>
      </div>
    </>
  );
}

/** As many as can be read across the room. */
const most = 12;

/** The open campaigns, the busiest first where not all have room; how many are left out is said. */
function Campaigns({ live }: { live: Live }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const there = live.campaigns.filter((campaign) => campaign.state !== "Closed");
  const shown = there.length <= most ? there : busiest(there).slice(0, most);
  return (
    <table className="wallboard-table">
      {there.length > most && (
        <caption>{t("wallboard.busiest", { shown: most, all: formatCount(there.length, locale) })}</caption>
      )}
      <thead>
        <tr>
          <th scope="col">{t("campaign.name")}</th>
          <th scope="col">{t("campaign.state")}</th>
          <th scope="col">{t("campaign.linesInFlight")}</th>
          <th scope="col">{t("campaign.attempts")}</th>
          <th scope="col">{t("campaign.answeredLive")}</th>
          <th scope="col">{t("campaign.abandonmentRate")}</th>
          <th scope="col">{t("campaign.ready")}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((row) => {
          const rate = row.answeredLive === 0 ? null : row.abandonmentRate;
          return (
            <tr key={row.id}>
              <th scope="row">{row.name}</th>
              <td>{codeText(t, "campaignState", row.state)}</td>
              <td>{formatCount(row.linesInFlight + row.talking + row.ivr, locale)}</td>
              <td>{formatCount(row.attempts, locale)}</td>
              <td>
                {formatCount(row.answeredLive, locale)}{" "}
                <small>{formatShare(share(row.answeredLive, row.attempts), locale, 0)}</small>
              </td>
              <td>
                <span className="cap" data-standing={capStanding(rate, row.abandonCap)}>
                  {formatShare(rate, locale, 2)}
                </span>
              </td>
              <td>{formatCount(row.ready, locale)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
