import { Button, Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { plainTime } from "../../app/cron";
import { formatDateTime } from "../../app/format";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { RowAction } from "../../ui/RowAction";
import { SureButton } from "../../ui/SureButton";
import { WordsInput } from "../../ui/WordsInput";
import { listQuery } from "../reports/tables";
import {
  createSchedule,
  deleteSchedule,
  type NewSchedule,
  type Run,
  runSchedule,
  type Schedule,
  schedulesKey,
  schedulesQuery,
} from "./contract";

const periods = ["Yesterday", "Today", "Last7Days", "MonthToDate", "LastMonth"] as const;

/** Reports that go out by the clock, and what became of each. */
export function Schedules() {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const cache = useQueryClient();
  const query = useQuery({ ...schedulesQuery, refetchInterval: 10_000 });
  const done = () => cache.invalidateQueries({ queryKey: schedulesKey });
  const run = useMutation({ mutationFn: runSchedule, onSuccess: done });
  const remove = useMutation({ mutationFn: deleteSchedule, onSuccess: done });
  const columns = useMemo<Column<Schedule>[]>(
    () => [
      { id: "name", header: t("campaigns.field.name"), value: (row) => row.name },
      { id: "report", header: t("outside.report"), value: (row) => row.report },
      { id: "period", header: t("outside.period"), value: (row) => t(`outside.periods.${row.period}`) },
      { id: "when", header: t("outside.when"), value: (row) => `${plainTime(row.cron)?.at ?? row.cron} ${row.zone}` },
      {
        id: "to",
        header: t("outside.to"),
        value: (row) => [...row.emails, ...(row.toFolder ? [t("outside.folder")] : [])].join(", "),
      },
      { id: "format", header: t("outside.format"), value: (row) => row.format },
      {
        id: "actions",
        header: t("campaigns.actions"),
        value: () => null,
        cell: (row) => (
          <span className="actions">
            <RowAction label={t("outside.runNow")} of={row.name} onClick={() => run.mutate(row.id)} />
            <SureButton text={t("outside.remove")} of={row.name} onSure={() => remove.mutate(row.id)} />
          </span>
        ),
      },
    ],
    [t, run.mutate, remove.mutate],
  );
  const runs = useMemo<Column<Run>[]>(
    () => [
      {
        id: "due",
        header: t("outside.due"),
        value: (row) => row.dueAt,
        cell: (row) => formatDateTime(row.dueAt, locale),
      },
      { id: "state", header: t("campaign.state"), value: (row) => t(`outside.state.${row.state}`) },
      { id: "file", header: t("outside.file"), value: (row) => row.fileName },
      { id: "tries", header: t("outside.tries"), end: true, value: (row) => row.tries },
      { id: "error", header: t("outside.error"), value: (row) => row.lastError },
    ],
    [t, locale],
  );
  return (
    <Panel title={t("outside.schedules")} side={<span className="sub">{t("outside.schedulesText")}</span>}>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && !query.data.byEmail && !query.data.byFolder && (
        <Notice kind="info" quiet>
          {t("outside.noWay")}
        </Notice>
      )}
      {query.data && <NewForm byEmail={query.data.byEmail} byFolder={query.data.byFolder} onDone={done} />}
      {(run.isError || remove.isError) && <Failure error={run.error ?? remove.error} />}
      <DataTable
        label={t("outside.schedules")}
        columns={columns}
        rows={query.data?.items ?? []}
        rowId={(row) => String(row.id)}
        empty={<Empty title={t("outside.none")} />}
      />
      {query.data && query.data.runs.length > 0 && (
        <DataTable
          label={t("outside.runs")}
          columns={runs}
          rows={query.data.runs.slice(0, 10)}
          rowId={(row) => String(row.id)}
        />
      )}
    </Panel>
  );
}

function NewForm(props: { byEmail: boolean; byFolder: boolean; onDone: () => void }) {
  const { t } = useTranslation();
  const reports = useQuery(listQuery);
  const [at, setAt] = useState("06:00");
  const [form, setForm] = useState<NewSchedule>({
    name: "",
    report: "campaigns",
    period: "Yesterday",
    format: "xlsx",
    cron: "",
    zone: "America/New_York",
    emails: [],
    toFolder: false,
  });
  const set = (part: Partial<NewSchedule>) => setForm((before) => ({ ...before, ...part }));
  const create = useMutation({
    mutationFn: () => {
      const [hour = "6", minute = "0"] = at.split(":");
      return createSchedule({ ...form, cron: `0 ${Number(minute)} ${Number(hour)} ? * *` });
    },
    onSuccess: () => {
      set({ name: "" });
      props.onDone();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form className="outside-form" onSubmit={submit}>
      <TextInput
        size="xs"
        label={t("campaigns.field.name")}
        required
        maxLength={80}
        value={form.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Select
        size="xs"
        label={t("outside.report")}
        data={(reports.data ?? []).map((report) => ({ value: report.name, label: report.title }))}
        allowDeselect={false}
        value={form.report}
        onChange={(report) => set({ report: report ?? form.report })}
      />
      <Select
        size="xs"
        label={t("outside.period")}
        data={periods.map((value) => ({ value, label: t(`outside.periods.${value}`) }))}
        allowDeselect={false}
        value={form.period}
        onChange={(period) => set({ period: period ?? form.period })}
      />
      <TextInput
        size="xs"
        type="time"
        label={t("outside.daily")}
        required
        value={at}
        onChange={(event) => setAt(event.currentTarget.value)}
      />
      <Select
        size="xs"
        label={t("outside.format")}
        data={["xlsx", "csv"]}
        allowDeselect={false}
        value={form.format}
        onChange={(format) => set({ format: format ?? form.format })}
      />
      <WordsInput
        label={t("outside.emails")}
        disabled={!props.byEmail}
        words={form.emails}
        onWords={(emails) => set({ emails })}
      />
      <Switch
        size="xs"
        label={t("outside.folder")}
        disabled={!props.byFolder}
        checked={form.toFolder}
        onChange={(event) => set({ toFolder: event.currentTarget.checked })}
      />
      <Button type="submit" size="compact-md" loading={create.isPending}>
        {t("outside.schedule")}
      </Button>
      {create.isError && <Failure error={create.error} />}
    </form>
  );
}
