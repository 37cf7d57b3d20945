import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatCount, formatDuration, formatMoney, formatShare, share } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Fact, Facts } from "../../ui/Facts";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { Term } from "../../ui/Term";
import { usePageTitle } from "../../ui/usePageTitle";
import { may, useUser } from "../access/session";
import { type Bar, BarChart } from "./BarChart";
import { attemptSlices, largest, type Slice, type Summary, summaryQuery } from "./contract";
import { Tables } from "./Tables";
import "./reports.css";

/** The shift so far, each figure with its formula. */
export function ReportsPage() {
  const { t } = useTranslation();
  usePageTitle(t("shell.reports"));
  const query = useQuery(summaryQuery);
  const user = useUser();
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("shell.reports")}</h1>
        {user.data && may(user.data, "payments:read") && <Link to="/payments">{t("payments.link")}</Link>}
        <Button size="compact-md" variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
          {t("reports.refresh")}
        </Button>
      </div>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Empty title={t("common.loading")} />}
      {query.data && <Report summary={query.data} />}
      <Tables />
    </div>
  );
}

const colours: Record<string, string> = {
  bridged: "--s-oncall",
  otherLive: "--s-available",
  abandoned: "--s-notresponding",
};

function Report({ summary }: { summary: Summary }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const attempts = useMemo(
    () =>
      toBars(
        attemptSlices(summary),
        summary.attempts,
        locale,
        (key) => t(`reports.slice.${key}`),
        (key) => colours[key],
      ),
    [summary, locale, t],
  );
  const dispositions = useMemo(() => {
    const slices = largest(summary.dispositions, 12);
    const total = slices.reduce((sum, slice) => sum + slice.count, 0);
    return toBars(slices, total, locale, (key) => (key === "rest" ? t("reports.rest") : codeText(t, "outcome", key)));
  }, [summary, locale, t]);
  const denied = useMemo(() => {
    const slices = largest(summary.denied, 12);
    const total = slices.reduce((sum, slice) => sum + slice.count, 0);
    return toBars(slices, total, locale, (key) => (key === "rest" ? t("reports.rest") : codeText(t, "denial", key)));
  }, [summary, locale, t]);
  return (
    <div className="report-columns">
      <Figures summary={summary} />
      <Chart title={t("reports.attempts")} bars={attempts} />
      <Chart title={t("reports.dispositions")} bars={dispositions} />
      <Chart title={t("denials.title")} bars={denied} />
    </div>
  );
}

function toBars(
  slices: Slice[],
  total: number,
  locale: string,
  label: (key: string) => string,
  colour: (key: string) => string | undefined = () => undefined,
): Bar[] {
  return slices.map(({ key, count }) => ({
    label: label(key),
    value: count,
    text: `${formatCount(count, locale)}  ${formatShare(share(count, total), locale)}`,
    colour: colour(key) ?? "--s-break",
  }));
}

function Chart({ title, bars }: { title: string; bars: Bar[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={title}>
      {bars.length === 0 ? <Empty title={t("reports.nothing")} /> : <BarChart bars={bars} label={title} />}
    </Panel>
  );
}

function Figures({ summary }: { summary: Summary }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const { agents, ivr } = summary;
  const sum = (value: { count: number; amount: number }) =>
    `${formatCount(value.count, locale)} · ${formatMoney(value.amount, locale)}`;
  const hours = (seconds: number) => formatDuration(seconds * 1000);
  const term = (key: string) => <Term formula={t(`reports.formula.${key}`)}>{t(`reports.${key}`)}</Term>;
  return (
    <Panel title={t("reports.figures")}>
      <div className="stack">
        <Facts>
          <Fact name={term("attemptsMade")}>{formatCount(summary.attempts, locale)}</Fact>
          <Fact name={term("answered")}>
            {formatCount(summary.answeredLive, locale)} ·{" "}
            {formatShare(share(summary.answeredLive, summary.attempts), locale)}
          </Fact>
          <Fact name={term("abandonment")}>
            {formatShare(summary.answeredLive === 0 ? null : summary.abandonmentRate, locale, 2)}
          </Fact>
          <Fact name={term("inbound")}>{formatCount(summary.inbound, locale)}</Fact>
        </Facts>
        <Facts>
          <Fact name={term("occupancy")}>{formatShare(agents.occupancy, locale)}</Fact>
          <Fact name={term("utilisation")}>{formatShare(agents.utilisation, locale)}</Fact>
          <Fact name={term("talk")}>{hours(agents.talkSeconds)}</Fact>
          <Fact name={term("wrap")}>{hours(agents.wrapSeconds)}</Fact>
          <Fact name={term("idle")}>{hours(agents.idleSeconds)}</Fact>
          <Fact name={term("other")}>{hours(agents.otherSeconds)}</Fact>
        </Facts>
        <Facts>
          <Fact name={term("agentPromises")}>{sum(agents.promises)}</Fact>
          <Fact name={term("ivrPromises")}>{sum(ivr.promises)}</Fact>
          <Fact name={term("ivrPayments")}>{sum(ivr.payments)}</Fact>
          <Fact name={term("ivrVerified")}>{formatCount(ivr.verified, locale)}</Fact>
          <Fact name={term("optOuts")}>{formatCount(ivr.optOuts, locale)}</Fact>
        </Facts>
      </div>
    </Panel>
  );
}
