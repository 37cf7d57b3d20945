import type { Flow, FlowNode } from "./contract";

/** A flow laid out in columns: a step stands one column right of the first step that leads to it. */

export interface Box {
  node: FlowNode;
  column: number;
  row: number;
  /** Keys that lead, from almost every step, to the same few places: shown on the box instead of drawn as lines. */
  shortcuts: string[];
}

export interface Line {
  from: string;
  to: string;
  labels: string[];
  back: boolean;
}

export interface Picture {
  boxes: Map<string, Box>;
  lines: Line[];
  columns: number;
  rows: number;
}

/** Where so many lines arrive that drawing them would hide the rest. */
const hubs = new Set(["agent", "opted-out", "goodbye"]);

export function edgeText(edge: { key?: string | null; trigger: string; label: string }): string {
  return edge.key ? `${edge.key} ${edge.label}` : edge.label;
}

export function layOut(flow: Flow): Picture {
  const byId = new Map(flow.nodes.map((node) => [node.id, node]));
  const column = columnsOf(flow, byId);
  const rows = new Map<number, string[]>();
  for (const [id, at] of column) rows.set(at, [...(rows.get(at) ?? []), id]);
  const row = new Map<string, number>();
  for (const at of [...rows.keys()].sort((a, b) => a - b)) {
    const ids = rows.get(at) ?? [];
    const wish = new Map(ids.map((id) => [id, parentRow(id, flow, column, row, at)]));
    ids.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
    for (const [index, id] of ids.entries()) row.set(id, index);
  }
  const boxes = new Map<string, Box>();
  for (const [id, at] of column) {
    const node = byId.get(id);
    if (!node) continue;
    const shortcuts = node.edges
      .filter((edge) => edge.key && drawnAway(node.id, edge.to))
      .map((edge) => edge.key ?? "");
    boxes.set(id, { node, column: at, row: row.get(id) ?? 0, shortcuts });
  }
  return {
    boxes,
    lines: linesOf(flow, column),
    columns: Math.max(...column.values()) + 1,
    rows: Math.max(...[...rows.values()].map((ids) => ids.length)),
  };
}

/** True for a line that goes to a hub or back to its own step: it is told by the box's keys. */
function drawnAway(from: string, to: string): boolean {
  return hubs.has(to) || from === to;
}

function columnsOf(flow: Flow, byId: Map<string, FlowNode>): Map<string, number> {
  const column = new Map<string, number>([[flow.start, 0]]);
  const open = [flow.start];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const node = byId.get(id);
    const targets = [...(node?.edges.map((edge) => edge.to) ?? []), ...(node?.giveUp ? [node.giveUp] : [])];
    for (const to of targets) {
      if (column.has(to) || hubs.has(to)) continue;
      column.set(to, (column.get(id) ?? 0) + 1);
      open.push(to);
    }
  }
  // The hubs stand at the far right, and what hangs on them after them.
  const last = Math.max(...column.values()) + 1;
  const rest = flow.nodes.map((node) => node.id).filter((id) => !column.has(id));
  for (const id of rest) column.set(id, hubs.has(id) ? last : last + 1);
  return column;
}

function parentRow(id: string, flow: Flow, column: Map<string, number>, row: Map<string, number>, at: number): number {
  const parents = flow.nodes.filter(
    (node) => column.get(node.id) === at - 1 && node.edges.some((edge) => edge.to === id),
  );
  const known = parents.map((parent) => row.get(parent.id)).filter((value) => value !== undefined);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function linesOf(flow: Flow, column: Map<string, number>): Line[] {
  const lines = new Map<string, Line>();
  for (const node of flow.nodes)
    for (const edge of node.edges) {
      if (drawnAway(node.id, edge.to)) continue;
      const name = `${node.id}>${edge.to}`;
      const line = lines.get(name) ?? {
        from: node.id,
        to: edge.to,
        labels: [],
        back: (column.get(edge.to) ?? 0) <= (column.get(node.id) ?? 0),
      };
      line.labels.push(edgeText(edge));
      lines.set(name, line);
    }
  return [...lines.values()];
}
