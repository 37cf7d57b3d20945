import { useTranslation } from "react-i18next";
import { formatCount } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Empty } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import type { Live } from "./contract";

/** What was not dialled, and why: each refusal of the policy is counted by its reason. */
export function DenialsPanel({ live }: { live: Live }) {
  const { t, i18n } = useTranslation();
  const rows = Object.entries(live.totals.deniedByReason).sort(([, a], [, b]) => b - a);
  const most = rows[0]?.[1] ?? 1;
  return (
    <Panel
      title={t("denials.title")}
      side={
        <span className="sub">
          {t("denials.total", { count: live.totals.denied, formatted: formatCount(live.totals.denied, i18n.language) })}
        </span>
      }
    >
      {rows.length === 0 ? (
        <Empty title={t("denials.none")}>{t("denials.noneText")}</Empty>
      ) : (
        <ul className="bars">
          {rows.map(([code, count]) => (
            <li key={code}>
              <span>{codeText(t, "denial", code)}</span>
              <span className="bar" aria-hidden="true">
                <span style={{ width: `${(100 * count) / most}%` }} />
              </span>
              <span className="end">{formatCount(count, i18n.language)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
