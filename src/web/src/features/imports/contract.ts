import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask } from "../../app/http";

/** `POST /api/v1/imports?client=`, `GET /api/v1/imports`, `/{id}` and `/{id}/rejects`; the clients they belong to. */

const id = z.union([z.string(), z.number()]).transform(String);
const amount = z.coerce.number();

const reportSchema = z.object({
  outcome: z.enum(["Committed", "DryRun", "AlreadyImported", "Refused"]),
  importId: id.nullish(),
  client: z.string(),
  fileName: z.string(),
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

export interface Upload {
  client: string;
  file: File;
  dryRun: boolean;
  dateFormat: string;
  encoding: string;
  expectedRows: string;
  expectedBalance: string;
}

export function uploadImport(upload: Upload): Promise<ImportReport> {
  const query = new URLSearchParams({
    client: upload.client,
    fileName: upload.file.name,
    dryRun: String(upload.dryRun),
  });
  for (const name of ["dateFormat", "encoding", "expectedRows", "expectedBalance"] as const)
    if (upload[name].trim() !== "") query.set(name, upload[name].trim());
  const form = new FormData();
  form.append("file", upload.file);
  return ask(`/api/v1/imports?${query}`, { method: "POST", form, schema: reportSchema });
}

export const rejectsUrl = (importId: string) => `/api/v1/imports/${encodeURIComponent(importId)}/rejects`;

export const clientsQuery = queryOptions({
  queryKey: ["clients"],
  queryFn: ({ signal }) =>
    ask("/api/v1/clients", { schema: z.array(z.object({ code: z.string(), name: z.string() })), signal }),
  staleTime: 60_000,
});
