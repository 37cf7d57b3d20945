import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { formatDay, formatDuration, formatMoney } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Empty, Failure } from "../../ui/Notice";
import { type TimelineEntry, timelineQuery } from "./recordContract";

/** Calls, notes, promises, payments and writings in one stream, the newest first. */
export function Timeline({ accountId, currency, phase }: { accountId: string; currency: string; phase: string }) {
  const { t, i18n } = useTranslation();
  const timeline = useQuery(timelineQuery(accountId, phase));
  if (timeline.isError) return <Failure error={timeline.error} onRetry={() => void timeline.refetch()} />;
  if (timeline.data?.items.length === 0) return <Empty title={t("record.nothing")}>{t("record.nothingText")}</Empty>;
  return (
    // A region that scrolls is reached by the keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls
    <ol className="timeline" tabIndex={0} aria-label={t("record.timeline")}>
      {timeline.data?.items.map((entry) => (
        <li key={`${entry.kind}${entry.id}${entry.at}`} data-kind={entry.kind}>
          <time dateTime={entry.at}>{shortTime(entry.at, i18n.language)}</time>
          <div>
            <strong>{t(`record.kind.${entry.kind}`)}</strong> <Came entry={entry} currency={currency} />
            {entry.note && <p className="timeline-note">{plainNote(entry.note)}</p>}
          </div>
          <span className="sub">{entry.by}</span>
        </li>
      ))}
    </ol>
  );
}

const shortTime = (at: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short" }).format(Date.parse(at));

/** Where the words for a kind's codes stand; the others have words of their own. */
const groups: Record<string, string | undefined> = {
  Call: "outcome",
  Handover: "outcome",
  Hold: "hold",
  Consent: "consent",
  Notice: "notice",
};

function Came({ entry, currency }: { entry: TimelineEntry; currency: string }) {
  const { t, i18n } = useTranslation();
  const group = groups[entry.kind];
  const parts = [
    group ? codeText(t, group, entry.code) : codeText(t, `record.state.${entry.kind}`, entry.code),
    entry.amount ? formatMoney(entry.amount, i18n.language, currency) : null,
    entry.kind === "Call" && entry.detail
      ? t(`desk.direction.${entry.detail.toLowerCase()}`)
      : entry.detail && dayAlone.test(entry.detail)
        ? formatDay(entry.detail, i18n.language)
        : entry.detail,
    entry.seconds ? formatDuration(entry.seconds * 1000) : null,
  ];
  return <span>{parts.filter(Boolean).join(" · ")}</span>;
}

/** The last day of a promise, an offer or a task. */
const dayAlone = /^\d{4}-\d{2}-\d{2}$/;

/** The times of the ticked checks stand at the note's end for the record; on the screen they are noise. */
const plainNote = (note: string): string => note.replace(/\n?\[[A-Za-z_]+ \d{4}-[^\]]*\]$/, "");
