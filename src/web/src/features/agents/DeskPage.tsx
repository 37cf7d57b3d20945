import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../ui/icons";
import { Failure, Notice } from "../../ui/Notice";
import { CallView } from "./CallView";
import { CommandPalette } from "./CommandPalette";
import { DeviceCheck } from "./DeviceCheck";
import { desk, useDesk } from "./desk";
import { EarlierDrafts } from "./EarlierDrafts";
import { useLeaderTab } from "./leaderTab";
import { StateBar } from "./StateBar";
import { TeamMessages } from "./TeamMessages";
import { WaitingView } from "./WaitingView";
import "./desk.css";

export function DeskPage() {
  const { t } = useTranslation();
  const { leadership, takeOver } = useLeaderTab(() => desk.read().desk.phase === "working");
  const view = useDesk();
  const call = view.desk.snapshot?.call;
  useEffect(() => {
    const who = call ? `☎ ${call.person?.lastName ?? t("desk.unknownPerson")}` : t("shell.desk");
    document.title = `${who} · Dialer`;
  }, [t, call]);
  useEffect(() => {
    if (leadership === "takenOver") desk.yieldToOtherTab();
  }, [leadership]);

  return (
    <div className="desk">
      <h1 className="visually-hidden">{t("desk.title")}</h1>
      {view.line.simulated && (
        <p className="simbar">
          <Icon name="flask" />
          <strong>{t("floor.simulation")}</strong> {t("floor.simulationText")}
        </p>
      )}
      {leadership === "following" || leadership === "takenOver" ? (
        <Notice
          kind="warn"
          title={t(leadership === "following" ? "desk.otherTab" : "desk.takenOver")}
          side={
            <Button
              size="compact-sm"
              onClick={() => {
                desk.meanToWork();
                takeOver();
              }}
            >
              {t("desk.takeOver")}
            </Button>
          }
        >
          {t("desk.otherTabText")}
        </Notice>
      ) : (
        leadership === "leading" && <LeadingDesk />
      )}
    </div>
  );
}

function LeadingDesk() {
  const { t } = useTranslation();
  const { desk: state } = useDesk();
  const start = useMutation({ mutationFn: () => desk.start() });
  const { mutate } = start;
  useEffect(() => {
    if (desk.meansToWork && desk.read().desk.phase === "off") mutate();
  }, [mutate]);

  if (state.phase !== "working" || !state.snapshot)
    return (
      <div className="desk-start panel">
        {state.ended === "server" && (
          <Notice kind="warn" title={t("desk.ended")}>
            {t("desk.endedText")}
          </Notice>
        )}
        {start.isError && <Failure error={start.error} />}
        <h2>{t("desk.startTitle")}</h2>
        <p className="muted">{t("desk.startText")}</p>
        <Button loading={state.phase === "starting"} onClick={() => mutate()}>
          {t("desk.start")}
        </Button>
        <DeviceCheck />
        <EarlierDrafts current={null} />
      </div>
    );
  const { snapshot } = state;
  return (
    <>
      <StateBar />
      <CommandPalette />
      {state.mismatch && (
        <Notice kind="bad" title={t("failure.mismatch")}>
          {t("floor.mismatch", { fields: state.mismatch })}
        </Notice>
      )}
      <TeamMessages />
      <EarlierDrafts current={snapshot.call?.attemptId ?? null} />
      {snapshot.call ? <CallView key={snapshot.call.attemptId} call={snapshot.call} /> : <WaitingView />}
    </>
  );
}
