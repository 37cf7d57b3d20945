import type { Column } from "./DataTable";

type Cell = string | number | null;

/** The columns that say something, and their cells: numbers and instants as they are, else the words that the screen shows. */
export function sheetOf<T>(columns: Column<T>[], rows: T[]): { columns: string[]; rows: Cell[][] } {
  const kept = columns
    .filter((column) => column.taken !== null)
    .map((column) => ({ header: column.header, cells: rows.map((row) => cellOf(column, row)) }))
    .filter((column) => column.cells.some((cell) => cell !== null && cell !== ""));
  return {
    columns: kept.map((column) => column.header),
    rows: rows.map((_, index) => kept.map((column) => column.cells[index] ?? null)),
  };
}

function cellOf<T>(column: Column<T>, row: T): Cell {
  if (column.taken) return column.taken(row) ?? null;
  const value = column.value(row) ?? null;
  const shown = column.cell?.(row);
  if (typeof shown !== "string") return value;
  // Numbers at the end of a line are figures; elsewhere they only sort the words that are shown.
  if (typeof value === "number") return column.end ? value : shown;
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) && /^\d{4}-\d{2}-\d{2}T/.test(value)
    ? value
    : shown;
}
