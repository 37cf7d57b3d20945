import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { formsQuery, questionLines, readQuestions, saveForm } from "./contract";

/** Scorecards as text: one question a line. Saving makes the next version; scores keep the one they answered. */
export function FormsPanel() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const forms = useQuery(formsQuery);
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [asked, setAsked] = useState(false);
  const questions = readQuestions(text);
  const save = useMutation({
    mutationFn: () => saveForm(name.trim(), questions ?? []),
    onSuccess: () => cache.invalidateQueries({ queryKey: formsQuery.queryKey }),
  });
  return (
    <Panel title={t("records.forms")}>
      {(forms.data ?? []).map((form) => (
        <Button
          key={form.formId}
          size="compact-sm"
          variant="default"
          className="form-edit"
          onClick={() => {
            setName(form.name);
            setText(questionLines(form.questions));
            save.reset();
          }}
        >
          {t("records.editForm", { name: form.name, version: form.version })}
        </Button>
      ))}
      <form
        className="note-form"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (questions && name.trim() !== "") save.mutate();
        }}
      >
        <TextInput
          size="xs"
          label={t("records.formName")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={asked && name.trim() === "" ? t("records.formNameMissing") : undefined}
        />
        <Textarea
          size="xs"
          className="questions"
          label={t("records.questions")}
          description={t("records.questionsHint")}
          autosize
          minRows={4}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={asked && questions === null ? t("records.questionsWrong") : undefined}
        />
        <Button size="xs" type="submit" loading={save.isPending}>
          {t("records.saveForm")}
        </Button>
      </form>
      {save.data && (
        <Notice kind="good" title={t("records.savedForm", { name: save.data.name, version: save.data.version })} />
      )}
      {save.isError && <Failure error={save.error} />}
    </Panel>
  );
}
