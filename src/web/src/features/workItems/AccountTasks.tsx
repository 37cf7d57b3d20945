import { Button, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDay } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Failure } from "../../ui/Notice";
import { RowAction } from "../../ui/RowAction";
import { SureButton } from "../../ui/SureButton";
import { may, useUser } from "../access/session";
import {
  accountTasksQuery,
  byPerson,
  changeTask,
  choices,
  finishTask,
  giveTask,
  type Task,
  takeTaskBack,
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
  const whose = choices(tasks.data, { me: t("task.me"), team: (team) => t("task.team", { team }) });
  const works = Boolean(user && may(user, "calls:take"));
  return (
    <div className="stack">
      {works && whose.length > 0 && <NewTask accountId={accountId} whose={whose} today={today} />}
      {items.length === 0 && <p className="muted">{t("task.none")}</p>}
      <ul className="tasks">
        {items.map((task) => (
          <TaskLine key={task.taskId} task={task} whose={whose} today={today} works={works} />
        ))}
      </ul>
    </div>
  );
}

interface Whose {
  whose: { value: string; label: string }[];
  today: string;
}

function TaskLine({ task, whose, today, works }: Whose & { task: Task; works: boolean }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [changing, setChanging] = useState(false);
  const finish = useMutation({
    mutationFn: () => finishTask(task.taskId, !task.doneAt),
    onSuccess: () => tasksChanged(cache),
  });
  const takeBack = useMutation({ mutationFn: () => takeTaskBack(task.taskId), onSuccess: () => tasksChanged(cache) });
  const press = t(task.doneAt ? "task.reopen" : "task.done");
  const name = task.words || codeText(t, "taskKind", task.kind);
  if (changing)
    return (
      <li>
        <ChangeTask task={task} whose={whose} today={today} onEnd={() => setChanging(false)} />
      </li>
    );
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
        <span className="actions">
          <RowAction label={press} of={name} busy={finish.isPending} onClick={() => finish.mutate()} />
          {task.mayChange && <RowAction label={t("task.change")} of={name} onClick={() => setChanging(true)} />}
          {task.mayChange && (
            <SureButton
              text={t("task.takeBack")}
              of={name}
              busy={takeBack.isPending}
              onSure={() => takeBack.mutate()}
            />
          )}
        </span>
      )}
      {finish.isError && <Failure error={finish.error} />}
      {takeBack.isError && <Failure error={takeBack.error} />}
    </li>
  );
}

/** The last day in time; said in words, not by colour alone, when it is over. */
export function Due({ dueOn, today }: { dueOn: string; today: string }) {
  const { t, i18n } = useTranslation();
  const day = formatDay(dueOn, i18n.language);
  return dueOn < today ? <strong>{t("task.overdue", { day })}</strong> : t("task.dueOn", { day });
}

function NewTask({ accountId, whose, today }: Whose & { accountId: string }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const give = useMutation({
    mutationFn: (form: TaskForm) => giveTask(accountId, form.text.trim(), form.dueOn, form.to),
    onSuccess: () => tasksChanged(cache),
  });
  const [added, setAdded] = useState(0);
  return (
    <>
      <TaskEditor
        key={added}
        initial={{ text: "", dueOn: today, to: whose[0]?.value ?? "me" }}
        whose={whose}
        today={today}
        press={t("task.add")}
        busy={give.isPending}
        onSave={(form) => give.mutate(form, { onSuccess: () => setAdded((before) => before + 1) })}
      />
      {give.isError && <Failure error={give.error} />}
    </>
  );
}

/** The same line with what it holds now; what the service has said of a task that it found is not said otherwise. */
function ChangeTask({ task, whose, today, onEnd }: Whose & { task: Task; onEnd: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const now = { value: "as it is", label: task.agent ?? t("task.team", { team: task.team }) };
  const spoken = byPerson(task.kind);
  const change = useMutation({
    mutationFn: (form: TaskForm) =>
      changeTask(task.taskId, {
        dueOn: form.dueOn,
        ...(spoken ? { text: form.text.trim() } : {}),
        ...(form.to === now.value ? {} : { whose: form.to }),
      }),
    onSuccess: async () => {
      await tasksChanged(cache);
      onEnd();
    },
  });
  return (
    <>
      <TaskEditor
        initial={{ text: task.words, dueOn: task.dueOn, to: now.value }}
        whose={[now, ...whose.filter((each) => each.label !== now.label)]}
        today={today}
        press={t("task.save")}
        busy={change.isPending}
        words={spoken}
        onSave={(form) => change.mutate(form)}
        onCancel={onEnd}
      />
      {change.isError && <Failure error={change.error} />}
    </>
  );
}

interface TaskForm {
  text: string;
  dueOn: string;
  to: string;
}

function TaskEditor(
  props: Whose & {
    initial: TaskForm;
    press: string;
    busy: boolean;
    words?: boolean;
    onSave: (form: TaskForm) => void;
    onCancel?: () => void;
  },
) {
  const { t } = useTranslation();
  const { whose, busy, onCancel, words = true } = props;
  const [form, setForm] = useState(props.initial);
  const ready = form.dueOn !== "" && (!words || form.text.trim() !== "");
  return (
    <form
      className="task-new"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) props.onSave(form);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel?.();
      }}
    >
      {words && (
        <TextInput
          size="xs"
          label={t("task.what")}
          maxLength={500}
          autoFocus={Boolean(onCancel)}
          value={form.text}
          onChange={(event) => setForm({ ...form, text: event.currentTarget.value })}
        />
      )}
      <TextInput
        size="xs"
        type="date"
        label={t("task.due")}
        min={[props.initial.dueOn, props.today].sort()[0]}
        autoFocus={!words}
        value={form.dueOn}
        onChange={(event) => setForm({ ...form, dueOn: event.currentTarget.value })}
      />
      {whose.length > 1 && (
        <Select
          size="xs"
          label={t("task.whose")}
          data={whose}
          value={form.to}
          allowDeselect={false}
          searchable={whose.length > 12}
          onChange={(value) => value && setForm({ ...form, to: value })}
        />
      )}
      <Button size="xs" type="submit" loading={busy} disabled={!ready}>
        {props.press}
      </Button>
      {onCancel && (
        <Button size="xs" variant="default" onClick={onCancel}>
          {t("common.cancel")}
        </Button>
      )}
    </form>
  );
}
