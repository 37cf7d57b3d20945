import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { poolsQuery } from "./listDesign";

/** From which of our numbers a campaign calls. */
export function PoolSelect(props: {
  description?: string;
  value: number | null;
  onChange: (pool: number | null) => void;
}) {
  const { t } = useTranslation();
  const pools = useQuery(poolsQuery);
  return (
    <Select
      size="xs"
      label={t("builder.pool")}
      description={props.description}
      clearable
      data={(pools.data ?? []).map((pool) => ({ value: String(pool.id), label: pool.name }))}
      value={props.value ? String(props.value) : null}
      onChange={(value) => props.onChange(value === null ? null : Number(value))}
    />
  );
}

const treatments = {
  noAgentTreatment: ["Message", "Ivr", "HangUp"],
  machineTreatment: ["HangUp", "LimitedContentMessage"],
} as const;

/** What happens to somebody for whom no agent is free, or to a machine that answers. */
export function TreatmentSelect(props: {
  of: keyof typeof treatments;
  value: string;
  onChange: (treatment: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <Select
      size="xs"
      label={t(`campaigns.field.${props.of}`)}
      data={treatments[props.of].map((value) => ({ value, label: t(`treatment.${value}`) }))}
      allowDeselect={false}
      value={props.value}
      onChange={(value) => value && props.onChange(value)}
    />
  );
}
