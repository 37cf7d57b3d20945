import type { Disposition } from "./contract";
import type { Draft } from "./drafts";

export type DraftFault = "noCode" | "badAmount" | "noDueDate" | "noCallback" | "pastDate";

/** Why the draft cannot be saved yet, or null. `today` is the service's date, yyyy-mm-dd. */
export function draftFault(draft: Draft, today: string): DraftFault | null {
  if (draft.code === null) return "noCode";
  if (draft.code === "RPC-PTP") {
    if (parseAmount(draft.amount) === null) return "badAmount";
    if (!/^\d{4}-\d{2}-\d{2}$/.test(draft.dueDate)) return "noDueDate";
    if (draft.dueDate < today) return "pastDate";
  }
  if (draft.code === "RPC-CB" && draft.callbackAt === "") return "noCallback";
  return null;
}

/** The request's body. The ticked checks and their times go into the note, which cannot be edited after. */
export function toDisposition(draft: Draft): Disposition {
  if (draft.code === null) throw new Error("A draft without an outcome cannot be saved.");
  const checks = Object.entries(draft.checks).map(([name, at]) => `${name} ${at}`);
  const note = [draft.note.trim(), checks.length > 0 ? `[${checks.join("; ")}]` : ""].filter(Boolean).join("\n");
  return {
    code: draft.code,
    ...(note === "" ? {} : { note }),
    ...(draft.code === "RPC-PTP"
      ? { promise: { amount: parseAmount(draft.amount) ?? 0, dueDate: draft.dueDate, method: draft.method } }
      : {}),
    ...(draft.code === "RPC-CB"
      ? { callbackAt: new Date(draft.callbackAt).toISOString(), callbackFor: draft.callbackFor }
      : {}),
  };
}

/** A positive amount with at most two decimals, or null. Accepts 1,234.50 and 1234.5; refuses what is ambiguous. */
export function parseAmount(text: string): number | null {
  const plain = text.trim().replace(/^\$/, "");
  if (!/^(\d+|\d{1,3}(,\d{3})+)(\.\d{1,2})?$/.test(plain)) return null;
  const value = Number(plain.replaceAll(",", ""));
  return value > 0 ? value : null;
}

/** yyyy-mm-dd of an instant in the viewer's zone, some days on. */
export function dateAfter(instantMs: number, days: number): string {
  const date = new Date(instantMs);
  date.setDate(date.getDate() + days);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
