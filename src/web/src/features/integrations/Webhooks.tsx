import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCount, formatDateTime } from "../../app/format";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { RowAction } from "../../ui/RowAction";
import { wordsOf } from "../../ui/WordsInput";
import {
  createWebhook,
  enableWebhook,
  replayWebhook,
  rotateWebhook,
  type Webhook,
  webhooksKey,
  webhooksQuery,
} from "./contract";
import { ShownOnce } from "./ShownOnce";

/** Who is told what happens, signed; what waits, what arrived, what was given up, and sending that again. */
export function Webhooks() {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const cache = useQueryClient();
  const query = useQuery({ ...webhooksQuery, refetchInterval: 5_000 });
  const [form, setForm] = useState({ name: "", url: "", types: "call.ended, payment.*, promise.*" });
  const done = () => cache.invalidateQueries({ queryKey: webhooksKey });
  const create = useMutation({
    mutationFn: () =>
      createWebhook({
        name: form.name,
        url: form.url,
        types: wordsOf(form.types),
      }),
    onSuccess: done,
  });
  const rotate = useMutation({ mutationFn: rotateWebhook, onSuccess: done });
  const replay = useMutation({ mutationFn: replayWebhook, onSuccess: done });
  const enable = useMutation({
    mutationFn: (row: Webhook) => enableWebhook(row.id, !row.enabled),
    onSuccess: done,
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const columns = useMemo<Column<Webhook>[]>(
    () => [
      { id: "name", header: t("campaigns.field.name"), value: (row) => row.name },
      { id: "url", header: t("outside.url"), value: (row) => row.url },
      { id: "types", header: t("outside.types"), value: (row) => row.types.join(", ") },
      ...(["queued", "sent", "failed"] as const).map((id) => ({
        id,
        header: t(`outside.${id}`),
        end: true,
        value: (row: Webhook) => row[id],
        cell: (row: Webhook) => formatCount(row[id], locale),
      })),
      {
        id: "last",
        header: t("outside.last"),
        value: (row) => row.lastSentAt,
        cell: (row) => (
          <>
            {row.lastSentAt ? formatDateTime(row.lastSentAt, locale) : "–"}{" "}
            {row.lastError && row.failed + row.queued > 0 && <span className="sub">{row.lastError}</span>}
          </>
        ),
      },
      {
        id: "actions",
        header: t("campaigns.actions"),
        value: () => null,
        cell: (row) => (
          <span className="actions">
            <RowAction
              label={t("outside.replay")}
              of={row.name}
              disabled={row.failed === 0}
              onClick={() => replay.mutate(row.id)}
            />
            <RowAction label={t("outside.rotate")} of={row.name} onClick={() => rotate.mutate(row.id)} />
            <RowAction
              label={t(row.enabled ? "outside.off" : "outside.on")}
              of={row.name}
              onClick={() => enable.mutate(row)}
            />
          </span>
        ),
      },
    ],
    [t, locale, replay.mutate, rotate.mutate, enable.mutate],
  );
  const failed = [create, rotate, replay, enable].find((each) => each.isError)?.error;
  const secret = rotate.data?.secret ?? create.data?.secret;
  return (
    <Panel title={t("outside.webhooks")} side={<span className="sub">{t("outside.webhooksText")}</span>}>
      <form className="outside-form" onSubmit={submit}>
        <TextInput
          size="xs"
          label={t("campaigns.field.name")}
          required
          maxLength={80}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label={t("outside.url")}
          type="url"
          required
          placeholder="https://"
          value={form.url}
          onChange={(event) => setForm({ ...form, url: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label={t("outside.types")}
          required
          value={form.types}
          onChange={(event) => setForm({ ...form, types: event.currentTarget.value })}
        />
        <Button type="submit" size="compact-md" loading={create.isPending}>
          {t("outside.addWebhook")}
        </Button>
      </form>
      {secret && <ShownOnce title={t("outside.secret")} value={secret} />}
      {failed && <Failure error={failed} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      <DataTable
        label={t("outside.webhooks")}
        columns={columns}
        rows={query.data ?? []}
        rowId={(row) => String(row.id)}
        empty={<Empty title={t("outside.noWebhooks")} />}
      />
    </Panel>
  );
}
