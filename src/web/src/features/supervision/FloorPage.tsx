import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { usePageTick } from "../../app/clock";
import { Empty, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { may, sessionKey, useUser } from "../access/session";
import { TasksPanel } from "../workItems/TasksPanel";
import { AgentsPanel } from "./AgentsPanel";
import { Alerts } from "./Alerts";
import { CampaignsPanel } from "./CampaignsPanel";
import { ClockBar } from "./ClockBar";
import type { Live } from "./contract";
import { DenialsPanel } from "./DenialsPanel";
import { Heroes } from "./Heroes";
import { LiveChart } from "./LiveChart";
import { liveFeed, useLive } from "./liveFeed";
import { isStale } from "./liveState";
import { OffersPanel } from "./OffersPanel";
import { PacePanel } from "./PacePanel";
import { QueuesPanel } from "./QueuesPanel";
import { WhyAgentPanel } from "./WhyAgentPanel";
import "./floor.css";

export function FloorPage() {
  const { t } = useTranslation();
  const state = useLive();
  const client = useQueryClient();
  const tick = usePageTick();
  useEffect(() => {
    document.title = `${t("shell.floor")} · Dialer`;
  }, [t]);
  useEffect(() => {
    if (state.signedOut) client.setQueryData(sessionKey, null);
  }, [state.signedOut, client]);

  const stale = isStale(state, tick);
  return (
    <>
      <h1 className="visually-hidden">{t("floor.title")}</h1>
      <ClockBar state={state} stale={stale} />
      {state.mismatch && (
        <Notice kind="bad" title={t("failure.mismatch")}>
          {t("floor.mismatch", { fields: state.mismatch })}
        </Notice>
      )}
      {state.live ? <Floor live={state.live} /> : <Waiting />}
      {stale && <p className="visually-hidden">{t("floor.stale")}</p>}
    </>
  );
}

function Floor({ live }: { live: Live }) {
  const { t } = useTranslation();
  const user = useUser().data;
  const [chosen, setChosen] = useState<string | null>(null);
  const campaign = useMemo(() => {
    const open = live.campaigns.filter((each) => each.state === "Open");
    const busiest = [...(open.length > 0 ? open : live.campaigns)].sort((a, b) => b.linesInFlight - a.linesInFlight)[0];
    return live.campaigns.find((each) => each.id === chosen) ?? open[0] ?? busiest ?? null;
  }, [live.campaigns, chosen]);
  return (
    <div className="floor">
      <div className="floor-links">
        {user && may(user, "agents:assign") && <Link to="/teams">{t("teams.title")}</Link>}
        <Link to="/steering">{t("steering.title")}</Link>
        <Link to="/wallboard">{t("wallboard.title")}</Link>
      </div>
      <Alerts alerts={live.alerts} />
      {user && may(user, "settlements:approve") && <OffersPanel />}
      <Heroes live={live} />
      <CampaignsPanel live={live} selected={campaign?.id ?? null} onSelect={(each) => setChosen(each.id)} />
      <div className="floor-columns">
        <div className="floor-main">
          <Panel title={t("floor.chart.title")} side={<span className="sub">{t("floor.chart.since")}</span>}>
            <LiveChart />
          </Panel>
          <AgentsPanel agents={live.agents} />
        </div>
        <div className="floor-side">
          <PacePanel campaign={campaign} />
          <QueuesPanel />
          {user && may(user, "tasks:assign") && <TasksPanel />}
          <WhyAgentPanel />
          <DenialsPanel live={live} />
        </div>
      </div>
    </div>
  );
}

function Waiting() {
  const { t } = useTranslation();
  const { stream } = useLive();
  return (
    <Empty title={t(stream.kind === "waiting" ? "floor.unreachable" : "floor.connecting")}>
      {stream.kind === "waiting" && (
        <>
          <p>{t("failure.unreachableText")}</p>
          <Button mt="sm" size="compact-sm" variant="default" onClick={liveFeed.retryNow}>
            {t("common.retry")}
          </Button>
        </>
      )}
    </Empty>
  );
}
