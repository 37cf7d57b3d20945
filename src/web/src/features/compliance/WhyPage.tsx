import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatDateTime } from "../../app/format";
import { ApiProblem } from "../../app/http";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { type PastDecision, type Reason, type Way, type Why, whyQuery } from "./contract";
import "./compliance.css";

/** Why an account may or may not be called now, what would change that, and every decision of the last month. */
export function WhyPage({ accountId }: { accountId: string }) {
  const { t, i18n } = useTranslation();
  usePageTitle(t("why.title", { id: accountId }));
  const query = useQuery(whyQuery(accountId));
  if (query.isPending) return <Empty title={t("common.loading")} />;
  if (query.error instanceof ApiProblem && query.error.status === 404)
    return <Empty title={t("accounts.gone", { id: accountId })} />;
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const why = query.data;
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("why.title", { id: accountId })}</h1>
        <span className="sub">
          <Link to={`/accounts/${accountId}`}>{t("why.account")}</Link> ·{" "}
          {t("why.asked", { at: formatDateTime(why.at, i18n.language) })}
        </span>
      </div>
      {why.status && why.status !== "Open" && (
        <Notice kind="warn" title={t("why.accountStatus", { status: codeText(t, "accountStatus", why.status) })} quiet>
          {why.statusReason}
        </Notice>
      )}
      <Answer why={why} />
      {why.ways.map((way) => (
        <WayPanel key={`${way.phoneId} ${way.campaignId ?? ""}`} way={way} />
      ))}
      <History history={why.history} />
    </div>
  );
}

function Answer({ why }: { why: Why }) {
  const { t, i18n } = useTranslation();
  if (why.ways.length === 0) return <Notice kind="warn" title={t("why.noWay")} quiet />;
  if (why.callable) return <Notice kind="good" title={t("why.callable")} quiet />;
  return (
    <Notice kind="bad" title={t("why.notCallable")} quiet>
      {why.retryAt ? t("why.opensAt", { at: formatDateTime(why.retryAt, i18n.language) }) : t("why.neverByItself")}
    </Notice>
  );
}

function WayPanel({ way }: { way: Way }) {
  const { t, i18n } = useTranslation();
  const stops = way.reasons.filter((reason) => reason.severity !== "Warn");
  const warnings = way.reasons.filter((reason) => reason.severity === "Warn");
  return (
    <Panel
      title={
        <>
          {way.number} <span className="muted">{codeText(t, "lineType", way.lineType)}</span>
          <span className="visually-hidden">, {way.campaignId ? way.campaign : t("why.byHand")}</span>
        </>
      }
      side={
        <span className="sub">
          {way.campaignId ? <Link to={`/campaigns/${way.campaignId}/funnel`}>{way.campaign}</Link> : t("why.byHand")} ·{" "}
          {codeText(t, "mode", way.mode)}
        </span>
      }
    >
      <p className="verdict" data-verdict={way.verdict}>
        {codeText(t, "verdict", way.verdict)}
        {way.retryAt && (
          <span className="sub"> {t("why.retry", { at: formatDateTime(way.retryAt, i18n.language) })}</span>
        )}
      </p>
      {stops.length > 0 && <Reasons reasons={stops} label={t("why.reasons")} />}
      {warnings.length > 0 && <Reasons reasons={warnings} label={t("why.warnings")} />}
      {way.conditions.length > 0 && (
        <>
          <h3>{t("why.conditions")}</h3>
          <ul className="conditions">
            {way.conditions.map((condition) => (
              <li key={condition.policyRow}>
                <strong>{codeText(t, "disclosure", condition.code)}</strong> {condition.text && <q>{condition.text}</q>}{" "}
                <span className="sub">{condition.citation}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function Reasons({ reasons, label }: { reasons: Reason[]; label: string }) {
  const { t, i18n } = useTranslation();
  const columns = useMemo<Column<Reason>[]>(
    () => [
      {
        id: "code",
        header: t("why.reason"),
        value: (row) => row.code,
        cell: (row) => (
          <>
            <strong>{codeText(t, "denial", row.code)}</strong> <span className="sub code">{row.code}</span>
          </>
        ),
      },
      {
        id: "basis",
        header: t("why.basis"),
        value: (row) => row.basis,
        cell: (row) => codeText(t, "basis", row.basis),
      },
      {
        id: "citation",
        header: t("why.source"),
        value: (row) => row.citation,
        cell: (row) => <span className="wrap">{row.citation}</span>,
      },
      {
        id: "clears",
        header: t("why.clears"),
        value: (row) => row.clearsAt,
        cell: (row) => (row.clearsAt ? formatDateTime(row.clearsAt, i18n.language) : t("why.notByTime")),
      },
      {
        id: "remedy",
        header: t("why.remedy"),
        value: (row) => row.remedy,
        cell: (row) => <span className="wrap">{t(`remedy.${row.code}`, { defaultValue: row.remedy })}</span>,
      },
    ],
    [t, i18n.language],
  );
  return <DataTable label={label} columns={columns} rows={reasons} rowId={(row) => row.policyRow} />;
}

function History({ history }: { history: PastDecision[] }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const columns = useMemo<Column<PastDecision>[]>(
    () => [
      {
        id: "at",
        header: t("why.at"),
        value: (row) => row.at,
        cell: (row) =>
          row.repeats > 1
            ? t("why.repeated", {
                at: formatDateTime(row.at, locale),
                last: formatDateTime(row.lastAt, locale),
                count: row.repeats,
              })
            : formatDateTime(row.at, locale),
      },
      {
        id: "verdict",
        header: t("why.verdict"),
        value: (row) => row.verdict,
        cell: (row) => codeText(t, "verdict", row.verdict),
      },
      {
        id: "mode",
        header: t("campaign.mode"),
        value: (row) => row.mode,
        cell: (row) =>
          row.channel && row.channel !== "Voice" ? codeText(t, "channel", row.channel) : codeText(t, "mode", row.mode),
      },
      {
        id: "reasons",
        header: t("why.reasons"),
        value: (row) => row.reasons.join(" "),
        cell: (row) => (
          <span className="wrap">
            {row.reasons.map((code) => codeText(t, "denial", code)).join(", ") || "–"}
            {row.policyRows.length > 0 && <span className="sub code"> {row.policyRows.join(" ")}</span>}
          </span>
        ),
      },
      {
        id: "version",
        header: t("why.policy"),
        tip: t("why.policyTip"),
        value: (row) => row.packVersion,
        cell: (row) => <span className="sub wrap">{row.packVersion}</span>,
      },
      {
        id: "facts",
        header: t("why.facts"),
        tip: t("why.factsTip"),
        value: (row) => row.factsHash,
        cell: (row) => <code>{row.factsHash.slice(0, 12)}</code>,
      },
    ],
    [t, locale],
  );
  return (
    <Panel title={t("why.history")} flush>
      <DataTable
        label={t("why.history")}
        columns={columns}
        rows={history}
        rowId={(row) => row.decisionId}
        maxHeight={420}
        empty={<Empty title={t("why.noHistory")} />}
      />
    </Panel>
  );
}
