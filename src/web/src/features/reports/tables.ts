import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { formatCents, formatCount, formatDuration, formatShare } from "../../app/format";
import { ask } from "../../app/http";

/** `GET /api/v1/reports` lists the tables, `GET /api/v1/reports/{name}?from&to&zone&campaign` reads one; `.xlsx` and `.csv` behind the name give it as a file. */

const kind = z.enum(["Text", "Integer", "Number", "Money", "Share", "Seconds", "Date", "Instant"]);
export type CellKind = z.infer<typeof kind>;

const columnSchema = z.object({ key: z.string(), title: z.string(), kind, formula: z.string() });
export type ReportColumn = z.infer<typeof columnSchema>;

const listedSchema = z.object({
  name: z.string(),
  title: z.string(),
  about: z.string(),
  columns: z.array(columnSchema),
});
export type Listed = z.infer<typeof listedSchema>;

const cell = z.union([z.string(), z.number(), z.null()]);
export type Cell = z.infer<typeof cell>;
export type ReportRow = Record<string, Cell>;

const tableSchema = listedSchema.extend({
  from: z.string(),
  to: z.string(),
  zone: z.string(),
  at: z.string(),
  rows: z.array(z.record(z.string(), cell)),
  more: z.boolean(),
});
export type ReportTable = z.infer<typeof tableSchema>;

/** Whole days, both included; empty means what the server takes for today. */
export interface Span {
  from: string;
  to: string;
  campaign: string;
}

export const listQuery = queryOptions({
  queryKey: ["reports", "list"],
  queryFn: ({ signal }) => ask("/api/v1/reports", { schema: z.array(listedSchema), signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export function tableQuery(name: string, span: Span) {
  return queryOptions({
    queryKey: ["reports", "table", name, span],
    queryFn: ({ signal }) => ask(`/api/v1/reports/${name}${query(span)}`, { schema: tableSchema, signal }),
    placeholderData: (previous) => (previous?.name === name ? keepPreviousData(previous) : undefined),
  });
}

export function fileAddress(name: string, format: "xlsx" | "csv", span: Span): string {
  return `/api/v1/reports/${name}.${format}${query(span)}`;
}

function query(span: Span): string {
  const said = Object.entries(span).filter(([, value]) => value !== "");
  return said.length === 0 ? "" : `?${new URLSearchParams(said)}`;
}

/** A cell in the reader's language. Nothing to divide by is a dash. */
export function formatCell(value: Cell | undefined, column: CellKind, locale: string, zone: string): string {
  if (value === null || value === undefined || value === "") return "–";
  switch (column) {
    case "Integer":
      return formatCount(Number(value), locale);
    case "Number":
      return new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(Number(value));
    case "Money":
      return formatCents(Number(value), locale); // held against books: never without the cents
    case "Share":
      return formatShare(Number(value), locale, 2);
    case "Seconds":
      return formatDuration(Number(value) * 1000);
    case "Instant":
      return new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "medium", timeZone: zone }).format(
        Date.parse(String(value)),
      );
    default:
      return String(value);
  }
}

export const isFigure = (column: CellKind): boolean => column !== "Text" && column !== "Date" && column !== "Instant";
