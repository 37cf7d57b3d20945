import { Button, Slider } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatClock, formatDateTime } from "../../app/format";
import { ApiProblem } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Fact, Facts } from "../../ui/Facts";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { may, useUser } from "../access/session";
import { type Entry, scenarioUrl, type Timeline, timelineQuery } from "./contract";
import { Listen } from "./Listen";
import { NotesPanel } from "./NotesPanel";
import { ScorePanel } from "./ScorePanel";
import "./records.css";

/** One call from its decision to its money: all of it at once, or step by step. */
export function CallPage({ attemptId }: { attemptId: string }) {
  const { t, i18n } = useTranslation();
  usePageTitle(t("records.call", { id: attemptId }));
  const query = useQuery(timelineQuery(attemptId));
  const user = useUser();
  if (query.isPending) return <Empty title={t("common.loading")} />;
  if (query.error instanceof ApiProblem && query.error.status === 404)
    return <Empty title={t("records.noCall", { id: attemptId })} />;
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const { call } = query.data;
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("records.call", { id: attemptId })}</h1>
        <a href={scenarioUrl(attemptId)} download>
          {t("records.exportScenario")}
        </a>
      </div>
      <Panel title={t("records.facts")}>
        <Facts>
          <Fact name={t("records.at")}>{formatDateTime(call.createdAt, i18n.language)}</Fact>
          <Fact name={t("records.direction")}>{codeText(t, "direction", call.direction)}</Fact>
          <Fact name={t("records.mode")}>{codeText(t, "mode", call.mode)}</Fact>
          <Fact name={t("records.number")}>•••• {call.last4}</Fact>
          {call.accountId && (
            <Fact name={t("records.account")}>
              <Link to={`/accounts/${call.accountId}`}>{call.clientAccountNo}</Link>
            </Fact>
          )}
          {call.campaign && <Fact name={t("records.campaign")}>{call.campaign}</Fact>}
          {call.agent && <Fact name={t("records.agent")}>{call.agent}</Fact>}
          {call.disposition && <Fact name={t("records.outcome")}>{codeText(t, "outcome", call.disposition)}</Fact>}
        </Facts>
        {(call.recordingSids ?? []).map((sid) => (
          <Listen
            key={sid}
            sid={sid}
            label={t("records.listenTo", { at: formatDateTime(call.createdAt, i18n.language) })}
          />
        ))}
      </Panel>
      <Steps timeline={query.data} />
      {user.data && may(user.data, "quality:score") && (
        <>
          <ScorePanel attemptId={attemptId} />
          {call.agentId && <NotesPanel attemptId={attemptId} agentId={call.agentId} agent={call.agent ?? ""} />}
        </>
      )}
    </div>
  );
}

/** Whose words a code is said in. */
const groups: Record<string, string> = { Outcome: "outcome", Agent: "agentState", Disclosure: "disclosure" };

/** The timeline with a cursor: what lies after it is greyed; arrow keys on the slider step through the call. */
function Steps({ timeline }: { timeline: Timeline }) {
  const { t } = useTranslation();
  const last = timeline.entries.length - 1;
  const [at, setAt] = useState(last);
  const begun = Date.parse(timeline.entries[0]?.at ?? timeline.call.createdAt);
  if (last < 0) return <Empty title={t("records.nothingHappened")} />;
  return (
    <Panel
      title={t("records.timeline")}
      side={
        <>
          <Button size="compact-sm" variant="default" disabled={at === 0} onClick={() => setAt(at - 1)}>
            {t("records.previous")}
          </Button>
          <Button size="compact-sm" variant="default" disabled={at === last} onClick={() => setAt(at + 1)}>
            {t("records.next")}
          </Button>
        </>
      }
    >
      <Slider
        className="replay"
        thumbLabel={t("records.replay")}
        min={0}
        max={last}
        value={at}
        onChange={setAt}
        label={(value) => `${value + 1} / ${last + 1}`}
      />
      <ol className="timeline">
        {timeline.entries.map((entry, index) => (
          <Step
            // biome-ignore lint/suspicious/noArrayIndexKey: a call's record does not change its order.
            key={index}
            entry={entry}
            begun={begun}
            now={index === at}
            future={index > at}
          />
        ))}
      </ol>
    </Panel>
  );
}

function Step({ entry, begun, now, future }: { entry: Entry; begun: number; now: boolean; future: boolean }) {
  const { t, i18n } = useTranslation();
  const at = Date.parse(entry.at);
  const lasted = entry.until ? (Date.parse(entry.until) - at) / 1000 : null;
  return (
    <li data-kind={entry.kind} data-future={future || undefined} aria-current={now ? "step" : undefined}>
      <time dateTime={entry.at} title={formatClock(at, i18n.language, true)}>
        +{((at - begun) / 1000).toFixed(1)} s
      </time>
      <span className="timeline-kind">{t(`records.kind.${entry.kind}`, { defaultValue: entry.kind })}</span>
      <div>
        <strong>{codeText(t, groups[entry.kind] ?? "records.code", entry.code)}</strong>
        {lasted !== null && <span className="sub"> {t("records.lasted", { seconds: lasted.toFixed(1) })}</span>}
        {Object.entries(entry.facts)
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <span key={name} className="timeline-fact">
              {name}: {value}
            </span>
          ))}
        {entry.twiml && (
          <details>
            <summary>{t("records.twiml")}</summary>
            <pre>{entry.twiml}</pre>
          </details>
        )}
      </div>
    </li>
  );
}
