import { Button, Checkbox, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { codeText } from "../../app/i18n";
import { Notice } from "../../ui/Notice";
import { columnsQuery, type FileKind, type Preview } from "./contract";

const samples = 5;

/** What each column is read as, changeable, beside the first rows as they stand; the faults that rows have by themselves are told at once. */
export function ColumnsStep(props: {
  kind: FileKind;
  preview: Preview;
  busy: boolean;
  keep: boolean;
  onKeep: (keep: boolean) => void;
  onMap: (column: string, meaning: string) => void;
  onBack: () => void;
  onCheck: () => void;
}) {
  const { t } = useTranslation();
  const { preview } = props;
  const known = useQuery(columnsQuery(props.kind));
  const taken = new Set(preview.columns.map((column) => column.meaning).filter(Boolean));
  const missing = (known.data?.required ?? []).filter((name) => !taken.has(name));
  const wrong = preview.rows.filter((row) => row.errorCode);
  return (
    <div className="stack">
      {preview.saved && <Notice kind="info" title={t("imports.savedMap")} quiet />}
      {preview.refusal && (
        <Notice kind="warn" title={preview.refusal.text}>
          {missing.length > 0 && t("imports.stillNeeded", { columns: missing.join(", ") })}
        </Notice>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls; this groups a scrolling table. */}
      <div
        role="group"
        className="table-scroll"
        aria-label={t("imports.columns")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll region must be reachable by keyboard (WCAG 2.1.1).
        tabIndex={0}
      >
        <table className="data columns-map">
          <thead>
            <tr>
              <th scope="col">{t("imports.theirColumn")}</th>
              <th scope="col">{t("imports.readAs")}</th>
              <th scope="col" colSpan={Math.max(1, Math.min(samples, preview.rows.length))}>
                {t("imports.firstRows")}
              </th>
            </tr>
          </thead>
          <tbody>
            {preview.columns.map((column, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a header may name a column twice; its place is its identity.
              <tr key={`${at} ${column.name}`}>
                <th scope="row">{column.name || t("imports.unnamed")}</th>
                <td>
                  <Select
                    size="xs"
                    aria-label={t("imports.readAsOf", { column: column.name })}
                    placeholder={t("imports.notRead")}
                    data={known.data?.columns ?? []}
                    value={column.meaning ?? null}
                    searchable
                    clearable
                    onChange={(meaning) => props.onMap(column.name, meaning ?? "")}
                  />
                </td>
                {preview.rows.slice(0, samples).map((row) => (
                  <td key={row.line} data-wrong={row.errorCode ? true : undefined}>
                    {row.cells[at] ?? ""}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {wrong.length > 0 && (
        <Notice kind="info" title={t("imports.wrongInPreview", { count: wrong.length })} quiet>
          <ul className="reject-codes">
            {wrong.slice(0, 8).map((row) => (
              <li key={row.line}>
                {t("imports.line", { line: row.line })}: {codeText(t, "rejectCode", row.errorCode ?? "")}.{" "}
                {row.errorText}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Checkbox
        size="xs"
        label={t("imports.keepMap")}
        checked={props.keep}
        onChange={(event) => props.onKeep(event.currentTarget.checked)}
      />
      <div className="wizard-buttons">
        <Button size="xs" variant="default" onClick={props.onBack}>
          {t("imports.back")}
        </Button>
        <Button size="xs" loading={props.busy} disabled={Boolean(preview.refusal)} onClick={props.onCheck}>
          {t("imports.check")}
        </Button>
      </div>
    </div>
  );
}
