import { ask } from "../../app/http";

/**
 * Tells the server that a disclosure was said, so that its time is the server's own. The first tick of a code stays.
 * When it cannot be told, the tick still goes into the call's note with the outcome.
 */
export function tickDisclosure(attemptId: string, code: string): Promise<boolean> {
  return ask(`/api/v1/compliance/attempts/${encodeURIComponent(attemptId)}/disclosures`, {
    method: "POST",
    body: { codes: [code], evidence: "script" },
  }).then(
    () => true,
    () => false,
  );
}
