import { Anchor, Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { campaignsQuery } from "../campaigns/contract";
import {
  fileAddress,
  formatCell,
  isFigure,
  listQuery,
  type ReportRow,
  type ReportTable,
  type Span,
  tableQuery,
} from "./tables";

/** Any table of figures, for some days and one campaign or all; each column with its formula; as a workbook or CSV. */
export function Tables() {
  const { t } = useTranslation();
  const [name, setName] = useState("campaigns");
  const [span, setSpan] = useState<Span>({ from: "", to: "", campaign: "" });
  const list = useQuery(listQuery);
  const campaigns = useQuery(campaignsQuery);
  const table = useQuery(tableQuery(name, span));
  const about = useId();
  const set = (part: Partial<Span>) => setSpan((now) => ({ ...now, ...part }));
  return (
    <Panel title={t("reports.tables.title")}>
      <div className="stack">
        <div className="report-ask">
          <NativeSelect
            label={t("reports.tables.report")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data={(list.data ?? []).map((report) => ({ value: report.name, label: report.title }))}
            aria-describedby={about}
          />
          <TextInput
            type="date"
            label={t("reports.tables.from")}
            value={span.from || table.data?.from || ""}
            onChange={(event) => set({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t("reports.tables.to")}
            value={span.to || table.data?.to || ""}
            onChange={(event) => set({ to: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("reports.tables.campaign")}
            value={span.campaign}
            onChange={(event) => set({ campaign: event.currentTarget.value })}
            data={[
              { value: "", label: t("reports.tables.all") },
              ...(campaigns.data ?? []).map((campaign) => ({ value: campaign.campaignId, label: campaign.name })),
            ]}
          />
          <Button component="a" href={fileAddress(name, "xlsx", span)} download variant="default">
            {t("reports.tables.workbook")}
          </Button>
          <Anchor href={fileAddress(name, "csv", span)} download>
            {t("reports.tables.csv")}
          </Anchor>
        </div>
        {table.data && (
          <p className="muted" id={about}>
            {table.data.about}{" "}
            {t("reports.tables.span", { from: table.data.from, to: table.data.to, zone: table.data.zone })}
          </p>
        )}
        {table.isError && <Failure error={table.error} onRetry={() => void table.refetch()} />}
        {table.isPending && <Empty title={t("common.loading")} />}
        {table.data && <Figures key={table.data.name} table={table.data} />}
      </div>
    </Panel>
  );
}

interface Numbered {
  row: ReportRow;
  number: number;
}

function Figures({ table }: { table: ReportTable }) {
  const { t, i18n } = useTranslation();
  const rows = useMemo(() => table.rows.map((row, number) => ({ row, number })), [table.rows]);
  const columns = useMemo<Column<Numbered>[]>(
    () =>
      table.columns.map((column) => ({
        id: column.key,
        header: column.title,
        tip: column.formula === "" ? undefined : column.formula,
        end: isFigure(column.kind),
        value: ({ row }) => row[column.key],
        cell: ({ row }) => formatCell(row[column.key], column.kind, i18n.language, table.zone),
      })),
    [table.columns, table.zone, i18n.language],
  );
  return (
    <>
      <DataTable
        label={table.title}
        columns={columns}
        rows={rows}
        rowId={(row) => String(row.number)}
        maxHeight={520}
        untaken
        empty={<Empty title={t("reports.nothing")} />}
      />
      {table.more && <p className="muted">{t("reports.tables.more", { count: table.rows.length })}</p>}
    </>
  );
}
