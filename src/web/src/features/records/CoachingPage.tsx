import { Button, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../app/format";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { answerNote, type Note, ownNotesQuery, ownScoresQuery } from "./contract";
import "./records.css";

/** An agent's own notes and scores: read, and answered once. */
export function CoachingPage() {
  const { t, i18n } = useTranslation();
  usePageTitle(t("shell.coaching"));
  const notes = useQuery(ownNotesQuery);
  const scores = useQuery(ownScoresQuery);
  return (
    <div className="stack">
      <h1>{t("shell.coaching")}</h1>
      <Panel title={t("records.notes")}>
        {notes.isError && <Failure error={notes.error} onRetry={() => void notes.refetch()} />}
        {notes.data?.length === 0 && <Empty title={t("records.noNotes")} />}
        <ul className="notes">
          {(notes.data ?? []).map((note) => (
            <OneNote key={note.noteId} note={note} />
          ))}
        </ul>
      </Panel>
      <Panel title={t("records.ownScores")}>
        {scores.data?.items.length === 0 && <Empty title={t("records.noScores")} />}
        <ul className="notes">
          {(scores.data?.items ?? []).map((score) => (
            <li key={score.scoreId}>
              <strong>{score.percent.toFixed(1)} %</strong> {score.form} ·{" "}
              {t("records.callOf", { id: score.attemptId })} · {formatDateTime(score.scoredAt, i18n.language)}
              {score.autoFailed.length > 0 && ` · ${t("records.failedBy", { questions: score.autoFailed.join(", ") })}`}
              {score.note && <p>{score.note}</p>}
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function OneNote({ note }: { note: Note }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const [text, setText] = useState("");
  const answer = useMutation({
    mutationFn: () => answerNote(note.noteId, text),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["quality", "own-notes"] }),
  });
  return (
    <li>
      <span className="sub">
        {note.writtenBy}, {formatDateTime(note.writtenAt, i18n.language)}
        {note.attemptId && ` · ${t("records.callOf", { id: note.attemptId })}`}
        {note.atSeconds != null && ` · ${t("records.atSecond", { seconds: note.atSeconds })}`}
      </span>
      <p>{note.text}</p>
      {note.answer ? (
        <p className="note-answer">{t("records.yourAnswer", { text: note.answer })}</p>
      ) : (
        <form
          className="note-form"
          onSubmit={(event) => {
            event.preventDefault();
            answer.mutate();
          }}
        >
          <Textarea
            size="xs"
            label={t("records.answerTo", { by: note.writtenBy })}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button size="xs" type="submit" disabled={text.trim() === ""} loading={answer.isPending}>
            {t("records.send")}
          </Button>
        </form>
      )}
      {answer.isError && <Failure error={answer.error} />}
    </li>
  );
}
