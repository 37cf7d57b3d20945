import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Flow } from "./contract";
import { type Box, type Line, layOut } from "./layout";

const width = 148;
const height = 34;
const gapX = 52;
const gapY = 12;

/** The flow as a picture: one box a step, from left to right. The step the caller is at, and the way they came, stand out. */
export function FlowGraph(props: { flow: Flow; current: string; visited: readonly string[] }) {
  const { t } = useTranslation();
  const picture = useMemo(() => layOut(props.flow), [props.flow]);
  const visited = new Set(props.visited);
  const w = picture.columns * (width + gapX);
  const h = picture.rows * (height + gapY) + gapY;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="flow-scroll" aria-label={t("ivr.graph")} tabIndex={0}>
      <svg
        className="flow"
        width={w}
        height={h}
        viewBox={`0 0 ${w} ${h}`}
        role="img"
        aria-label={t("ivr.graphText", { flow: props.flow.name, steps: props.flow.nodes.length, step: props.current })}
      >
        {picture.lines.map((line) => (
          <Edge
            key={`${line.from}>${line.to}`}
            line={line}
            boxes={picture.boxes}
            taken={isTaken(line, props.visited)}
          />
        ))}
        {[...picture.boxes.values()].map((box) => (
          <Step
            key={box.node.id}
            box={box}
            current={box.node.id === props.current}
            visited={visited.has(box.node.id)}
          />
        ))}
      </svg>
    </section>
  );
}

function isTaken(line: Line, visited: readonly string[]): boolean {
  return visited.some((id, index) => id === line.from && visited[index + 1] === line.to);
}

const left = (box: Box) => box.column * (width + gapX) + 4;
const top = (box: Box) => box.row * (height + gapY) + gapY;

function Edge({ line, boxes, taken }: { line: Line; boxes: Map<string, Box>; taken: boolean }) {
  const from = boxes.get(line.from);
  const to = boxes.get(line.to);
  if (!from || !to) return null;
  const y1 = top(from) + height / 2;
  const y2 = top(to) + height / 2;
  const x1 = line.back ? left(from) : left(from) + width;
  const x2 = line.back ? left(to) + width : left(to);
  const bend = line.back ? -Math.min(60, gapX) : gapX * 0.7;
  return (
    <path
      className="flow-line"
      data-back={line.back || undefined}
      data-taken={taken || undefined}
      d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
    >
      <title>{line.labels.join(" · ")}</title>
    </path>
  );
}

function Step({ box, current, visited }: { box: Box; current: boolean; visited: boolean }) {
  const { node } = box;
  return (
    <g
      className="flow-step"
      data-kind={node.kind}
      data-private={node.private || undefined}
      data-current={current || undefined}
      data-visited={visited || undefined}
      transform={`translate(${left(box)} ${top(box)})`}
    >
      <rect width={width} height={height} rx={node.kind === "End" ? height / 2 : 6} />
      <text x={10} y={21}>
        {node.id}
      </text>
      {box.shortcuts.length > 0 && (
        <text className="flow-keys" x={width - 8} y={21} textAnchor="end">
          {[...new Set(box.shortcuts)].sort().join(" ")}
        </text>
      )}
      <title>{`${node.kind}: ${node.edges.map((edge) => `${edge.key ? `${edge.key} ` : ""}${edge.label} → ${edge.to}`).join(" · ")}`}</title>
    </g>
  );
}
