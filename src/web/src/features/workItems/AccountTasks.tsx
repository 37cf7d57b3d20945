import { Button, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../../ui/Notice";
import { may, useUser } from "../access/session";
import {
  type AccountTasksAnswer,
  accountTasksQuery,
  choices,
  finishTask,
  giveTask,
  type Task,
  tasksChanged,
} from "./contract";
import { TaskWords } from "./TaskWords";
import "./workItems.css";

/** What is to be done about this account, what was, and a line for the next. */
export function AccountTasks({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const user = useUser().data;
  const tasks = useQuery(accountTasksQuery(accountId));
  if (tasks.isError) return <Failure error={tasks.error} onRetry={() => void tasks.refetch()} />;
  if (!tasks.data) return null;
  const { items, today } = tasks.data;
  const works = Boolean(user && may(user, "calls:take"));
  return (
    <div className="stack">
      {works && <NewTask accountId={accountId} answer={tasks.data} />}
      {items.length === 0 && <p className="muted">{t("task.none")}</p>}
      <ul className="tasks">
        {items.map((task) => (
          <TaskLine key={task.taskId} task={task} today={today} works={works} />
        ))}
      </ul>
    </div>
  );
}

function TaskLine({ task, today, works }: { task: Task; today: string; works: boolean }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const finish = useMutation({
    mutationFn: () => finishTask(task.taskId, !task.doneAt),
    onSuccess: () => tasksChanged(cache),
  });
  const press = t(task.doneAt ? "task.reopen" : "task.done");
  return (
    <li data-done={task.doneAt ? true : undefined}>
      <div>
        <TaskWords kind={task.kind} words={task.words} />
        <span className="sub">
          {task.doneAt ? t("task.doneBy", { name: task.doneBy }) : <Due dueOn={task.dueOn} today={today} />} ·{" "}
          {task.agent ?? t("task.team", { team: task.team })} · {t("task.from", { name: task.madeBy })}
        </span>
      </div>
      {works && (
        <Button
          size="compact-sm"
          variant="default"
          loading={finish.isPending}
          aria-label={`${press}: ${task.words}`}
          onClick={() => finish.mutate()}
        >
          {press}
        </Button>
      )}
      {finish.isError && <Failure error={finish.error} />}
    </li>
  );
}

/** The last day in time; said in words, not by colour alone, when it is over. */
export function Due({ dueOn, today }: { dueOn: string; today: string }) {
  const { t } = useTranslation();
  return dueOn < today ? <strong>{t("task.overdue", { day: dueOn })}</strong> : <>{t("task.dueOn", { day: dueOn })}</>;
}

function NewTask({ accountId, answer }: { accountId: string; answer: AccountTasksAnswer }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const whose = choices(answer, { me: t("task.me"), team: (team) => t("task.team", { team }) });
  const [text, setText] = useState("");
  const [dueOn, setDueOn] = useState(answer.today);
  const [to, setTo] = useState(whose[0]?.value ?? "me");
  const give = useMutation({
    mutationFn: () => giveTask(accountId, text.trim(), dueOn, to),
    onSuccess: () => {
      setText("");
      return tasksChanged(cache);
    },
  });
  if (whose.length === 0) return null;
  return (
    <form
      className="task-new"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "" && dueOn !== "" && !give.isPending) give.mutate();
      }}
    >
      <TextInput
        size="xs"
        label={t("task.what")}
        maxLength={500}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        type="date"
        label={t("task.due")}
        min={answer.today}
        value={dueOn}
        onChange={(event) => setDueOn(event.currentTarget.value)}
      />
      {whose.length > 1 && (
        <Select
          size="xs"
          label={t("task.whose")}
          data={whose}
          value={to}
          allowDeselect={false}
          searchable={whose.length > 12}
          onChange={(value) => setTo(value ?? "me")}
        />
      )}
      <Button size="xs" type="submit" loading={give.isPending} disabled={text.trim() === "" || dueOn === ""}>
        {t("task.add")}
      </Button>
      {give.isError && <Failure error={give.error} />}
    </form>
  );
}
