import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { formatDateTime } from "../../app/format";
import { ask } from "../../app/http";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { useLive } from "../supervision/liveFeed";

const eventSchema = z.object({
  id: z.number(),
  type: z.string(),
  at: z.string(),
  data: z.record(z.string(), z.unknown()),
  cursor: z.string(),
});
const pageSchema = z.object({ items: z.array(eventSchema), next: z.string().nullish() });
type FeedEvent = z.infer<typeof eventSchema>;

const shown = 12;
const page = 1_000;
const backMinutes = 15;

/** The newest events of the feed as other programs read them, followed by cursor from a quarter of an hour back. */
export function Feed() {
  const { t, i18n } = useTranslation();
  const now = useLive().live?.clock.now;
  const newest = useRef<{ cursor: string | null; events: FeedEvent[] }>({ cursor: null, events: [] });
  const query = useQuery({
    queryKey: ["event-feed"],
    enabled: now !== undefined,
    refetchInterval: 5_000,
    queryFn: async ({ signal }) => {
      let more = true;
      while (more) {
        const { cursor, events } = newest.current;
        const since = new Date(Date.parse(now ?? "") - backMinutes * 60_000).toISOString();
        const from = cursor ? `after=${encodeURIComponent(cursor)}` : `since=${encodeURIComponent(since)}`;
        const read = await ask(`/api/v1/events?${from}&limit=${page}`, { schema: pageSchema, signal });
        newest.current = { cursor: read.next ?? cursor, events: [...read.items.reverse(), ...events].slice(0, shown) };
        more = read.items.length === page;
      }
      return newest.current;
    },
  });
  const columns = useMemo<Column<FeedEvent>[]>(
    () => [
      {
        id: "at",
        header: t("outside.happened"),
        value: (row) => row.at,
        cell: (row) => formatDateTime(row.at, i18n.language),
      },
      { id: "type", header: t("outside.type"), value: (row) => row.type, cell: (row) => <code>{row.type}</code> },
      { id: "data", header: t("outside.data"), value: (row) => words(row.data) },
    ],
    [t, i18n.language],
  );
  return (
    <Panel
      title={t("outside.feed")}
      side={
        <span className="sub">
          {t("outside.feedText")} <code>GET /api/v1/events</code>
        </span>
      }
    >
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      <DataTable
        label={t("outside.feed")}
        columns={columns}
        rows={query.data?.events ?? []}
        rowId={(row) => row.cursor}
        empty={<Empty title={t(query.isPending ? "common.loading" : "outside.noEvents")} />}
      />
      {query.data?.cursor && (
        <p className="sub">
          {t("outside.cursor")} <code>{query.data.cursor}</code>
        </p>
      )}
    </Panel>
  );
}

/** "callId 88 · outcome Completed": ids, codes and sums as they stand, empty ones left out. */
function words(data: Record<string, unknown>): string {
  return Object.entries(data)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(" · ");
}
