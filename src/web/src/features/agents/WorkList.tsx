import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { formatMoney } from "../../app/format";
import { ask } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { dialPreviewSchema, type WorkItem, workSchema } from "./contract";
import { desk, useDesk } from "./desk";

/** What waits for this agent. One press dials through the same gate as every call; a refusal says why and until when. */
export function WorkList() {
  const { t } = useTranslation();
  const work = useQuery({
    queryKey: ["agent", "work"],
    queryFn: ({ signal }) => ask("/api/v1/agent/work", { schema: workSchema, signal }),
    refetchInterval: 15_000,
  });
  return (
    <Panel title={t("work.title")}>
      {work.isError && <Failure error={work.error} onRetry={() => void work.refetch()} />}
      {work.data?.items.length === 0 && <Empty title={t("work.none")}>{t("work.noneText")}</Empty>}
      <ul className="worklist">
        {work.data?.items.map((item) => (
          <Work key={`${item.kind}${item.id}`} item={item} />
        ))}
      </ul>
    </Panel>
  );
}

function Work({ item }: { item: WorkItem }) {
  const { t, i18n } = useTranslation();
  const { desk: state } = useDesk();
  const preview = useMutation({
    mutationFn: () => ask(`/api/v1/agent/dial/${item.accountId}`, { schema: dialPreviewSchema }),
  });
  const dial = useMutation({
    mutationFn: () => desk.dial(item.accountId ?? "", item.kind === "CallBack" ? item.id : undefined),
    onError: () => preview.mutate(),
  });
  const when = new Intl.DateTimeFormat(
    i18n.language,
    item.kind === "CallBack" ? { dateStyle: "short", timeStyle: "short" } : { dateStyle: "medium", timeZone: "UTC" },
  ).format(Date.parse(item.dueAt));
  const refused = preview.data && !preview.data.allowed ? preview.data : null;
  return (
    <li>
      <div>
        <strong>
          {item.firstName} {item.lastName}
        </strong>{" "}
        <span className="sub">
          {t(`work.kind.${item.kind}`)} · {when}
          {item.creditor ? ` · ${item.creditor}` : ""}
          {item.amount ? ` · ${formatMoney(item.amount, i18n.language, "USD")}` : ""}
        </span>
      </div>
      {item.accountId && (
        <Button
          size="compact-sm"
          variant="default"
          loading={dial.isPending}
          disabled={state.snapshot?.state !== "Available"}
          onClick={() => dial.mutate()}
        >
          {t("work.dial")}
        </Button>
      )}
      {refused && (
        <Notice kind="warn" title={t("work.notNow")}>
          {refused.reasons.map((code) => codeText(t, "denial", code)).join(" · ")}
          {refused.retryAt &&
            ` ${t("work.retryAt", { at: new Intl.DateTimeFormat(i18n.language, { dateStyle: "short", timeStyle: "short" }).format(Date.parse(refused.retryAt)) })}`}
        </Notice>
      )}
      {dial.isError && !refused && !preview.isPending && <Failure error={dial.error} />}
    </li>
  );
}
