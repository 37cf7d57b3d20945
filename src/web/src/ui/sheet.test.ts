import { describe, expect, it } from "vitest";
import type { Column } from "./DataTable";
import { sheetOf } from "./sheet";

interface Row {
  name: string;
  state: string;
  at: string;
  calls: number;
}

const columns: Column<Row>[] = [
  { id: "name", header: "Name", value: (row) => row.name },
  { id: "state", header: "State", value: (row) => row.state, cell: (row) => `is ${row.state}` },
  { id: "at", header: "At", value: (row) => row.at, cell: () => "yesterday" },
  { id: "calls", header: "Calls", end: true, value: (row) => row.calls, cell: (row) => `${row.calls} calls` },
  { id: "rank", header: "Rank", value: (row) => row.calls * 2, cell: () => "first" },
  { id: "since", header: "Since", value: (row) => -Date.parse(row.at), taken: (row) => row.at },
  { id: "listen", header: "Listen", value: (row) => row.state, taken: null },
  { id: "actions", header: "", value: () => null },
];
const row = { name: "=1+1", state: "Open", at: "2026-06-02T10:00:00Z", calls: 7 };

describe("a table taken away", () => {
  it("keeps figures and instants, takes words as they are shown, and leaves buttons out", () =>
    expect(sheetOf(columns, [row])).toEqual({
      columns: ["Name", "State", "At", "Calls", "Rank", "Since"],
      rows: [["=1+1", "is Open", "2026-06-02T10:00:00Z", 7, "first", "2026-06-02T10:00:00Z"]],
    }));

  it("of no rows has no columns", () => expect(sheetOf(columns, [])).toEqual({ columns: [], rows: [] }));
});
