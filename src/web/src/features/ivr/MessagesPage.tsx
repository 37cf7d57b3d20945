import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatDateTime, formatDuration } from "../../app/format";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { may, useUser } from "../access/session";
import { Listen } from "../records/Listen";
import { type Message, markHandled, messagesQuery } from "./messages";

/** What callers said after hours or when everybody was busy: who, when, the sound, and whether somebody dealt with it. */
export function MessagesPage() {
  const { t, i18n } = useTranslation();
  usePageTitle(t("shell.messages"));
  const locale = i18n.language;
  const user = useUser();
  const mayListen = user.data != null && may(user.data, "recordings:listen");
  const messages = useQuery(messagesQuery);
  const columns = useMemo<Column<Message>[]>(
    () => [
      {
        id: "at",
        header: t("voicemails.at"),
        value: (row) => row.at,
        cell: (row) => formatDateTime(row.at, locale),
      },
      {
        id: "caller",
        header: t("voicemails.caller"),
        tip: t("voicemails.callerTip"),
        value: (row) => row.caller ?? row.last4,
        cell: (row) => (
          <>
            {row.caller ?? t("voicemails.unknown")} <span className="sub">•••• {row.last4}</span>
          </>
        ),
      },
      {
        id: "account",
        header: t("voicemails.account"),
        value: (row) => row.clientAccountNo,
        cell: (row) =>
          row.accountId ? <Link to={`/accounts/${row.accountId}`}>{row.clientAccountNo ?? row.accountId}</Link> : "",
      },
      {
        id: "seconds",
        header: t("voicemails.length"),
        end: true,
        value: (row) => row.seconds,
        cell: (row) => formatDuration(row.seconds * 1000),
      },
      {
        id: "listen",
        header: t("voicemails.sound"),
        value: (row) => row.state,
        cell: (row) =>
          row.state === "Stored" && mayListen ? (
            <Listen
              sid={row.recordingSid}
              label={t("voicemails.listenTo", { at: formatDateTime(row.at, locale), last4: row.last4 })}
            />
          ) : (
            t(`records.states.${row.state}`)
          ),
      },
      {
        id: "handled",
        header: t("voicemails.handled"),
        value: (row) => row.heardAt ?? "",
        cell: (row) => <Handled message={row} />,
      },
    ],
    [t, locale, mayListen],
  );
  const open = messages.data?.filter((each) => !each.heardAt).length ?? 0;
  return (
    <div className="stack">
      <h1>{t("shell.messages")}</h1>
      <Panel title={t("voicemails.open", { count: open })} flush>
        {messages.isError ? (
          <div className="panel-body">
            <Failure error={messages.error} onRetry={() => void messages.refetch()} />
          </div>
        ) : (
          <DataTable
            label={t("shell.messages")}
            columns={columns}
            rows={messages.data ?? []}
            rowId={(row) => row.voicemailId}
            empty={<Empty title={t(messages.isPending ? "common.loading" : "messages.none")} />}
          />
        )}
      </Panel>
    </div>
  );
}

function Handled({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const mark = useMutation({
    mutationFn: () => markHandled(message.voicemailId),
    onSettled: () => cache.invalidateQueries({ queryKey: messagesQuery.queryKey }),
  });
  if (message.heardAt)
    return (
      <span className="sub">
        {message.heardBy}, {formatDateTime(message.heardAt, i18n.language)}
      </span>
    );
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={mark.isPending}
        aria-label={t("voicemails.markThis", { at: formatDateTime(message.at, i18n.language), last4: message.last4 })}
        onClick={() => mark.mutate()}
      >
        {t("voicemails.mark")}
      </Button>
      {mark.isError && <Failure error={mark.error} />}
    </>
  );
}
