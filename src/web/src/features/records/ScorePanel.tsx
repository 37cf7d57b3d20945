import { Button, Radio, Select, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../app/format";
import { Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { formsQuery, type QaForm, scoreCall, scoresQuery } from "./contract";

const worth = { yes: 1, partly: 0.5, no: 0, none: null } as const;
type Choice = keyof typeof worth;
const choices = Object.keys(worth) as Choice[];

/** Scores of a call, and a form to score it by. */
export function ScorePanel({ attemptId }: { attemptId: string }) {
  const { t, i18n } = useTranslation();
  const forms = useQuery(formsQuery);
  const scores = useQuery(scoresQuery(attemptId));
  const [chosen, setChosen] = useState<string | null>(null);
  const form = forms.data?.find((each) => each.formId === chosen);
  return (
    <Panel title={t("records.quality")}>
      {(scores.data?.items ?? []).map((score) => (
        <Notice
          key={score.scoreId}
          kind={score.autoFailed.length > 0 ? "bad" : "info"}
          title={`${score.form} ${score.version}: ${score.percent.toFixed(1)} %`}
          quiet
        >
          {score.scorer}, {formatDateTime(score.scoredAt, i18n.language)}
          {score.autoFailed.length > 0 && ` · ${t("records.failedBy", { questions: score.autoFailed.join(", ") })}`}
          {score.note && ` · ${score.note}`}
        </Notice>
      ))}
      <Select
        size="xs"
        className="form-choice"
        label={t("records.form")}
        placeholder={t("records.chooseForm")}
        data={(forms.data ?? []).map((each) => ({ value: each.formId, label: `${each.name} (${each.version})` }))}
        value={chosen}
        onChange={setChosen}
      />
      {form && <ScoreForm key={form.formId} form={form} attemptId={attemptId} />}
    </Panel>
  );
}

function ScoreForm({ form, attemptId }: { form: QaForm; attemptId: string }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [answers, setAnswers] = useState<Record<string, Choice>>({});
  const [note, setNote] = useState("");
  const score = useMutation({
    mutationFn: () =>
      scoreCall({
        formId: form.formId,
        attemptId,
        note,
        answers: Object.fromEntries(Object.entries(answers).map(([question, answer]) => [question, worth[answer]])),
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["quality"] }),
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        score.mutate();
      }}
    >
      {form.questions.map((question) => (
        <Radio.Group
          key={question.id}
          size="xs"
          label={question.text}
          description={question.autoFail ? t("records.autoFail") : t("records.weight", { weight: question.weight })}
          value={answers[question.id] ?? null}
          onChange={(value) => setAnswers({ ...answers, [question.id]: value as Choice })}
        >
          <div className="answers">
            {choices.map((choice) => (
              <Radio key={choice} size="xs" value={choice} label={t(`records.answer.${choice}`)} />
            ))}
          </div>
        </Radio.Group>
      ))}
      <Textarea
        size="xs"
        label={t("records.note")}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div>
        <Button size="xs" type="submit" loading={score.isPending}>
          {t("records.score")}
        </Button>
      </div>
      {score.data && (
        <Notice kind={score.data.autoFailed.length > 0 ? "bad" : "good"} title={`${score.data.percent.toFixed(1)} %`} />
      )}
      {score.isError && <Failure error={score.error} />}
    </form>
  );
}
