import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** Tasks about accounts: `GET /api/v1/accounts/{id}/tasks`, `GET` and `POST /api/v1/tasks`, `PUT`, `PATCH` and `DELETE /api/v1/tasks/{id}`. */

const taskSchema = z.object({
  taskId: id,
  accountId: id,
  kind: z.string(),
  words: z.string(),
  dueOn: z.string(),
  agentId: id.nullish(),
  agent: z.string().nullish(),
  team: z.string(),
  madeBy: z.string(),
  doneAt: z.string().nullish(),
  doneBy: z.string().nullish(),
  mayChange: z.boolean().nullish(),
  clientAccountNo: z.string().nullish(),
  creditor: z.string().nullish(),
});
export type Task = z.infer<typeof taskSchema>;

const accountTasksSchema = z.object({
  today: z.string(),
  seat: z.boolean(),
  team: z.string(),
  agents: z.array(z.object({ agentId: id, name: z.string(), team: z.string() })),
  items: z.array(taskSchema),
});
export type AccountTasksAnswer = z.infer<typeof accountTasksSchema>;

export const accountTasksQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["tasks", "account", accountId],
    queryFn: ({ signal }) =>
      ask(`/api/v1/accounts/${encodeURIComponent(accountId)}/tasks`, { schema: accountTasksSchema, signal }),
  });

export const openTasksQuery = queryOptions({
  queryKey: ["tasks", "open"],
  queryFn: ({ signal }) =>
    ask("/api/v1/tasks", { schema: z.object({ today: z.string(), items: z.array(taskSchema) }), signal }),
  refetchInterval: 30_000,
});

/** Made by a person, in their own words; the others the service found itself. */
export const byPerson = (kind: string): boolean => kind === "Own" || kind === "Given";

/** Whose a task is: "me", "team:" and its name, or "agent:" and a number. */
export function givenTo(whose: string): { agentId?: number; team?: string } {
  if (whose.startsWith("team:")) return { team: whose.slice(5) };
  return whose.startsWith("agent:") ? { agentId: Number(whose.slice(6)) } : {};
}

/** Those to whom the reader may give a task, the own person first. */
export function choices(answer: AccountTasksAnswer, words: { me: string; team: (name: string) => string }) {
  const teams = new Set([answer.team, ...answer.agents.map((each) => each.team)].filter((name) => name !== ""));
  return [
    ...(answer.seat ? [{ value: "me", label: words.me }] : []),
    ...[...teams].sort().map((name) => ({ value: `team:${name}`, label: words.team(name) })),
    ...answer.agents.map((each) => ({ value: `agent:${each.agentId}`, label: each.name })),
  ];
}

export const giveTask = (accountId: string, text: string, dueOn: string, whose: string) =>
  ask("/api/v1/tasks", {
    method: "POST",
    body: { accountId: Number(accountId), text, dueOn, ...givenTo(whose) },
    schema: z.object({ taskId: id }),
  });

/** Who it is given to is said only when it is somebody else: a task may be of an agent to whom its reader gives none. */
export const changeTask = (taskId: string, part: { text?: string; dueOn: string; whose?: string }): Promise<void> =>
  ask(`/api/v1/tasks/${encodeURIComponent(taskId)}`, {
    method: "PATCH",
    body: {
      dueOn: part.dueOn,
      ...(part.text === undefined ? {} : { text: part.text }),
      ...(part.whose === undefined ? {} : givenTo(part.whose)),
    },
  });

export const takeTaskBack = (taskId: string): Promise<void> =>
  ask(`/api/v1/tasks/${encodeURIComponent(taskId)}`, { method: "DELETE" });

export const finishTask = (taskId: string, done: boolean): Promise<void> =>
  ask(`/api/v1/tasks/${encodeURIComponent(taskId)}`, { method: "PUT", body: { done } });

/** Every list that shows tasks is asked for anew. */
export const tasksChanged = (cache: QueryClient): Promise<unknown> =>
  Promise.all([
    cache.invalidateQueries({ queryKey: ["tasks"] }),
    cache.invalidateQueries({ queryKey: ["agent", "work"] }),
  ]);
