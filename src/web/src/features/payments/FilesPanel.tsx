import { Button, FileInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCents, formatDateTime } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { RowAction } from "../../ui/RowAction";
import {
  type Difference,
  differencesQuery,
  filesQuery,
  type ProcessorFile,
  refundsQuery,
  uploadFile,
} from "./contract";

/** The processor's files, each compared with our ledger line by line: what agreed, what the file settled, and every difference. */
export function FilesPanel({ mayUpload }: { mayUpload: boolean }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const files = useQuery(filesQuery);
  const [shown, setShown] = useState<string | null>(null);
  const columns = useMemo<Column<ProcessorFile>[]>(
    () => [
      {
        id: "period",
        header: t("payments.period"),
        value: (row) => row.fromAt,
        cell: (row) => `${formatDateTime(row.fromAt, locale)} – ${formatDateTime(row.untilAt, locale)}`,
      },
      { id: "source", header: t("payments.source"), value: (row) => row.source },
      {
        id: "run",
        header: t("payments.compared"),
        value: (row) => row.runAt,
        cell: (row) => (
          <>
            {formatDateTime(row.runAt, locale)} <span className="sub">{row.runBy}</span>
          </>
        ),
      },
      { id: "lines", header: t("payments.lines"), end: true, value: (row) => row.lines },
      { id: "matched", header: t("payments.matched"), end: true, value: (row) => row.matched },
      {
        id: "resolved",
        header: t("payments.settled"),
        tip: t("payments.settledTip"),
        end: true,
        value: (row) => row.resolved,
      },
      {
        id: "ours",
        header: t("payments.ours"),
        end: true,
        value: (row) => row.ourTotal,
        cell: (row) => formatCents(row.ourTotal, locale),
      },
      {
        id: "theirs",
        header: t("payments.theirs"),
        end: true,
        value: (row) => row.theirTotal,
        cell: (row) => formatCents(row.theirTotal, locale),
      },
      {
        id: "differences",
        header: t("payments.differences"),
        end: true,
        value: (row) => row.differences,
        cell: (row) =>
          row.differences === 0 ? (
            t("payments.none")
          ) : (
            <RowAction
              label={t("payments.show", { count: row.differences })}
              of={formatDateTime(row.fromAt, locale)}
              onClick={() => setShown(row.reconciliationId)}
            />
          ),
      },
    ],
    [t, locale],
  );
  return (
    <Panel title={t("payments.files")}>
      {mayUpload && <UploadForm />}
      {files.isError && <Failure error={files.error} onRetry={() => void files.refetch()} />}
      <DataTable
        label={t("payments.files")}
        columns={columns}
        rows={files.data ?? []}
        rowId={(row) => row.reconciliationId}
        empty={<Empty title={t(files.isPending ? "common.loading" : "payments.noFiles")} />}
      />
      {shown && <Differences reconciliationId={shown} />}
    </Panel>
  );
}

function UploadForm() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const upload = useMutation({
    mutationFn: (chosen: File) => uploadFile(chosen),
    onSuccess: () => {
      setFile(null);
      void cache.invalidateQueries({ queryKey: refundsQuery.queryKey });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: filesQuery.queryKey }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (file) upload.mutate(file);
  };
  return (
    <form className="payments-form" onSubmit={submit}>
      <FileInput
        size="xs"
        label={t("payments.file")}
        accept=".csv,text/csv"
        clearable
        value={file}
        onChange={setFile}
      />
      <Button size="xs" type="submit" disabled={!file} loading={upload.isPending}>
        {t("payments.compare")}
      </Button>
      {upload.isError && <Failure error={upload.error} />}
    </form>
  );
}

function Differences({ reconciliationId }: { reconciliationId: string }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const lines = useQuery(differencesQuery(reconciliationId));
  const columns = useMemo<Column<Difference>[]>(
    () => [
      { id: "reference", header: t("payments.reference"), value: (row) => row.reference },
      {
        id: "difference",
        header: t("payments.difference"),
        value: (row) => codeText(t, "payments.differs", row.difference),
      },
      {
        id: "ours",
        header: t("payments.ours"),
        end: true,
        value: (row) => row.ours,
        cell: (row) => (row.ours == null ? "" : formatCents(row.ours, locale)),
      },
      {
        id: "theirs",
        header: t("payments.theirs"),
        end: true,
        value: (row) => row.theirs,
        cell: (row) => (row.theirs == null ? "" : formatCents(row.theirs, locale)),
      },
    ],
    [t, locale],
  );
  if (lines.isError) return <Failure error={lines.error} onRetry={() => void lines.refetch()} />;
  return (
    <DataTable
      label={t("payments.differences")}
      columns={columns}
      rows={lines.data ?? []}
      rowId={(row) => `${row.reference} ${row.difference}`}
      empty={<Empty title={t("common.loading")} />}
    />
  );
}
