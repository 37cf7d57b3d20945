import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatCount, formatMoney, formatShare, share } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Icon } from "../../ui/icons";
import { Term } from "../../ui/Term";
import { agentStates, type Live } from "./contract";
import { capStanding, countByState, floorAbandonCap, linesInUse, nearestItsCap } from "./liveState";

/** The six numbers of the floor, each with its formula and, where one is set, its limit. */
export function Heroes({ live }: { live: Live }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const { totals, lines } = live;
  const targets = live.targets ?? {};
  const counts = countByState(live);
  const signedIn = live.agents.length - counts.Offline;
  const cap = floorAbandonCap(live);
  const worst = nearestItsCap(live);
  const standing = worst
    ? capStanding(worst.abandonmentRate, worst.abandonCap)
    : capStanding(totals.answeredLive === 0 ? null : totals.abandonmentRate, cap);
  return (
    <section className="heroes" aria-label={t("floor.heroes")}>
      <Hero
        name={t("metric.agents")}
        formula={t("metric.agentsFormula")}
        value={formatCount(signedIn, locale)}
        progress={progress(signedIn, targets.agents, (n) => formatCount(n, locale))}
      >
        <StateBar counts={counts} />
      </Hero>
      <Hero name={t("metric.lines")} formula={t("metric.linesFormula")} value={formatCount(linesInUse(lines), locale)}>
        {t("floor.linesDetail", {
          waiting: formatCount(lines.inFlight, locale),
          talking: formatCount(lines.talking, locale),
          ivr: formatCount(lines.ivr, locale),
        })}
      </Hero>
      <Hero
        name={t("metric.answered")}
        formula={t("metric.answeredFormula")}
        value={formatCount(totals.answeredLive, locale)}
        progress={
          targets.contactRate
            ? progress(share(totals.answeredLive, totals.attempts) ?? 0, targets.contactRate / 100, (n) =>
                formatShare(n, locale),
              )
            : progress(totals.answeredLive, targets.answeredLive, (n) => formatCount(n, locale))
        }
      >
        {t("floor.answeredDetail", {
          rate: formatShare(share(totals.answeredLive, totals.attempts), locale),
          attempts: formatCount(totals.attempts, locale),
        })}
      </Hero>
      <Hero
        name={t("metric.abandonment")}
        formula={t("metric.abandonmentFormula")}
        value={formatShare(totals.answeredLive === 0 ? null : totals.abandonmentRate, locale, 2)}
        standing={standing}
      >
        <span className="cap" data-standing={standing}>
          {(standing === "over" || standing === "near") && <Icon name="warning" />}
          {cap === null
            ? t("floor.noCap")
            : t(`floor.cap.${standing}`, {
                cap: formatShare(worst?.abandonCap ?? cap, locale),
                abandoned: formatCount(totals.abandoned, locale),
                campaign: worst?.name,
                rate: formatShare(worst?.abandonmentRate, locale, 2),
              })}
        </span>
      </Hero>
      <Hero
        name={t("metric.promises")}
        formula={t("metric.promisesFormula")}
        value={formatCount(totals.promises.count, locale)}
        progress={
          targets.promised
            ? progress(totals.promises.amount, targets.promised, (n) => formatMoney(n, locale))
            : progress(totals.promises.count, targets.promises, (n) => formatCount(n, locale))
        }
      >
        {t("floor.amount", { amount: formatMoney(totals.promises.amount, locale) })}
      </Hero>
      <Hero
        name={t("metric.payments")}
        formula={t("metric.paymentsFormula")}
        value={formatCount(totals.payments.count, locale)}
        progress={
          targets.paid
            ? progress(totals.payments.amount, targets.paid, (n) => formatMoney(n, locale))
            : progress(totals.payments.count, targets.payments, (n) => formatCount(n, locale))
        }
      >
        {t("floor.amount", { amount: formatMoney(totals.payments.amount, locale) })}
      </Hero>
    </section>
  );
}

interface Progress {
  share: number;
  target: string;
}

/** How far towards a target; undefined where none is set. */
function progress(value: number, target: number | undefined, words: (n: number) => string): Progress | undefined {
  return target ? { share: value / target, target: words(target) } : undefined;
}

function Hero(props: {
  name: string;
  formula: string;
  value: string;
  standing?: string;
  progress?: Progress;
  children: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  return (
    <div className="hero panel">
      <div className="hero-name">
        <Term formula={props.formula}>{props.name}</Term>
      </div>
      <div className="hero-value" data-standing={props.standing}>
        {props.value}
      </div>
      <div className="hero-detail">{props.children}</div>
      {props.progress && (
        <div className="hero-target" data-met={props.progress.share >= 1}>
          <span className="hero-bar" aria-hidden="true">
            <span style={{ inlineSize: `${Math.min(100, 100 * props.progress.share)}%` }} />
          </span>
          {t("floor.target", {
            target: props.progress.target,
            share: formatShare(props.progress.share, i18n.language, 0),
          })}
        </div>
      )}
    </div>
  );
}

function StateBar({ counts }: { counts: Record<string, number> }) {
  const { t, i18n } = useTranslation();
  const present = agentStates.filter((state) => state !== "Offline" && (counts[state] ?? 0) > 0);
  if (present.length === 0) return <>{t("floor.nobody")}</>;
  const words = present.map(
    (state) => `${codeText(t, "agentState", state)} ${formatCount(counts[state] ?? 0, i18n.language)}`,
  );
  return (
    <>
      <div className="statebar" aria-hidden="true">
        {present.map((state) => (
          <span key={state} data-state={state} style={{ flexGrow: counts[state] }} />
        ))}
      </div>
      <span className="statebar-words">{words.join(" · ")}</span>
    </>
  );
}
