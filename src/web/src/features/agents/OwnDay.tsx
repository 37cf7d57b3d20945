import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { formatCount, formatMoney, formatShare } from "../../app/format";
import { ask } from "../../app/http";
import { todaySchema } from "./contract";

/** What the agent has done today, beside the goals that are set. Asked for anew with each call that comes or goes. */
export function OwnDay({ call }: { call: string | null }) {
  const { t, i18n } = useTranslation();
  const today = useQuery({
    queryKey: ["agent", "today", call],
    queryFn: ({ signal }) => ask("/api/v1/agent/today", { schema: todaySchema, signal }),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
  if (!today.data) return null;
  const { calls, rightParty, promises, promised, kept } = today.data;
  const count = (value: number) => formatCount(value, i18n.language);
  const money = (value: number) => formatMoney(value, i18n.language);
  const of = (figure: { value: number; goal?: number | null }, write: (value: number) => string) =>
    figure.goal ? t("today.of", { value: write(figure.value), goal: write(figure.goal) }) : write(figure.value);
  return (
    <section className="own-day" aria-label={t("today.title")}>
      <dl>
        <Figure name={t("today.calls")} text={of(calls, count)} met={calls} />
        <Figure name={t("today.rightParty")} text={of(rightParty, count)} met={rightParty} />
        <Figure name={t("today.promises")} text={count(promises.value)} />
        <Figure name={t("today.promised")} text={of(promised, money)} met={promised} />
        {Boolean(kept.goal) && (
          <Figure name={t("today.kept")} text={formatShare(kept.value / (kept.goal ?? 1), i18n.language, 0)} />
        )}
      </dl>
    </section>
  );
}

function Figure(props: { name: string; text: string; met?: { value: number; goal?: number | null } }) {
  const met = Boolean(props.met?.goal) && (props.met?.value ?? 0) >= (props.met?.goal ?? 0);
  return (
    <div data-met={met || undefined}>
      <dt>{props.name}</dt>
      <dd>
        {met && "✓ "}
        {props.text}
      </dd>
    </div>
  );
}
