import { Button, Menu } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { usePageTick } from "../../app/clock";
import { formatDuration } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Icon } from "../../ui/icons";
import { Failure } from "../../ui/Notice";
import { StateTag } from "../../ui/StateTag";
import { desk, useDesk } from "./desk";
import { clockKnown, deskNow, lineHealth } from "./deskState";
import { OwnDay } from "./OwnDay";
import { useShortcut } from "./shortcuts";

export const breakReasons = ["Coffee", "Lunch", "Meeting", "Training", "Coaching", "Technical"] as const;

/** The state that the server holds, what was asked for next, and the health of the line. */
export function StateBar() {
  const { t } = useTranslation();
  const { desk: state, line } = useDesk();
  const tick = usePageTick();
  const request = useMutation({
    mutationFn: ({ to, reason }: { to: "Available" | "Break" | "Offline"; reason?: string }) =>
      desk.request(to, reason),
  });
  const { snapshot } = state;
  const resting = snapshot?.state === "Break" || snapshot?.state === "NotResponding";
  useShortcut("toggleBreak", () =>
    request.mutate(resting || snapshot?.intent ? { to: "Available" } : { to: "Break", reason: breakReasons[0] }),
  );
  if (!snapshot) return null;
  const now = deskNow(state, tick);
  const busy = ["OnCall", "Reserved", "WrapUp"].includes(snapshot.state);
  const waitsForPhone = snapshot.reason === "softphone" && !snapshot.softphoneConnected;
  return (
    <section className="statebar-desk panel" aria-label={t("desk.state")}>
      <div className="desk-state" role="status">
        <StateTag state={snapshot.state} />
        {snapshot.reason && !busy && (
          <span className="muted">
            {waitsForPhone ? t("desk.waitsForPhone") : codeText(t, "breakReason", snapshot.reason)}
          </span>
        )}
      </div>
      {clockKnown(state, line.simulated) && (
        <span className="desk-timer">{formatDuration(now - Date.parse(snapshot.since))}</span>
      )}
      {snapshot.intent && (
        <span className="desk-intent">
          <Icon name="info" />
          {t("desk.next", { state: codeText(t, "agentState", snapshot.intent) })}
        </span>
      )}
      <div className="desk-actions">
        {(resting || snapshot.intent) && (
          <Button size="compact-md" onClick={() => request.mutate({ to: "Available" })}>
            {t(snapshot.intent ? "desk.stay" : "desk.available")}
          </Button>
        )}
        {snapshot.state !== "Break" && (
          <Menu position="bottom-start">
            <Menu.Target>
              <Button size="compact-md" variant="default">
                {t(busy ? "desk.breakAfter" : "desk.break")} ▾
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {breakReasons.map((reason) => (
                <Menu.Item key={reason} onClick={() => request.mutate({ to: "Break", reason })}>
                  {codeText(t, "breakReason", reason)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        <Button size="compact-md" variant="default" onClick={() => request.mutate({ to: "Offline" })}>
          {t(busy ? "desk.offAfter" : "desk.off")}
        </Button>
      </div>
      <OwnDay call={snapshot.call?.attemptId ?? null} />
      <LineBadges />
      {request.isError && <Failure error={request.error} />}
    </section>
  );
}

function LineBadges() {
  const { t } = useTranslation();
  const { desk: state, line } = useDesk();
  const health = lineHealth(state);
  const phone = line.status === "connected" && state.snapshot?.softphoneConnected ? "connected" : line.status;
  return (
    <div className="desk-badges">
      <span className="badge" data-kind={phone === "connected" ? "good" : phone === "lost" ? "bad" : "warn"}>
        <Icon name="phone" />
        {t(`desk.phone.${phone}`)}
        {line.detail && <span className="sub"> {lineFault(t, line.detail)}</span>}
      </span>
      {line.quality && (
        <span className="badge" data-kind={line.quality === "good" ? "good" : "warn"}>
          {t(`desk.quality.${line.quality}`)}
        </span>
      )}
      {line.warning && (
        <span className="badge" data-kind="warn">
          <Icon name="warning" />
          {codeText(t, "lineWarning", line.warning)}
        </span>
      )}
      {health !== "good" && (
        <span className="badge" data-kind={health === "lost" ? "bad" : "warn"} role="status">
          <Icon name="warning" />
          {t(`desk.health.${health}`)}
        </span>
      )}
    </div>
  );
}

/** The SDK says its code and English words for programmers; what an agent can do about it is said in plain words, and an unknown code is shown as it is. */
function lineFault(t: (key: string, options: { defaultValue: string }) => string, detail: string): string {
  const code = /^\d{5}/.exec(detail)?.[0];
  return code ? t(`lineFault.${code}`, { defaultValue: detail }) : detail;
}
