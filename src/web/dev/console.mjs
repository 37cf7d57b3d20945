/** The mock of what a supervisor steers with: lists, cadence, caller ids, alerts, messages, experiments. Shapes are the API's. */
const rule = (outcome, fromAttempt, toAttempt, delayMinutes, part, stop = false) => ({
  outcome,
  fromAttempt,
  toAttempt,
  delayMinutes,
  part,
  stop,
});
const matrix = {
  rules: [
    rule("Busy", 1, null, 30, "Any"),
    rule("NoAnswer", 1, 2, 240, "Other"),
    rule("NoAnswer", 3, null, 1440, "Other"),
    rule("Machine", 1, null, 1200, "Other"),
    rule("Failed", 2, null, 0, "Any", true),
  ],
  maxAttempts: 14,
  maxAttemptsADay: 2,
};
const cap = (id, jurisdiction, max, windowHours, counts, citation, isLaw, binds) => ({
  id,
  jurisdiction,
  max,
  windowHours,
  unit: "Person",
  counts,
  citation,
  isLaw,
  binds,
});

export const consoleState = {
  design: {
    version: 3,
    name: "Northwind cards",
    state: "Open",
    design: {
      cadence: matrix,
      callerIdPoolId: 1,
      holidays: "US",
      callsADay: 5000,
      skills: ["en"],
      machineTreatment: "HangUp",
      noAgentTreatment: "Message",
      opensCron: "0 0 8 ? * MON-SAT",
      closesCron: "0 0 21 ? * MON-SAT",
      zone: "America/New_York",
    },
    inForce: matrix,
    changes: [{ changeId: 1, at: "2026-06-02T15:05:00Z", actor: "supervisor", reason: "Evenings reach more people" }],
  },
  pools: [
    {
      id: 1,
      name: "East",
      campaigns: ["Northwind cards"],
      numbers: [0, 1, 2, 3].map((n) => ({
        e164: `+1212555010${n}`,
        state: n === 3 ? "Resting" : "Active",
        reason: n === 3 ? "Labelled as spam by a carrier" : "",
        changedAt: "2026-06-01T12:00:00Z",
        calls: 812 - 40 * n,
        answered: n === 2 ? 81 : 301 - 20 * n,
        health: {
          rate: n === 2 ? 0.11 : 0.37,
          low: n === 2 ? 0.09 : 0.34,
          high: n === 2 ? 0.13 : 0.41,
          standing: n === 2 ? "Low" : "Good",
        },
      })),
    },
  ],
  messages: { teams: ["North", "South"], items: [] },
  rules: {
    metrics: [
      {
        name: "abandonmentOfCap",
        unit: "%",
        formula: "Abandoned / live answers today, as a share of the cap",
        above: true,
      },
      { name: "leadsReady", unit: "", formula: "Leads that are due now", above: false },
      { name: "longestWait", unit: "s", formula: "The longest wait of a caller in line", above: true },
    ],
    rules: [
      {
        alertRuleId: 2,
        metric: "leadsReady",
        campaignId: null,
        level: "warning",
        raiseAt: 200,
        clearAt: 400,
        raiseAfterS: 60,
        clearAfterS: 60,
        owner: "Max Manager",
        enabled: true,
        updatedAt: "2026-06-01T12:00:00Z",
        updatedBy: "default",
      },
      {
        alertRuleId: 3,
        metric: "longestWait",
        campaignId: null,
        level: "warning",
        raiseAt: 90,
        clearAt: 30,
        raiseAfterS: 15,
        clearAfterS: 60,
        owner: "Supervisors",
        enabled: true,
        updatedAt: "2026-06-01T12:00:00Z",
        updatedBy: "default",
      },
      {
        alertRuleId: 1,
        metric: "abandonmentOfCap",
        campaignId: null,
        level: "error",
        raiseAt: 90,
        clearAt: 75,
        raiseAfterS: 60,
        clearAfterS: 120,
        owner: "Supervisors",
        enabled: true,
        updatedAt: "2026-06-01T12:00:00Z",
        updatedBy: "default",
      },
    ],
    targets: ["agents", "answeredLive", "contactRate", "promises", "promised", "payments", "paid"],
  },
};

const funnel = (filter) => {
  const chosen = filter?.minBalance > 500 ? 1200 : 4180;
  return {
    accounts: 5000,
    openWithBalance: 4620,
    chosen,
    reachable: chosen - 90,
    onHold: 41,
    inOtherCampaigns: 0,
    balance: chosen * 812.4,
    ages: [
      { age: "Current", accounts: 0, balance: 0 },
      { age: "30", accounts: Math.round(chosen * 0.4), balance: chosen * 300 },
      { age: "90", accounts: Math.round(chosen * 0.6) - 90, balance: chosen * 512.4 },
    ],
  };
};

const experiment = {
  id: 1,
  name: "Evenings",
  hypothesis: "People are at home in the evening, so more of them are reached.",
  metric: "rightParty",
  metricText: "Persons reached: share of persons with whom a call of this campaign reached the right party",
  horizonHours: 168,
  plannedPersons: 4000,
  alpha: 0.05,
  state: "Running",
  startedAt: "2026-05-20T12:00:00Z",
  startedBy: "supervisor",
  stoppedAt: null,
  conclusion: null,
  a: { name: "As now", cadence: null, callerIdPoolId: null },
  b: { name: "Evening", cadence: matrix, callerIdPoolId: null },
  resultA: { name: "As now", persons: 1204, mean: 0.084 },
  resultB: { name: "Evening", persons: 1188, mean: 0.139 },
  stillOpen: 412,
  difference: 0.055,
  low: 0.011,
  high: 0.099,
  verdict: "BIsBetter",
  balanceP: 0.74,
};

export function consoleRoutes({ json, readJson, problem }) {
  return {
    "POST /api/v1/campaigns/list-preview": async (request, response) =>
      json(response, 200, funnel((await readJson(request)).filter)),
    "GET /api/v1/campaigns/list-words": (_request, response) =>
      json(response, 200, {
        products: ["Card", "Loan"],
        creditors: ["Northwind Bank"],
        states: ["CA", "NY", "TX"],
        languages: ["en", "es"],
      }),
    "POST /api/v1/campaigns/cadence-forecast": async (request, response) => {
      const { cadence } = await readJson(request);
      const a = cadence.maxAttemptsADay;
      json(response, 200, {
        outlook: {
          expected: [1.4, 0.9, 0.7, 0.6, 0.5, 0.4, 0.4],
          most: [a, a, a, a, a, a, a],
          mostInWeek: Math.min(7 * a, cadence.maxAttempts),
          mostIn24Hours: a,
          expectedInWeek: 4.9,
          complete: true,
        },
        mix: { NoAnswer: 0.42, Machine: 0.38, Answered: 0.12, Busy: 0.08 },
        measured: 18420,
        caps: [
          cap("US-REGF-7IN7", "US", 7, 168, "Counted", "12 CFR 1006.14(b)(2)(i)(A)", true, 7 * a > 7),
          cap("HOUSE-PERSON-DAY", "HOUSE", 2, 24, "Counted", "house: two calls a day", false, a > 2),
          cap("MA-CALL-HOME", "US-MA", 2, 168, "Connected", "940 CMR 7.04(1)(f)", true, true),
        ],
      });
    },
    "GET /api/v1/campaigns/:id/design": (_request, response) => json(response, 200, consoleState.design),
    "PUT /api/v1/campaigns/:id/design": async (request, response) => {
      const asked = await readJson(request);
      if (asked.version !== consoleState.design.version)
        return problem(response, 409, "Not possible now", "Somebody has changed this campaign since you looked.");
      const { design, version, changes } = consoleState.design;
      Object.assign(design, asked.design);
      consoleState.design.version = version + 1;
      changes.unshift({ changeId: version, at: new Date().toISOString(), actor: "supervisor", reason: asked.reason });
      json(response, 200, { version: version + 1 });
    },
    "GET /api/v1/campaigns/:id/experiments": (_request, response) =>
      json(response, 200, {
        metrics: [
          { name: "rightParty", text: "Persons reached" },
          { name: "promise", text: "Persons who promised" },
        ],
        items: [experiment],
      }),
    "GET /api/v1/caller-id-pools": (_request, response) => json(response, 200, consoleState.pools),
    "PUT /api/v1/caller-id-pools/:id/numbers/state": async (request, response) => {
      const { e164, state, reason } = await readJson(request);
      const number = consoleState.pools[0].numbers.find((each) => each.e164 === e164);
      Object.assign(number, { state, reason });
      response.writeHead(204).end();
    },
    "GET /api/v1/alert-rules": (_request, response) => json(response, 200, consoleState.rules),
    "PUT /api/v1/alert-rules": async (request, response) => {
      const asked = await readJson(request);
      if (asked.metric === "abandonmentOfCap" && asked.clearAt > asked.raiseAt)
        return problem(response, 400, "Invalid request", "An alert must clear on the good side of where it is raised.");
      json(response, 200, { id: 1 });
    },
    "PUT /api/v1/wallboard/targets": (_request, response) => response.writeHead(204).end(),
    "POST /api/v1/alerts/:id/take": (_request, response) => response.writeHead(204).end(),
    "PUT /api/v1/agents/:id/state": (_request, response) => json(response, 200, { state: "Break", intent: null }),
    "GET /api/v1/team-messages": (_request, response) => json(response, 200, consoleState.messages),
    "POST /api/v1/team-messages": async (request, response) => {
      const asked = await readJson(request);
      const id = consoleState.messages.items.length + 1;
      const sentAt = new Date().toISOString();
      consoleState.messages.items.unshift({
        ...asked,
        id,
        sentBy: "supervisor",
        sentAt,
        until: sentAt,
        read: 0,
        unread: 4,
      });
      json(response, 201, { id });
    },
    "GET /api/v1/report-schedules": (_request, response) =>
      json(response, 200, {
        byEmail: true,
        byFolder: true,
        items: [
          {
            id: 1,
            name: "Morning results",
            report: "results",
            period: "Yesterday",
            campaignId: null,
            format: "csv",
            cron: "0 0 6 ? * *",
            zone: "America/New_York",
            emails: ["ops@example.org"],
            toFolder: true,
            enabled: true,
          },
        ],
        runs: [
          {
            id: 1,
            scheduleId: 1,
            dueAt: "2026-06-02T10:00:00Z",
            state: "Sent",
            tries: 1,
            fileName: "results-1-20260602T0600.csv",
            bytes: 81234,
            sentAt: "2026-06-02T10:00:04Z",
            lastError: null,
          },
        ],
      }),
    "GET /api/v1/events": (request, response) => {
      const after = new URL(request.url, "http://localhost").searchParams.get("after");
      const items = after ? [] : feed;
      json(response, 200, { items, next: items.at(-1)?.cursor ?? after });
    },
    "GET /api/v1/webhooks": (_request, response) =>
      json(response, 200, [
        {
          id: 1,
          name: "ledger",
          url: "https://hooks.example.org/dialer",
          types: ["payment.*", "promise.*"],
          enabled: true,
          createdAt: "2026-05-04T12:00:00Z",
          queued: 2,
          sent: 1284,
          failed: 3,
          lastSentAt: "2026-06-02T15:28:10Z",
          lastError: "HTTP 503",
        },
      ]),
    "GET /api/v1/tokens": (_request, response) => json(response, 200, tokens),
    "POST /api/v1/tokens/:id/revoke": (_request, response, _user, id) => {
      const token = tokens.find((each) => String(each.id) === id);
      if (token) token.revokedAt = new Date().toISOString();
      response.writeHead(204).end();
    },
    "GET /api/v1/agent/messages": (_request, response) =>
      json(response, 200, { items: consoleState.messages.items.filter((each) => each.read === 0) }),
    "POST /api/v1/agent/messages/:id/read": (_request, response, _user, id) => {
      const message = consoleState.messages.items.find((each) => String(each.id) === id);
      if (message) message.read = 1;
      response.writeHead(204).end();
    },
  };
}

const feed = [
  {
    id: 4709,
    type: "call.ended",
    at: "2026-06-02T15:29:12Z",
    data: { callId: 88, campaignId: 1, accountId: 4102, direction: "outbound", outcome: "Completed", agentId: 7 },
    cursor: "81198-4709",
  },
  {
    id: 4710,
    type: "promise.made",
    at: "2026-06-02T15:29:40Z",
    data: {
      promiseId: 31,
      accountId: 4102,
      callId: 88,
      amount: 40,
      currency: "USD",
      dueOn: "2026-06-12",
      state: "Active",
    },
    cursor: "81199-4710",
  },
];
const tokens = [
  {
    id: 7,
    name: "warehouse",
    scopes: ["events:read", "reports:read"],
    createdAt: "2026-05-04T12:00:00Z",
    createdBy: "admin",
    expiresAt: "2026-08-02T12:00:00Z",
    lastUsedAt: "2026-06-02T15:29:00Z",
    revokedAt: null,
  },
];
