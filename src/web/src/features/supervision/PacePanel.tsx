import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatCount, formatShare } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Empty } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { Term } from "../../ui/Term";
import type { LiveCampaign } from "./contract";

/** Why the dialler makes as many calls as it does, in the plan's own reasons. */
export function PacePanel({ campaign }: { campaign: LiveCampaign | null }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const pace = campaign?.pace;
  return (
    <Panel
      title={t("pace.title")}
      side={
        campaign && (
          <>
            <span className="sub">{campaign.name}</span>{" "}
            <Link to={`/campaigns/${campaign.id}/pace`} aria-label={`${t("pace.open")}: ${campaign.name}`}>
              {t("pace.open")}
            </Link>
          </>
        )
      }
    >
      {!campaign || !pace ? (
        <Empty title={t("pace.none")}>{t("pace.noneText")}</Empty>
      ) : (
        <>
          <dl className="pace">
            <div>
              <dt>
                <Term formula={t("pace.dialsTip")}>{t("pace.dials")}</Term>
              </dt>
              <dd>{formatCount(pace.dials, locale)}</dd>
            </div>
            <div>
              <dt>
                <Term formula={t("pace.lossTip")}>{t("pace.loss")}</Term>
              </dt>
              <dd>{formatShare(pace.loss, locale, 2)}</dd>
            </div>
            <div>
              <dt>
                <Term formula={t("pace.tauTip")}>{t("pace.tau")}</Term>
              </dt>
              <dd>{formatShare(pace.tau, locale, 2)}</dd>
            </div>
            {pace.bindingLimit && (
              <div>
                <dt>
                  <Term formula={t("pace.bindingTip")}>{t("pace.binding")}</Term>
                </dt>
                <dd>{codeText(t, "paceLimit", pace.bindingLimit)}</dd>
              </div>
            )}
          </dl>
          <ul className="reasons">
            {pace.reasons.map((reason) => (
              <li key={`${reason.code} ${reason.text}`}>{reason.text}</li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
