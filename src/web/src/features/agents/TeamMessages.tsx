import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { formatDateTime } from "../../app/format";
import { ask } from "../../app/http";
import { Notice } from "../../ui/Notice";
import { RowAction } from "../../ui/RowAction";

/** `GET /api/v1/agent/messages`, `POST /api/v1/agent/messages/{id}/read`. */
const schema = z.object({
  items: z.array(
    z.object({ id: z.number(), text: z.string(), urgent: z.boolean(), sentBy: z.string(), sentAt: z.string() }),
  ),
});
const key = ["my-messages"] as const;

/** What supervisors say, above the call until it is read. It waits its turn for a screen reader unless it is urgent. */
export function TeamMessages() {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask("/api/v1/agent/messages", { schema, signal }),
    refetchInterval: 5_000,
  });
  const read = useMutation({
    mutationFn: (id: number) => ask(`/api/v1/agent/messages/${id}/read`, { method: "POST", body: {} }),
    onSuccess: () => cache.invalidateQueries({ queryKey: key }),
  });
  if (!query.data || query.data.items.length === 0) return null;
  return (
    <section className="stack" aria-label={t("messages.title")}>
      {query.data.items.map((item) => (
        <Notice
          key={item.id}
          kind={item.urgent ? "bad" : "info"}
          side={
            <RowAction
              label={t("messages.gotIt")}
              of={item.text}
              busy={read.isPending && read.variables === item.id}
              onClick={() => read.mutate(item.id)}
            />
          }
        >
          {item.text}{" "}
          <span className="sub">
            {item.sentBy} · {formatDateTime(item.sentAt, i18n.language)}
          </span>
        </Notice>
      ))}
    </section>
  );
}
