import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatCents, formatCount } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Fact, Facts } from "../../ui/Facts";
import { Failure, Notice } from "../../ui/Notice";
import { allVerdicts, type ImportReport, type RowVerdict, rejectsUrl, type Upload } from "./contract";

/** What would become, or became, of a file: counts, control totals, and the rows that need a look. */
export function VerdictStep(props: {
  upload: Upload;
  report: ImportReport;
  busy: boolean;
  onBack: () => void;
  onCommit: () => void;
  onAgain: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { report, upload } = props;
  const good = report.accepted + report.updated;
  const checked = report.outcome === "DryRun";
  return (
    <div className="stack">
      <Counts report={report} />
      {report.rows && report.rows.length > 0 && <Rows rows={report.rows} />}
      {checked && <Download upload={upload} />}
      <div className="wizard-buttons">
        {checked ? (
          <>
            <Button size="xs" variant="default" onClick={props.onBack}>
              {t("imports.back")}
            </Button>
            <Button size="xs" loading={props.busy} disabled={good === 0} onClick={props.onCommit}>
              {t("imports.importRows", { count: good, formatted: formatCount(good, i18n.language) })}
            </Button>
          </>
        ) : (
          <Button size="xs" onClick={props.onAgain}>
            {t(report.rejected > 0 ? "imports.sendRepaired" : "imports.another")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Counts({ report }: { report: ImportReport }) {
  const { t, i18n } = useTranslation();
  const count = (value: number) => formatCount(value, i18n.language);
  const rejects = Object.entries(report.rejectedByCode).sort(([, a], [, b]) => b - a);
  return (
    <Notice
      kind={report.rejected > 0 || report.outcome !== "Committed" ? "info" : "good"}
      title={t(`imports.outcome.${report.outcome}`, { file: report.fileName })}
      side={
        report.importId &&
        report.rejected > 0 && (
          <a href={rejectsUrl(report.importId)} download>
            {t("imports.download", { file: report.fileName })}
          </a>
        )
      }
    >
      <Facts>
        <Fact name={t("imports.rowsIn")}>{count(report.rowsIn)}</Fact>
        {(["accepted", "updated", "duplicate", "rejected"] as const).map((name) => (
          <Fact key={name} name={t(`imports.${name}`)}>
            {count(report[name])}
          </Fact>
        ))}
        {report.kind !== "Recall" && report.kind !== "Cease" && (
          <Fact name={t(report.kind === "Payment" ? "imports.amounts" : "imports.balance")}>
            {formatCents(report.balance, i18n.language)}
          </Fact>
        )}
        {report.ignoredColumns.length > 0 && (
          <Fact name={t("imports.ignored")}>{report.ignoredColumns.join(", ")}</Fact>
        )}
      </Facts>
      {rejects.length > 0 && (
        <ul className="reject-codes">
          {rejects.map(([code, rows]) => (
            <li key={code}>
              {codeText(t, "rejectCode", code)}: {count(rows)}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

function Rows({ rows }: { rows: RowVerdict[] }) {
  const { t } = useTranslation();
  const columns = useMemo<Column<RowVerdict>[]>(
    () => [
      { id: "line", header: t("imports.lineHeader"), end: true, value: (row) => row.line },
      {
        id: "verdict",
        header: t("imports.verdict"),
        value: (row) => row.verdict,
        cell: (row) => t(`imports.verdicts.${row.verdict}`),
      },
      {
        id: "code",
        header: t("imports.code"),
        value: (row) => row.code,
        cell: (row) => (row.code ? codeText(t, "rejectCode", row.code) : ""),
      },
      {
        id: "text",
        header: t("imports.why"),
        value: (row) => row.text,
        cell: (row) => <span className="verdict-text">{row.text}</span>,
      },
    ],
    [t],
  );
  return (
    <DataTable
      label={t("imports.rowsToSee")}
      columns={columns}
      rows={rows}
      rowId={(row) => String(row.line)}
      maxHeight={320}
    />
  );
}

function Download({ upload }: { upload: Upload }) {
  const { t } = useTranslation();
  const all = useMutation({
    mutationFn: () => allVerdicts(upload),
    onSuccess: (blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `verdicts-${upload.file.name.replace(/\.[^.]+$/, "")}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });
  return (
    <div>
      <Button size="compact-sm" variant="default" loading={all.isPending} onClick={() => all.mutate()}>
        {t("imports.allVerdicts")}
      </Button>
      {all.isError && <Failure error={all.error} />}
    </div>
  );
}
