/** "0 30 8 ? * MON-FRI" is 08:30 on MON-FRI; null for anything less plain. */
export function plainTime(cron: string): { at: string; days: string } | null {
  const found = /^(\d{1,2}) (\d{1,2}) (\d{1,2}) [?*] \* ([A-Z,*?-]+)$/.exec(cron);
  if (!found) return null;
  const [, second = "", minute = "", hour = "", days = ""] = found;
  const parts = Number(second) === 0 ? [hour, minute] : [hour, minute, second];
  return { at: parts.map((part) => part.padStart(2, "0")).join(":"), days: days === "*" || days === "?" ? "" : days };
}
