import { useTranslation } from "react-i18next";
import { codeText } from "../../app/i18n";
import { byPerson } from "./contract";

/** What is to be done: in the words of whoever asks, after the service's own where it found the task itself. */
export function TaskWords({ kind, words }: { kind: string; words: string }) {
  const { t } = useTranslation();
  const found = !byPerson(kind);
  return (
    <p className="task-words">
      {found && <strong>{codeText(t, "taskKind", kind)}</strong>}
      {found && words !== "" && ": "}
      {words}
    </p>
  );
}
