import { useTranslation } from "react-i18next";
import { useDesk } from "./desk";
import { PreviewPanel } from "./PreviewPanel";
import { ShortcutSettings } from "./ShortcutSettings";
import { WorkList } from "./WorkList";

export function WaitingView() {
  const { t } = useTranslation();
  const { desk: state } = useDesk();
  const snapshot = state.snapshot;
  const key = snapshot?.state === "Available" ? "ready" : snapshot?.state === "NotResponding" ? "lost" : "resting";
  return (
    <div className="between-calls">
      <div className="call-main">
        <PreviewPanel />
        <WorkList />
      </div>
      <div className="waiting panel">
        <h2>{t(`desk.waiting.${key}`)}</h2>
        <p className="muted">{t(`desk.waiting.${key}Text`)}</p>
        <ShortcutSettings />
      </div>
    </div>
  );
}
