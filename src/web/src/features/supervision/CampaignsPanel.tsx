import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatCount, formatMoney, formatShare, share } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Icon } from "../../ui/icons";
import { Empty } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import type { Live, LiveCampaign } from "./contract";
import { capStanding } from "./liveState";

interface Props {
  live: Live;
  selected: string | null;
  onSelect: (campaign: LiveCampaign) => void;
}

export function CampaignsPanel({ live, selected, onSelect }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const columns = useMemo<Column<LiveCampaign>[]>(() => {
    const count = (id: keyof LiveCampaign & string, tip?: string): Column<LiveCampaign> => ({
      id,
      header: t(`campaign.${id}`),
      tip,
      end: true,
      value: (row) => row[id] as number,
      cell: (row) => formatCount(row[id] as number, locale),
    });
    return [
      { id: "name", header: t("campaign.name"), value: (row) => row.name },
      {
        id: "mode",
        header: t("campaign.mode"),
        tip: t("campaign.modeTip"),
        value: (row) => row.mode,
        cell: (row) => <Mode campaign={row} />,
      },
      {
        id: "state",
        header: t("campaign.state"),
        value: (row) => row.state,
        cell: (row) => codeText(t, "campaignState", row.state),
      },
      count("agents", t("campaign.agentsTip")),
      {
        id: "linesInFlight",
        header: t("campaign.linesInFlight"),
        tip: t("campaign.linesTip"),
        end: true,
        value: (row) => row.linesInFlight + row.talking + row.ivr,
        cell: (row) => (
          <>
            {formatCount(row.linesInFlight + row.talking + row.ivr, locale)}{" "}
            <span className="sub">
              {row.linesInFlight}/{row.talking}/{row.ivr}
            </span>
          </>
        ),
      },
      count("attempts", t("campaign.attemptsTip")),
      {
        id: "answeredLive",
        header: t("campaign.answeredLive"),
        tip: t("metric.answeredFormula"),
        end: true,
        value: (row) => row.answeredLive,
        cell: (row) => (
          <>
            {formatCount(row.answeredLive, locale)}{" "}
            <span className="sub">{formatShare(share(row.answeredLive, row.attempts), locale, 0)}</span>
          </>
        ),
      },
      count("bridged", t("campaign.bridgedTip")),
      {
        id: "abandonmentRate",
        header: t("campaign.abandonmentRate"),
        tip: t("metric.abandonmentFormula"),
        end: true,
        value: (row) => row.abandonmentRate,
        cell: (row) => <Abandonment campaign={row} />,
      },
      count("machines", t("campaign.machinesTip")),
      {
        id: "notReached",
        header: t("campaign.notReached"),
        tip: t("campaign.notReachedTip"),
        end: true,
        value: (row) => row.noAnswer + row.busy + row.failed,
        cell: (row) => (
          <>
            {formatCount(row.noAnswer + row.busy + row.failed, locale)}{" "}
            <span className="sub">
              {row.noAnswer}/{row.busy}/{row.failed}
            </span>
          </>
        ),
      },
      count("denied", t("campaign.deniedTip")),
      count("ready", t("campaign.readyTip")),
      money("promises", t, locale),
      money("payments", t, locale),
    ];
  }, [t, locale]);
  return (
    <Panel title={t("floor.campaigns")} flush>
      <DataTable
        label={t("floor.campaigns")}
        columns={columns}
        rows={live.campaigns}
        rowId={(row) => row.id}
        selected={selected}
        onSelect={onSelect}
        maxHeight={360}
        empty={<Empty title={t("floor.noCampaigns")}>{t("floor.noCampaignsText")}</Empty>}
      />
    </Panel>
  );
}

function money(id: "promises" | "payments", t: (key: string) => string, locale: string): Column<LiveCampaign> {
  return {
    id,
    header: t(`metric.${id}`),
    tip: t(`metric.${id}Formula`),
    end: true,
    value: (row) => row[id].amount,
    cell: (row) => (
      <>
        {formatCount(row[id].count, locale)} <span className="sub">{formatMoney(row[id].amount, locale)}</span>
      </>
    ),
  };
}

function Mode({ campaign }: { campaign: LiveCampaign }) {
  const { t } = useTranslation();
  const inForce = campaign.modeInForce;
  return (
    <>
      {codeText(t, "mode", campaign.mode)}
      {inForce && inForce !== campaign.mode && (
        <span className="sub"> → {t("campaign.inForce", { mode: codeText(t, "mode", inForce) })}</span>
      )}
    </>
  );
}

function Abandonment({ campaign }: { campaign: LiveCampaign }) {
  const { t, i18n } = useTranslation();
  const rate = campaign.answeredLive === 0 ? null : campaign.abandonmentRate;
  const standing = capStanding(rate, campaign.abandonCap);
  return (
    <span className="cap" data-standing={standing}>
      {(standing === "over" || standing === "near") && <Icon name="warning" />}
      {formatShare(rate, i18n.language, 2)}{" "}
      <span className="sub">{t("campaign.ofCap", { cap: formatShare(campaign.abandonCap, i18n.language) })}</span>
    </span>
  );
}
