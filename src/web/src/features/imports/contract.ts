import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** `POST /api/v1/imports[/preview|/verdicts]?client=&kind=`, `GET /api/v1/imports`, `/{id}/rejects`, `/{id}/undo`; clients and the maps of their files. */

const amount = z.coerce.number();

export const kinds = ["Placement", "Update", "Payment", "Recall", "Cease"] as const;
export type FileKind = (typeof kinds)[number];

const verdictSchema = z.object({
  line: z.number(),
  verdict: z.string(),
  code: z.string().nullish(),
  text: z.string().nullish(),
});
export type RowVerdict = z.infer<typeof verdictSchema>;

const reportSchema = z.object({
  outcome: z.enum(["Committed", "DryRun", "AlreadyImported", "Refused"]),
  importId: id.nullish(),
  client: z.string(),
  fileName: z.string(),
  sha256: z.string(),
  kind: z.enum(kinds),
  encoding: z.string(),
  rowsIn: z.number(),
  accepted: z.number(),
  updated: z.number(),
  duplicate: z.number(),
  rejected: z.number(),
  balance: amount,
  rejectedByCode: z.record(z.string(), z.number()),
  ignoredColumns: z.array(z.string()),
  at: z.string(),
  rows: z.array(verdictSchema).nullish(),
});
export type ImportReport = z.infer<typeof reportSchema>;

const storedSchema = z.object({
  importId: id,
  client: z.string(),
  fileName: z.string(),
  kind: z.string(),
  status: z.string(),
  rowsIn: z.number(),
  accepted: z.number(),
  updated: z.number(),
  duplicate: z.number(),
  rejected: z.number(),
  balance: amount,
  errorCode: z.string().nullish(),
  error: z.string().nullish(),
  createdAt: z.string(),
  createdBy: z.string(),
  committedAt: z.string().nullish(),
});
export type StoredImport = z.infer<typeof storedSchema>;

const pageSchema = z.object({ items: z.array(storedSchema), next: id.nullish() });

export const importsKey = ["imports"] as const;

export const importsPage = (before: string | null) => ({
  queryKey: [...importsKey, "page", before],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    ask(`/api/v1/imports${before ? `?before=${encodeURIComponent(before)}` : ""}`, { schema: pageSchema, signal }),
});

export interface FixedColumn {
  name: string;
  start: number;
  length: number;
}

const fixedSchema = z.object({ name: z.string(), start: z.number(), length: z.number() });
const trailerSchema = z.object({
  mark: z.string(),
  rows: z.number().nullish(),
  total: z.number().nullish(),
  rowsAt: fixedSchema.nullish(),
  totalAt: fixedSchema.nullish(),
});
const mapSchema = z.object({
  columns: z.record(z.string(), z.string()),
  dateFormat: z.string().nullish(),
  encoding: z.string().nullish(),
  positions: z.array(fixedSchema).nullish(),
  trailer: trailerSchema.nullish(),
});
export type ImportMap = z.infer<typeof mapSchema>;

const previewSchema = z.object({
  encoding: z.string(),
  delimiter: z.string(),
  columns: z.array(z.object({ name: z.string(), meaning: z.string().nullish() })),
  rows: z.array(
    z.object({
      line: z.number(),
      cells: z.array(z.string()),
      errorCode: z.string().nullish(),
      errorText: z.string().nullish(),
    }),
  ),
  map: mapSchema.nullish(),
  saved: z.boolean(),
  refusal: z.object({ code: z.string(), text: z.string() }).nullish(),
});
export type Preview = z.infer<typeof previewSchema>;

export interface Upload {
  client: string;
  kind: FileKind;
  file: File;
  /** Null: the client's saved map, or the usual names. */
  map: ImportMap | null;
  expectedRows: string;
  expectedBalance: string;
}

function address(path: string, upload: Upload, more: Record<string, string> = {}) {
  const query = new URLSearchParams({ client: upload.client, kind: upload.kind, fileName: upload.file.name, ...more });
  for (const name of ["expectedRows", "expectedBalance"] as const)
    if (upload[name].trim() !== "") query.set(name, upload[name].trim());
  return `${path}?${query}`;
}

/** The map goes before the file: the server reads the body once, as it comes. */
function form(upload: Upload, file: Blob) {
  const data = new FormData();
  if (upload.map) data.append("map", JSON.stringify(upload.map));
  data.append("file", file, upload.file.name);
  return data;
}

export async function previewImport(upload: Upload): Promise<Preview> {
  const body = form(upload, await head(upload.file));
  return ask(address("/api/v1/imports/preview", upload), { method: "POST", form: body, schema: previewSchema });
}

export const checkImport = (upload: Upload): Promise<ImportReport> =>
  ask(address("/api/v1/imports", upload, { dryRun: "true", list: "200" }), {
    method: "POST",
    form: form(upload, upload.file),
    schema: reportSchema,
  });

/** Commits the very file that was checked. */
export const commitImport = (upload: Upload, sha256: string): Promise<ImportReport> =>
  ask(address("/api/v1/imports", upload, { sha256 }), {
    method: "POST",
    form: form(upload, upload.file),
    schema: reportSchema,
  });

/** The verdict on every row, as CSV text. */
export async function allVerdicts(upload: Upload): Promise<Blob> {
  const response = await fetch(address("/api/v1/imports/verdicts", upload), {
    method: "POST",
    body: form(upload, upload.file),
    credentials: "same-origin",
  });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.blob();
}

export const saveMap = (client: string, kind: FileKind, map: ImportMap) =>
  ask(`/api/v1/clients/${encodeURIComponent(client)}/import-map?kind=${kind}`, { method: "PUT", body: map });

const undoneSchema = z.object({
  recalled: z.number(),
  restored: z.number(),
  kept: z.number(),
  consentsWithdrawn: z.number(),
  paymentsReversed: z.number(),
});
export const undoImport = (importId: string) =>
  ask(`/api/v1/imports/${encodeURIComponent(importId)}/undo`, { method: "POST", schema: undoneSchema });

export const columnsQuery = (kind: FileKind) =>
  queryOptions({
    queryKey: [...importsKey, "columns", kind],
    queryFn: ({ signal }) =>
      ask(`/api/v1/imports/columns?kind=${kind}`, {
        schema: z.object({ columns: z.array(z.string()), required: z.array(z.string()) }),
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  });

const headBytes = 256 * 1024;
const lineFeed = 10;

/** Enough of a text file for a preview, cut at a line's end; a workbook cannot be cut. */
export async function head(file: File): Promise<Blob> {
  if (file.size <= headBytes || /\.xlsx$/i.test(file.name)) return file;
  const bytes = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  const end = bytes.lastIndexOf(lineFeed);
  return file.slice(0, end < 0 ? headBytes : end + 1);
}

/** Lines of "name start length", as a person types them; null where one is not. */
export function readPositions(text: string): FixedColumn[] | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const columns = lines.map((line) => /^\s*(\S.*?)[\s,]+(\d+)[\s,]+(\d+)\s*$/.exec(line));
  if (lines.length === 0 || columns.includes(null)) return null;
  return columns.map((found) => ({ name: found?.[1] ?? "", start: Number(found?.[2]), length: Number(found?.[3]) }));
}

export const rejectsUrl = (importId: string) => `/api/v1/imports/${encodeURIComponent(importId)}/rejects`;

export const clientsQuery = queryOptions({
  queryKey: ["clients"],
  queryFn: ({ signal }) =>
    ask("/api/v1/clients", { schema: z.array(z.object({ code: z.string(), name: z.string() })), signal }),
  staleTime: 60_000,
});
