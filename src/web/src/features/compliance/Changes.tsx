import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { useUser } from "../access/session";
import { type Change, changesKey, changesQuery, decideChange, policyKey, type Verdict } from "./contract";
import { Impact } from "./Impact";

/** Changes of policy. Nobody decides on a change of his own; the server says so too. */
export function Changes() {
  const { t, i18n } = useTranslation();
  const query = useQuery(changesQuery);
  const [open, setOpen] = useState<Change | null>(null);
  const columns = useMemo<Column<Change>[]>(
    () => [
      { id: "row", header: t("policy.row"), value: (row) => row.rowId },
      {
        id: "state",
        header: t("policy.state"),
        value: (row) => row.state,
        cell: (row) => codeText(t, "changeState", row.state),
      },
      {
        id: "from",
        header: t("policy.from"),
        value: (row) => row.effectiveFrom,
        cell: (row) => formatDateTime(row.effectiveFrom, i18n.language),
      },
      {
        id: "reason",
        header: t("policy.reason"),
        value: (row) => row.reason,
        cell: (row) => <span className="wrap">{row.reason}</span>,
      },
      {
        id: "impact",
        header: t("impact.title"),
        value: (row) => row.impact?.deniesMore,
        cell: (row) =>
          row.impact && t("impact.short", { denies: row.impact.deniesMore, allows: row.impact.allowsMore }),
      },
      { id: "by", header: t("policy.proposedBy"), value: (row) => row.proposedBy },
      { id: "decided", header: t("policy.decidedBy"), value: (row) => row.decidedBy ?? "–" },
    ],
    [t, i18n.language],
  );
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data || query.data.length === 0) return null;
  return (
    <Panel title={t("policy.changes")} flush>
      <DataTable
        label={t("policy.changes")}
        columns={columns}
        rows={query.data}
        rowId={(row) => row.policyRowId}
        onSelect={setOpen}
        maxHeight={220}
        empty={<Empty title={t("policy.noChanges")} />}
      />
      {open && <Decide change={open} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

function Decide({ change, onClose }: { change: Change; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const user = useUser();
  const own = user.data?.userName === change.proposedBy;
  const decide = useMutation({
    mutationFn: (verdict: Verdict) => decideChange(change.policyRowId, verdict),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: changesKey });
      await cache.invalidateQueries({ queryKey: policyKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("policy.changeOf", { id: change.rowId })} size="xl">
      <div className="stack change">
        <p>
          {t("policy.changeText", {
            by: change.proposedBy,
            at: formatDateTime(change.proposedAt, i18n.language),
            from: formatDateTime(change.effectiveFrom, i18n.language),
          })}{" "}
          <q>{change.reason}</q>
        </p>
        <pre className="sub">{pretty(change.body)}</pre>
        {change.impact && <Impact impact={change.impact} />}
        {decide.isError && <Failure error={decide.error} />}
        {change.state === "Proposed" && (
          <div className="actions actions-end">
            {own ? (
              <>
                <span className="sub">{t("policy.ownChange")}</span>
                <Button
                  size="compact-md"
                  variant="default"
                  loading={decide.isPending}
                  onClick={() => decide.mutate("withdraw")}
                >
                  {t("policy.withdraw")}
                </Button>
              </>
            ) : (
              <>
                <Button
                  size="compact-md"
                  variant="default"
                  color="red"
                  loading={decide.isPending}
                  onClick={() => decide.mutate("reject")}
                >
                  {t("policy.reject")}
                </Button>
                <Button size="compact-md" loading={decide.isPending} onClick={() => decide.mutate("approve")}>
                  {t("policy.approve")}
                </Button>
              </>
            )}
          </div>
        )}
      </div>
    </Modal>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
