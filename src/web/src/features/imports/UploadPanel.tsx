import { Button, FileInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCount, formatMoney } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Fact, Facts } from "../../ui/Facts";
import { Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { clientsQuery, type ImportReport, importsKey, rejectsUrl, uploadImport } from "./contract";

/** A file in two steps: check it (nothing is written), then import it. Every row gets a verdict. */
export function UploadPanel() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const clients = useQuery(clientsQuery);
  const [client, setClient] = useState<string | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [more, setMore] = useState({ dateFormat: "", encoding: "", expectedRows: "", expectedBalance: "" });
  const [asked, setAsked] = useState(false);
  const upload = useMutation({
    mutationFn: uploadImport,
    onSettled: () => cache.invalidateQueries({ queryKey: importsKey }),
  });
  const only = clients.data?.length === 1 ? clients.data[0]?.code : undefined;
  const chosen = client ?? only ?? null;
  const send = (dryRun: boolean) => {
    setAsked(true);
    if (chosen && file) upload.mutate({ client: chosen, file, dryRun, ...more });
  };
  return (
    <Panel title={t("imports.new")}>
      <div className="upload">
        <Select
          size="xs"
          label={t("imports.client")}
          placeholder={t("imports.chooseClient")}
          data={(clients.data ?? []).map((each) => ({ value: each.code, label: `${each.name} (${each.code})` }))}
          value={chosen}
          onChange={setClient}
          error={asked && !chosen ? t("imports.chooseClient") : undefined}
        />
        <FileInput
          size="xs"
          label={t("imports.file")}
          placeholder={t("imports.chooseFile")}
          accept=".csv,.txt,text/csv"
          value={file}
          onChange={(next) => {
            setFile(next);
            upload.reset();
          }}
          error={asked && !file ? t("imports.chooseFile") : undefined}
        />
        <Button size="xs" variant="default" loading={upload.isPending} onClick={() => send(true)}>
          {t("imports.check")}
        </Button>
        <Button size="xs" loading={upload.isPending} onClick={() => send(false)}>
          {t("imports.import")}
        </Button>
      </div>
      <details className="upload-more">
        <summary>{t("imports.more")}</summary>
        <div className="upload">
          {(["dateFormat", "encoding", "expectedRows", "expectedBalance"] as const).map((name) => (
            <TextInput
              key={name}
              size="xs"
              label={t(`imports.${name}`)}
              placeholder={t(`imports.${name}Hint`)}
              value={more[name]}
              onChange={(event) => setMore({ ...more, [name]: event.currentTarget.value })}
            />
          ))}
        </div>
      </details>
      {clients.isError && <Failure error={clients.error} onRetry={() => void clients.refetch()} />}
      {upload.isError && <Failure error={upload.error} />}
      {upload.data && <Verdict report={upload.data} />}
    </Panel>
  );
}

function Verdict({ report }: { report: ImportReport }) {
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
        <Fact name={t("imports.balance")}>{formatMoney(report.balance, i18n.language)}</Fact>
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
