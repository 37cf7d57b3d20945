import { Button, Menu } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ask } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Failure, Notice } from "../../ui/Notice";
import { colleaguesSchema, type DeskCall } from "./contract";
import { desk } from "./desk";
import { PaymentStart } from "./PaymentStart";
import { useShortcutButton } from "./shortcuts";

const skills = ["tier:3", "supervisor"] as const;

/** Hold, recording, transfer and payment, each with the state it has at the carrier, not the one that was asked for. */
export function CallButtons({ call }: { call: DeskCall }) {
  const { t } = useTranslation();
  const talking = call.phase === "talking";
  const controls = call.controls;
  const held = Boolean(controls?.heldAt);
  const hold = useMutation({ mutationFn: () => desk.hold(call.attemptId, !held) });
  const record = useMutation({
    mutationFn: () => desk.record(call.attemptId, controls?.recording === "Recording" ? "Pause" : "Resume"),
  });
  const decline = useMutation({ mutationFn: () => desk.record(call.attemptId, "Decline") });
  const recording = controls?.recording ?? "Off";
  const holdButton = useShortcutButton("hold");
  const pause = useShortcutButton("record");
  const failed = [hold, record, decline].find((each) => each.isError);
  return (
    <>
      <Button
        ref={holdButton}
        size="compact-md"
        variant={held ? "filled" : "default"}
        disabled={!talking || Boolean(controls?.consult)}
        loading={hold.isPending}
        onClick={() => hold.mutate()}
      >
        {t(held ? "dock.unhold" : "dock.hold")}
      </Button>
      <Button
        ref={pause}
        size="compact-md"
        variant="default"
        disabled={!talking || !["Recording", "Paused"].includes(recording)}
        loading={record.isPending}
        onClick={() => record.mutate()}
      >
        {t(recording === "Paused" ? "dock.resumeRecording" : "dock.pauseRecording")}
      </Button>
      {recording !== "Declined" && (
        <Button
          size="compact-md"
          variant="default"
          disabled={!talking}
          loading={decline.isPending}
          onClick={() => decline.mutate()}
        >
          {t("dock.declineRecording")}
        </Button>
      )}
      <span className="badge" data-kind={recording === "Recording" ? "bad" : undefined} role="status">
        {t(`dock.recording.${recording}`)}
      </span>
      <TransferMenu call={call} disabled={!talking || Boolean(controls?.consult)} />
      <PaymentStart call={call} />
      {failed && <Failure error={failed.error} />}
    </>
  );
}

function TransferMenu({ call, disabled }: { call: DeskCall; disabled: boolean }) {
  const { t } = useTranslation();
  const button = useShortcutButton("transfer");
  const colleagues = useQuery({
    queryKey: ["colleagues"],
    queryFn: ({ signal }) => ask("/api/v1/agent/colleagues", { schema: colleaguesSchema, signal }),
    enabled: !disabled,
    refetchInterval: 5_000,
  });
  const blind = useMutation({
    mutationFn: (to: { agentId: string } | { skill: string }) => desk.transfer(call.attemptId, to),
  });
  const warm = useMutation({
    mutationFn: (to: { agentId: string } | { skill: string }) => desk.consult(call.attemptId, to),
  });
  const free = (colleagues.data?.items ?? []).filter((each) => each.state === "Available").slice(0, 8);
  return (
    <>
      <Menu position="top-start">
        <Menu.Target>
          <Button
            ref={button}
            size="compact-md"
            variant="default"
            disabled={disabled}
            loading={blind.isPending || warm.isPending}
          >
            {t("dock.transfer")} ▾
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("dock.consultWith")}</Menu.Label>
          {skills.map((skill) => (
            <Menu.Item key={skill} onClick={() => warm.mutate({ skill })}>
              {codeText(t, "skill", skill)}
            </Menu.Item>
          ))}
          {free.map((each) => (
            <Menu.Item key={each.agentId} onClick={() => warm.mutate({ agentId: each.agentId })}>
              {each.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Label>{t("dock.transferTo")}</Menu.Label>
          {skills.map((skill) => (
            <Menu.Item key={skill} onClick={() => blind.mutate({ skill })}>
              {codeText(t, "skill", skill)}
            </Menu.Item>
          ))}
          {free.map((each) => (
            <Menu.Item key={each.agentId} onClick={() => blind.mutate({ agentId: each.agentId })}>
              {each.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {blind.isError && <Failure error={blind.error} />}
      {warm.isError && <Failure error={warm.error} />}
    </>
  );
}

/** The colleague who was called in: together with the customer, take the call over, or back. */
export function ConsultBar({ call }: { call: DeskCall }) {
  const { t } = useTranslation();
  const step = useMutation({
    mutationFn: (action: "threeWay" | "complete" | "cancel") => desk.consultStep(call.attemptId, action),
  });
  const consult = call.controls?.consult;
  if (!consult) return null;
  const here = consult.state !== "Asked";
  return (
    <>
      <Notice
        kind="info"
        title={t(`dock.consult.${consult.state}`, { agent: consult.agent })}
        side={
          <span className="dock-steps">
            {consult.state === "Joined" && (
              <Button size="compact-sm" variant="default" onClick={() => step.mutate("threeWay")}>
                {t("dock.threeWay")}
              </Button>
            )}
            <Button size="compact-sm" disabled={!here} onClick={() => step.mutate("complete")}>
              {t("dock.handOver", { agent: consult.agent })}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => step.mutate("cancel")}>
              {t("dock.takeBack")}
            </Button>
          </span>
        }
      />
      {step.isError && <Failure error={step.error} />}
    </>
  );
}
