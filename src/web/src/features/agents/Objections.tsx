import { useTranslation } from "react-i18next";
import { Panel } from "../../ui/Panel";

const objections = ["noMoney", "alreadyPaid", "notMine", "proof", "later", "lawyer", "stop", "supervisor"] as const;

/** What people say against paying, and what is right to do: the answer names the outcome that makes it take effect. */
export function Objections() {
  const { t } = useTranslation();
  return (
    <Panel title={t("objection.title")}>
      <div className="objections">
        {objections.map((name) => (
          <details key={name}>
            <summary>{t(`objection.${name}`)}</summary>
            <p className="sub">{t(`objection.${name}Answer`)}</p>
          </details>
        ))}
      </div>
    </Panel>
  );
}
