import { Button, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCount, formatDateTime, formatMoney, formatShare } from "../../app/format";
import { Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { Term } from "../../ui/Term";
import { CadenceEditor } from "./CadenceEditor";
import { suggested } from "./cadence";
import {
  type Experiment,
  experimentsKey,
  type Plan,
  readExperiments,
  startExperiment,
  stopExperiment,
} from "./experiments";
import { poolsQuery } from "./listDesign";

/** Two strategies side by side, by person: the plan first, then an interval that may be looked at as often as one likes. */
export function Experiments({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation();
  const [planning, setPlanning] = useState(false);
  const query = useQuery({
    queryKey: experimentsKey(campaignId),
    queryFn: ({ signal }) => readExperiments(campaignId, signal),
    refetchInterval: 60_000,
  });
  const running = query.data?.items.some((each) => each.state === "Running") ?? true;
  return (
    <Panel
      title={t("experiment.title")}
      side={
        !running &&
        !planning && (
          <Button size="compact-xs" variant="default" onClick={() => setPlanning(true)}>
            {t("experiment.plan")}
          </Button>
        )
      }
    >
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {planning && query.data && (
        <PlanForm campaignId={campaignId} metrics={query.data.metrics} onDone={() => setPlanning(false)} />
      )}
      {!planning && query.data?.items.length === 0 && <p className="sub">{t("experiment.none")}</p>}
      {query.data?.items.map((each) => (
        <Result key={each.id} campaignId={campaignId} experiment={each} />
      ))}
    </Panel>
  );
}

function Result({ campaignId, experiment }: { campaignId: string; experiment: Experiment }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const cache = useQueryClient();
  const [conclusion, setConclusion] = useState("");
  const stop = useMutation({
    mutationFn: () => stopExperiment(campaignId, experiment.id, conclusion),
    onSuccess: () => cache.invalidateQueries({ queryKey: experimentsKey(campaignId) }),
  });
  const value = (n: number) => (experiment.metric === "paid" ? formatMoney(n, locale) : formatShare(n, locale, 2));
  const { low, high } = experiment;
  const known = low !== null && low !== undefined && high !== null && high !== undefined;
  const reach = known ? Math.max(Math.abs(low), Math.abs(high), 1e-9) * 1.1 : 1;
  const place = (n: number) => `${50 + (50 * n) / reach}%`;
  return (
    <article className="experiment" aria-label={experiment.name}>
      <h3>
        {experiment.name} <span className="sub">{t(`experiment.state.${experiment.state}`)}</span>
      </h3>
      <p>{experiment.hypothesis}</p>
      <p className="sub">
        {t("experiment.declared", {
          metric: experiment.metricText,
          hours: experiment.horizonHours,
          persons: formatCount(experiment.plannedPersons, locale),
          at: formatDateTime(experiment.startedAt, locale),
          by: experiment.startedBy,
        })}
      </p>
      <dl className="arms">
        <div>
          <dt>A · {experiment.a.name}</dt>
          <dd>{value(experiment.resultA.mean)}</dd>
          <dd className="sub">
            {t("experiment.persons", {
              count: experiment.resultA.persons,
              formatted: formatCount(experiment.resultA.persons, locale),
            })}
          </dd>
        </div>
        <div>
          <dt>B · {experiment.b.name}</dt>
          <dd>{value(experiment.resultB.mean)}</dd>
          <dd className="sub">
            {t("experiment.persons", {
              count: experiment.resultB.persons,
              formatted: formatCount(experiment.resultB.persons, locale),
            })}
          </dd>
        </div>
        <div>
          <dt>
            <Term formula={t("experiment.intervalTip")}>{t("experiment.interval")}</Term>
          </dt>
          <dd>{known ? `${value(low)} … ${value(high)}` : "–"}</dd>
          <dd className="sub">
            {t("experiment.stillOpen", {
              count: experiment.stillOpen,
              formatted: formatCount(experiment.stillOpen, locale),
            })}
          </dd>
        </div>
      </dl>
      {known && (
        <div className="interval" aria-hidden="true">
          <span className="interval-zero" />
          <span
            className="interval-bar"
            style={{ insetInlineStart: place(low), insetInlineEnd: `${100 - (50 + (50 * high) / reach)}%` }}
          />
          <span className="interval-point" style={{ insetInlineStart: place(experiment.difference) }} />
        </div>
      )}
      <Notice
        quiet
        kind={experiment.verdict === "Broken" ? "bad" : experiment.verdict.endsWith("IsBetter") ? "good" : "info"}
        title={t(`experiment.verdict.${experiment.verdict}`)}
      >
        {t(`experiment.verdictText.${experiment.verdict}`)}
      </Notice>
      {experiment.conclusion && <p>{t("experiment.concluded", { text: experiment.conclusion })}</p>}
      {experiment.state === "Running" && (
        <div className="design-save">
          {stop.isError && <Failure error={stop.error} />}
          <TextInput
            size="xs"
            label={t("experiment.conclusion")}
            maxLength={400}
            value={conclusion}
            onChange={(event) => setConclusion(event.currentTarget.value)}
          />
          <Button
            size="compact-sm"
            variant="default"
            disabled={conclusion.trim() === ""}
            loading={stop.isPending}
            onClick={() => stop.mutate()}
          >
            {t("experiment.stop")}
          </Button>
        </div>
      )}
    </article>
  );
}

function PlanForm(props: { campaignId: string; metrics: { name: string; text: string }[]; onDone: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const pools = useQuery(poolsQuery);
  const [plan, setPlan] = useState<Plan>({
    name: "",
    hypothesis: "",
    metric: "rightParty",
    horizonHours: 168,
    plannedPersons: 4000,
    a: { name: t("experiment.asNow"), cadence: null, callerIdPoolId: null },
    b: { name: "", cadence: suggested, callerIdPoolId: null },
  });
  const set = (part: Partial<Plan>) => setPlan((before) => ({ ...before, ...part }));
  const start = useMutation({
    mutationFn: () => startExperiment(props.campaignId, plan),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: experimentsKey(props.campaignId) });
      props.onDone();
    },
  });
  return (
    <div className="stack">
      <Notice kind="info" quiet>
        {t("experiment.planText")}
      </Notice>
      <div className="campaign-form">
        <TextInput
          size="xs"
          label={t("campaigns.field.name")}
          maxLength={80}
          value={plan.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Select
          size="xs"
          label={t("experiment.metric")}
          data={props.metrics.map((metric) => ({ value: metric.name, label: t(`experiment.metrics.${metric.name}`) }))}
          allowDeselect={false}
          value={plan.metric}
          onChange={(metric) => set({ metric: metric ?? plan.metric })}
        />
        <NumberInput
          size="xs"
          label={t("experiment.horizon")}
          min={1}
          max={2160}
          value={plan.horizonHours}
          onChange={(value) => set({ horizonHours: Number(value) || 1 })}
        />
        <NumberInput
          size="xs"
          label={t("experiment.planned")}
          min={100}
          value={plan.plannedPersons}
          onChange={(value) => set({ plannedPersons: Number(value) || 100 })}
        />
        <TextInput
          size="xs"
          label={t("experiment.nameB")}
          value={plan.b.name}
          onChange={(event) => set({ b: { ...plan.b, name: event.currentTarget.value } })}
        />
        <Select
          size="xs"
          label={t("experiment.poolB")}
          clearable
          data={(pools.data ?? []).map((pool) => ({ value: String(pool.id), label: pool.name }))}
          value={plan.b.callerIdPoolId === null ? null : String(plan.b.callerIdPoolId)}
          onChange={(value) => set({ b: { ...plan.b, callerIdPoolId: value === null ? null : Number(value) } })}
        />
      </div>
      <Textarea
        size="xs"
        label={t("experiment.hypothesis")}
        maxLength={400}
        value={plan.hypothesis}
        onChange={(event) => set({ hypothesis: event.currentTarget.value })}
      />
      {plan.b.cadence && (
        <CadenceEditor cadence={plan.b.cadence} onChange={(cadence) => set({ b: { ...plan.b, cadence } })} />
      )}
      {start.isError && <Failure error={start.error} />}
      <div className="actions">
        <Button size="compact-md" loading={start.isPending} onClick={() => start.mutate()}>
          {t("experiment.start")}
        </Button>
        <Button size="compact-md" variant="default" onClick={props.onDone}>
          {t("common.cancel")}
        </Button>
      </div>
    </div>
  );
}
