import { useTranslation } from "react-i18next";
import { formatClock } from "../../app/format";
import { Notice } from "../../ui/Notice";
import type { LiveAlert } from "./contract";

const kinds: Record<string, "info" | "warn" | "bad"> = {
  info: "info",
  warning: "warn",
  warn: "warn",
  error: "bad",
  critical: "bad",
};

export function Alerts({ alerts }: { alerts: LiveAlert[] }) {
  const { t, i18n } = useTranslation();
  if (alerts.length === 0) return null;
  return (
    <section className="alerts" aria-label={t("floor.alerts")}>
      {alerts.map((alert) => (
        <Notice
          key={`${alert.code} ${alert.since}`}
          kind={kinds[alert.level.toLowerCase()] ?? "warn"}
          side={
            <span className="sub">
              {t("floor.alertSince", { at: formatClock(Date.parse(alert.since), i18n.language, false) })}
            </span>
          }
        >
          {alert.text}
        </Notice>
      ))}
    </section>
  );
}
