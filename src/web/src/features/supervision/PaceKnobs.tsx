import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Failure, Notice } from "../../ui/Notice";
import {
  changePacing,
  differences,
  type Knobs,
  type NumberKnob,
  type Outlook,
  type Pacing,
  pacingQuery,
  predict,
  undoChange,
} from "./paceContract";

const numbers: { knob: NumberKnob; percent?: boolean; decimals?: number }[] = [
  { knob: "abandonCap", percent: true, decimals: 1 },
  { knob: "abandonWindowDays" },
  { knob: "ringSeconds" },
  { knob: "linesPerAgentMax", decimals: 1 },
  { knob: "powerRatio", decimals: 1 },
  { knob: "maxLines" },
  { knob: "wrapUpSeconds" },
  { knob: "priority" },
  { knob: "share", decimals: 1 },
];

/** The live knobs of a campaign: a change is predicted for this floor before it is made, has a reason, and is undone from its history. */
export function PaceKnobs({ campaignId }: { campaignId: string }) {
  const pacing = useQuery(pacingQuery(campaignId));
  if (pacing.isError) return <Failure error={pacing.error} onRetry={() => void pacing.refetch()} />;
  if (!pacing.data) return null;
  return <Form key={pacing.data.version} campaignId={campaignId} pacing={pacing.data} />;
}

function Form({ campaignId, pacing }: { campaignId: string; pacing: Pacing }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [knobs, setKnobs] = useState<Knobs>(pacing.knobs);
  const [reason, setReason] = useState("");
  const prediction = useMutation({ mutationFn: () => predict(campaignId, knobs) });
  const again = () => cache.invalidateQueries({ queryKey: pacingQuery(campaignId).queryKey });
  const apply = useMutation({
    mutationFn: () =>
      changePacing(campaignId, { version: pacing.version, reason, knobs, predicted: prediction.data ?? null }),
    onSuccess: again,
  });
  const changed = differences(pacing.knobs, knobs).length > 0;
  const refusal = [prediction.error, apply.error].find((error) => error instanceof ApiProblem)?.errors;
  const set = (part: Partial<Knobs>) => {
    setKnobs((before) => ({ ...before, ...part }));
    prediction.reset();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    apply.mutate();
  };
  return (
    <>
      <form className="knobs" onSubmit={submit}>
        <Select
          size="xs"
          label={t("campaign.mode")}
          allowDeselect={false}
          data={["Predictive", "Progressive", "Power"].map((mode) => ({
            value: mode,
            label: codeText(t, "mode", mode),
          }))}
          value={knobs.mode}
          onChange={(mode) => mode && set({ mode })}
        />
        <Select
          size="xs"
          label={t("paceWhy.knob.machineDetection")}
          allowDeselect={false}
          data={["Async", "Sync", "None"].map((amd) => ({ value: amd, label: t(`paceWhy.amd.${amd}`) }))}
          value={knobs.machineDetection}
          onChange={(amd) => amd && set({ machineDetection: amd })}
        />
        {numbers.map(({ knob, percent, decimals }) => {
          const scale = percent ? 100 : 1;
          const bound = pacing.bounds.find((each) => each.knob === knob);
          return (
            <NumberInput
              key={knob}
              size="xs"
              label={t(`paceWhy.knob.${knob}`)}
              description={
                bound &&
                t("paceWhy.bounds", { min: bound.min * scale, max: bound.max * scale, unit: percent ? " %" : "" })
              }
              title={bound?.why ?? undefined}
              min={bound && bound.min * scale}
              max={bound && bound.max * scale}
              decimalScale={decimals ?? 0}
              step={decimals ? 0.5 : 1}
              value={Math.round(knobs[knob] * scale * 1000) / 1000}
              error={refusal?.[knob]?.join(" ")}
              onChange={(value) => set({ [knob]: Number(value) / scale })}
            />
          );
        })}
        <TextInput
          className="knobs-reason"
          size="xs"
          label={t("paceWhy.reason")}
          required
          maxLength={400}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <div className="knobs-act">
          <Button
            size="compact-sm"
            variant="default"
            disabled={!changed}
            loading={prediction.isPending}
            onClick={() => prediction.mutate()}
          >
            {t("paceWhy.predict")}
          </Button>
          <Button
            size="compact-sm"
            type="submit"
            disabled={!changed || reason.trim() === "" || !prediction.data}
            loading={apply.isPending}
          >
            {t("paceWhy.apply")}
          </Button>
        </div>
      </form>
      <div aria-live="polite">
        {prediction.data && (
          <Notice kind="info" quiet title={t("paceWhy.predicted", { count: prediction.data.agents })}>
            <OutlookTable current={prediction.data.current} changed={prediction.data.changed} />
          </Notice>
        )}
        {prediction.isError && <Failure error={prediction.error} />}
        {apply.isError && <Failure error={apply.error} />}
      </div>
      <History campaignId={campaignId} pacing={pacing} onUndone={again} />
    </>
  );
}

function OutlookTable({ current, changed }: { current: Outlook; changed: Outlook }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const rows = [
    ["utilisation", `${number.format(current.utilisation)} %`, `${number.format(changed.utilisation)} %`],
    ["difference", "", `${number.format(changed.differenceToFirst)} ± ${number.format(changed.differenceMargin)}`],
    [
      "abandonment",
      `${number.format(current.abandonment)} ± ${number.format(current.abandonmentMargin)} %`,
      `${number.format(changed.abandonment)} ± ${number.format(changed.abandonmentMargin)} %`,
    ],
    ["dials", number.format(current.dialsPerMinute), number.format(changed.dialsPerMinute)],
    ["wait", `${number.format(current.waitSeconds)} s`, `${number.format(changed.waitSeconds)} s`],
  ];
  return (
    <table className="outlook">
      <thead>
        <tr>
          <th scope="col">{t("paceWhy.outlook.what")}</th>
          <th scope="col">{t("paceWhy.outlook.current")}</th>
          <th scope="col">{t("paceWhy.outlook.changed")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, before, after]) => (
          <tr key={name}>
            <th scope="row">{t(`paceWhy.outlook.${name}`)}</th>
            <td>{before}</td>
            <td>{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function History(props: { campaignId: string; pacing: Pacing; onUndone: () => Promise<void> }) {
  const { t, i18n } = useTranslation();
  const undo = useMutation({
    mutationFn: (change: { id: number; reason: string }) => undoChange(props.campaignId, change.id, change.reason),
    onSuccess: props.onUndone,
  });
  const time = new Intl.DateTimeFormat(i18n.language, { dateStyle: "short", timeStyle: "short" });
  if (props.pacing.changes.length === 0) return <p className="sub">{t("paceWhy.noChanges")}</p>;
  return (
    <>
      <h3 className="knobs-history">{t("paceWhy.history")}</h3>
      {undo.isError && <Failure error={undo.error} />}
      <ol className="changes">
        {props.pacing.changes.map((change) => (
          <li key={change.changeId}>
            <span>
              {time.format(Date.parse(change.at))} · {change.actor} · {change.reason}
              <br />
              <span className="sub">
                {differences(change.before, change.after)
                  .map((each) => `${t(`paceWhy.knob.${each.knob}`)}: ${String(each.from)} → ${String(each.to)}`)
                  .join(", ")}
              </span>
            </span>
            <Button
              size="compact-xs"
              variant="default"
              loading={undo.isPending}
              aria-label={t("paceWhy.undoOne", { reason: change.reason })}
              onClick={() =>
                undo.mutate({
                  id: change.changeId,
                  reason: t("paceWhy.undoReason", { reason: change.reason }).slice(0, 400),
                })
              }
            >
              {t("paceWhy.undo")}
            </Button>
          </li>
        ))}
      </ol>
    </>
  );
}
