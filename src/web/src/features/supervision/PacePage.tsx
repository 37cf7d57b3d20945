import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatShare } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { useLive } from "./liveFeed";
import { PaceChart } from "./PaceChart";
import { PaceKnobs } from "./PaceKnobs";
import { PacePanel } from "./PacePanel";
import { type Pace, paceQuery } from "./paceContract";
import "./floor.css";

/** One campaign's pacing: why it dials as it does, why agents stand idle, and the knobs. */
export function PacePage({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation();
  const [minutes, setMinutes] = useState(30);
  const { live } = useLive();
  const pace = useQuery(paceQuery(campaignId, minutes));
  usePageTitle(t("pace.title"));
  const campaign = live?.campaigns.find((each) => each.id === campaignId) ?? null;
  return (
    <div className="stack">
      <div className="page-head">
        <h1>
          {t("pace.title")} {pace.data && <span className="sub">{pace.data.name}</span>}
        </h1>
        <Link to="/">{t("paceWhy.back")}</Link>
      </div>
      {pace.isError && <Failure error={pace.error} onRetry={() => void pace.refetch()} />}
      {pace.data?.most.text && (
        <Notice kind="warn" title={t("paceWhy.ceiling")}>
          {pace.data.most.text}
        </Notice>
      )}
      <div className="floor-columns">
        <div className="floor-main">
          <Panel
            title={t("paceWhy.series.title")}
            side={
              <SegmentedControl
                size="xs"
                aria-label={t("paceWhy.period")}
                value={String(minutes)}
                data={["10", "30", "120"].map((value) => ({
                  value,
                  label: t("paceWhy.minutes", { count: Number(value) }),
                }))}
                onChange={(value) => setMinutes(Number(value))}
              />
            }
          >
            {pace.data && pace.data.points.length > 1 ? (
              <PaceChart pace={pace.data} />
            ) : (
              <Empty title={t("pace.none")}>{t("pace.noneText")}</Empty>
            )}
          </Panel>
          <Panel title={t("paceWhy.knobs")}>
            <PaceKnobs campaignId={campaignId} />
          </Panel>
        </div>
        <div className="floor-side">
          <PacePanel campaign={campaign} />
          <WhyIdle pace={pace.data ?? null} />
        </div>
      </div>
    </div>
  );
}

/** Idle agents' seconds by what held the dialling back meanwhile, with its share in words and as a bar. */
function WhyIdle({ pace }: { pace: Pace | null }) {
  const { t, i18n } = useTranslation();
  return (
    <Panel title={t("paceWhy.idle")} side={<span className="sub">{t("paceWhy.idleOf")}</span>}>
      {!pace || pace.whyIdle.length === 0 ? (
        <Empty title={t("paceWhy.nobodyIdle")} />
      ) : (
        <ul className="idle-causes">
          {pace.whyIdle.map((cause) => (
            <li key={cause.code}>
              <span>{codeText(t, "paceLimit", cause.code.charAt(0).toUpperCase() + cause.code.slice(1))}</span>
              <strong>{formatShare(cause.share, i18n.language, 0)}</strong>
              <span className="idle-bar" style={{ inlineSize: `${100 * cause.share}%` }} />
              <span className="sub">{t(`paceWhy.cause.${cause.code}`, { defaultValue: "" })}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
