import { Checkbox } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { codeText } from "../../app/i18n";
import { Panel } from "../../ui/Panel";
import type { DeskCall } from "./contract";
import { rightParty, scriptOf } from "./script";
import { useShortcut } from "./shortcuts";

/** Ticks that were mistakes: when each was made and when it was taken back. */
export type TakenBack = Record<string, { ticked: string; at: string }>;

interface Props {
  call: DeskCall;
  checks: Record<string, string>;
  takenBack: TakenBack;
  onCheck: (name: string, on: boolean) => void;
}

/** What must be said and done, in order. Each tick is kept with its time and saved with the outcome. */
export function ScriptPanel({ call, checks, takenBack, onCheck }: Props) {
  const { t, i18n } = useTranslation();
  const steps = useRef<HTMLOListElement>(null);
  useShortcut("script", () => {
    const next = steps.current?.querySelector<HTMLInputElement>("input:not(:checked)");
    (next ?? steps.current?.querySelector<HTMLInputElement>("input"))?.focus();
  });
  const time = (at: string | undefined) =>
    at && new Intl.DateTimeFormat(i18n.language, { timeStyle: "medium" }).format(Date.parse(at));
  const name = call.person ? `${call.person.firstName} ${call.person.lastName}` : t("desk.unknownPerson");
  const script = scriptOf(call.disclosures);
  const gates = script.gates.map((code) =>
    code === rightParty
      ? { key: code, label: t("script.verify"), text: t("script.verifyText", { name }) }
      : {
          key: code,
          label: codeText(t, "disclosure", code),
          text: t(`disclosureText.${code}`, { defaultValue: "" }),
        },
  );
  return (
    <Panel title={t("script.title")}>
      <ol ref={steps} className="script">
        {gates.map((gate) => (
          <li key={gate.key}>
            <Checkbox
              label={gate.label}
              description={gate.text || undefined}
              checked={gate.key in checks}
              onChange={(event) => onCheck(gate.key, event.currentTarget.checked)}
            />
            {checks[gate.key] && <span className="sub script-time">{time(checks[gate.key])}</span>}
            {takenBack[gate.key] && (
              <span className="sub">
                {t("script.takenBack", {
                  ticked: time(takenBack[gate.key]?.ticked),
                  at: time(takenBack[gate.key]?.at),
                })}
              </span>
            )}
          </li>
        ))}
      </ol>
      <ul className="reminders sub">
        {script.reminders.map((code) => (
          <li key={code}>{codeText(t, "disclosure", code)}</li>
        ))}
        <li>{t("script.third")}</li>
      </ul>
    </Panel>
  );
}
