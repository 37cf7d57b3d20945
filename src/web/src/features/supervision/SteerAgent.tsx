import { Button, Modal, Select, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { codeText } from "../../app/i18n";
import { Failure } from "../../ui/Notice";
import type { LiveAgent } from "./contract";
import { steerAgent } from "./steering";

/** A supervisor asks for an agent's state; a call is never cut off, and the agent sees the reason. */
export function SteerAgent({ agent, onClose }: { agent: LiveAgent; onClose: () => void }) {
  const { t } = useTranslation();
  const [state, setState] = useState(agent.state === "Break" ? "Available" : "Break");
  const [reason, setReason] = useState("");
  const change = useMutation({ mutationFn: () => steerAgent(agent.id, state, reason), onSuccess: onClose });
  return (
    <Modal opened onClose={onClose} title={t("steering.agent", { name: agent.name })}>
      <div className="stack">
        <p className="sub">{t("steering.agentText", { state: codeText(t, "agentState", agent.state) })}</p>
        <Select
          size="xs"
          label={t("agent.state")}
          data={["Available", "Break", "Offline"].map((value) => ({ value, label: codeText(t, "agentState", value) }))}
          allowDeselect={false}
          value={state}
          onChange={(value) => setState(value ?? state)}
        />
        <TextInput
          size="xs"
          label={t("agent.reason")}
          maxLength={60}
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
            {t("steering.apply")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
