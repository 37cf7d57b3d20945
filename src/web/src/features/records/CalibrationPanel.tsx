import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../app/format";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { type Calibration, calibrationQuery } from "./contract";

type Agent = Calibration["agents"][number];
type Scorer = Calibration["scorers"][number];

/** Each agent's average score, and how far scorers of the same calls are apart. */
export function CalibrationPanel() {
  const { t, i18n } = useTranslation();
  const query = useQuery(calibrationQuery);
  const agents = useMemo<Column<Agent>[]>(
    () => [
      { id: "agent", header: t("records.agent"), value: (row) => row.agent },
      {
        id: "scores",
        header: t("records.scores"),
        end: true,
        value: (row) => row.scores,
        cell: (row) => formatCount(row.scores, i18n.language),
      },
      {
        id: "average",
        header: t("records.average"),
        tip: t("records.averageTip"),
        end: true,
        value: (row) => row.average,
        cell: (row) => `${row.average.toFixed(1)} %`,
      },
      { id: "failed", header: t("records.failedOutright"), end: true, value: (row) => row.autoFailed },
    ],
    [t, i18n.language],
  );
  const scorers = useMemo<Column<Scorer>[]>(
    () => [
      { id: "scorer", header: t("records.scorer"), value: (row) => row.scorer },
      { id: "shared", header: t("records.shared"), end: true, value: (row) => row.shared },
      {
        id: "distance",
        header: t("records.distance"),
        tip: t("records.distanceTip"),
        end: true,
        value: (row) => row.distance,
        cell: (row) => `${row.distance > 0 ? "+" : ""}${row.distance.toFixed(1)}`,
      },
    ],
    [t],
  );
  return (
    <Panel title={t("records.calibration")} flush>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      <DataTable
        label={t("records.byAgent")}
        columns={agents}
        rows={query.data?.agents ?? []}
        rowId={(row) => row.agentId}
        empty={<Empty title={t("records.noScores")} />}
      />
      {(query.data?.scorers.length ?? 0) > 0 && (
        <DataTable
          label={t("records.byScorer")}
          columns={scorers}
          rows={query.data?.scorers ?? []}
          rowId={(row) => row.scorerId}
        />
      )}
    </Panel>
  );
}
