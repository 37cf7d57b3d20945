import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDuration } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { StateTag } from "../../ui/StateTag";
import { type AgentState, agentStates, type LiveAgent } from "./contract";
import { type Monitor, MonitorBar, startMonitor } from "./MonitorBar";
import { SteerAgent } from "./SteerAgent";
import { useServiceNow } from "./useServiceNow";

/** Every agent with the state that the server holds; the timers run in the browser from the server's instants. */
export function AgentsPanel({ agents }: { agents: LiveAgent[] }) {
  const { t } = useTranslation();
  const [only, setOnly] = useState<AgentState | null>(null);
  const [monitor, setMonitor] = useState<Monitor | null>(null);
  const [steered, setSteered] = useState<LiveAgent | null>(null);
  const enter = useMutation({
    mutationFn: (agent: LiveAgent) => startMonitor(agent, "Listen"),
    onSuccess: setMonitor,
  });
  const columns = useMemo<Column<LiveAgent>[]>(
    () => [
      { id: "name", header: t("agent.name"), value: (row) => row.name },
      {
        id: "state",
        header: t("agent.state"),
        value: (row) => agentStates.indexOf(row.state),
        taken: (row) => codeText(t, "agentState", row.state),
        cell: (row) => <StateTag state={row.state} />,
      },
      {
        id: "since",
        header: t("agent.inState"),
        tip: t("agent.inStateTip"),
        end: true,
        // Longest in state first when sorted descending.
        value: (row) => -Date.parse(row.since),
        taken: (row) => row.since,
        cell: (row) => <Elapsed since={row.since} until={row.until} />,
      },
      { id: "campaign", header: t("agent.campaign"), value: (row) => row.campaign, cell: (row) => row.campaign ?? "–" },
      { id: "reason", header: t("agent.reason"), value: (row) => row.reason, cell: (row) => reasonText(t, row.reason) },
      {
        id: "softphone",
        header: t("agent.softphone"),
        tip: t("agent.softphoneTip"),
        value: (row) => softphoneWord(row.softphone),
        cell: (row) => t(`softphone.${softphoneWord(row.softphone)}`),
      },
      {
        id: "monitor",
        header: t("monitor.column"),
        taken: null,
        value: (row) => row.state,
        cell: (row) => (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`${t("monitor.listen")}: ${row.name}`}
            disabled={row.state !== "OnCall"}
            onClick={() => enter.mutate(row)}
          >
            {t("monitor.listen")}
          </Button>
        ),
      },
      {
        id: "steer",
        header: t("steering.column"),
        taken: null,
        value: (row) => row.state,
        cell: (row) => (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={t("steering.agent", { name: row.name })}
            disabled={row.state === "Offline"}
            onClick={() => setSteered(row)}
          >
            {t("steering.change")}
          </Button>
        ),
      },
    ],
    [t, enter.mutate],
  );
  const shown = only ? agents.filter((agent) => agent.state === only) : agents;
  return (
    <Panel title={t("floor.agents")} side={<StateFilter agents={agents} only={only} onChange={setOnly} />} flush>
      {monitor && <MonitorBar monitor={monitor} onChange={setMonitor} />}
      {enter.isError && <Failure error={enter.error} />}
      {steered && <SteerAgent agent={steered} onClose={() => setSteered(null)} />}
      <DataTable
        label={t("floor.agents")}
        columns={columns}
        rows={shown}
        rowId={(row) => row.id}
        sort={[{ id: "state", desc: false }]}
        maxHeight={672}
        empty={<Empty title={t("floor.noAgents")}>{t("floor.noAgentsText")}</Empty>}
      />
    </Panel>
  );
}

function StateFilter(props: {
  agents: LiveAgent[];
  only: AgentState | null;
  onChange: (state: AgentState | null) => void;
}) {
  const { t } = useTranslation();
  const present = agentStates.filter(
    (state) => state === props.only || props.agents.some((agent) => agent.state === state),
  );
  return (
    <div className="filters" role="toolbar" aria-label={t("agent.filter")}>
      {present.map((state) => (
        <button
          key={state}
          type="button"
          className="filter"
          aria-pressed={props.only === state}
          onClick={() => props.onChange(props.only === state ? null : state)}
        >
          <StateTag state={state} /> {props.agents.filter((agent) => agent.state === state).length}
        </button>
      ))}
    </div>
  );
}

function Elapsed({ since, until }: { since: string; until?: string | null }) {
  const { t } = useTranslation();
  const now = useServiceNow();
  const left = until ? Date.parse(until) - now : null;
  return (
    <>
      {left !== null && <span className="sub">{t("agent.left", { left: formatDuration(left) })} </span>}
      {formatDuration(now - Date.parse(since))}
    </>
  );
}

type Softphone = "connected" | "disconnected" | "unknown";
function softphoneWord(value: LiveAgent["softphone"]): Softphone {
  if (value === null || value === undefined) return "unknown";
  if (typeof value === "boolean") return value ? "connected" : "disconnected";
  return value.toLowerCase() === "connected" ? "connected" : "disconnected";
}

function reasonText(t: (key: string, options: { defaultValue: string }) => string, reason: string | null | undefined) {
  return reason ? codeText(t, "breakReason", reason) : "";
}
