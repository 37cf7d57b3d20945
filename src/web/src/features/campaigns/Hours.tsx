import { Select, Switch, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Panel } from "../../ui/Panel";

export interface HoursValue {
  opens: string;
  closes: string;
  days: string;
  holidays: string;
}

const weeks = ["MON-FRI", "MON-SAT", "*"];

/** When the schedule opens and closes the campaign. The lawful hours where each person is are asked at every call besides. */
export function Hours(props: {
  value: HoursValue;
  onChange: (value: HoursValue) => void;
  zone: string;
  onZone: (zone: string) => void;
  fault?: string;
}) {
  const { t } = useTranslation();
  const { value } = props;
  const set = (part: Partial<HoursValue>) => props.onChange({ ...value, ...part });
  return (
    <Panel title={t("builder.hours")} side={<span className="sub">{t("builder.hoursText")}</span>}>
      <div className="campaign-form">
        <TextInput
          size="xs"
          type="time"
          label={t("builder.opens")}
          required
          value={value.opens}
          onChange={(event) => set({ opens: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          type="time"
          label={t("builder.closes")}
          required
          value={value.closes}
          onChange={(event) => set({ closes: event.currentTarget.value })}
        />
        <Select
          size="xs"
          label={t("builder.days")}
          data={weeks.map((days) => ({ value: days, label: t(`builder.week.${days === "*" ? "all" : days}`) }))}
          allowDeselect={false}
          value={value.days}
          onChange={(days) => set({ days: days ?? value.days })}
        />
        <TextInput
          size="xs"
          label={t("campaigns.field.zone")}
          value={props.zone}
          error={props.fault}
          onChange={(event) => props.onZone(event.currentTarget.value)}
        />
        <Switch
          size="xs"
          label={t("builder.holidays")}
          checked={value.holidays === "US"}
          onChange={(event) => set({ holidays: event.currentTarget.checked ? "US" : "" })}
        />
      </div>
    </Panel>
  );
}
