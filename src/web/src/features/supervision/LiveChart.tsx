import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type uPlot from "uplot";
import { formatCount, formatShare } from "../../app/format";
import { type Colours, plotAxis, usePlot, wholeMinutes } from "../../ui/usePlot";
import { useLive } from "./liveFeed";
import { floorAbandonCap, type Series } from "./liveState";

const height = 190;

function columns(series: Series, cap: number | null): uPlot.AlignedData {
  return [series.time, series.lines, series.talking, series.abandonment, series.time.map(() => cap)];
}

/** Lines in flight and talking agents against the left axis, abandonment and its cap against the right one. */
export function LiveChart() {
  const { i18n } = useTranslation();
  const { live, series } = useLive();
  const cap = live ? floorAbandonCap(live) : null;
  const data = useMemo(() => columns(series, cap), [series, cap]);
  const { host, pointed } = usePlot(data, height, i18n.language, (colour) => options(i18n.language, colour));
  return (
    <div className="livechart">
      <div ref={host} aria-hidden="true" />
      <Legend series={series} cap={cap} at={pointed ?? series.time.length - 1} pointed={pointed !== null} />
    </div>
  );
}

/** The values under the pointer, or the latest: the chart in words. */
function Legend(props: { series: Series; cap: number | null; at: number; pointed: boolean }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const { series, at } = props;
  const time = series.time[at];
  const count = (value: number | undefined) => (value === undefined ? "–" : formatCount(value, locale));
  const items = [
    { key: "lines", value: count(series.lines[at]) },
    { key: "talking", value: count(series.talking[at]) },
    { key: "abandonment", value: formatShare(series.abandonment[at], locale, 2) },
    { key: "cap", value: formatShare(props.cap, locale) },
  ];
  return (
    <ul className="legend">
      {items.map((item) => (
        <li key={item.key} data-series={item.key}>
          {t(`floor.chart.${item.key}`)} <strong>{item.value}</strong>
        </li>
      ))}
      <li className="legend-time">
        {props.pointed && time !== undefined
          ? t("floor.chart.at", { at: new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(time * 1000) })
          : t("floor.chart.now")}
      </li>
    </ul>
  );
}

function options(locale: string, colour: Colours): Omit<uPlot.Options, "width" | "height"> {
  const axis = plotAxis(colour);
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
  return {
    padding: [8, 0, 0, 0],
    cursor: { y: false },
    legend: { show: false },
    scales: {
      x: { time: true },
      y: { range: (_u, _min, max) => [0, Math.max(4, Math.ceil((max ?? 0) * 1.1))] },
      rate: { range: (_u, _min, max) => [0, Math.max(0.04, (max ?? 0) * 1.15)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        space: 80,
        incrs: wholeMinutes,
        values: (_u, splits) => splits.map((at) => time.format(at * 1000)),
      },
      {
        ...axis,
        size: 40,
        values: (_u, splits) => splits.map((n) => (Number.isInteger(n) ? formatCount(n, locale) : "")),
      },
      {
        ...axis,
        scale: "rate",
        side: 1,
        size: 46,
        grid: { show: false },
        incrs: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
        values: (_u, splits) => splits.map((n) => formatShare(n, locale, 0)),
      },
    ],
    series: [
      {},
      line(colour("--s-break"), "y"),
      line(colour("--s-oncall"), "y"),
      line(colour("--s-notresponding"), "rate"),
      { ...line(colour("--s-notresponding"), "rate"), dash: [4, 4], width: 1 },
    ],
  };
}

function line(stroke: string, scale: string): uPlot.Series {
  return { stroke, scale, width: 1.75, points: { show: false } };
}
