/** A small invented flow: enough steps to draw and to walk through. */

const edge = (key, to, label, trigger = "Key") => ({ trigger, key, to, label, guarded: false });
const node = (id, kind, edges = [], more = {}) => ({ id, kind, private: false, giveUp: null, edges, ...more });

export const flows = {
  languages: ["en", "es"],
  problems: [],
  flows: [
    {
      name: "outbound",
      version: 2,
      start: "open",
      nodes: [
        node(
          "open",
          "Menu",
          [
            edge("1", "verify-zip", "that is me"),
            edge("2", "wrong-number", "wrong number"),
            edge("9", "opted-out", "stop these calls"),
            edge("0", "agent", "a person"),
          ],
          { giveUp: "goodbye" },
        ),
        node("verify-zip", "Entry", [edge(null, "menu", "answered", "Digits"), edge("0", "agent", "a person")], {
          giveUp: "goodbye",
        }),
        node(
          "menu",
          "Menu",
          [
            edge("1", "pay-session", "pay now"),
            edge("2", "promise-done", "promise a payment"),
            edge("0", "agent", "a person"),
          ],
          { private: true, giveUp: "goodbye" },
        ),
        node(
          "pay-session",
          "Payment",
          [edge(null, "pay-done", "captured", "Captured"), edge(null, "menu", "cancelled", "Cancelled")],
          { private: true },
        ),
        node("pay-done", "End", [], { private: true }),
        node("promise-done", "End", [], { private: true }),
        node("wrong-number", "End"),
        node("agent", "Transfer", [edge(null, "goodbye", "nobody is free", "NobodyFree")]),
        node("opted-out", "End"),
        node("goodbye", "End"),
      ],
    },
    { name: "machine", version: 1, start: "message", nodes: [node("message", "End")] },
  ],
};

const words = {
  open: "This is Northfield Services. To stop these automated calls, press 9. For Maria Lopez, press 1.",
  "verify-zip": "Please enter your five digit zip code.",
  menu: "Your balance with Acme Broadband is $340.25. To pay now, press 1. To promise a payment, press 2.",
  "pay-session": "[payment session; enter ok, declined, cancelled or unknown]",
  "pay-done": "Thank you. Your payment was received.",
  message: "This is Jordan Reed calling from Northfield Services.",
};

/** Walks the keys through the flow; what it cannot follow says the step again. */
export function preview({ flow: name, keys = [] }) {
  const flow = flows.flows.find((each) => each.name === name) ?? flows.flows[0];
  const byId = new Map(flow.nodes.map((each) => [each.id, each]));
  let step = flow.start;
  const turns = [turn(null, step)];
  for (const pressed of keys) {
    const at = byId.get(step);
    const next = at.edges.find(
      (each) =>
        each.key === pressed ||
        (each.trigger === "Digits" && pressed.length > 1) ||
        (each.trigger === "Captured" && pressed === "ok"),
    );
    step = next?.to ?? step;
    turns.push(turn(pressed, step));
  }
  const at = byId.get(step);
  return {
    hint: "The caller is Maria Lopez, ZIP 30301.",
    step,
    verified: at.private,
    ended: at.kind === "End",
    isPaying: at.kind === "Payment",
    outcome: "HUP",
    turns,
  };
}

const turn = (keys, step) => ({ keys, step, lines: [words[step] ?? `[${step}]`] });

const message = (voicemailId, at, seconds, state, more = {}) => ({
  voicemailId,
  attemptId: 800 + voicemailId,
  recordingSid: `RE9${voicemailId}`,
  seconds,
  at,
  personId: null,
  last4: "0188",
  heardAt: null,
  heardBy: null,
  state,
  verified: false,
  caller: null,
  accountId: null,
  clientAccountNo: null,
  ...more,
});

/** What callers said after hours: one who had proved who they are, one whose sound is still being fetched, one dealt with. */
export const messages = [
  message(3, "2026-07-14T02:41:00Z", 24, "Stored", {
    verified: true,
    caller: "Denise Okafor",
    accountId: 4102,
    clientAccountNo: "NW-005002",
    last4: "0143",
  }),
  message(2, "2026-07-14T02:12:00Z", 9, "Waiting"),
  message(1, "2026-07-13T01:30:00Z", 31, "Stored", { heardAt: "2026-07-13T13:05:00Z", heardBy: "ana" }),
];

/** False: there is no such message that nobody has dealt with. */
export function markHandled(id, by) {
  const found = messages.find((each) => String(each.voicemailId) === id && !each.heardAt);
  if (!found) return false;
  found.heardAt = new Date().toISOString();
  found.heardBy = by;
  return true;
}

/** Cards that the processor keeps, by the account they are seen from. */
export const savedMethods = [
  {
    savedMethodId: 5,
    accountId: "4102",
    method: "CreditCard",
    brand: "visa",
    lastDigits: "4242",
    expiresOn: "2030-12-31",
    savedAt: "2026-06-02T15:30:00Z",
    removedAt: null,
    removedBy: null,
  },
];

/** What each client's callers are asked and may agree to: the newest row holds. */
export function ivrLimits(json, problem, readJson) {
  const own = {
    identifiers: ["Zip", "BirthDate", "SsnLast4"],
    maxFailures: 3,
    minimumAmount: 5,
    maxPromiseDays: 30,
    maxBrokenPromises: 2,
    maxDeclines: 3,
    takesBankAccounts: true,
    opens: null,
    closes: null,
    setBy: null,
    setAt: null,
  };
  const rows = [
    { ...own, maxPromiseDays: 21, opens: "09:00", closes: "18:00", setBy: "admin", setAt: "2026-06-29T14:20:00Z" },
    { ...own, minimumAmount: 10, setBy: "admin", setAt: "2026-03-02T15:05:00Z" },
  ];
  const house = {
    opens: "08:00",
    closes: "21:00",
    maxFailuresPerPersonHour: 5,
    maxFailuresPerNumberHour: 10,
    maxPeoplePerNumberDay: 3,
    maxWithheldFailuresPerHour: 60,
    maxFailuresPerHour: 1000,
  };
  return {
    "GET /api/v1/clients/:id/ivr-policy": (_request, response) =>
      json(response, 200, { holds: rows[0] ?? own, before: rows.slice(1), house }),
    "PUT /api/v1/clients/:id/ivr-policy": async (request, response, user) => {
      const body = await readJson(request);
      if (body.opens && body.closes <= body.opens)
        return problem(
          response,
          400,
          "Invalid request",
          "opens and closes must be times HH:mm, closes after opens and at most 24:00.",
        );
      rows.unshift({ ...body, setBy: user.userName, setAt: new Date().toISOString() });
      response.writeHead(204).end();
    },
  };
}
