import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatCount, formatDateTime } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import type { Impact as ImpactData } from "./contract";

type Example = ImpactData["examples"][number];

/** What a change would have done to yesterday: more denials first, then what it would have let through, then whom. */
export function Impact({ impact }: { impact: ImpactData }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const columns = useMemo<Column<Example>[]>(
    () => [
      { id: "at", header: t("why.at"), value: (row) => row.at, cell: (row) => formatDateTime(row.at, locale) },
      {
        id: "account",
        header: t("funnel.account"),
        value: (row) => Number(row.accountId),
        cell: (row) => <Link to={`/accounts/${row.accountId}/why`}>{t("funnel.whyOf", { id: row.accountId })}</Link>,
      },
      {
        id: "mode",
        header: t("campaign.mode"),
        value: (row) => row.mode,
        cell: (row) => codeText(t, "mode", row.mode),
      },
      {
        id: "change",
        header: t("impact.change"),
        value: (row) => Number(row.allowedNow),
        cell: (row) => t(row.allowedNow ? "impact.nowDenied" : "impact.nowAllowed"),
      },
      {
        id: "reasons",
        header: t("why.reasons"),
        value: (row) => row.reasons.join(" "),
        cell: (row) => (
          <span className="wrap">{row.reasons.map((code) => codeText(t, "denial", code)).join(", ") || "–"}</span>
        ),
      },
    ],
    [t, locale],
  );
  return (
    <div className="stack">
      {impact.note && <p className="sub">{impact.note}</p>}
      <p>
        {t("impact.sentence", {
          denies: formatCount(impact.deniesMore, locale),
          allows: formatCount(impact.allowsMore, locale),
        })}
      </p>
      <div className="impact-figures">
        <div>
          <strong>{formatCount(impact.deniesMore, locale)}</strong>
          <span className="sub">{t("impact.denies")}</span>
        </div>
        <div data-worse={impact.allowsMore > 0}>
          <strong>{formatCount(impact.allowsMore, locale)}</strong>
          <span className="sub">{t("impact.allows")}</span>
        </div>
        <div>
          <strong>{formatCount(impact.decisions, locale)}</strong>
          <span className="sub">{t("impact.decided", { of: formatCount(impact.of, locale) })}</span>
        </div>
      </div>
      <p className="sub">
        {t("impact.span", { from: formatDateTime(impact.from, locale), to: formatDateTime(impact.to, locale) })}
      </p>
      {impact.examples.length > 0 && (
        <DataTable
          label={t("impact.examples")}
          columns={columns}
          rows={impact.examples}
          rowId={(row) => `${row.accountId} ${row.at}`}
          maxHeight={300}
        />
      )}
    </div>
  );
}
