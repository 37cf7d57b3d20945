import { Button, Radio, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatMoney } from "../../app/format";
import { ask } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { type DeskCall, type PlanChoice, plansSchema } from "./contract";
import { useDesk } from "./desk";
import { deskNow } from "./deskState";
import { dateAfter } from "./disposition";

/** The plan that stands, or those of the client's catalogue that fit the balance: nobody at a desk agrees to another. */
export function PlanPanel({ call, onAgreed }: { call: DeskCall; onAgreed: () => void }) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const plans = useQuery({
    queryKey: ["plans", call.attemptId, call.account?.balance],
    queryFn: ({ signal }) => ask(`/api/v1/agent/calls/${call.attemptId}/plans`, { schema: plansSchema, signal }),
  });
  if (!plans.data || (!plans.data.standing && plans.data.choices.length === 0)) return null;
  const { standing, choices, currency } = plans.data;
  const money = (amount: number) => formatMoney(amount, i18n.language, currency);
  return (
    <Panel
      title={t("plan.title")}
      side={
        !standing && (
          <Button size="compact-xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t(open ? "offer.close" : "plan.make")}
          </Button>
        )
      }
    >
      {standing && (
        <>
          <p className="sub">{codeText(t, "planState", standing.state)}</p>
          <ol className="plan-parts">
            {standing.installments.map((part) => (
              <li key={part.number}>
                <span>{part.dueOn}</span> <strong>{money(part.amount)}</strong>
              </li>
            ))}
          </ol>
        </>
      )}
      {!standing && !open && <p className="sub">{t("plan.count", { count: choices.length })}</p>}
      {!standing && open && (
        <PlanEditor
          attemptId={call.attemptId}
          choices={choices}
          latest={plans.data.latestFirst}
          money={money}
          onDone={() => {
            setOpen(false);
            onAgreed();
          }}
        />
      )}
    </Panel>
  );
}

function PlanEditor(props: {
  attemptId: string;
  choices: PlanChoice[];
  latest: string;
  money: (amount: number) => string;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { desk: state } = useDesk();
  const now = deskNow(state, performance.now());
  const [chosen, setChosen] = useState(props.choices[0]?.planOfferId ?? "");
  const [firstOn, setFirstOn] = useState(dateAfter(now, 14));
  const agree = useMutation({
    mutationFn: () =>
      ask(`/api/v1/agent/calls/${props.attemptId}/plans`, {
        method: "POST",
        body: { planOfferId: Number(chosen), firstOn },
      }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["plans", props.attemptId] });
      props.onDone();
    },
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        agree.mutate();
      }}
    >
      <Radio.Group label={t("plan.choose")} size="xs" value={chosen} onChange={setChosen}>
        <div className="plan-choices">
          {props.choices.map((choice) => (
            <Radio
              key={choice.planOfferId}
              size="xs"
              value={choice.planOfferId}
              label={t("plan.choice", {
                parts: choice.installments,
                each: props.money(choice.each),
                days: choice.everyDays,
              })}
              description={choice.last === choice.each ? undefined : t("plan.last", { last: props.money(choice.last) })}
            />
          ))}
        </div>
      </Radio.Group>
      <TextInput
        size="xs"
        type="date"
        label={t("plan.first")}
        min={dateAfter(now, 0)}
        max={props.latest}
        value={firstOn}
        onChange={(event) => setFirstOn(event.currentTarget.value)}
      />
      <p className="sub">{t("plan.signature")}</p>
      {agree.isError && <Failure error={agree.error} />}
      <div className="offer-actions">
        <Button size="compact-sm" type="submit" loading={agree.isPending} disabled={chosen === "" || firstOn === ""}>
          {t("plan.agree")}
        </Button>
      </div>
    </form>
  );
}
