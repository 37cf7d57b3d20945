/** The officers' pages of the mock: the rows are the shipped packs themselves, the accounts and figures are invented. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../Dialer.Core/Compliance/packs");
const packs = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
const version = packs.map((pack) => `${pack.pack}@${pack.version}`).join(" ");
const rowOf = (id) => packs.flatMap((pack) => pack.rows).find((row) => row.id === id);

export const officer = {
  id: 3,
  userName: "compliance",
  displayName: "Ola Berg",
  roles: ["Compliance"],
  scopes: [
    "accounts:read",
    "contacts:explain",
    "funnel:read",
    "policy:read",
    "policy:change",
    "holds:close",
    "records:examine",
    "records:keep",
  ],
};

const reason = (policyRow, clearsAt, remedy, severity = "Stop") => {
  const row = rowOf(policyRow);
  const basis = row.enforceAs ?? "Law";
  return { code: row.staleCode ?? row.code, severity, basis, citation: row.cite, policyRow, clearsAt, remedy };
};
const wait = "Wait; it clears by itself.";
const noticeOwed =
  "The notice of this debt was due within five days of the first words about it and none is recorded, so collecting stops. Send it (the list of notices due makes the print house's file), or record the day the client sent it: from then on the account may be contacted again.";

const way = (number, lineType, campaign, mode, verdict, reasons, conditions, retryAt = null) => ({
  phoneId: number.length + lineType.length,
  number,
  lineType,
  campaignId: campaign ? 1 : null,
  campaign,
  mode,
  verdict,
  reasons,
  conditions: conditions.map((id) => ({
    code: rowOf(id).code,
    citation: rowOf(id).cite,
    policyRow: id,
    text: rowOf(id).text ?? "",
  })),
  retryAt,
  packVersion: version,
});

const past = (decisionId, at, verdict, mode, rows, more = {}) => ({
  decisionId,
  at,
  lastAt: at,
  repeats: 1,
  verdict,
  mode,
  channel: "Voice",
  reasons: rows.map((id) => rowOf(id).code),
  policyRows: rows,
  citations: rows.map((id) => rowOf(id).cite),
  retryAt: null,
  packVersion: version,
  factsHash: `${decisionId}e6ca548f5d75a01b`.repeat(4).slice(0, 64),
  campaignId: null,
  attemptId: null,
  ...more,
});

/** 846: stopped by three rules that time clears; 517: a third party's account whose notice is overdue; any other may be called. */
function why(accountId) {
  const at = "2026-06-10T19:00:00Z";
  const owed = ["HOUSE-RECORDING-NOTICE", "US-REGF-MINI-MIRANDA-2", "US-REGF-IDENTITY"];
  const answer = { accountId, personId: 9, at, status: "Open", statusReason: null };
  if (accountId === "517")
    return {
      ...answer,
      callable: false,
      retryAt: null,
      ways: [way("+1…07", "Landline", null, "Preview", "Deny", [reason("US-REGF-VALIDATION", null, noticeOwed)], [])],
      history: [
        past(7, "2026-06-10T16:00:00Z", "Deny", "Preview", ["US-REGF-VALIDATION"], {
          repeats: 14,
          lastAt: "2026-06-10T18:55:00Z",
        }),
        past(6, "2026-06-02T17:20:00Z", "AllowWithConditions", "Progressive", []),
      ],
    };
  if (accountId !== "846")
    return {
      ...answer,
      callable: true,
      retryAt: at,
      ways: [way("+1…12", "Wireless", null, "Preview", "AllowWithConditions", [], owed)],
      history: [],
    };
  const denied = [
    reason("HOUSE-MIN-INTERVAL", "2026-06-10T21:15:00Z", wait, "Defer"),
    reason("HOUSE-PROMISE", "2026-06-13T07:00:00Z", wait, "Defer"),
    reason("US-REGF-POSTCONV", "2026-06-15T07:00:00Z", wait, "Defer"),
  ];
  const machine = reason(
    "US-TCPA-CONSENT",
    null,
    "Record the person's consent to an artificial voice, or have an agent call one to one.",
  );
  return {
    ...answer,
    callable: false,
    retryAt: "2026-06-15T15:01:00Z",
    ways: [
      way("+1…81", "Wireless", "Autumn cards", "Agentless", "Deny", [machine, ...denied], []),
      way("+1…81", "Wireless", null, "Preview", "Deny", denied, [], "2026-06-15T15:01:00Z"),
    ],
    history: [
      past(42, "2026-06-10T18:20:00Z", "Deny", "Preview", ["HOUSE-MIN-INTERVAL", "HOUSE-PROMISE", "US-REGF-POSTCONV"], {
        repeats: 6,
        lastAt: "2026-06-10T18:55:00Z",
      }),
      past(41, "2026-06-10T18:15:00Z", "AllowWithConditions", "Preview", [], { attemptId: 88 }),
      past(40, "2026-06-09T16:02:00Z", "Deny", "Manual", ["NYC-SHIELD"], { channel: "Email" }),
      past(39, "2026-06-08T17:40:00Z", "AllowWithConditions", "Preview", [], { attemptId: 71 }),
    ],
  };
}

const step = (code, leads) => ({ code, leads, href: `/api/v1/campaigns/1/funnel/${code}` });
const funnel = {
  campaignId: 1,
  at: "2026-06-10T19:00:00Z",
  loaded: 4180,
  excluded: [
    step("LATER", 1490),
    step("PTP_ACTIVE", 182),
    step("HOLD_DISPUTE", 41),
    step("HOLD_CEASE", 12),
    step("NO_USABLE_NUMBER", 9),
  ],
  due: 2446,
  checkedNow: {
    evaluated: 2446,
    callable: 1702,
    denied: [
      step("POLICY_MIN_INTERVAL", 388),
      step("POLICY_OVERDIAL_NEEDS_CONSENT", 214),
      step("REGF_TIME_WINDOW", 97),
      step("VALIDATION_NOTICE_LATE", 31),
      step("MEDIUM_OPTOUT", 14),
    ],
  },
};
const leads = ["517", "846", "901", "933"].map((accountId, i) => ({
  accountId,
  personId: 9 + i,
  notBefore: `2026-06-10T2${i}:00:00Z`,
}));

const impact = {
  from: "2026-06-09T19:00:00Z",
  to: "2026-06-10T19:00:00Z",
  decisions: 5000,
  of: 6120,
  deniesMore: 312,
  allowsMore: 0,
  examples: ["846", "901", "933", "947"].map((accountId, i) => ({
    at: `2026-06-10T15:1${i}:00Z`,
    accountId,
    mode: "Progressive",
    allowedNow: true,
    reasons: ["POLICY_TIME_GUARD"],
  })),
  sentence: "Yesterday this would have denied 312 more contacts and allowed 0 more.",
};

const due = [
  { accountId: 517, personId: 9, firstCommunicationAt: "2026-06-02T17:20:00Z", dueOn: "2026-06-07", late: true },
  { accountId: 533, personId: 12, firstCommunicationAt: "2026-06-08T15:05:00Z", dueOn: "2026-06-13", late: false },
  { accountId: 541, personId: 15, firstCommunicationAt: "2026-06-09T18:41:00Z", dueOn: "2026-06-14", late: false },
];

const spoken = (attemptId, talkedAt, agent, disposition, codes, recorded) => ({
  attemptId,
  accountId: 4100 + attemptId,
  personId: attemptId,
  talkedAt,
  agent,
  campaign: "Autumn cards",
  disposition,
  codes,
  recorded,
  finding: null,
  words: null,
  reviewedAt: null,
  reviewedBy: null,
});

export function complianceRoutes({ json, readJson, problem }) {
  const changes = [];
  const batches = [];
  let missing = [
    spoken(901, "2026-06-10T18:41:00Z", "Ben Ortiz", "RPC-PTP", ["DISCLOSE_INITIAL"], true),
    spoken(
      87,
      "2026-06-10T17:05:00Z",
      "Ana Ruiz",
      "RPC-HUP",
      ["DISCLOSE_SUBSEQUENT", "RECORDING_NOTICE_REQUIRED"],
      false,
    ),
  ];
  const close = (response, id, state, more) => {
    const batch = batches.find((each) => String(each.validationBatchId) === id && each.state === "HandedOver");
    if (!batch) return problem(response, 404, "Not found");
    Object.assign(batch, { state }, more);
    response.writeHead(204).end();
  };
  return {
    "GET /api/v1/accounts/:id/why": (_request, response, _user, id) => json(response, 200, why(id)),
    "GET /api/v1/campaigns/:id/funnel": (_request, response) => json(response, 200, funnel),
    "GET /api/v1/campaigns/:id/funnel/[A-Z0-9_]+": (_request, response) => json(response, 200, leads),
    "GET /api/v1/compliance/policy": (_request, response) =>
      json(response, 200, { version, digest: "0".repeat(64), packs }),
    "GET /api/v1/compliance/policy/changes": (_request, response) => json(response, 200, changes),
    "POST /api/v1/compliance/policy/preview": (_request, response) => json(response, 200, impact),
    "POST /api/v1/compliance/policy/changes": async (request, response, user) => {
      const { pack, row, reason: why, effectiveFrom } = await readJson(request);
      const shipped = rowOf(row.id);
      if ((shipped.enforceAs ?? "Law") === "Law" && !row.counselSignedBy)
        return problem(
          response,
          400,
          "Invalid request",
          `${row.id} is enforced as law: it is changed or switched off only with counsel's signature (counselSignedBy: who, and when). To be stricter, add a row of policy.`,
        );
      changes.unshift({
        policyRowId: changes.length + 1,
        pack,
        rowId: row.id,
        body: JSON.stringify(row),
        reason: why,
        effectiveFrom: effectiveFrom ?? "2026-06-10T19:00:00Z",
        state: "Proposed",
        impact: JSON.stringify(impact),
        proposedAt: "2026-06-10T19:00:00Z",
        proposedBy: user.userName,
        decidedAt: null,
        decidedBy: null,
      });
      json(response, 201, { policyRowId: changes.length, impact });
    },
    "GET /api/v1/compliance/disclosures/missing": (_request, response) => json(response, 200, missing),
    "POST /api/v1/compliance/disclosures/missing/:id/review": (_request, response, _user, id) => {
      missing = missing.filter((call) => String(call.attemptId) !== id);
      response.writeHead(204).end();
    },
    "GET /api/v1/compliance/validation-notices/due": (_request, response) => json(response, 200, due),
    "GET /api/v1/compliance/validation-notices/batches": (_request, response) => json(response, 200, batches),
    "POST /api/v1/compliance/validation-notices/batches": async (request, response, user) => {
      const { mailOn } = await readJson(request);
      batches.unshift({
        validationBatchId: batches.length + 1,
        mailOn: mailOn ?? "2026-06-11",
        madeAt: "2026-06-10T19:00:00Z",
        madeBy: user.userName,
        notices: 1,
        state: "HandedOver",
        sentOn: null,
        evidence: null,
        closedBy: null,
      });
      json(response, 200, {
        validationBatchId: batches.length,
        notices: 1,
        leftOut: [
          { accountId: 533, reasons: ["ITEMIZATION_MISSING"] },
          { accountId: 541, reasons: ["ATTORNEY_REPRESENTED"] },
        ],
      });
    },
    "POST /api/v1/compliance/validation-notices/batches/:id/sent": async (request, response, _user, id) => {
      const { sentOn, evidence } = await readJson(request);
      close(response, id, "Sent", { sentOn, evidence });
    },
    "POST /api/v1/compliance/validation-notices/batches/:id/withdraw": async (request, response, _user, id) =>
      close(response, id, "Withdrawn", { evidence: (await readJson(request)).reason }),
  };
}
