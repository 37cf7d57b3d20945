import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { formatCount, formatShare } from "../../app/format";
import { Icon } from "../../ui/icons";
import { Failure, Notice } from "../../ui/Notice";
import { Term } from "../../ui/Term";
import { type Cadence, type CadenceForecast, forecast } from "./cadence";

/** The attempts a day that a matrix leads to, beside what the law and the house allow. */
export function CadenceOutlook({ cadence, campaign }: { cadence: Cadence; campaign: string | null }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["cadence-forecast", cadence, campaign],
    queryFn: ({ signal }) => forecast(cadence, campaign, signal),
    placeholderData: (previous) => previous,
  });
  if (query.isError) return <Failure error={query.error} />;
  if (!query.data) return <p className="sub">{t("common.loading")}</p>;
  return <Outlook data={query.data} />;
}

function Outlook({ data }: { data: CadenceForecast }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const { outlook } = data;
  const top = Math.max(1, ...outlook.most);
  const binding = data.caps.filter((cap) => cap.binds);
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  return (
    <div className="cadence-outlook">
      <table className="outlook-days">
        <caption>
          <Term formula={t("cadence.outlookTip")}>{t("cadence.outlook")}</Term>{" "}
          <span className="sub">
            {data.measured > 0
              ? t("cadence.measured", { formatted: formatCount(data.measured, locale) })
              : t("cadence.assumed")}
          </span>
        </caption>
        <thead>
          <tr>
            <td />
            {outlook.most.map((_, day) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the day is the index.
              <th key={day} scope="col">
                {t("cadence.day", { day: day + 1 })}
              </th>
            ))}
            <th scope="col">{t("cadence.week")}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t("cadence.expected")}</th>
            {outlook.expected.map((calls, day) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the day is the index.
              <td key={day}>
                <span className="outlook-bar" aria-hidden="true">
                  <span style={{ blockSize: `${(100 * calls) / top}%` }} />
                </span>
                {number.format(calls)}
              </td>
            ))}
            <td>
              <strong>{number.format(outlook.expectedInWeek)}</strong>
            </td>
          </tr>
          <tr>
            <th scope="row">{t("cadence.most")}</th>
            {outlook.most.map((calls, day) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the day is the index.
              <td key={day}>{calls}</td>
            ))}
            <td>
              <strong>{outlook.mostInWeek}</strong>
            </td>
          </tr>
        </tbody>
      </table>
      {!outlook.complete && <Notice kind="warn">{t("cadence.incomplete")}</Notice>}
      {binding.length === 0 ? (
        <Notice kind="good" quiet>
          {t("cadence.withinAll", { count: data.caps.length })}
        </Notice>
      ) : (
        <Notice kind="info" quiet title={t("cadence.binds", { count: binding.length })}>
          {t("cadence.bindsText")}
        </Notice>
      )}
      <table className="outlook-caps">
        <caption className="visually-hidden">{t("cadence.caps")}</caption>
        <tbody>
          {data.caps.map((cap) => (
            <tr key={cap.id} data-binds={cap.binds}>
              <th scope="row">{cap.jurisdiction}</th>
              <td>
                {t("cadence.cap", { max: cap.max, window: windowWords(cap.windowHours, t) })}{" "}
                <span className="sub">{t(`cadence.counts.${cap.counts}`, { defaultValue: cap.counts })}</span>
              </td>
              <td className="sub">{cap.citation}</td>
              <td>
                {cap.binds ? (
                  <span className="binds">
                    <Icon name="warning" /> {t("cadence.binding")}
                  </span>
                ) : (
                  t("cadence.within")
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="sub">
        {Object.entries(data.mix)
          .map(([outcome, share]) => `${t(`callOutcome.${outcome}`)} ${formatShare(share, locale, 0)}`)
          .join(" · ")}
      </p>
    </div>
  );
}

function windowWords(hours: number, t: (key: string, values: { count: number }) => string): string {
  return hours % 24 === 0 && hours > 24
    ? t("cadence.windowDays", { count: hours / 24 })
    : t("cadence.windowHours", { count: hours });
}
