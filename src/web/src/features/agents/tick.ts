import { ask } from "../../app/http";

/**
 * Tells the server that a disclosure was said, so that its time is the server's own. The first tick of a code stays.
 * When it cannot be told, the tick still goes into the call's note with the outcome.
 */
export function tickDisclosure(attemptId: string, code: string): Promise<boolean> {
  return tell(`${disclosuresOf(attemptId)}`, { codes: [code], evidence: "script" });
}

/** Tells the server that a tick was a mistake. The tick stays on record as taken back, and the disclosure is owed again. */
export function takeBackDisclosure(attemptId: string, code: string): Promise<boolean> {
  return tell(`${disclosuresOf(attemptId)}/withdraw`, { codes: [code], reason: "unticked at the desk" });
}

const disclosuresOf = (attemptId: string) => `/api/v1/compliance/attempts/${encodeURIComponent(attemptId)}/disclosures`;

function tell(path: string, body: unknown): Promise<boolean> {
  return ask(path, { method: "POST", body }).then(
    () => true,
    () => false,
  );
}
