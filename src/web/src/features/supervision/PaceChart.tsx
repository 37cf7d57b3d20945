import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type uPlot from "uplot";
import { formatCount, formatShare } from "../../app/format";
import { type Colours, plotAxis, usePlot, wholeMinutes } from "../../ui/usePlot";
import { type Pace, paceColumns } from "./paceContract";

const height = 150;
type Columns = ReturnType<typeof paceColumns>;
type Name = Exclude<keyof Columns, "time">;

const colours: Record<Name, string> = {
  inFlight: "--s-break",
  idle: "--s-available",
  talking: "--s-oncall",
  started: "--s-oncall",
  progressive: "--s-break",
  ratio: "--s-available",
  abandonment: "--s-notresponding",
  cap: "--s-notresponding",
};
const dashed: readonly Name[] = ["progressive", "ratio", "cap"];

/** The campaign's series in three plots that share their time: the floor, the calls started beside the shadows, and abandonment against the budget. */
export function PaceChart({ pace }: { pace: Pace }) {
  const { t } = useTranslation();
  const columns = useMemo(() => paceColumns(pace.points, pace.abandonCap), [pace.points, pace.abandonCap]);
  return (
    <div className="pace-plots">
      <Plot title={t("paceWhy.floorPlot")} columns={columns} names={["inFlight", "talking", "idle"]} />
      <Plot title={t("paceWhy.callsPlot")} columns={columns} names={["started", "progressive", "ratio"]} />
      <Plot title={t("paceWhy.budgetPlot")} columns={columns} names={["abandonment", "cap"]} share />
    </div>
  );
}

function Plot(props: { title: string; columns: Columns; names: Name[]; share?: boolean }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const { columns, names, share } = props;
  const data = useMemo(
    () => [columns.time, ...names.map((name) => columns[name])] as uPlot.AlignedData,
    [columns, names],
  );
  const { host, pointed } = usePlot(data, height, `${locale} ${names.join()} ${share}`, (colour) =>
    options(locale, names, share ?? false, colour),
  );

  const at = pointed ?? columns.time.length - 1;
  const show = (name: Name) => {
    const value = columns[name][at];
    return value === null || value === undefined
      ? "–"
      : share
        ? formatShare(value, locale, 2)
        : formatCount(value, locale);
  };
  return (
    <figure className="pace-plot">
      <figcaption>{props.title}</figcaption>
      <div ref={host} aria-hidden="true" />
      <ul className="legend">
        {names.map((name) => (
          <li
            key={name}
            data-line={dashed.includes(name) ? "dashed" : "solid"}
            style={{ ["--line-colour" as string]: `var(${colours[name]})` }}
          >
            {t(`paceWhy.series.${name}`)} <strong>{show(name)}</strong>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function options(
  locale: string,
  names: readonly Name[],
  share: boolean,
  colour: Colours,
): Omit<uPlot.Options, "width" | "height"> {
  const axis = plotAxis(colour);
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
  return {
    padding: [8, 8, 0, 0],
    cursor: { y: false, sync: { key: "pace" } },
    legend: { show: false },
    scales: { y: { range: (_u, _min, max) => [0, share ? Math.max(0.04, max * 1.15) : Math.max(4, max * 1.1)] } },
    axes: [
      {
        ...axis,
        size: 24,
        space: 80,
        incrs: wholeMinutes,
        values: (_u, splits) => splits.map((at) => time.format(at * 1000)),
      },
      {
        ...axis,
        size: 44,
        values: (_u, splits) =>
          splits.map((n) => (share ? formatShare(n, locale, 0) : Number.isInteger(n) ? formatCount(n, locale) : "")),
      },
    ],
    series: [
      {},
      ...names.map((name) => ({
        stroke: colour(colours[name]),
        width: dashed.includes(name) ? 1 : 1.75,
        dash: dashed.includes(name) ? [4, 4] : undefined,
        points: { show: false },
      })),
    ],
  };
}
