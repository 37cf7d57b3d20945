import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatCount, formatShare } from "../../app/format";
import { ask } from "../../app/http";
import { type Column, DataTable } from "../../ui/DataTable";
import { Icon } from "../../ui/icons";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { RowAction } from "../../ui/RowAction";
import { usePageTitle } from "../../ui/usePageTitle";
import { wordsOf } from "../../ui/WordsInput";
import { type Pool, poolsKey, poolsQuery } from "./listDesign";
import "./campaigns.css";

type PoolNumber = Pool["numbers"][number];

/** Pools of our numbers, and how often each is answered beside the others. */
export function NumbersPage() {
  const { t } = useTranslation();
  usePageTitle(t("numbers.title"));
  const query = useQuery(poolsQuery);
  const [adding, setAdding] = useState<Pool | "new" | null>(null);
  const [asked, setAsked] = useState<{ pool: Pool; number: PoolNumber } | null>(null);
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("numbers.title")}</h1>
        <span className="actions">
          <Link to="/campaigns">{t("shell.campaigns")}</Link>
          <Button size="compact-md" onClick={() => setAdding("new")}>
            {t("numbers.new")}
          </Button>
        </span>
      </div>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <Empty title={t("numbers.none")}>{t("numbers.noneText")}</Empty>}
      {query.data?.map((pool) => (
        <Panel
          key={pool.id}
          title={pool.name}
          flush
          side={
            <>
              <span className="sub">{pool.campaigns.length > 0 ? pool.campaigns.join(", ") : t("numbers.unused")}</span>
              <Button size="compact-xs" variant="default" onClick={() => setAdding(pool)}>
                {t("numbers.add")}
              </Button>
            </>
          }
        >
          <Numbers pool={pool} onAsk={(number) => setAsked({ pool, number })} />
        </Panel>
      ))}
      {adding && <AddNumbers pool={adding === "new" ? null : adding} onClose={() => setAdding(null)} />}
      {asked && <Rest {...asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

function Numbers({ pool, onAsk }: { pool: Pool; onAsk: (number: PoolNumber) => void }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const columns: Column<PoolNumber>[] = [
    { id: "e164", header: t("numbers.number"), value: (row) => row.e164 },
    {
      id: "state",
      header: t("campaign.state"),
      value: (row) => row.state,
      cell: (row) => t(`numbers.state.${row.state}`),
    },
    {
      id: "calls",
      header: t("numbers.calls"),
      tip: t("numbers.callsTip"),
      end: true,
      value: (row) => row.calls,
      cell: (row) => formatCount(row.calls, locale),
    },
    {
      id: "rate",
      header: t("numbers.rate"),
      tip: t("numbers.rateTip"),
      end: true,
      value: (row) => (row.calls === 0 ? null : row.health.rate),
      cell: (row) =>
        row.calls === 0 ? (
          "–"
        ) : (
          <>
            {formatShare(row.health.rate, locale)}{" "}
            <span className="sub">
              {formatShare(row.health.low, locale, 0)}–{formatShare(row.health.high, locale, 0)}
            </span>
          </>
        ),
    },
    {
      id: "standing",
      header: t("numbers.standing"),
      tip: t("numbers.standingTip"),
      value: (row) => row.health.standing,
      cell: (row) => (
        <span className="cap" data-standing={row.health.standing === "Low" ? "over" : "within"}>
          {row.health.standing === "Low" && <Icon name="warning" />} {t(`numbers.standings.${row.health.standing}`)}
        </span>
      ),
    },
    { id: "reason", header: t("agent.reason"), value: (row) => row.reason },
    {
      id: "actions",
      header: t("campaigns.actions"),
      value: () => null,
      cell: (row) => (
        <RowAction
          label={t(row.state === "Active" ? "numbers.rest" : "numbers.wake")}
          of={row.e164}
          onClick={() => onAsk(row)}
        />
      ),
    },
  ];
  return (
    <DataTable
      label={pool.name}
      columns={columns}
      rows={pool.numbers}
      rowId={(row) => row.e164}
      empty={<Empty title={t("numbers.empty")} />}
    />
  );
}

function AddNumbers({ pool, onClose }: { pool: Pool | null; onClose: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const add = useMutation({
    mutationFn: () => {
      const numbers = wordsOf(text);
      return pool
        ? ask(`/api/v1/caller-id-pools/${pool.id}/numbers`, { method: "POST", body: { numbers } })
        : ask("/api/v1/caller-id-pools", { method: "POST", body: { name, numbers } });
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: poolsKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={pool ? `${t("numbers.add")}: ${pool.name}` : t("numbers.new")}>
      <div className="stack">
        {!pool && (
          <TextInput
            size="xs"
            label={t("campaigns.field.name")}
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <Textarea
          size="xs"
          label={t("numbers.list")}
          description={t("numbers.listText")}
          minRows={5}
          autosize
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {add.isError && <Failure error={add.error} />}
        <div className="actions actions-end">
          <Button size="compact-md" loading={add.isPending} onClick={() => add.mutate()}>
            {t("numbers.add")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

function Rest({ pool, number, onClose }: { pool: Pool; number: PoolNumber; onClose: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [reason, setReason] = useState("");
  const state = number.state === "Active" ? "Resting" : "Active";
  const change = useMutation({
    mutationFn: () =>
      ask(`/api/v1/caller-id-pools/${pool.id}/numbers/state`, {
        method: "PUT",
        body: { e164: number.e164, state, reason },
      }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: poolsKey });
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${t(state === "Resting" ? "numbers.rest" : "numbers.wake")}: ${number.e164}`}
    >
      <div className="stack">
        <p>{t(state === "Resting" ? "numbers.restText" : "numbers.wakeText")}</p>
        <TextInput
          size="xs"
          label={t("agent.reason")}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        {change.isError && <Failure error={change.error} />}
        <div className="actions actions-end">
          <Button
            size="compact-md"
            disabled={reason.trim() === ""}
            loading={change.isPending}
            onClick={() => change.mutate()}
          >
            {t(state === "Resting" ? "numbers.rest" : "numbers.wake")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
