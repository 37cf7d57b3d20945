import { Button, Checkbox, FileInput, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failure } from "../../ui/Notice";
import { clientsQuery, type FileKind, type ImportMap, kinds, readPositions, type Upload } from "./contract";

/** What a person fills in before the first look at a file. */
export interface FileForm {
  kind: FileKind;
  client: string | null;
  file: File | null;
  dateFormat: string;
  encoding: string;
  expectedRows: string;
  expectedBalance: string;
  fixed: boolean;
  positions: string;
  trailerMark: string;
  trailerRows: string;
  trailerTotal: string;
}

export const emptyForm: FileForm = {
  kind: "Placement",
  client: null,
  file: null,
  dateFormat: "",
  encoding: "",
  expectedRows: "",
  expectedBalance: "",
  fixed: false,
  positions: "",
  trailerMark: "",
  trailerRows: "",
  trailerTotal: "",
};

/** The map that the form declares; null when it declares nothing and the client's saved one is to be used. */
export function declaredMap(form: FileForm): ImportMap | null {
  const positions = form.fixed ? readPositions(form.positions) : null;
  const mark = form.trailerMark.trim();
  if (!form.dateFormat.trim() && !form.encoding.trim() && !positions && !mark) return null;
  return {
    columns: {},
    dateFormat: form.dateFormat.trim() || null,
    encoding: form.encoding.trim() || null,
    positions,
    trailer: mark === "" ? null : trailerOf(mark, form),
  };
}

function trailerOf(mark: string, form: FileForm): ImportMap["trailer"] {
  if (!form.fixed) return { mark, rows: Number(form.trailerRows) || null, total: Number(form.trailerTotal) || null };
  return { mark, rowsAt: place("rows", form.trailerRows), totalAt: place("total", form.trailerTotal) };
}

const place = (name: string, text: string) => readPositions(`${name} ${text}`)?.[0] ?? null;

export function uploadOf(form: FileForm, map: ImportMap | null): Upload | null {
  if (!form.client || !form.file) return null;
  const { client, file, kind, expectedRows, expectedBalance } = form;
  return { client, file, kind, map, expectedRows, expectedBalance };
}

export function FileStep(props: {
  form: FileForm;
  asked: boolean;
  busy: boolean;
  onChange: (form: FileForm) => void;
  onNext: () => void;
}) {
  const { t } = useTranslation();
  const { form, asked } = props;
  const clients = useQuery(clientsQuery);
  const set = (change: Partial<FileForm>) => props.onChange({ ...form, ...change });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        props.onNext();
      }}
    >
      <div className="upload">
        <Select
          size="xs"
          label={t("imports.kind")}
          data={kinds.map((kind) => ({ value: kind, label: t(`imports.kinds.${kind}`) }))}
          value={form.kind}
          allowDeselect={false}
          onChange={(kind) => set({ kind: (kind as FileKind | null) ?? "Placement" })}
        />
        <Select
          size="xs"
          label={t("imports.client")}
          placeholder={t("imports.chooseClient")}
          data={(clients.data ?? []).map((each) => ({ value: each.code, label: `${each.name} (${each.code})` }))}
          value={form.client}
          onChange={(client) => set({ client })}
          error={asked && !form.client ? t("imports.chooseClient") : undefined}
        />
        <FileInput
          size="xs"
          label={t("imports.file")}
          placeholder={t("imports.chooseFile")}
          accept=".csv,.tsv,.tab,.txt,.dat,.xlsx,text/csv"
          value={form.file}
          onChange={(file) => set({ file })}
          error={asked && !form.file ? t("imports.chooseFile") : undefined}
        />
        <Button size="xs" type="submit" loading={props.busy}>
          {t("imports.preview")}
        </Button>
      </div>
      <p className="sub">{t(`imports.kindText.${form.kind}`)}</p>
      <details className="upload-more">
        <summary>{t("imports.more")}</summary>
        <div className="upload">
          {(["dateFormat", "encoding", "expectedRows", "expectedBalance"] as const).map((name) => (
            <Field key={name} name={name} form={form} set={set} />
          ))}
        </div>
        <div className="upload">
          {(["trailerMark", "trailerRows", "trailerTotal"] as const).map((name) => (
            <Field key={name} name={name} form={form} set={set} />
          ))}
        </div>
        <Checkbox
          size="xs"
          label={t("imports.fixed")}
          checked={form.fixed}
          onChange={(event) => set({ fixed: event.currentTarget.checked })}
        />
        {form.fixed && (
          <Textarea
            size="xs"
            className="positions"
            label={t("imports.positions")}
            description={t("imports.positionsHint")}
            autosize
            minRows={4}
            value={form.positions}
            onChange={(event) => set({ positions: event.currentTarget.value })}
            error={asked && readPositions(form.positions) === null ? t("imports.positionsWrong") : undefined}
          />
        )}
      </details>
      {clients.isError && <Failure error={clients.error} onRetry={() => void clients.refetch()} />}
    </form>
  );
}

type TextField =
  | "dateFormat"
  | "encoding"
  | "expectedRows"
  | "expectedBalance"
  | "trailerMark"
  | "trailerRows"
  | "trailerTotal";

function Field(props: { name: TextField; form: FileForm; set: (change: Partial<FileForm>) => void }) {
  const { t } = useTranslation();
  const { name, form, set } = props;
  const hint = form.fixed && (name === "trailerRows" || name === "trailerTotal") ? "trailerFixedHint" : `${name}Hint`;
  return (
    <TextInput
      size="xs"
      label={t(`imports.${name}`)}
      placeholder={t(`imports.${hint}`)}
      value={form[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
}
