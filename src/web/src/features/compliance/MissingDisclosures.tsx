import { Button, Radio, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatDateTime } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Dialogue } from "../../ui/Dialogue";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { type Finding, findings, type Missing, missingKey, missingQuery, recordFinding } from "./disclosures";

/** What agents owed the right party and did not tick, until an officer has said what was found. */
export function MissingDisclosures({ mayChange }: { mayChange: boolean }) {
  const { t, i18n } = useTranslation();
  const query = useQuery(missingQuery);
  const [open, setOpen] = useState<Missing | null>(null);
  const columns = useMemo<Column<Missing>[]>(
    () => [
      { id: "call", header: t("missing.call"), value: (row) => Number(row.attemptId) },
      {
        id: "talked",
        header: t("missing.talked"),
        value: (row) => row.talkedAt,
        cell: (row) => formatDateTime(row.talkedAt, i18n.language),
      },
      { id: "agent", header: t("missing.agent"), value: (row) => row.agent },
      { id: "campaign", header: t("missing.campaign"), value: (row) => row.campaign },
      {
        id: "outcome",
        header: t("missing.outcome"),
        value: (row) => row.disposition,
        cell: (row) => row.disposition && codeText(t, "outcome", row.disposition),
      },
      {
        id: "codes",
        header: t("missing.codes"),
        value: (row) => row.codes.join(" "),
        cell: (row) => row.codes.map((code) => codeText(t, "missing.code", code)).join(" · "),
      },
      {
        id: "recorded",
        header: t("missing.recorded"),
        value: (row) => (row.recorded ? 1 : 0),
        cell: (row) => (
          <>
            {t(row.recorded ? "missing.yes" : "missing.no")}{" "}
            <Link to={`/calls/${row.attemptId}`}>{t("missing.callOf", { id: row.attemptId })}</Link>
          </>
        ),
      },
    ],
    [t, i18n.language],
  );
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const rows = query.data ?? [];
  const title = t("missing.title", { count: rows.length });
  return (
    <Panel title={title} flush>
      <DataTable
        label={title}
        columns={columns}
        rows={rows}
        rowId={(row) => row.attemptId}
        onSelect={mayChange ? setOpen : undefined}
        maxHeight={320}
        empty={<Empty title={t(query.isPending ? "common.loading" : "missing.none")} />}
      />
      {open && <Review call={open} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

function Review({ call, onClose }: { call: Missing; onClose: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [finding, setFinding] = useState<Finding | null>(null);
  const [words, setWords] = useState("");
  const save = useMutation({
    mutationFn: (found: Finding) => recordFinding(call.attemptId, found, words),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: missingKey });
      onClose();
    },
  });
  return (
    <Dialogue onClose={onClose} title={t("missing.review", { id: call.attemptId })}>
      <div className="stack">
        <Radio.Group
          label={t("missing.found")}
          value={finding ?? ""}
          onChange={(value) => setFinding(findings.find((each) => each === value) ?? null)}
        >
          <div className="stack">
            {findings.map((each) => (
              <Radio key={each} size="sm" value={each} label={t(`missing.finding.${each}`)} />
            ))}
          </div>
        </Radio.Group>
        <TextInput
          label={t("missing.words")}
          required
          maxLength={400}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        {save.isError && <Failure error={save.error} />}
        <div className="actions actions-end">
          <Button
            size="compact-md"
            disabled={finding === null || words.trim() === ""}
            loading={save.isPending}
            onClick={() => finding && save.mutate(finding)}
          >
            {t("missing.save")}
          </Button>
        </div>
      </div>
    </Dialogue>
  );
}
