import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { Changes } from "./Changes";
import { type PolicyRow, policyQuery } from "./contract";
import { RowEditor } from "./RowEditor";
import "./compliance.css";

export interface PackRow
  extends Pick<PolicyRow, "id" | "jur" | "kind" | "code" | "cite" | "conf" | "enforceAs" | "enabled"> {
  pack: string;
  row: PolicyRow;
}

/** The rules in force, one row each with its source; a change is proposed here by one officer and decided by another. */
export function PolicyPage() {
  const { t } = useTranslation();
  usePageTitle(t("policy.title"));
  const query = useQuery(policyQuery);
  const [filter, setFilter] = useState("");
  const [selected, setSelected] = useState<string | null>(null);
  const rows = useMemo<PackRow[]>(
    () => (query.data?.packs ?? []).flatMap((pack) => pack.rows.map((row) => ({ ...row, pack: pack.pack, row }))),
    [query.data],
  );
  const shown = useMemo(() => matching(rows, filter), [rows, filter]);
  const columns = useMemo<Column<PackRow>[]>(
    () => [
      { id: "id", header: t("policy.row"), value: (row) => row.id },
      { id: "jur", header: t("policy.place"), value: (row) => row.jur },
      {
        id: "kind",
        header: t("policy.kind"),
        value: (row) => row.kind,
        cell: (row) => codeText(t, "ruleKind", row.kind),
      },
      {
        id: "as",
        header: t("why.basis"),
        value: (row) => row.enforceAs ?? "Law",
        cell: (row) => (row.enabled === false ? t("policy.off") : codeText(t, "basis", row.enforceAs ?? "Law")),
      },
      { id: "conf", header: t("policy.conf"), tip: t("policy.confTip"), value: (row) => row.conf },
      {
        id: "cite",
        header: t("why.source"),
        value: (row) => row.cite,
        cell: (row) => <span className="wrap">{row.cite}</span>,
      },
    ],
    [t],
  );
  const chosen = rows.find((row) => row.id === selected);
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("policy.title")}</h1>
        {query.data && <span className="sub">{query.data.version}</span>}
      </div>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      <Changes />
      <div className="policy-columns">
        <Panel
          title={t("policy.rows")}
          side={
            <TextInput
              size="xs"
              aria-label={t("policy.filter")}
              placeholder={t("policy.filter")}
              value={filter}
              onChange={(event) => setFilter(event.currentTarget.value)}
            />
          }
          flush
        >
          <DataTable
            label={t("policy.rows")}
            columns={columns}
            rows={shown}
            rowId={(row) => row.id}
            selected={selected}
            onSelect={(row) => setSelected(row.id)}
            maxHeight={560}
            empty={<Empty title={t(query.isPending ? "common.loading" : "policy.none")} />}
          />
        </Panel>
        {chosen ? (
          <RowEditor key={chosen.id} chosen={chosen} />
        ) : (
          <Panel title={t("policy.edit")}>
            <Empty title={t("policy.choose")}>{t("policy.chooseText")}</Empty>
          </Panel>
        )}
      </div>
    </div>
  );
}

/** Every word of the filter occurs somewhere in the row. */
export function matching(rows: PackRow[], filter: string): PackRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const text = `${row.id} ${row.jur} ${row.kind} ${row.code} ${row.cite ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
