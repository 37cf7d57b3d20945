import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef } from "react";
import { TakeTable } from "./TakeTable";
import { Tip } from "./Term";

export interface Column<T> {
  id: string;
  header: string;
  /** Formula or meaning, shown on the header. */
  tip?: string;
  /** What the column sorts by; null sorts last. */
  value: (row: T) => string | number | null | undefined;
  cell?: (row: T) => ReactNode;
  end?: boolean;
  /** What stands in a workbook, where that is neither the value nor the words of the cell; null leaves the column out. */
  taken?: ((row: T) => string | number | null | undefined) | null;
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});

interface DataTableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowId: (row: T) => string;
  sort?: SortingState;
  selected?: string | null;
  onSelect?: (row: T) => void;
  /** With a height in pixels the body scrolls and only the rows in sight are in the page. */
  maxHeight?: number;
  empty?: ReactNode;
  /** The page has a way of its own to take this table. */
  untaken?: boolean;
}

const rowHeight = 31;
const virtualFrom = 80;

/** A dense sortable table. Sorting is by buttons in the headers; row selection is by a button in the first cell. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const columns = useMemo(() => {
    const build = createColumnHelper<typeof features, T>();
    return props.columns.map((column) =>
      build.accessor((row: T): unknown => column.value(row) ?? undefined, {
        id: column.id,
        header: column.header,
        sortUndefined: "last",
        sortDescFirst: column.end ?? false,
      }),
    );
  }, [props.columns]);
  const byId = useMemo(() => new Map(props.columns.map((column) => [column.id, column])), [props.columns]);
  const table = useTable({
    features,
    columns,
    data: props.rows,
    getRowId: props.rowId,
    enableSortingRemoval: false,
    initialState: { sorting: props.sort ?? [] },
  });
  const scroll = useRef<HTMLDivElement>(null);
  const rows = table.getRowModel().rows;
  const virtual = props.maxHeight !== undefined && rows.length >= virtualFrom;
  const virtualizer = useVirtualizer({
    count: virtual ? rows.length : 0,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const items = virtualizer.getVirtualItems();
  const first = virtual ? (items[0]?.index ?? 0) : 0;
  const last = virtual ? (items.at(-1)?.index ?? 0) : rows.length - 1;
  const shown = rows.slice(first, last + 1);
  const below = virtual ? (rows.length - 1 - last) * rowHeight : 0;

  if (props.rows.length === 0 && props.empty) return <>{props.empty}</>;
  const body = (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls; this groups a scrolling table.
    <div
      role="group"
      className="table-scroll"
      ref={scroll}
      style={props.maxHeight ? { maxHeight: props.maxHeight } : undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll region must be reachable by keyboard (WCAG 2.1.1).
      tabIndex={0}
      aria-label={props.label}
    >
      <table className="data" aria-rowcount={rows.length + 1} aria-label={props.label}>
        <thead>
          <tr>
            {table.getHeaderGroups()[0]?.headers.map((header) => {
              const column = byId.get(header.column.id);
              const sorted = header.column.getIsSorted();
              const button = (
                <button type="button" onClick={header.column.getToggleSortingHandler()}>
                  {column?.header}
                </button>
              );
              return (
                <th
                  key={header.id}
                  scope="col"
                  data-align={column?.end ? "end" : undefined}
                  aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined}
                >
                  {column?.tip ? <Tip text={column.tip}>{button}</Tip> : button}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Spacer height={first * rowHeight} span={columns.length} />}
          {shown.map((row, index) => (
            <tr
              key={row.id}
              aria-rowindex={first + index + 2}
              data-selected={props.selected === row.id ? "true" : undefined}
              data-clickable={props.onSelect ? true : undefined}
            >
              {row.getAllCells().map((cell, position) => {
                const column = byId.get(cell.column.id);
                const content = column?.cell ? column.cell(row.original) : (column?.value(row.original) ?? "");
                return (
                  <td key={cell.id} data-align={column?.end ? "end" : undefined}>
                    {position === 0 && props.onSelect ? (
                      <button
                        type="button"
                        className="rowlink"
                        aria-pressed={props.selected === row.id}
                        onClick={() => props.onSelect?.(row.original)}
                      >
                        {content}
                      </button>
                    ) : (
                      content
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
          {below > 0 && <Spacer height={below} span={columns.length} />}
        </tbody>
      </table>
    </div>
  );
  if (props.untaken || props.rows.length === 0) return body;
  return (
    <>
      {body}
      <TakeTable label={props.label} columns={props.columns} rows={() => rows.map((row) => row.original)} />
    </>
  );
}

function Spacer(props: { height: number; span: number }) {
  return (
    <tr>
      <td className="spacer" colSpan={props.span} style={{ height: props.height }} />
    </tr>
  );
}
