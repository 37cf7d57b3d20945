import { Button, NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatCount } from "../../app/format";
import { ApiProblem } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { WordsInput } from "../../ui/WordsInput";
import { clientsQuery } from "../imports/contract";
import { CadenceEditor } from "./CadenceEditor";
import { CadenceOutlook } from "./CadenceOutlook";
import { type Cadence, suggested } from "./cadence";
import { campaignsKey, createCampaign, modes, type NewCampaign, newCampaign } from "./contract";
import { PoolSelect, TreatmentSelect } from "./fields";
import { Hours, type HoursValue } from "./Hours";
import { ListSection } from "./ListSection";
import type { ListFilter, MixPart } from "./listDesign";
import "./campaigns.css";

/** Which knobs a mode has: nothing is asked that would not be used. */
const knobs: Record<string, readonly ("abandon" | "lines" | "ratio" | "machine")[]> = {
  Manual: [],
  Preview: [],
  Progressive: ["lines", "machine"],
  Power: ["abandon", "lines", "ratio", "machine"],
  Predictive: ["abandon", "lines", "machine"],
  Agentless: ["lines", "machine"],
};

/** A campaign from its mode to its hours, with what each choice leads to beside it. It is made as a draft: nothing is dialled before it is launched. */
export function BuilderPage() {
  const { t, i18n } = useTranslation();
  usePageTitle(t("campaigns.new"));
  const cache = useQueryClient();
  const clients = useQuery(clientsQuery);
  const [form, setForm] = useState<NewCampaign>(newCampaign);
  const [filter, setFilter] = useState<ListFilter>({});
  const [mix, setMix] = useState<MixPart[]>([]);
  const [order, setOrder] = useState("BalanceHigh");
  const [cadence, setCadence] = useState<Cadence | null>(suggested);
  const [hours, setHours] = useState<HoursValue>({ opens: "08:00", closes: "21:00", days: "MON-SAT", holidays: "US" });
  const set = (part: Partial<NewCampaign>) => setForm((before) => ({ ...before, ...part }));
  const create = useMutation({
    mutationFn: () =>
      createCampaign({
        ...form,
        filter,
        mix,
        order,
        cadence,
        opensCron: cron(hours.opens, hours.days),
        closesCron: cron(hours.closes, hours.days),
        holidays: hours.holidays,
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: campaignsKey }),
  });
  const refusal = create.error instanceof ApiProblem ? create.error.errors : undefined;
  const fault = (field: string) =>
    Object.entries(refusal ?? {})
      .find(([name]) => name.toLowerCase() === field.toLowerCase())?.[1]
      .join(" ");
  const has = (knob: "abandon" | "lines" | "ratio" | "machine") => (knobs[form.mode] ?? []).includes(knob);
  const whole = (
    name: "ringSeconds" | "maxLines" | "wrapUpSeconds" | "linesPerAgentMax" | "priority" | "callsADay" | "powerRatio",
    min = 1,
  ) => (
    <NumberInput
      size="xs"
      label={t(`campaigns.field.${name}`)}
      min={min}
      step={name === "powerRatio" ? 0.1 : 1}
      decimalScale={name === "powerRatio" ? 1 : 0}
      value={form[name] ?? ""}
      error={fault(name)}
      onChange={(value) => set({ [name]: value === "" ? null : Number(value) })}
    />
  );
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate();
  };
  if (create.data)
    return (
      <Notice kind="good" title={t("campaigns.created", { name: create.data.name })}>
        <p>
          {t("campaigns.createdText", {
            count: create.data.leads,
            formatted: formatCount(create.data.leads, i18n.language),
          })}
        </p>
        <p className="actions">
          <Link to="/campaigns">{t("shell.campaigns")}</Link>
          <Link to={`/campaigns/${create.data.id}/funnel`}>{t("funnel.link")}</Link>
        </p>
      </Notice>
    );
  return (
    <form className="stack builder" onSubmit={submit}>
      <div className="page-head">
        <h1>{t("campaigns.new")}</h1>
        <Link to="/campaigns">{t("shell.campaigns")}</Link>
      </div>
      <Panel title={t("builder.mode")}>
        <div className="modes" role="radiogroup" aria-label={t("campaign.mode")}>
          {modes.map((mode) => (
            <label key={mode} className="mode" data-chosen={form.mode === mode}>
              <input
                type="radio"
                name="mode"
                value={mode}
                checked={form.mode === mode}
                onChange={() => set({ mode })}
              />
              <span>
                <strong>{codeText(t, "mode", mode)}</strong>
                <span className="sub">{t(`builder.modeText.${mode}`)}</span>
              </span>
            </label>
          ))}
        </div>
        <div className="campaign-form">
          <TextInput
            size="xs"
            label={t("campaigns.field.name")}
            required
            maxLength={80}
            value={form.name}
            error={fault("name")}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Select
            size="xs"
            label={t("imports.client")}
            required
            data={(clients.data ?? []).map((each) => ({ value: each.code, label: `${each.name} (${each.code})` }))}
            value={form.client || null}
            error={fault("client")}
            onChange={(client) => {
              set({ client: client ?? "" });
              setFilter({});
            }}
          />
          {whole("priority", 0)}
          <WordsInput
            label={t("campaigns.field.skills")}
            description={t("builder.skillsText")}
            words={form.skills ?? []}
            onWords={(skills) => set({ skills })}
          />
        </div>
      </Panel>
      <ListSection
        client={form.client}
        filter={filter}
        onFilter={setFilter}
        order={order}
        onOrder={setOrder}
        mix={mix}
        onMix={setMix}
        fault={fault("filter")}
      />
      <Panel
        title={t("cadence.title")}
        side={
          <Switch
            size="xs"
            label={t("cadence.simple")}
            checked={cadence === null}
            onChange={(event) => setCadence(event.currentTarget.checked ? null : suggested)}
          />
        }
      >
        {cadence === null ? (
          <div className="campaign-form">
            <NumberInput
              size="xs"
              label={t("campaigns.field.retryMinutes")}
              min={1}
              value={form.retryMinutes}
              error={fault("retryMinutes")}
              onChange={(value) => set({ retryMinutes: Number(value) })}
            />
            <NumberInput
              size="xs"
              label={t("campaigns.field.maxAttempts")}
              min={1}
              value={form.maxAttempts}
              error={fault("maxAttempts")}
              onChange={(value) => set({ maxAttempts: Number(value) })}
            />
          </div>
        ) : (
          <div className="cadence-columns">
            <CadenceEditor cadence={cadence} onChange={setCadence} />
            <CadenceOutlook cadence={cadence} campaign={null} />
          </div>
        )}
      </Panel>
      <Panel title={t("builder.calls")}>
        <div className="campaign-form">
          <TextInput
            size="xs"
            label={t("campaigns.from")}
            placeholder="+12125550100"
            inputMode="tel"
            required
            value={form.from}
            error={fault("from")}
            onChange={(event) => set({ from: event.currentTarget.value })}
          />
          <PoolSelect
            description={t("builder.poolText")}
            value={form.callerIdPoolId ?? null}
            onChange={(callerIdPoolId) => set({ callerIdPoolId })}
          />
          {whole("ringSeconds", 15)}
          {whole("wrapUpSeconds", 5)}
          {has("lines") && whole("maxLines")}
          {has("lines") && form.mode !== "Agentless" && whole("linesPerAgentMax")}
          {has("ratio") && whole("powerRatio")}
          {has("abandon") && (
            <NumberInput
              size="xs"
              label={t("campaigns.field.abandonCap")}
              suffix=" %"
              min={0}
              max={3}
              decimalScale={2}
              value={Math.round(form.abandonCap * 10_000) / 100}
              error={fault("abandonCap")}
              onChange={(value) => set({ abandonCap: Number(value) / 100 })}
            />
          )}
          {has("abandon") && (
            <TreatmentSelect
              of="noAgentTreatment"
              value={form.noAgentTreatment}
              onChange={(noAgentTreatment) => set({ noAgentTreatment })}
            />
          )}
          {has("machine") && (
            <TreatmentSelect
              of="machineTreatment"
              value={form.machineTreatment}
              onChange={(machineTreatment) => set({ machineTreatment })}
            />
          )}
          {whole("callsADay")}
        </div>
      </Panel>
      <Hours
        value={hours}
        onChange={setHours}
        zone={form.zone}
        onZone={(zone) => set({ zone })}
        fault={fault("zone")}
      />
      <div className="builder-end">
        {clients.isError && <Failure error={clients.error} onRetry={() => void clients.refetch()} />}
        {create.isError && <Failure error={create.error} />}
        <p className="sub">{t("campaigns.draftText")}</p>
        <Button type="submit" size="compact-md" loading={create.isPending}>
          {t("campaigns.create")}
        </Button>
      </div>
    </form>
  );
}

/** "08:30" on MON-SAT as a Quartz expression. */
export function cron(at: string, days: string): string {
  const [hour = "8", minute = "0"] = at.split(":");
  return `0 ${Number(minute)} ${Number(hour)} ? * ${days || "*"}`;
}
