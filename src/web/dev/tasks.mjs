import { accounts } from "./records.mjs";

/** Tasks about accounts: one of the agent's own, one of the team's, and those that are given in the page. */
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

let tasks = [];

export function resetTasks() {
  tasks = [
    {
      taskId: 31,
      accountId: 4101,
      kind: "OfferApproved",
      words: "420.00, 2026-07-20. Today only.",
      dueOn: day(-1),
      agentId: 100,
      agent: "Ana Ruiz",
      team: "",
      madeBy: "Sam Porter",
      clientAccountNo: "NW-004101",
      creditor: "Northwind Bank",
    },
    {
      taskId: 32,
      accountId: 4102,
      kind: "Given",
      words: "Ask for the hospital's bill",
      dueOn: day(0),
      agentId: null,
      agent: null,
      team: "north",
      madeBy: "Sam Porter",
      clientAccountNo: "NW-004102",
      creditor: "Northwind Bank",
    },
  ];
}
resetTasks();

const byId = (id) => tasks.find((task) => String(task.taskId) === id);

const accountOf = (accountId) => accounts.find((each) => each.accountId === accountId);

/** As they stand in the agent's work list. */
export const tasksAtHand = () =>
  tasks
    .filter((task) => !task.doneAt)
    .map((task) => ({
      kind: "Task",
      id: task.taskId,
      dueAt: `${task.dueOn}T00:00:00Z`,
      accountId: task.accountId,
      firstName: accountOf(task.accountId)?.firstName ?? "Rosa",
      lastName: accountOf(task.accountId)?.lastName ?? "Quintero",
      creditor: task.creditor,
      amount: null,
      mine: task.agentId !== null,
      taskKind: task.kind,
      words: task.words,
    }));

export const taskRoutes = ({ json, readJson, problem }) => ({
  "GET /api/v1/tasks": (_request, response) =>
    json(response, 200, { today: day(0), items: tasks.filter((task) => !task.doneAt) }),
  "POST /api/v1/tasks": async (request, response, user) => {
    const { accountId, text, dueOn, agentId, team } = await readJson(request);
    const task = {
      taskId: 1 + Math.max(32, ...tasks.map((task) => task.taskId)),
      accountId,
      kind: team || agentId ? "Given" : "Own",
      words: text,
      dueOn,
      agentId: team ? null : (agentId ?? user.id),
      agent: team ? null : user.displayName,
      team: team ?? "",
      madeBy: user.displayName,
      clientAccountNo: `NW-00${accountId}`,
      creditor: "Northwind Bank",
    };
    tasks.push(task);
    json(response, 201, { taskId: task.taskId });
  },
  "PUT /api/v1/tasks/:id": async (request, response, user, id) => {
    const task = byId(id);
    if (!task) return problem(response, 404, "Not found");
    const { done } = await readJson(request);
    task.doneAt = done ? new Date().toISOString() : null;
    task.doneBy = done ? user.displayName : null;
    response.writeHead(204).end();
  },
  "PATCH /api/v1/tasks/:id": async (request, response, user, id) => {
    const task = byId(id);
    if (!task) return problem(response, 404, "Not found");
    const { text, dueOn, agentId, team } = await readJson(request);
    task.words = text ?? task.words;
    task.dueOn = dueOn ?? task.dueOn;
    if (team) Object.assign(task, { team, agentId: null, agent: null });
    if (agentId) Object.assign(task, { team: "", agentId, agent: user.displayName });
    response.writeHead(204).end();
  },
  "DELETE /api/v1/tasks/:id": (_request, response, _user, id) => {
    tasks = tasks.filter((task) => String(task.taskId) !== id);
    response.writeHead(204).end();
  },
  "GET /api/v1/accounts/:id/tasks": (_request, response, user, id) =>
    json(response, 200, {
      today: day(0),
      seat: user.scopes.includes("statements:record"),
      team: "north",
      agents: user.scopes.includes("tasks:assign") ? [{ agentId: 100, name: "Ana Ruiz", team: "north" }] : [],
      items: tasks
        .filter((task) => String(task.accountId) === id)
        .map((task) => ({
          ...task,
          mayChange: !task.doneAt && (task.madeBy === user.displayName || user.scopes.includes("tasks:assign")),
        })),
    }),
});
