import { describe, expect, it } from "vitest";
import type { Flow } from "./contract";
import { layOut } from "./layout";

const edge = (to: string, key: string | null = "1") => ({ trigger: "Key", key, to, label: `to ${to}`, guarded: false });
const node = (id: string, ...edges: ReturnType<typeof edge>[]) => ({
  id,
  kind: "Menu",
  private: false,
  giveUp: null,
  edges,
});
const flow: Flow = {
  name: "x",
  version: 1,
  start: "a",
  nodes: [
    node("a", edge("b"), edge("c", "2"), edge("agent", "0")),
    node("b", edge("c"), edge("a", "4"), edge("b", "8")),
    node("c", edge("agent", "0")),
    node("agent"),
  ],
};

describe("a flow's picture", () => {
  it("puts each step one column right of the first step that leads to it", () => {
    const { boxes } = layOut(flow);
    expect(["a", "b", "c", "agent"].map((id) => boxes.get(id)?.column)).toEqual([0, 1, 1, 2]);
  });

  it("draws no line to a hub or back to the same step, but names their keys on the box", () => {
    const { lines, boxes } = layOut(flow);
    expect(lines.map((line) => `${line.from}>${line.to}`)).toEqual(["a>b", "a>c", "b>c", "b>a"]);
    expect(boxes.get("b")?.shortcuts).toEqual(["8"]);
    expect(boxes.get("a")?.shortcuts).toEqual(["0"]);
  });

  it("knows which lines go back", () => {
    expect(
      layOut(flow)
        .lines.filter((line) => line.back)
        .map((line) => line.to),
    ).toEqual(["c", "a"]);
  });

  it("gives no two steps the same place", () => {
    const places = [...layOut(flow).boxes.values()].map((box) => `${box.column}/${box.row}`);
    expect(new Set(places).size).toBe(places.length);
  });
});
