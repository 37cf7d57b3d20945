import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Failure } from "../../ui/Notice";
import { clientsQuery } from "../imports/contract";
import { campaignsKey, createCampaign, modes, type NewCampaign, newCampaign } from "./contract";
import "./campaigns.css";

/** The campaign by its mode first; the server checks every value and its refusals stand at their fields. */
export function CreateCampaign({ onDone }: { onDone: (created: { name: string; leads: number }) => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const clients = useQuery(clientsQuery);
  const [form, setForm] = useState<NewCampaign>(newCampaign);
  const set = (part: Partial<NewCampaign>) => setForm((before) => ({ ...before, ...part }));
  const create = useMutation({
    mutationFn: () => createCampaign(form),
    onSuccess: async (created) => {
      await cache.invalidateQueries({ queryKey: campaignsKey });
      onDone(created);
    },
  });
  const refusal = create.error instanceof ApiProblem ? create.error.errors : undefined;
  const fault = (field: string) =>
    Object.entries(refusal ?? {})
      .find(([name]) => name.toLowerCase() === field.toLowerCase())?.[1]
      .join(" ");
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const whole = (
    name: "ringSeconds" | "maxLines" | "wrapUpSeconds" | "retryMinutes" | "maxAttempts" | "linesPerAgentMax",
  ) => (
    <NumberInput
      size="xs"
      label={t(`campaigns.field.${name}`)}
      min={1}
      value={form[name]}
      error={fault(name)}
      onChange={(value) => set({ [name]: Number(value) })}
    />
  );
  return (
    <form className="campaign-form" onSubmit={submit}>
      <TextInput
        size="xs"
        label={t("campaigns.field.name")}
        required
        maxLength={80}
        value={form.name}
        error={fault("name")}
        onChange={(event) => set({ name: event.currentTarget.value })}
        data-autofocus
      />
      <Select
        size="xs"
        label={t("imports.client")}
        required
        data={(clients.data ?? []).map((each) => ({ value: each.code, label: `${each.name} (${each.code})` }))}
        value={form.client || null}
        error={fault("client")}
        onChange={(client) => set({ client: client ?? "" })}
      />
      <Select
        size="xs"
        label={t("campaign.mode")}
        data={modes.map((mode) => ({ value: mode, label: codeText(t, "mode", mode) }))}
        allowDeselect={false}
        value={form.mode}
        onChange={(mode) => set({ mode: mode ?? form.mode })}
      />
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
      <NumberInput
        size="xs"
        label={t("campaigns.field.abandonCap")}
        suffix=" %"
        min={0}
        max={20}
        decimalScale={2}
        value={Math.round(form.abandonCap * 10_000) / 100}
        error={fault("abandonCap")}
        onChange={(value) => set({ abandonCap: Number(value) / 100 })}
      />
      <Select
        size="xs"
        label={t("campaigns.field.noAgentTreatment")}
        data={["Message", "Ivr", "HangUp"].map((value) => ({ value, label: t(`treatment.${value}`) }))}
        allowDeselect={false}
        value={form.noAgentTreatment}
        onChange={(value) => set({ noAgentTreatment: value ?? form.noAgentTreatment })}
      />
      <Select
        size="xs"
        label={t("campaigns.field.machineTreatment")}
        data={["HangUp", "LimitedContentMessage"].map((value) => ({ value, label: t(`treatment.${value}`) }))}
        allowDeselect={false}
        value={form.machineTreatment}
        onChange={(value) => set({ machineTreatment: value ?? form.machineTreatment })}
      />
      {whole("maxLines")}
      {whole("linesPerAgentMax")}
      {whole("ringSeconds")}
      {whole("wrapUpSeconds")}
      {whole("retryMinutes")}
      {whole("maxAttempts")}
      <TextInput
        size="xs"
        label={t("campaigns.field.zone")}
        value={form.zone}
        error={fault("zone")}
        onChange={(event) => set({ zone: event.currentTarget.value })}
      />
      <div className="campaign-form-end">
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
