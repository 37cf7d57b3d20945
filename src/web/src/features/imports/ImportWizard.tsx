import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { ColumnsStep } from "./ColumnsStep";
import {
  checkImport,
  commitImport,
  type ImportMap,
  type ImportReport,
  importsKey,
  type Preview,
  previewImport,
  saveMap,
} from "./contract";
import { declaredMap, emptyForm, type FileForm, FileStep, uploadOf } from "./FileStep";
import { VerdictStep } from "./VerdictStep";

const steps = ["file", "columns", "verdict", "done"] as const;
type Step = (typeof steps)[number];

/** A file in four steps: choose it, see how its columns are read, see the verdict on its rows, import it. Nothing is written before the last. */
export function ImportWizard() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [step, setStep] = useState<Step>("file");
  const [form, setForm] = useState<FileForm>(emptyForm);
  const [asked, setAsked] = useState(false);
  const [map, setMap] = useState<ImportMap | null>(null);
  const [keep, setKeep] = useState(false);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const heading = useRef<HTMLOListElement>(null);
  const upload = uploadOf(form, map);

  const look = useMutation({
    mutationFn: (wanted: ImportMap | null) => {
      const asking = uploadOf(form, wanted);
      return asking ? previewImport(asking) : Promise.reject(new Error("no file"));
    },
    onSuccess: (seen) => {
      setPreview(seen);
      setMap(seen.map ?? null);
      setStep("columns");
    },
  });
  const check = useMutation({
    mutationFn: async () => {
      if (!upload) throw new Error("no file");
      if (keep && map) await saveMap(upload.client, upload.kind, map);
      return checkImport(upload);
    },
    onSuccess: (found) => {
      setReport(found);
      setStep(found.outcome === "DryRun" ? "verdict" : "done");
    },
  });
  const commit = useMutation({
    mutationFn: () => (upload && report ? commitImport(upload, report.sha256) : Promise.reject(new Error("no file"))),
    onSuccess: (done) => {
      setReport({ ...done, rows: done.rows ?? report?.rows });
      setStep("done");
    },
    onSettled: () => cache.invalidateQueries({ queryKey: importsKey }),
  });

  // A new step is told where the reader's focus is: at the list of steps, above it.
  useEffect(() => {
    if (step !== "file") heading.current?.focus();
  }, [step]);

  const start = () => {
    setAsked(true);
    if (!form.client || !form.file || (form.fixed && declaredMap(form)?.positions == null)) return;
    look.mutate(declaredMap(form));
  };
  const remap = (column: string, meaning: string) => {
    if (!preview) return;
    const columns = Object.fromEntries(preview.columns.map((each) => [each.name, each.meaning ?? ""]));
    for (const name of Object.keys(columns)) if (meaning !== "" && columns[name] === meaning) columns[name] = "";
    columns[column] = meaning;
    look.mutate({ ...(map ?? {}), columns });
  };
  const again = () => {
    setForm({ ...form, file: null, expectedRows: "", expectedBalance: "" });
    setAsked(false);
    setReport(null);
    setStep("file");
  };
  return (
    <Panel title={t("imports.new")}>
      <ol className="steps" ref={heading} tabIndex={-1} aria-label={t("imports.steps")}>
        {steps.map((each) => (
          <li key={each} aria-current={each === step ? "step" : undefined}>
            {t(`imports.step.${each}`)}
          </li>
        ))}
      </ol>
      {step === "file" && (
        <FileStep form={form} asked={asked} busy={look.isPending} onChange={setForm} onNext={start} />
      )}
      {step === "columns" && preview && (
        <ColumnsStep
          kind={form.kind}
          preview={preview}
          busy={check.isPending || look.isPending}
          keep={keep}
          onKeep={setKeep}
          onMap={remap}
          onBack={() => setStep("file")}
          onCheck={() => check.mutate()}
        />
      )}
      {(step === "verdict" || step === "done") && upload && report && (
        <VerdictStep
          upload={upload}
          report={report}
          busy={commit.isPending}
          onBack={() => setStep("columns")}
          onCommit={() => commit.mutate()}
          onAgain={again}
        />
      )}
      {[look, check, commit].map(
        (each, at) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: three requests in a fixed order.
          each.isError && <Failure key={at} error={each.error} />,
      )}
    </Panel>
  );
}
