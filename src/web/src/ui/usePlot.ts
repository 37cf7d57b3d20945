import { useComputedColorScheme } from "@mantine/core";
import { type RefObject, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** Reads a colour of the theme as it is now, by the name of its CSS variable. */
export type Colours = (variable: string) => string;

export interface Plot {
  host: RefObject<HTMLDivElement | null>;
  /** The index under the pointer; null when it points elsewhere. */
  pointed: number | null;
}

/**
 * A uPlot chart in an element: made anew when `shape` or the theme changes, fed when the data does, as wide as its element.
 * `shape` names everything that `options` depends on besides the theme.
 */
export function usePlot(
  data: uPlot.AlignedData,
  height: number,
  shape: string,
  options: (colour: Colours) => Omit<uPlot.Options, "width" | "height">,
): Plot {
  const scheme = useComputedColorScheme("light");
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const latest = useRef({ data, options });
  latest.current = { data, options };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme decides the CSS colours, the shape what the options say.
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const chart = new uPlot(
      {
        ...latest.current.options((variable) => style.getPropertyValue(variable).trim()),
        hooks: { setCursor: [(u) => setPointed(u.cursor.idx ?? null)] },
        width: element.clientWidth,
        height,
      },
      latest.current.data,
      element,
    );
    plot.current = chart;
    const resize = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [shape, scheme, height]);

  useEffect(() => plot.current?.setData(data), [data]);

  return { host, pointed };
}

/** Seconds between two ticks of time: whole minutes, so that no two of them read the same. */
export const wholeMinutes = [60, 120, 300, 600, 1800, 3600, 7200];

/** What every plot has in common: time below, no frame, thin grid. */
export function plotAxis(colour: Colours) {
  return {
    stroke: colour("--muted"),
    font: '11px "Inter Variable", sans-serif',
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
}
