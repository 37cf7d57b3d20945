import { useTranslation } from "react-i18next";
import { codeText } from "../../app/i18n";

/** What is to be done: in the words of whoever asks, after the service's own where it found the task itself. */
export function TaskWords({ kind, words }: { kind: string; words: string }) {
  const { t } = useTranslation();
  const byPerson = kind === "Own" || kind === "Given";
  return (
    <p className="task-words">
      {!byPerson && <strong>{codeText(t, "taskKind", kind)}</strong>}
      {!byPerson && words !== "" && ": "}
      {words}
    </p>
  );
}
