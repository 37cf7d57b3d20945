/** Formatting in the viewer's language. Nothing here guesses a currency or a zone. */

const cache = new Map<string, Intl.NumberFormat>();
function number(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let format = cache.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    cache.set(key, format);
  }
  return format;
}

export function formatCount(value: number, locale: string): string {
  return number(locale, { maximumFractionDigits: 0 }).format(value);
}

export function formatMoney(amount: number, locale: string, currency = "USD"): string {
  const whole = Math.abs(amount) >= 10_000;
  return number(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: whole ? 0 : 2,
  }).format(amount);
}

/** To the cent, however much it is: for books that must agree. */
export function formatCents(amount: number, locale: string, currency = "USD"): string {
  return number(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(amount);
}

/** A share in 0..1 as per cent; null (nothing to divide by) is a dash, never 0 %. */
export function formatShare(share: number | null | undefined, locale: string, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  return number(locale, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

/** Milliseconds as m:ss, or h:mm:ss from an hour on. Negative reads as zero: clocks of two machines may disagree. */
export function formatDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

export function formatClock(ms: number, locale: string, withDate: boolean, zone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    ...(withDate ? { weekday: "short", day: "numeric", month: "short", year: "numeric" } : {}),
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  }).format(ms);
}

export function formatDateTime(instant: string, locale: string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(
    Date.parse(instant),
  );
}

/** A day as yyyy-mm-dd, which is the same day wherever it is read. */
export function formatDay(day: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(Date.parse(day));
}

/** numerator / denominator, or null when there is nothing to divide by. */
export function share(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

/** The middle one, the upper of two; undefined of none. */
export const median = (numbers: readonly number[]): number | undefined =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
