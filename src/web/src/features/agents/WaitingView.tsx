import { Kbd } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDesk } from "./desk";
import { shortcuts } from "./shortcuts";

export function WaitingView() {
  const { t } = useTranslation();
  const { desk: state } = useDesk();
  const snapshot = state.snapshot;
  const key = snapshot?.state === "Available" ? "ready" : snapshot?.state === "NotResponding" ? "lost" : "resting";
  return (
    <div className="waiting panel">
      <h2>{t(`desk.waiting.${key}`)}</h2>
      <p className="muted">{t(`desk.waiting.${key}Text`)}</p>
      <dl className="keys">
        {Object.entries(shortcuts).map(([action, keys]) => (
          <div key={action}>
            <dt>
              <Kbd>{keys.label}</Kbd>
            </dt>
            <dd>{t(`shortcut.${action}`)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <Kbd>1</Kbd>–<Kbd>9</Kbd>
          </dt>
          <dd>{t("shortcut.digits")}</dd>
        </div>
      </dl>
    </div>
  );
}
