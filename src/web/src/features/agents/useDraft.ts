import { useState } from "react";
import { type Draft, loadDraft, newDraft, saveDraft } from "./drafts";

/** The draft of one call, saved in this browser with every change. */
export function useDraft(attemptId: string, label: string, defaults: Partial<Draft>) {
  const [draft, setDraft] = useState<Draft>(
    () => loadDraft(attemptId) ?? { ...newDraft(attemptId, label), ...defaults },
  );
  const change = (part: Partial<Draft>) =>
    setDraft((before) => {
      const after = { ...before, ...part };
      saveDraft(after);
      return after;
    });
  return { draft, change };
}
