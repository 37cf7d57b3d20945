import { useTranslation } from "react-i18next";
import { codeText } from "../app/i18n";

/** An agent's state: shape, colour and word together. */
export function StateTag({ state }: { state: string }) {
  const { t } = useTranslation();
  return (
    <span className="state" data-state={state}>
      {codeText(t, "agentState", state)}
    </span>
  );
}
