import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../app/format";
import { Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { notesQuery, writeNote } from "./contract";

/** What a coach wrote to the agent about this call, whether it was seen, what was answered; and one more note. */
export function NotesPanel({ attemptId, agentId, agent }: { attemptId: string; agentId: string; agent: string }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const notes = useQuery(notesQuery(attemptId));
  const [text, setText] = useState("");
  const [second, setSecond] = useState("");
  const write = useMutation({
    mutationFn: () =>
      writeNote({
        agentId,
        attemptId,
        text,
        atSeconds: second.trim() === "" ? null : Math.max(0, Number(second) || 0),
      }),
    onSuccess: () => {
      setText("");
      setSecond("");
      return cache.invalidateQueries({ queryKey: ["quality", "notes"] });
    },
  });
  return (
    <Panel title={t("records.coaching")}>
      {notes.isError && <Failure error={notes.error} onRetry={() => void notes.refetch()} />}
      <ul className="notes">
        {(notes.data ?? []).map((note) => (
          <li key={note.noteId}>
            <span className="sub">
              {note.writtenBy}, {formatDateTime(note.writtenAt, i18n.language)}
              {note.atSeconds != null && ` · ${t("records.atSecond", { seconds: note.atSeconds })}`} ·{" "}
              {t(note.seenAt ? "records.seen" : "records.unseen")}
            </span>
            <p>{note.text}</p>
            {note.answer && <p className="note-answer">{note.answer}</p>}
          </li>
        ))}
      </ul>
      <form
        className="note-form"
        onSubmit={(event) => {
          event.preventDefault();
          write.mutate();
        }}
      >
        <Textarea
          size="xs"
          label={t("records.writeTo", { agent })}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          inputMode="numeric"
          label={t("records.place")}
          value={second}
          onChange={(event) => setSecond(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" disabled={text.trim() === ""} loading={write.isPending}>
          {t("records.send")}
        </Button>
      </form>
      {write.isError && <Failure error={write.error} />}
    </Panel>
  );
}
