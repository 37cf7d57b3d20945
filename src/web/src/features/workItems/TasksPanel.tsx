import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Panel } from "../../ui/Panel";
import { Due } from "./AccountTasks";
import { openTasksQuery } from "./contract";
import { TaskWords } from "./TaskWords";
import "./workItems.css";

/** As many as fit beside the floor; the most overdue come first. */
const shown = 6;

/** What is open on the floor, by account number. Nothing is drawn while nothing is. */
export function TasksPanel() {
  const { t } = useTranslation();
  const open = useQuery(openTasksQuery);
  if (!open.data || open.data.items.length === 0) return null;
  const { items, today } = open.data;
  const late = items.filter((task) => task.dueOn < today).length;
  return (
    <Panel
      title={t("task.title")}
      side={<span className="sub">{t("task.counts", { open: items.length, overdue: late })}</span>}
    >
      <ul className="tasks">
        {items.slice(0, shown).map((task) => (
          <li key={task.taskId}>
            <div>
              <TaskWords kind={task.kind} words={task.words} />
              <span className="sub">
                <Due dueOn={task.dueOn} today={today} /> · {task.agent ?? t("task.team", { team: task.team })} ·{" "}
                <Link to={`/accounts/${task.accountId}`}>{task.clientAccountNo}</Link>
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
