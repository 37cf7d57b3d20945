import { MultiSelect, NumberInput, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { formatCount, formatMoney } from "../../app/format";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { ages, type ListFilter, type ListFunnel, listWords, type MixPart, orders, previewList } from "./listDesign";

interface Props {
  client: string;
  filter: ListFilter;
  onFilter: (filter: ListFilter) => void;
  order: string;
  onOrder: (order: string) => void;
  mix: MixPart[];
  onMix: (mix: MixPart[]) => void;
  fault?: string;
}

/** Whom the list takes and in which order, with the count that follows every change. */
export function ListSection(props: Props) {
  const { t } = useTranslation();
  const { client, filter, onFilter } = props;
  const [settled] = useDebouncedValue(filter, 300);
  const words = useQuery({
    queryKey: ["list-words", client],
    queryFn: ({ signal }) => listWords(client, signal),
    enabled: client !== "",
  });
  const count = useQuery({
    queryKey: ["list-preview", client, settled],
    queryFn: ({ signal }) => previewList(client, settled, signal),
    enabled: client !== "",
    placeholderData: (before) => before,
  });
  const set = (part: Partial<ListFilter>) => onFilter({ ...filter, ...part });
  const many = (name: "products" | "creditors" | "states" | "languages") => (
    <MultiSelect
      size="xs"
      label={t(`builder.filter.${name}`)}
      placeholder={(filter[name] ?? []).length === 0 ? t("builder.all") : undefined}
      data={words.data?.[name] ?? []}
      value={filter[name] ?? []}
      searchable
      onChange={(value) => set({ [name]: value })}
    />
  );
  const amount = (name: "minBalance" | "maxBalance") => (
    <NumberInput
      size="xs"
      label={t(`builder.filter.${name}`)}
      prefix="$"
      min={0}
      value={filter[name] ?? ""}
      onChange={(value) => set({ [name]: value === "" ? null : Number(value) })}
    />
  );
  return (
    <Panel title={t("builder.list")} side={<span className="sub">{t("builder.listText")}</span>}>
      <div className="list-columns">
        <div className="campaign-form">
          {amount("minBalance")}
          {amount("maxBalance")}
          <MultiSelect
            size="xs"
            label={t("builder.filter.ages")}
            placeholder={(filter.ages ?? []).length === 0 ? t("builder.all") : undefined}
            data={ages.map((value) => ({ value, label: t(`age.${value}`) }))}
            value={filter.ages ?? []}
            onChange={(value) => set({ ages: value })}
          />
          {many("products")}
          {many("creditors")}
          {many("states")}
          {many("languages")}
          <NumberInput
            size="xs"
            label={t("builder.filter.notCalledForDays")}
            min={1}
            value={filter.notCalledForDays ?? ""}
            onChange={(value) => set({ notCalledForDays: value === "" ? null : Number(value) })}
          />
          <Select
            size="xs"
            label={t("builder.order")}
            data={orders.map((value) => ({ value, label: t(`builder.orders.${value}`) }))}
            allowDeselect={false}
            value={props.order}
            onChange={(value) => props.onOrder(value ?? props.order)}
          />
          <fieldset className="mix">
            <legend>{t("builder.mix")}</legend>
            {ages.map((age) => (
              <NumberInput
                key={age}
                size="xs"
                label={t(`age.${age}`)}
                min={0}
                max={100}
                hideControls
                placeholder="–"
                value={props.mix.find((part) => part.age === age)?.weight ?? ""}
                onChange={(value) =>
                  props.onMix([
                    ...props.mix.filter((part) => part.age !== age),
                    ...(Number(value) > 0 ? [{ age, weight: Number(value) }] : []),
                  ])
                }
              />
            ))}
          </fieldset>
          {props.fault && <p className="fault">{props.fault}</p>}
        </div>
        {client === "" ? (
          <Empty title={t("builder.chooseClient")} />
        ) : count.isError ? (
          <Failure error={count.error} onRetry={() => void count.refetch()} />
        ) : (
          count.data && <Funnel funnel={count.data} busy={count.isFetching} />
        )}
      </div>
    </Panel>
  );
}

/** From every account of the client to those on the list; what is deducted later is said beneath. */
function Funnel({ funnel, busy }: { funnel: ListFunnel; busy: boolean }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const steps = [
    ["accounts", funnel.accounts],
    ["openWithBalance", funnel.openWithBalance],
    ["chosen", funnel.chosen],
    ["reachable", funnel.reachable],
  ] as const;
  const top = Math.max(1, funnel.accounts);
  return (
    <div className="list-funnel" aria-live="polite" aria-busy={busy}>
      <p className="list-count">
        <strong>{formatCount(funnel.reachable, locale)}</strong>{" "}
        {t("builder.onTheList", { amount: formatMoney(funnel.balance, locale) })}
      </p>
      <ol>
        {steps.map(([name, value]) => (
          <li key={name}>
            <span>{t(`builder.funnel.${name}`)}</span>
            <span className="list-bar" aria-hidden="true">
              <span style={{ inlineSize: `${(100 * value) / top}%` }} />
            </span>
            <span>{formatCount(value, locale)}</span>
          </li>
        ))}
      </ol>
      <p className="sub">
        {t("builder.later", {
          held: formatCount(funnel.onHold, locale),
          elsewhere: formatCount(funnel.inOtherCampaigns, locale),
        })}
      </p>
      <ul className="list-ages">
        {funnel.ages
          .filter((age) => age.accounts > 0)
          .map((age) => (
            <li key={age.age}>
              {t(`age.${age.age}`)} <strong>{formatCount(age.accounts, locale)}</strong>{" "}
              <span className="sub">{formatMoney(age.balance, locale)}</span>
            </li>
          ))}
      </ul>
    </div>
  );
}
