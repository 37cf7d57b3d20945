import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { plainTime } from "../../app/cron";
import { formatCount, formatShare } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { useLive } from "../supervision/liveFeed";
import { linesInUse } from "../supervision/liveState";
import { type Action, act, actionsOf, type Campaign, campaignsKey, campaignsQuery } from "./contract";
import "./campaigns.css";

export function CampaignsPage() {
  const { t, i18n } = useTranslation();
  usePageTitle(t("shell.campaigns"));
  const locale = i18n.language;
  const query = useQuery({ ...campaignsQuery, refetchInterval: 10_000 });
  const [asked, setAsked] = useState<{ campaign: Campaign; action: Action } | null>(null);
  const columns = useMemo<Column<Campaign>[]>(
    () => [
      { id: "name", header: t("campaign.name"), value: (row) => row.name, cell: (row) => <strong>{row.name}</strong> },
      {
        id: "state",
        header: t("campaign.state"),
        value: (row) => row.state,
        cell: (row) => codeText(t, "campaignState", row.state),
      },
      {
        id: "mode",
        header: t("campaign.mode"),
        value: (row) => row.mode,
        cell: (row) => codeText(t, "mode", row.mode),
      },
      { id: "from", header: t("campaigns.from"), value: (row) => row.fromE164 },
      {
        id: "cap",
        header: t("campaigns.cap"),
        tip: t("campaigns.capTip"),
        end: true,
        value: (row) => row.abandonCap,
        cell: (row) => (
          <>
            {formatShare(row.abandonCap, locale)}{" "}
            <span className="sub">{t("campaigns.days", { count: row.abandonWindowDays })}</span>
          </>
        ),
      },
      {
        id: "lines",
        header: t("campaigns.lines"),
        tip: t("campaigns.linesTip"),
        end: true,
        value: (row) => row.maxLines,
        cell: (row) => (
          <>
            {formatCount(row.maxLines, locale)}{" "}
            <span className="sub">{t("campaigns.perAgent", { count: row.linesPerAgentMax })}</span>
          </>
        ),
      },
      {
        id: "ring",
        header: t("campaigns.ring"),
        end: true,
        value: (row) => row.ringSeconds,
        cell: (row) => `${row.ringSeconds} s`,
      },
      {
        id: "wrap",
        header: t("campaigns.wrap"),
        end: true,
        value: (row) => row.wrapUpSeconds,
        cell: (row) => `${row.wrapUpSeconds} s`,
      },
      {
        id: "hours",
        header: t("campaigns.hours"),
        tip: t("campaigns.hoursTip"),
        value: (row) => row.opensCron,
        cell: (row) => <Hours campaign={row} />,
      },
      {
        id: "actions",
        header: t("campaigns.actions"),
        value: () => null,
        cell: (row) => (
          <span className="actions">
            {actionsOf(row.state).map((action) => (
              <Button
                key={action}
                size="compact-xs"
                variant={action === "launch" ? "filled" : "default"}
                aria-label={t(`campaigns.${action}One`, { name: row.name })}
                onClick={() => setAsked({ campaign: row, action })}
              >
                {t(`campaigns.${action}`)}
              </Button>
            ))}
            <Link to={`/campaigns/${row.campaignId}/funnel`} aria-label={t("funnel.linkOne", { name: row.name })}>
              {t("funnel.link")}
            </Link>
            <Link to={`/campaigns/${row.campaignId}/design`} aria-label={`${t("design.title")}: ${row.name}`}>
              {t("design.link")}
            </Link>
          </span>
        ),
      },
    ],
    [t, locale],
  );
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("shell.campaigns")}</h1>
        <span className="actions">
          <Link to="/numbers">{t("numbers.title")}</Link>
          <Link to="/campaigns/new" className="button-link">
            {t("campaigns.new")}
          </Link>
        </span>
      </div>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {!query.isError && (
        <Panel title={t("campaigns.all")} flush>
          <DataTable
            label={t("campaigns.all")}
            columns={columns}
            rows={query.data ?? []}
            rowId={(row) => row.campaignId}
            empty={
              <Empty title={t(query.isPending ? "common.loading" : "floor.noCampaigns")}>
                {!query.isPending && t("campaigns.noneText")}
              </Empty>
            }
          />
        </Panel>
      )}
      {asked && <Confirm {...asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

/** Quartz cron to words where it is one of the plain daily ones; else the expression itself. */
function Hours({ campaign }: { campaign: Campaign }) {
  const opens = plainTime(campaign.opensCron);
  const closes = plainTime(campaign.closesCron);
  const words =
    opens && closes && opens.days === closes.days
      ? `${opens.at}–${closes.at} ${opens.days}`
      : `${campaign.opensCron} – ${campaign.closesCron}`;
  return (
    <>
      {words} <span className="sub">{campaign.zone}</span>
    </>
  );
}

/** Says what the action will do to calls in the air before it is done. */
function Confirm({ campaign, action, onClose }: { campaign: Campaign; action: Action; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const { live } = useLive();
  const floor = live?.campaigns.find((each) => each.id === campaign.campaignId);
  const inAir = floor ? linesInUse({ inFlight: floor.linesInFlight, talking: floor.talking, ivr: floor.ivr }) : 0;
  const change = useMutation({
    mutationFn: () => act(campaign.campaignId, action),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: campaignsKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t(`campaigns.${action}One`, { name: campaign.name })}>
      <div className="stack">
        <p>{t(`campaigns.${action}Text`)}</p>
        {action !== "launch" && inAir > 0 && (
          <p>{t("campaigns.inAir", { count: inAir, formatted: formatCount(inAir, i18n.language) })}</p>
        )}
        {change.isError && <Failure error={change.error} />}
        <div className="actions actions-end">
          <Button size="compact-md" variant="default" onClick={onClose} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button
            size="compact-md"
            color={action === "close" ? "red" : undefined}
            loading={change.isPending}
            onClick={() => change.mutate()}
          >
            {t(`campaigns.${action}`)}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
