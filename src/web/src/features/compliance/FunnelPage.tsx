import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatCount, formatDateTime, formatShare, share } from "../../app/format";
import { ApiProblem } from "../../app/http";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { type Funnel, funnelQuery, type Lead, leadsQuery } from "./contract";
import "./compliance.css";

interface Stage {
  code: string;
  leads: number;
  kind: "loaded" | "out" | "kept";
}

/** From loaded to callable now. Each bar's accounts open below it. */
export function FunnelPage({ campaignId }: { campaignId: string }) {
  const { t, i18n } = useTranslation();
  usePageTitle(t("funnel.title", { id: campaignId }));
  const query = useQuery({ ...funnelQuery(campaignId), refetchInterval: 15_000 });
  const [open, setOpen] = useState<string | null>(null);
  if (query.isPending) return <Empty title={t("common.loading")} />;
  if (query.error instanceof ApiProblem && query.error.status === 404)
    return <Empty title={t("funnel.gone", { id: campaignId })} />;
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const funnel = query.data;
  const checked = funnel.checkedNow;
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("funnel.title", { id: campaignId })}</h1>
        <span className="sub">{t("why.asked", { at: formatDateTime(funnel.at, i18n.language) })}</span>
      </div>
      <Panel title={t("funnel.steps")}>
        <ol className="funnel">
          {stagesOf(funnel).map((stage) => (
            <Bar key={stage.code} stage={stage} of={funnel.loaded} open={open === stage.code} onOpen={setOpen} />
          ))}
        </ol>
        {checked.evaluated < funnel.due && (
          <p className="sub">
            {t("funnel.sampled", {
              evaluated: formatCount(checked.evaluated, i18n.language),
              due: formatCount(funnel.due, i18n.language),
            })}
          </p>
        )}
      </Panel>
      {open && <Leads key={open} campaignId={campaignId} code={open} />}
    </div>
  );
}

/** Loaded, what the lists exclude, due, what the law denies now, callable. Counts of each kind add up to the one before. */
export function stagesOf(funnel: Funnel): Stage[] {
  return [
    { code: "LOADED", leads: funnel.loaded, kind: "loaded" },
    ...funnel.excluded.map((step) => ({ code: step.code, leads: step.leads, kind: "out" as const })),
    { code: "DUE", leads: funnel.due, kind: "kept" },
    ...funnel.checkedNow.denied.map((step) => ({ code: step.code, leads: step.leads, kind: "out" as const })),
    { code: "CALLABLE", leads: funnel.checkedNow.callable, kind: "kept" },
  ];
}

function Bar({
  stage,
  of,
  open,
  onOpen,
}: {
  stage: Stage;
  of: number;
  open: boolean;
  onOpen: (code: string | null) => void;
}) {
  const { t, i18n } = useTranslation();
  const name = t(`funnelStep.${stage.code}`, { defaultValue: codeText(t, "denial", stage.code) });
  const clickable = stage.kind === "out" || stage.code === "CALLABLE" || stage.code === "DUE";
  return (
    <li data-kind={stage.kind}>
      {clickable ? (
        <button type="button" aria-expanded={open} onClick={() => onOpen(open ? null : stage.code)}>
          {name}
        </button>
      ) : (
        <span>{name}</span>
      )}
      <meter min={0} max={Math.max(of, 1)} value={stage.leads} aria-label={name} />
      <span className="end">{(stage.kind === "out" ? "−" : "") + formatCount(stage.leads, i18n.language)}</span>
      <span className="sub end">{formatShare(share(stage.leads, of), i18n.language)}</span>
    </li>
  );
}

function Leads({ campaignId, code }: { campaignId: string; code: string }) {
  const { t, i18n } = useTranslation();
  const query = useQuery(leadsQuery(campaignId, code));
  const columns = useMemo<Column<Lead>[]>(
    () => [
      {
        id: "account",
        header: t("funnel.account"),
        value: (row) => Number(row.accountId),
        cell: (row) => <Link to={`/accounts/${row.accountId}/why`}>{t("funnel.whyOf", { id: row.accountId })}</Link>,
      },
      { id: "person", header: t("funnel.person"), value: (row) => Number(row.personId) },
      {
        id: "notBefore",
        header: t("funnel.notBefore"),
        value: (row) => row.notBefore,
        cell: (row) => formatDateTime(row.notBefore, i18n.language),
      },
    ],
    [t, i18n.language],
  );
  const name = t(`funnelStep.${code}`, { defaultValue: codeText(t, "denial", code) });
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Panel title={t("funnel.accountsOf", { step: name })} side={<span className="sub">{t("funnel.first")}</span>} flush>
      <DataTable
        label={t("funnel.accountsOf", { step: name })}
        columns={columns}
        rows={query.data ?? []}
        rowId={(row) => row.accountId}
        maxHeight={380}
        empty={<Empty title={t(query.isPending ? "common.loading" : "funnel.none")} />}
      />
    </Panel>
  );
}
