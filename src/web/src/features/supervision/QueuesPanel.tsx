import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { formatDuration } from "../../app/format";
import { ask } from "../../app/http";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { useServiceNow } from "./useServiceNow";

const queuesSchema = z.object({
  targetSeconds: z.number(),
  items: z.array(
    z.object({
      queue: z.string(),
      waiting: z.number(),
      callBacks: z.number(),
      longestSince: z.string().nullish(),
      abandoned: z.number(),
      serviceLevel: z.number().nullish(),
    }),
  ),
});

/** Who waits for an agent, and how well the line was served; the formula stands with the figure. */
export function QueuesPanel() {
  const { t } = useTranslation();
  const now = useServiceNow();
  const queues = useQuery({
    queryKey: ["queues"],
    queryFn: ({ signal }) => ask("/api/v1/queues", { schema: queuesSchema, signal }),
    refetchInterval: 2_000,
  });
  const items = queues.data?.items ?? [];
  return (
    <Panel title={t("queues.title")}>
      {queues.isError && <Failure error={queues.error} />}
      {items.length === 0 ? (
        <Empty title={t("queues.none")} />
      ) : (
        <>
          <table className="queues">
            <thead>
              <tr>
                <th scope="col">{t("queues.queue")}</th>
                <th scope="col">{t("queues.waiting")}</th>
                <th scope="col">{t("queues.longest")}</th>
                <th scope="col">{t("queues.callBacks")}</th>
                <th scope="col">{t("queues.level")}</th>
                <th scope="col">{t("queues.abandoned")}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <tr key={row.queue}>
                  <th scope="row">{row.queue}</th>
                  <td>{row.waiting}</td>
                  <td>{row.longestSince && now !== null ? formatDuration(now - Date.parse(row.longestSince)) : "–"}</td>
                  <td>{row.callBacks}</td>
                  <td>{typeof row.serviceLevel === "number" ? `${Math.round(row.serviceLevel * 100)} %` : "–"}</td>
                  <td>{row.abandoned}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="sub">{t("queues.levelTip", { seconds: queues.data?.targetSeconds ?? 0 })}</p>
        </>
      )}
    </Panel>
  );
}
