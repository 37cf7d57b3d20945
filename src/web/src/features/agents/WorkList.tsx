import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatDay, formatMoney } from "../../app/format";
import { ask } from "../../app/http";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { finishTask, tasksChanged } from "../workItems/contract";
import { TaskWords } from "../workItems/TaskWords";
import { type WorkItem, workSchema } from "./contract";
import { desk, useDesk } from "./desk";
import { RefusedDial, useDial } from "./RefusedDial";
import "../workItems/workItems.css";

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
      <ul className="tasks">
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
  const cache = useQueryClient();
  const done = useMutation({ mutationFn: () => finishTask(item.id, true), onSettled: () => tasksChanged(cache) });
  const { dial, refused } = useDial(item.accountId ?? null, () =>
    desk.dial(item.accountId ?? "", item.kind === "CallBack" ? item.id : undefined),
  );
  const when =
    item.kind === "CallBack"
      ? new Intl.DateTimeFormat(i18n.language, { dateStyle: "short", timeStyle: "short" }).format(
          Date.parse(item.dueAt),
        )
      : formatDay(item.dueAt, i18n.language);
  return (
    <li>
      <div>
        <strong>
          {item.kind === "Task" ? (
            <Link to={`/accounts/${item.accountId}`}>
              {item.firstName} {item.lastName}
            </Link>
          ) : (
            `${item.firstName} ${item.lastName}`
          )}
        </strong>{" "}
        <span className="sub">
          {t(item.kind === "Task" && !item.mine ? "work.kind.TeamTask" : `work.kind.${item.kind}`)} · {when}
          {item.creditor ? ` · ${item.creditor}` : ""}
          {item.amount ? ` · ${formatMoney(item.amount, i18n.language, "USD")}` : ""}
        </span>
        {item.kind === "Task" && <TaskWords kind={item.taskKind ?? ""} words={item.words ?? ""} />}
      </div>
      <span className="actions">
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
        {item.kind === "Task" && (
          <Button
            size="compact-sm"
            variant="default"
            loading={done.isPending}
            aria-label={`${t("task.done")}: ${item.words ?? ""}`}
            onClick={() => done.mutate()}
          >
            {t("task.done")}
          </Button>
        )}
      </span>
      {refused && <RefusedDial refused={refused} />}
      {dial.isError && !refused && <Failure error={dial.error} />}
      {done.isError && <Failure error={done.error} />}
    </li>
  );
}
