import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatDateTime } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Dialogue } from "../../ui/Dialogue";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { MissingDisclosures } from "./MissingDisclosures";
import {
  type Batch,
  batchesKey,
  batchesQuery,
  type Due,
  dueKey,
  dueQuery,
  fileOf,
  handOver,
  type LeftOut,
  recordMailing,
  withdrawBatch,
} from "./notices";
import "./compliance.css";

/** Disclosures that nobody ticked; the notices of debts that are owed, handed to a print house together, and recorded when they were mailed. */
export function NoticesPage({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  usePageTitle(t("notices.title"));
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("notices.title")}</h1>
      </div>
      <MissingDisclosures mayChange={mayChange} />
      <Owed mayChange={mayChange} />
      <Batches mayChange={mayChange} />
    </div>
  );
}

function Owed({ mayChange }: { mayChange: boolean }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const query = useQuery(dueQuery);
  const [mailOn, setMailOn] = useState("");
  const hand = useMutation({
    mutationFn: () => handOver(mailOn),
    onSuccess: () => cache.invalidateQueries({ queryKey: batchesKey }),
  });
  const columns = useMemo<Column<Due>[]>(
    () => [
      {
        id: "account",
        header: t("notices.account"),
        value: (row) => Number(row.accountId),
        cell: (row) => <Link to={`/accounts/${row.accountId}/why`}>{t("funnel.whyOf", { id: row.accountId })}</Link>,
      },
      {
        id: "first",
        header: t("notices.first"),
        value: (row) => row.firstCommunicationAt,
        cell: (row) => formatDateTime(row.firstCommunicationAt, i18n.language),
      },
      { id: "due", header: t("notices.dueOn"), value: (row) => row.dueOn },
      {
        id: "late",
        header: t("notices.now"),
        value: (row) => (row.late ? 0 : 1),
        cell: (row) => (row.late ? <strong>{t("notices.late")}</strong> : t("notices.inTime")),
      },
    ],
    [t, i18n.language],
  );
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const due = query.data ?? [];
  return (
    <>
      <Panel title={t("notices.due", { count: due.length })} flush>
        <DataTable
          label={t("notices.due", { count: due.length })}
          columns={columns}
          rows={due}
          rowId={(row) => row.accountId}
          maxHeight={320}
          empty={<Empty title={t(query.isPending ? "common.loading" : "notices.none")} />}
        />
      </Panel>
      {mayChange && due.length > 0 && (
        <Panel title={t("notices.handOver")}>
          <div className="stack">
            <p className="sub">{t("notices.handOverText")}</p>
            <TextInput
              type="date"
              label={t("notices.mailOn")}
              description={t("notices.mailOnHint")}
              value={mailOn}
              onChange={(event) => setMailOn(event.currentTarget.value)}
            />
            {hand.isError && <Failure error={hand.error} />}
            {hand.data && <Handed notices={hand.data.notices} leftOut={hand.data.leftOut} />}
            <div className="actions actions-end">
              <Button size="compact-md" loading={hand.isPending} onClick={() => hand.mutate()}>
                {t("notices.handOver")}
              </Button>
            </div>
          </div>
        </Panel>
      )}
    </>
  );
}

function Handed({ notices, leftOut }: { notices: number; leftOut: LeftOut[] }) {
  const { t } = useTranslation();
  return (
    <>
      <Notice kind={notices > 0 ? "good" : "warn"} title={t("notices.handed", { count: notices })} />
      {leftOut.length > 0 && (
        <>
          <h3>{t("notices.leftOut", { count: leftOut.length })}</h3>
          <ul className="conditions">
            {leftOut.map((one) => (
              <li key={one.accountId}>
                <Link to={`/accounts/${one.accountId}/why`}>{t("funnel.whyOf", { id: one.accountId })}</Link>{" "}
                {one.reasons.map((code) => codeText(t, "denial", code)).join(", ")}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Batches({ mayChange }: { mayChange: boolean }) {
  const { t, i18n } = useTranslation();
  const query = useQuery(batchesQuery);
  const [open, setOpen] = useState<Batch | null>(null);
  const columns = useMemo<Column<Batch>[]>(
    () => [
      { id: "batch", header: t("notices.batch"), value: (row) => Number(row.validationBatchId) },
      {
        id: "made",
        header: t("notices.made"),
        value: (row) => row.madeAt,
        cell: (row) => `${formatDateTime(row.madeAt, i18n.language)}, ${row.madeBy}`,
      },
      { id: "notices", header: t("notices.count"), value: (row) => row.notices, end: true },
      { id: "mailOn", header: t("notices.mailOn"), value: (row) => row.mailOn },
      {
        id: "state",
        header: t("policy.state"),
        value: (row) => row.state,
        cell: (row) => `${codeText(t, "batchState", row.state)}${row.sentOn ? ` ${row.sentOn}` : ""}`,
      },
      {
        id: "files",
        header: t("notices.files"),
        value: () => null,
        cell: (row) => (
          <>
            <a href={fileOf(row.validationBatchId, "notices.csv")} download>
              {t("notices.table")}
            </a>{" "}
            ·{" "}
            <a href={fileOf(row.validationBatchId, "letters.txt")} download>
              {t("notices.letters")}
            </a>
          </>
        ),
      },
    ],
    [t, i18n.language],
  );
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Panel title={t("notices.batches")} flush>
      <DataTable
        label={t("notices.batches")}
        columns={columns}
        rows={query.data ?? []}
        rowId={(row) => row.validationBatchId}
        onSelect={mayChange ? setOpen : undefined}
        maxHeight={320}
        empty={<Empty title={t(query.isPending ? "common.loading" : "notices.noBatches")} />}
      />
      {open && <Close batch={open} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

/** Mailed, with the day and the proof; or not mailed, with the reason. */
function Close({ batch, onClose }: { batch: Batch; onClose: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [sentOn, setSentOn] = useState(batch.mailOn);
  const [words, setWords] = useState("");
  const close = useMutation({
    mutationFn: (mailed: boolean) =>
      mailed ? recordMailing(batch.validationBatchId, sentOn, words) : withdrawBatch(batch.validationBatchId, words),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: batchesKey });
      await cache.invalidateQueries({ queryKey: dueKey });
      onClose();
    },
  });
  const out = batch.state !== "HandedOver";
  return (
    <Dialogue onClose={onClose} title={t("notices.batchOf", { id: batch.validationBatchId })}>
      <div className="stack">
        {out ? (
          <p>{batch.evidence}</p>
        ) : (
          <>
            <TextInput
              type="date"
              label={t("notices.sentOn")}
              description={t("notices.sentOnHint", { day: batch.mailOn })}
              value={sentOn}
              onChange={(event) => setSentOn(event.currentTarget.value)}
            />
            <TextInput
              label={t("notices.evidence")}
              required
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
            />
            {close.isError && <Failure error={close.error} />}
            <div className="actions actions-end">
              <Button
                size="compact-md"
                variant="default"
                disabled={words.trim() === "" || close.isPending}
                onClick={() => close.mutate(false)}
              >
                {t("notices.notMailed")}
              </Button>
              <Button
                size="compact-md"
                disabled={words.trim() === "" || sentOn === ""}
                loading={close.isPending}
                onClick={() => close.mutate(true)}
              >
                {t("notices.mailed")}
              </Button>
            </div>
          </>
        )}
      </div>
    </Dialogue>
  );
}
