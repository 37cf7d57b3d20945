import { useComputedColorScheme } from "@mantine/core";
import { BarChart as Bars } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

use([Bars, GridComponent, CanvasRenderer]);

export interface Bar {
  label: string;
  value: number;
  text: string;
  /** A variable of the theme, such as --s-oncall. */
  colour: string;
}

const rowHeight = 26;

/** Horizontal bars with their values beside them. The same numbers stand in a table for assistive technology. */
export function BarChart({ bars, label }: { bars: Bar[]; label: string }) {
  const host = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const height = bars.length * rowHeight + 8;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme is not read here but decides the CSS colours.
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const font = { fontFamily: style.fontFamily, fontSize: 12, color: colour("--text") };
    const chart = init(element);
    chart.setOption({
      animation: false,
      grid: { left: 4, right: 96, top: 0, bottom: 4, containLabel: true },
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category",
        inverse: true,
        data: bars.map((bar) => bar.label),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: font,
      },
      series: [
        {
          type: "bar",
          barWidth: 12,
          data: bars.map((bar) => ({ value: bar.value, itemStyle: { color: colour(bar.colour), borderRadius: 2 } })),
          label: {
            show: true,
            position: "right",
            formatter: ({ dataIndex }: { dataIndex: number }) => bars[dataIndex]?.text ?? "",
            ...font,
          },
        },
      ],
    });
    const resize = new ResizeObserver(() => chart.resize());
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.dispose();
    };
  }, [bars, scheme]);

  return (
    <>
      <div ref={host} style={{ height }} aria-hidden="true" />
      <table className="visually-hidden">
        <caption>{label}</caption>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.label}>
              <th scope="row">{bar.label}</th>
              <td>{bar.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
