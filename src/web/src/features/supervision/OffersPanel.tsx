import { Button, NumberInput, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatClock, formatMoney } from "../../app/format";
import { Dialogue } from "../../ui/Dialogue";
import { Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { answerOffer, type OfferQuestion, offersKey, offersQuery } from "./offers";

/** Agents on the line who wait for a yes, a no, or another amount. Nothing is drawn while nobody asks. */
export function OffersPanel() {
  const { t, i18n } = useTranslation();
  const query = useQuery(offersQuery);
  const [answered, setAnswered] = useState<OfferQuestion | null>(null);
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data || query.data.items.length === 0) return null;
  const waiting = query.data.items.filter((each) => each.state === "Open").length;
  return (
    <Panel title={t("offers.title")} side={<span className="sub">{t("offers.waiting", { count: waiting })}</span>}>
      <p className="visually-hidden" role="status">
        {t("offers.waiting", { count: waiting })}
      </p>
      <ul className="offers">
        {query.data.items.map((each) => (
          <li key={each.id}>
            <div>
              <strong>
                {each.agent} · {formatMoney(each.amount, i18n.language, each.currency)}
              </strong>{" "}
              <span className="sub">
                {t("offers.of", {
                  balance: formatMoney(each.balance, i18n.language, each.currency),
                  percent: each.percent,
                  day: each.lastDay,
                })}{" "}
                · {each.creditor} {each.clientAccountNo}
                {each.team && ` · ${each.team}`}
              </span>
              <p>{each.reason}</p>
            </div>
            {each.state === "Open" ? (
              <Button
                size="compact-sm"
                aria-label={`${t("offers.answer")}: ${each.agent}`}
                onClick={() => setAnswered(each)}
              >
                {t("offers.answer")}
              </Button>
            ) : (
              <span className="sub">
                {t(`offers.state.${each.state}`)} · {each.answeredBy} ·{" "}
                {formatClock(Date.parse(each.askedAt), i18n.language, false)}
              </span>
            )}
          </li>
        ))}
      </ul>
      {answered && (
        <AnswerOffer question={answered} mostPercent={query.data.mostPercent} onClose={() => setAnswered(null)} />
      )}
    </Panel>
  );
}

function AnswerOffer(props: { question: OfferQuestion; mostPercent: number; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const { question } = props;
  const [amount, setAmount] = useState(question.amount);
  const [words, setWords] = useState("");
  const money = (value: number) => formatMoney(value, i18n.language, question.currency);
  const percent = question.balance > 0 ? 100 * (1 - amount / question.balance) : 0;
  const beyond = percent > props.mostPercent;
  const answer = useMutation({
    mutationFn: (approve: boolean) =>
      answerOffer(question.id, { approve, amount: approve && amount !== question.amount ? amount : null, words }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: offersKey });
      props.onClose();
    },
  });
  return (
    <Dialogue onClose={props.onClose} title={`${t("offers.answer")}: ${question.agent}`}>
      <div className="stack">
        <p>
          {t("offers.of", { balance: money(question.balance), percent: question.percent, day: question.lastDay })} ·{" "}
          {question.creditor}
        </p>
        <p>{question.reason}</p>
        <NumberInput
          size="xs"
          label={t("offers.amount")}
          description={t("offers.amountText", { percent: props.mostPercent })}
          decimalScale={2}
          min={0.01}
          max={question.balance}
          hideControls
          value={amount}
          onChange={(value) => setAmount(Number(value))}
        />
        {beyond && (
          <Notice kind="warn" title={t("offers.beyond", { percent: props.mostPercent })}>
            {t("offers.beyondText")}
          </Notice>
        )}
        <Textarea
          size="xs"
          label={t("offers.words")}
          description={t("offers.wordsText")}
          maxLength={500}
          autosize
          minRows={2}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          data-autofocus
        />
        {answer.isError && <Failure error={answer.error} />}
        <div className="team-actions">
          <Button
            size="compact-md"
            variant="default"
            disabled={words.trim() === ""}
            loading={answer.isPending && answer.variables === false}
            onClick={() => answer.mutate(false)}
          >
            {t("offers.refuse")}
          </Button>
          <Button
            size="compact-md"
            disabled={beyond || amount <= 0 || amount >= question.balance}
            loading={answer.isPending && answer.variables === true}
            onClick={() => answer.mutate(true)}
          >
            {t(amount === question.amount ? "offers.approve" : "offers.counter")}
          </Button>
        </div>
      </div>
    </Dialogue>
  );
}
