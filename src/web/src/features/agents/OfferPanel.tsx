import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDay, formatMoney, formatShare } from "../../app/format";
import { Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import type { DeskCall, OfferRequest } from "./contract";
import { useDesk } from "./desk";
import { deskNow } from "./deskState";
import { dateAfter } from "./disposition";
import { askForOffer, forgiven, makeOffer, type OfferState, offerQuery, offerStep, takeBackOffer } from "./offer";

/** A settlement: within the agent's authority at once, beyond it by asking; what was answered shows here by itself. */
export function OfferPanel({ call }: { call: DeskCall }) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const asked = call.offerRequest ?? null;
  const offer = useQuery(offerQuery(call.attemptId, `${asked?.id ?? ""} ${asked?.state ?? ""}`));
  const money = (amount: number) => formatMoney(amount, i18n.language, offer.data?.currency ?? "USD");
  if (offer.isError) return null; // a debt that is paid, or no call in hand any more: nothing to offer
  const standing = offer.data?.standing;
  return (
    <Panel
      title={t("offer.title")}
      side={
        <Button
          size="compact-xs"
          variant="default"
          aria-expanded={open}
          disabled={!offer.data || asked?.state === "Open"}
          onClick={() => setOpen(!open)}
        >
          {t(open ? "offer.close" : "offer.make")}
        </Button>
      }
    >
      <div className="stack">
        <p className="sub">
          {standing
            ? t("offer.standing", { amount: money(standing.amount), day: formatDay(standing.lastDay, i18n.language) })
            : t("offer.noneStanding")}
        </p>
        {asked && <Answer asked={asked} attemptId={call.attemptId} money={money} />}
        {open && offer.data && asked?.state !== "Open" && (
          <OfferEditor attemptId={call.attemptId} offer={offer.data} money={money} onDone={() => setOpen(false)} />
        )}
      </div>
    </Panel>
  );
}

/** What became of the question. An answer is said aloud by a screen reader; the focus stays where it is. */
function Answer(props: { asked: OfferRequest; attemptId: string; money: (amount: number) => string }) {
  const { t } = useTranslation();
  const { asked, money } = props;
  const takeBack = useMutation({ mutationFn: () => takeBackOffer(props.attemptId) });
  if (asked.state === "Withdrawn") return null;
  const kinds = { Open: "info", Approved: "good", Refused: "warn", Expired: "warn" } as const;
  const granted = asked.granted ?? asked.amount;
  return (
    <>
      <Notice
        kind={kinds[asked.state]}
        title={t(`offer.answer.${asked.state === "Approved" && granted !== asked.amount ? "Counter" : asked.state}`, {
          amount: money(asked.amount),
          granted: money(granted),
          by: asked.answeredBy ?? "",
        })}
        side={
          asked.state === "Open" && (
            <Button size="compact-xs" variant="default" loading={takeBack.isPending} onClick={() => takeBack.mutate()}>
              {t("offer.takeBack")}
            </Button>
          )
        }
      >
        {asked.words}
      </Notice>
      {takeBack.isError && <Failure error={takeBack.error} />}
    </>
  );
}

function OfferEditor(props: {
  attemptId: string;
  offer: OfferState;
  money: (amount: number) => string;
  onDone: () => void;
}) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const { desk: state } = useDesk();
  const { offer, money } = props;
  const today = dateAfter(deskNow(state, performance.now()), 0);
  const [form, setForm] = useState({
    amount: offer.least ? offer.least.toFixed(2) : "",
    lastDay: dateAfter(deskNow(state, performance.now()), 14),
    reason: "",
  });
  const step = offerStep(offer, form);
  const send = useMutation({
    mutationFn: () => (step === "offer" ? makeOffer : askForOffer)(props.attemptId, form),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["offer", props.attemptId] });
      props.onDone();
    },
  });
  const share = (amount: number) => formatShare(forgiven(offer.balance, amount), i18n.language, 0);
  const beyond = step === "ask" || step === "reason";
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (step === "offer" || step === "ask") send.mutate();
      }}
    >
      <p className="sub">
        {offer.least
          ? t("offer.authority", { percent: offer.mostPercent, least: money(offer.least) })
          : t("offer.noAuthority")}
      </p>
      <div className="offer-fields">
        <TextInput
          size="xs"
          label={t("offer.amount")}
          inputMode="decimal"
          value={form.amount}
          error={step === "settles" ? t("offer.settles", { balance: money(offer.balance) }) : undefined}
          onChange={(event) => setForm({ ...form, amount: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          type="date"
          label={t("offer.lastDay")}
          min={today}
          value={form.lastDay}
          onChange={(event) => setForm({ ...form, lastDay: event.currentTarget.value })}
        />
      </div>
      {Number(form.amount) > 0 && step !== "settles" && (
        <p className="sub">{t("offer.forgives", { share: share(Number(form.amount)) })}</p>
      )}
      {beyond && (
        <Textarea
          size="xs"
          label={t("offer.reason")}
          description={t("offer.reasonText")}
          maxLength={500}
          autosize
          minRows={2}
          value={form.reason}
          onChange={(event) => setForm({ ...form, reason: event.currentTarget.value })}
        />
      )}
      {send.isError && <Failure error={send.error} />}
      <div className="offer-actions">
        {offer.least && beyond && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => setForm({ ...form, amount: (offer.least ?? 0).toFixed(2) })}
          >
            {t("offer.counter", { least: money(offer.least) })}
          </Button>
        )}
        <Button size="compact-sm" type="submit" loading={send.isPending} disabled={step !== "offer" && step !== "ask"}>
          {t(beyond ? "offer.ask" : "offer.offer")}
        </Button>
      </div>
    </form>
  );
}
