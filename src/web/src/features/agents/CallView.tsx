import { useMutation } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePageTick } from "../../app/clock";
import { formatDuration } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Fact, Facts } from "../../ui/Facts";
import { Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { AccountPanel } from "./AccountPanel";
import { CallDock } from "./CallDock";
import type { DeskCall } from "./contract";
import { desk, useDesk } from "./desk";
import { clockKnown, deskNow } from "./deskState";
import { dateAfter } from "./disposition";
import { HeardPanel } from "./HeardPanel";
import { Objections } from "./Objections";
import { OfferPanel } from "./OfferPanel";
import { PlanPanel } from "./PlanPanel";
import { RecordPanel } from "./RecordPanel";
import { ScriptPanel, type TakenBack } from "./ScriptPanel";
import { afterDrawing } from "./shown";
import { takeBackDisclosure, tickDisclosure } from "./tick";
import { useDraft } from "./useDraft";

/** The screen of one call: who it is first, what they owe only once they are verified, the outcome at the bottom. */
export function CallView({ call }: { call: DeskCall }) {
  const { t } = useTranslation();
  const { desk: state, line } = useDesk();
  const label = `${call.person?.firstName ?? ""} ${call.person?.lastName ?? t("desk.unknownPerson")}`.trim();
  // Before the painting, so that the frame asked for is the one that shows the call.
  useLayoutEffect(() => afterDrawing(() => desk.shown(call.attemptId)), [call.attemptId]);
  const { draft, change } = useDraft(call.attemptId, label, {
    amount: call.account?.pastDue ? call.account.pastDue.toFixed(2) : "",
    dueDate: dateAfter(deskNow(state, performance.now()), 7),
  });
  const recording = useMutation({ mutationFn: () => desk.record(call.attemptId, "Start") });
  const [takenBack, setTakenBack] = useState<TakenBack>({});
  const verified = "RightParty" in draft.checks;
  const check = (name: string, on: boolean) => {
    const { [name]: _, ...others } = draft.checks;
    const at = new Date(deskNow(state, performance.now())).toISOString();
    if (call.disclosures.includes(name)) {
      const ticked = draft.checks[name];
      if (on) void tickDisclosure(call.attemptId, name);
      else if (ticked) {
        void takeBackDisclosure(call.attemptId, name);
        setTakenBack((earlier) => ({ ...earlier, [name]: { ticked, at } }));
      }
    }
    change({ checks: on ? { ...others, [name]: at } : others });
    // Recording begins with the notice, and only then.
    if (name === "RECORDING_NOTICE_REQUIRED" && on && call.controls?.recording === "Off") recording.mutate();
  };
  return (
    <div className="call">
      <div className="call-columns" data-three={line.simulated || verified ? true : undefined}>
        <div className="call-main">
          <PersonPanel call={call} />
          <AccountPanel call={call} verified={verified} />
        </div>
        {(line.simulated || verified) && (
          <div className="call-main">
            {line.simulated && <HeardPanel />}
            {verified && <RecordPanel call={call} />}
          </div>
        )}
        <div className="call-main">
          <ScriptPanel call={call} checks={draft.checks} takenBack={takenBack} onCheck={check} />
          {verified && call.account && <OfferPanel call={call} />}
          {verified && call.account && (
            <PlanPanel call={call} onAgreed={() => change({ code: draft.code ?? "RPC-PLAN" })} />
          )}
          {verified && <Objections />}
        </div>
      </div>
      {recording.isError && <Failure error={recording.error} onRetry={() => recording.mutate()} />}
      <CallDock call={call} draft={draft} onChange={change} />
    </div>
  );
}

/** How long the person has been there: the agent's own time in the call is beside his state, and after an IVR, the line or a colleague it is shorter. */
function TimeOnTheLine({ call }: { call: DeskCall }) {
  const { t } = useTranslation();
  const { desk: state, line } = useDesk();
  const tick = usePageTick();
  if (call.phase === "ended" || !clockKnown(state, line.simulated)) return null;
  return (
    <Fact name={t(call.phase === "dialling" ? "desk.ringingFor" : "desk.onLineFor")}>
      {formatDuration(deskNow(state, tick) - Date.parse(call.startedAt))}
    </Fact>
  );
}

/** The words for campaigns and kinds of work are the matcher's, not the agent's. */
const skillsOf = (needs: string[]): string => needs.filter((need) => !need.startsWith("serves-")).join(", ");

function PersonPanel({ call }: { call: DeskCall }) {
  const { t } = useTranslation();
  const announced = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // Filled after it is in the page, so that screen readers speak it; the focus stays where the agent has it.
    if (announced.current)
      announced.current.textContent = t("desk.announce", {
        person: call.person ? `${call.person.firstName} ${call.person.lastName}` : t("desk.unknownPerson"),
        campaign: call.campaign ?? t(`desk.direction.${call.direction.toLowerCase()}`),
      });
  }, [t, call.person, call.campaign, call.direction]);
  const { person, context } = call;
  return (
    <Panel
      title={t("desk.person")}
      side={
        <>
          {call.controls?.monitored && (
            <span className="badge" data-kind="warn">
              {t(`desk.monitored.${call.controls.monitored}`)}
            </span>
          )}
          <span className="phase" data-phase={call.phase}>
            {t(`desk.phase.${call.phase}`)}
          </span>
        </>
      }
    >
      <p ref={announced} role="alert" className="visually-hidden" />
      <p className="person-name">{person ? `${person.firstName} ${person.lastName}` : t("desk.unknownPerson")}</p>
      <Facts>
        <Fact name={t("desk.campaign")}>
          {call.campaign ?? "–"} · {t(`desk.direction.${call.direction.toLowerCase()}`)}
        </Fact>
        <TimeOnTheLine call={call} />
        {person?.language && <Fact name={t("desk.language")}>{codeText(t, "language", person.language)}</Fact>}
        {person?.state && <Fact name={t("desk.region")}>{person.state}</Fact>}
        {(context?.localTime ?? person?.localTime) && (
          <Fact name={t("desk.localTime")}>
            {context?.localTime ?? person?.localTime}
            {context?.windowUntil && <span className="sub"> {t("desk.window", { until: context.windowUntil })}</span>}
          </Fact>
        )}
        {typeof context?.attemptsLeft === "number" && <Fact name={t("desk.attemptsLeft")}>{context.attemptsLeft}</Fact>}
        {context?.consent && <Fact name={t("desk.consent")}>{codeText(t, "consent", context.consent)}</Fact>}
        {context?.why && <Fact name={t("desk.why")}>{codeText(t, "whyCall", context.why)}</Fact>}
        {call.routing && (
          <Fact name={t("desk.whyAgent")}>
            {codeText(t, "routing", call.routing.reason)}
            <span className="sub"> {skillsOf(call.routing.needs ?? [])}</span>
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}
