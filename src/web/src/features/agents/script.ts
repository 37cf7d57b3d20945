/** Owed to whoever answers, and so before the right party is known. */
const first = new Set(["RECORDING_NOTICE_REQUIRED", "IDENTITY_DISCLOSURE_REQUIRED"]);
/** Owed by messages and machines, or something to leave unsaid: nothing for the agent to say, good to know. */
const reminders = new Set([
  "LIMITED_CONTENT_ONLY",
  "OPTOUT_MECHANISM_REQUIRED",
  "E_OPTOUT_REQUIRED",
  "NO_OVERSHADOWING",
]);

export const rightParty = "RightParty";

/**
 * The gates of the script in the order they are met, and what is only to be remembered. Several rows of the policy may
 * owe the same disclosure (a federal and a state one); it is said once.
 */
export function scriptOf(disclosures: readonly string[]): { gates: string[]; reminders: string[] } {
  const owed = [...new Set(disclosures)];
  const spoken = owed.filter((code) => !reminders.has(code));
  return {
    gates: [...spoken.filter((code) => first.has(code)), rightParty, ...spoken.filter((code) => !first.has(code))],
    reminders: owed.filter((code) => reminders.has(code)),
  };
}
