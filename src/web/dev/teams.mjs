/** The mock of teams, of what agents ask for, and of the answers. Shapes are the API's. */
const member = (agentId, name, team, skills, part = {}) => ({
  agentId,
  name,
  team,
  skills,
  blend: null,
  works: "Blended",
  state: "Available",
  lead: false,
  ...part,
});
const members = [
  member(100, "Ana Ruiz", "North", ["es:4", "tier:2"]),
  member(101, "Ben Ortiz", "North", ["tier:3", "legal"], { lead: true, state: "OnCall" }),
  member(102, "Chen Wei", "South", ["licence-ny"], { blend: "Inbound", works: "Inbound", state: "Break" }),
  member(103, "Dora Klein", "", [], { state: "Offline" }),
];
const teams = [
  { name: "North", blend: "Blended", agents: 2, campaigns: [1] },
  { name: "South", blend: "Outbound", agents: 1, campaigns: [] },
];
const questions = [];

const question = (desk, { amount, lastDay, reason }) => ({
  id: questions.length + 1,
  attemptId: desk.call.attemptId,
  accountId: desk.call.account.id,
  agentId: 100,
  agent: "Ana Ruiz",
  team: "North",
  askedAt: new Date().toISOString(),
  untilAt: new Date(Date.now() + 900_000).toISOString(),
  amount,
  lastDay,
  reason,
  state: "Open",
  words: "",
  granted: null,
  answeredBy: null,
  creditor: desk.call.account.creditor,
  clientAccountNo: desk.call.account.clientAccountNumber,
  balance: desk.call.account.balance,
  currency: "USD",
  percent: Math.round(1000 * (1 - amount / desk.call.account.balance)) / 10,
});

/** What the desk shows of the question in the call. */
const show = (desk, asked) => {
  if (!desk.call) return;
  const { id, state, amount, lastDay, granted, answeredBy, words } = asked;
  desk.call = { ...desk.call, offerRequest: { id, state, amount, lastDay, granted, answeredBy, words } };
  desk.changed();
};

export function teamRoutes({ json, readJson, problem, desk }) {
  return {
    "GET /api/v1/agents": (_request, response) => json(response, 200, { items: members }),
    "PUT /api/v1/agents/:id/assignment": async (request, response, _user, id) => {
      const { team, skills, blend } = await readJson(request);
      const found = members.find((each) => String(each.agentId) === id);
      if (!found) return problem(response, 404, "Not found");
      Object.assign(found, { team, skills, blend, works: blend ?? "Blended" });
      if (team && !teams.some((each) => each.name === team))
        teams.push({ name: team, blend: "Blended", agents: 1, campaigns: [] });
      response.writeHead(204).end();
    },
    "PUT /api/v1/access/users/:id/lead": async (request, response, _user, id) => {
      members.find((each) => String(each.agentId) === id).lead = (await readJson(request)).lead;
      response.writeHead(204).end();
    },
    "GET /api/v1/teams": (_request, response) => json(response, 200, { items: teams }),
    "PUT /api/v1/teams/:id": async (request, response, _user, name) => {
      const asked = await readJson(request);
      const found = teams.find((each) => each.name === name);
      if (found) Object.assign(found, asked);
      else teams.push({ name, agents: 0, ...asked });
      response.writeHead(204).end();
    },
    "GET /api/v1/agent/calls/:id/offer": (_request, response) => {
      if (!desk.call?.account) return problem(response, 404, "Not found");
      const { balance, currency } = desk.call.account;
      const granted = questions.findLast((each) => each.attemptId === desk.call.attemptId && each.granted !== null);
      json(response, 200, {
        balance,
        currency,
        mostPercent: 20,
        least: Math.ceil(balance * 80) / 100,
        standing: granted ? { amount: granted.granted, lastDay: granted.lastDay } : null,
      });
    },
    "POST /api/v1/agent/calls/:id/offer": (_request, response) => json(response, 200, { settlementOfferId: 1 }),
    "POST /api/v1/agent/calls/:id/offer-requests": async (request, response) => {
      const asked = question(desk, await readJson(request));
      questions.push(asked);
      show(desk, asked);
      json(response, 201, { offerRequestId: asked.id });
    },
    "DELETE /api/v1/agent/calls/:id/offer-requests": (_request, response) => {
      const asked = questions.at(-1);
      asked.state = "Withdrawn";
      show(desk, asked);
      response.writeHead(204).end();
    },
    "GET /api/v1/offer-requests": (_request, response) =>
      json(response, 200, {
        mostPercent: 40,
        now: new Date().toISOString(),
        items: questions.filter((each) => each.state !== "Withdrawn"),
      }),
    "POST /api/v1/offer-requests/:id/answer": async (request, response, _user, id) => {
      const { approve, amount, words } = await readJson(request);
      const asked = questions.find((each) => String(each.id) === id);
      if (!approve && !words) return problem(response, 400, "Invalid request", "A refusal needs its reason.");
      Object.assign(asked, {
        state: approve ? "Approved" : "Refused",
        granted: approve ? (amount ?? asked.amount) : null,
        words,
        answeredBy: "Sam Porter",
      });
      show(desk, asked);
      response.writeHead(204).end();
    },
  };
}
