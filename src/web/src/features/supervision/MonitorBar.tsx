import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ask } from "../../app/http";
import { Failure, Notice } from "../../ui/Notice";
import { softphoneGrantSchema } from "../agents/contract";
import { SimulatorSoftphone } from "../agents/softphone/simulatorSoftphone";
import type { Softphone } from "../agents/softphone/softphone";
import { TwilioSoftphone } from "../agents/softphone/twilioSoftphone";
import type { LiveAgent } from "./contract";

export const monitorModes = ["Listen", "Whisper", "Barge", "TakeOver"] as const;
export type MonitorMode = (typeof monitorModes)[number];

export interface Monitor {
  id: string;
  agent: LiveAgent;
  mode: MonitorMode;
  softphone: Softphone;
}

const startedSchema = z.object({ monitorId: z.string(), softphone: softphoneGrantSchema });

/** Enters an agent's line with a leg of the supervisor's own. */
export async function startMonitor(agent: LiveAgent, mode: MonitorMode): Promise<Monitor> {
  const started = await ask("/api/v1/supervision/monitors", {
    method: "POST",
    body: { agentId: Number(agent.id), mode },
    schema: startedSchema,
  });
  const setup = { grant: started.softphone, emit: () => undefined, renew: () => Promise.resolve(started.softphone) };
  const softphone =
    started.softphone.provider === "twilio" ? new TwilioSoftphone(setup) : new SimulatorSoftphone(setup);
  await softphone.connect();
  return { id: started.monitorId, agent, mode, softphone };
}

/** Which of the four ways the supervisor is in the line, and what each means, in words. */
export function MonitorBar(props: { monitor: Monitor; onChange: (next: Monitor | null) => void }) {
  const { t } = useTranslation();
  const { monitor } = props;
  const change = useMutation({
    mutationFn: (mode: MonitorMode) =>
      ask(`/api/v1/supervision/monitors/${monitor.id}`, { method: "PUT", body: { mode } }).then(() => mode),
    onSuccess: (mode) => props.onChange({ ...monitor, mode }),
  });
  const leave = useMutation({
    mutationFn: () => ask(`/api/v1/supervision/monitors/${monitor.id}`, { method: "DELETE" }),
    onSettled: () => {
      monitor.softphone.disconnect();
      props.onChange(null);
    },
  });
  const word = { Listen: "listen", Whisper: "whisper", Barge: "barge", TakeOver: "takeOver" } as const;
  return (
    <>
      <Notice
        kind="info"
        title={t("monitor.title", { agent: monitor.agent.name })}
        side={
          <span className="monitor-steps">
            {monitorModes.map((mode) => (
              <Button
                key={mode}
                size="compact-sm"
                variant={mode === monitor.mode ? "filled" : "default"}
                aria-pressed={mode === monitor.mode}
                loading={change.isPending && change.variables === mode}
                onClick={() => change.mutate(mode)}
              >
                {t(`monitor.${word[mode]}`)}
              </Button>
            ))}
            <Button size="compact-sm" color="red" onClick={() => leave.mutate()}>
              {t("monitor.leave")}
            </Button>
          </span>
        }
      >
        {t(`monitor.state.${monitor.mode}`, { agent: monitor.agent.name })}
      </Notice>
      {change.isError && <Failure error={change.error} />}
    </>
  );
}
