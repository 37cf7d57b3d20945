import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { formatClock } from "../../app/format";
import { ask } from "../../app/http";
import { Failure, Notice } from "../../ui/Notice";
import { RowAction } from "../../ui/RowAction";
import type { LiveAlert } from "./contract";

const kinds: Record<string, "info" | "warn" | "bad"> = {
  info: "info",
  warning: "warn",
  warn: "warn",
  error: "bad",
  critical: "bad",
};

/** What needs somebody, whose concern it is, and who has taken it. `quiet`: without buttons, for a screen on the wall. */
export function Alerts({ alerts, quiet }: { alerts: LiveAlert[]; quiet?: boolean }) {
  const { t, i18n } = useTranslation();
  const take = useMutation({
    mutationFn: (id: string) => ask(`/api/v1/alerts/${encodeURIComponent(id)}/take`, { method: "POST", body: {} }),
  });
  if (alerts.length === 0) return null;
  return (
    <section className="alerts" aria-label={t("floor.alerts")}>
      {take.isError && <Failure error={take.error} />}
      {alerts.map((alert) => (
        <Notice
          key={alert.id ?? `${alert.code} ${alert.since}`}
          kind={kinds[alert.level.toLowerCase()] ?? "warn"}
          side={
            <span className="alert-side">
              <span className="sub">
                {alert.takenBy
                  ? t("alerts.takenBy", { name: alert.takenBy })
                  : alert.owner && t("alerts.owner", { name: alert.owner })}{" "}
                {t("floor.alertSince", { at: formatClock(Date.parse(alert.since), i18n.language, false) })}
              </span>
              {!quiet && alert.id && !alert.takenBy && (
                <RowAction
                  label={t("alerts.take")}
                  of={alert.text}
                  busy={take.isPending && take.variables === alert.id}
                  onClick={() => alert.id && take.mutate(alert.id)}
                />
              )}
            </span>
          }
        >
          {alert.text}
        </Notice>
      ))}
    </section>
  );
}
