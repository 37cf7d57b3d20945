import { ActionIcon, Button, Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Cadence, type CadenceRule, delayWords, outcomes, parts, readDelay, suggested } from "./cadence";

/** The matrix, line by line: after which outcome of which attempts, how long to wait, and in which part of the day to try. The first line that fits decides. */
export function CadenceEditor({ cadence, onChange }: { cadence: Cadence; onChange: (cadence: Cadence) => void }) {
  const { t } = useTranslation();
  const setRule = (at: number, part: Partial<CadenceRule>) =>
    onChange({ ...cadence, rules: cadence.rules.map((rule, i) => (i === at ? { ...rule, ...part } : rule)) });
  const move = (at: number, by: number) => {
    const rules = [...cadence.rules];
    const [rule] = rules.splice(at, 1);
    if (rule) rules.splice(at + by, 0, rule);
    onChange({ ...cadence, rules });
  };
  return (
    <div className="cadence">
      <div className="table-scroll">
        <table className="cadence-table">
          <caption className="visually-hidden">{t("cadence.title")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("cadence.after")}</th>
              <th scope="col">{t("cadence.attempts")}</th>
              <th scope="col">{t("cadence.wait")}</th>
              <th scope="col">{t("cadence.part")}</th>
              <th scope="col">{t("cadence.stop")}</th>
              <th scope="col">
                <span className="visually-hidden">{t("campaigns.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {cadence.rules.map((rule, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; it has no other identity.
              <tr key={i}>
                <td>
                  <Select
                    size="xs"
                    aria-label={t("cadence.afterOf", { line: i + 1 })}
                    data={[
                      { value: "", label: t("cadence.anything") },
                      ...outcomes.map((value) => ({ value, label: t(`callOutcome.${value}`) })),
                    ]}
                    allowDeselect={false}
                    value={rule.outcome ?? ""}
                    onChange={(value) => setRule(i, { outcome: (value || null) as CadenceRule["outcome"] })}
                  />
                </td>
                <td className="cadence-span">
                  <NumberInput
                    size="xs"
                    aria-label={t("cadence.fromOf", { line: i + 1 })}
                    min={1}
                    hideControls
                    value={rule.fromAttempt}
                    onChange={(value) => setRule(i, { fromAttempt: Number(value) || 1 })}
                  />
                  <span aria-hidden="true">–</span>
                  <NumberInput
                    size="xs"
                    aria-label={t("cadence.toOf", { line: i + 1 })}
                    min={rule.fromAttempt}
                    hideControls
                    placeholder="∞"
                    value={rule.toAttempt ?? ""}
                    onChange={(value) => setRule(i, { toAttempt: value === "" ? null : Number(value) })}
                  />
                </td>
                <td>
                  <Delay
                    label={t("cadence.waitOf", { line: i + 1 })}
                    minutes={rule.delayMinutes}
                    disabled={rule.stop}
                    onChange={(delayMinutes) => setRule(i, { delayMinutes })}
                  />
                </td>
                <td>
                  <Select
                    size="xs"
                    aria-label={t("cadence.partOf", { line: i + 1 })}
                    data={parts.map((value) => ({ value, label: t(`dayPart.${value}`) }))}
                    allowDeselect={false}
                    disabled={rule.stop}
                    value={rule.part}
                    onChange={(value) => setRule(i, { part: (value ?? "Any") as CadenceRule["part"] })}
                  />
                </td>
                <td>
                  <Checkbox
                    size="xs"
                    aria-label={t("cadence.stopOf", { line: i + 1 })}
                    checked={rule.stop}
                    onChange={(event) => setRule(i, { stop: event.currentTarget.checked })}
                  />
                </td>
                <td className="cadence-actions">
                  <ActionIcon
                    size={26}
                    variant="subtle"
                    color="gray"
                    disabled={i === 0}
                    aria-label={t("cadence.up", { line: i + 1 })}
                    onClick={() => move(i, -1)}
                  >
                    ↑
                  </ActionIcon>
                  <ActionIcon
                    size={26}
                    variant="subtle"
                    color="gray"
                    aria-label={t("cadence.remove", { line: i + 1 })}
                    onClick={() => onChange({ ...cadence, rules: cadence.rules.filter((_, other) => other !== i) })}
                  >
                    ✕
                  </ActionIcon>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="cadence-foot">
        <Button
          size="compact-xs"
          variant="default"
          onClick={() =>
            onChange({
              ...cadence,
              rules: [
                ...cadence.rules,
                { outcome: null, fromAttempt: 1, toAttempt: null, delayMinutes: 240, part: "Any", stop: false },
              ],
            })
          }
        >
          {t("cadence.add")}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onChange(suggested)}>
          {t("cadence.suggested")}
        </Button>
        <NumberInput
          size="xs"
          label={t("cadence.maxADay")}
          min={1}
          max={20}
          value={cadence.maxAttemptsADay}
          onChange={(value) => onChange({ ...cadence, maxAttemptsADay: Number(value) || 1 })}
        />
        <NumberInput
          size="xs"
          label={t("cadence.max")}
          min={1}
          max={200}
          value={cadence.maxAttempts}
          onChange={(value) => onChange({ ...cadence, maxAttempts: Number(value) || 1 })}
        />
      </div>
    </div>
  );
}

/** A delay written as people say it: 30 min, 4 h, 2 d. */
function Delay(props: { label: string; minutes: number; disabled: boolean; onChange: (minutes: number) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(delayWords(props.minutes));
  useEffect(() => setText(delayWords(props.minutes)), [props.minutes]);
  const read = readDelay(text);
  return (
    <TextInput
      size="xs"
      aria-label={props.label}
      disabled={props.disabled}
      value={text}
      error={read === null ? t("cadence.delayForm") : undefined}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => read !== null && props.onChange(read)}
    />
  );
}
