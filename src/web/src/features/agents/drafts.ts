import { z } from "zod";
import { callbackFors, outcomeCodes } from "./contract";

/**
 * What the agent has entered for a call and not yet saved, kept in this browser by attempt, so that a reload, a crash
 * or the end of wrap-up loses nothing. It holds what the agent typed and no data of the consumer's record.
 */
const draftSchema = z.object({
  attemptId: z.string(),
  label: z.string(),
  updatedAt: z.number(),
  note: z.string(),
  code: z.enum(outcomeCodes).nullable(),
  checks: z.record(z.string(), z.string()),
  amount: z.string(),
  dueDate: z.string(),
  method: z.string(),
  callbackAt: z.string(),
  callbackFor: z.enum(callbackFors).default("Mine"),
});
export type Draft = z.infer<typeof draftSchema>;

const prefix = "dialer.draft.";
const keepMs = 7 * 24 * 3600 * 1000;

export function newDraft(attemptId: string, label: string): Draft {
  return {
    attemptId,
    label,
    updatedAt: 0,
    note: "",
    code: null,
    checks: {},
    amount: "",
    dueDate: "",
    method: "Any",
    callbackAt: "",
    callbackFor: "Mine",
  };
}

export function loadDraft(attemptId: string): Draft | null {
  return read(prefix + attemptId);
}

export function saveDraft(draft: Draft, now = Date.now()): void {
  localStorage.setItem(prefix + draft.attemptId, JSON.stringify({ ...draft, updatedAt: now }));
}

export function dropDraft(attemptId: string): void {
  localStorage.removeItem(prefix + attemptId);
}

/** Drafts of earlier calls that hold something, newest first; those older than a week are removed. */
export function earlierDrafts(currentAttempt: string | null, now = Date.now()): Draft[] {
  const found: Draft[] = [];
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(prefix))) {
    const draft = read(key);
    if (!draft || now - draft.updatedAt > keepMs) localStorage.removeItem(key);
    else if (draft.attemptId !== currentAttempt && (draft.note.trim() !== "" || draft.code !== null)) found.push(draft);
  }
  return found.sort((a, b) => b.updatedAt - a.updatedAt);
}

function read(key: string): Draft | null {
  try {
    const parsed = draftSchema.safeParse(JSON.parse(localStorage.getItem(key) ?? "null"));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
