import { Button, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatDateTime, formatDuration } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { MorePages } from "../../ui/MorePages";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { may, useUser } from "../access/session";
import { CalibrationPanel } from "./CalibrationPanel";
import { type Recording, type RecordingSearch, recordingsPage } from "./contract";
import { FormsPanel } from "./FormsPanel";
import { Listen } from "./Listen";
import "./records.css";

const nothing: RecordingSearch = { account: "", agent: "", outcome: "", from: "", to: "" };

/** Recordings, newest first: find, listen, and go on to the call. */
export function RecordingsPage() {
  const { t, i18n } = useTranslation();
  usePageTitle(t("shell.recordings"));
  const locale = i18n.language;
  const user = useUser();
  const [typed, setTyped] = useState(nothing);
  const [search, setSearch] = useState(nothing);
  const pages = useInfiniteQuery({
    queryKey: ["recordings", search],
    queryFn: ({ pageParam, signal }) => recordingsPage(search, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? null,
  });
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const columns = useMemo<Column<Recording>[]>(
    () => [
      {
        id: "startedAt",
        header: t("records.at"),
        value: (row) => row.startedAt,
        cell: (row) => <Link to={`/calls/${row.attemptId}`}>{formatDateTime(row.startedAt, locale)}</Link>,
      },
      {
        id: "seconds",
        header: t("records.length"),
        end: true,
        value: (row) => row.seconds,
        cell: (row) => (row.seconds == null ? "" : formatDuration(row.seconds * 1000)),
      },
      { id: "agent", header: t("records.agent"), value: (row) => row.agentName },
      { id: "account", header: t("records.account"), value: (row) => row.clientAccountNo },
      { id: "number", header: t("records.number"), value: (row) => row.last4, cell: (row) => `•••• ${row.last4}` },
      { id: "campaign", header: t("records.campaign"), value: (row) => row.campaign },
      {
        id: "outcome",
        header: t("records.outcome"),
        value: (row) => row.outcome,
        cell: (row) => (row.outcome ? codeText(t, "outcome", row.outcome) : ""),
      },
      {
        id: "pauses",
        header: t("records.pauses"),
        tip: t("records.pausesTip"),
        end: true,
        value: (row) => row.pauses,
      },
      {
        id: "state",
        header: t("records.state"),
        value: (row) => row.state,
        cell: (row) => (
          <>
            {t(`records.states.${row.state}`)}
            {row.held && <span className="sub"> · {t("records.held")}</span>}
          </>
        ),
      },
      {
        id: "listen",
        header: t("records.listen"),
        taken: null,
        value: (row) => row.state,
        cell: (row) =>
          row.state === "Stored" ? (
            <Listen
              sid={row.recordingSid}
              label={t("records.listenTo", { at: formatDateTime(row.startedAt, locale) })}
            />
          ) : (
            ""
          ),
      },
    ],
    [t, locale],
  );
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("shell.recordings")}</h1>
        {user.data && may(user.data, "calls:take") && <Link to="/messages">{t("voicemails.link")}</Link>}
      </div>
      <search>
        <form
          className="record-search"
          onSubmit={(event) => {
            event.preventDefault();
            setSearch(typed);
          }}
        >
          {(["account", "agent", "outcome", "from", "to"] as const).map((name) => (
            <TextInput
              key={name}
              size="xs"
              type={name === "from" || name === "to" ? "date" : "text"}
              label={t(`records.search.${name}`)}
              value={typed[name]}
              onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
            />
          ))}
          <Button size="xs" type="submit">
            {t("records.find")}
          </Button>
        </form>
      </search>
      <Panel title={t("shell.recordings")} flush>
        {pages.isError ? (
          <div className="panel-body">
            <Failure error={pages.error} onRetry={() => void pages.refetch()} />
          </div>
        ) : (
          <DataTable
            label={t("shell.recordings")}
            columns={columns}
            rows={rows}
            rowId={(row) => row.recordingSid}
            empty={<Empty title={t(pages.isPending ? "common.loading" : "records.none")} />}
          />
        )}
        <MorePages pages={pages} />
      </Panel>
      {user.data && may(user.data, "quality:score") && (
        <>
          <CalibrationPanel />
          <FormsPanel />
        </>
      )}
    </div>
  );
}
