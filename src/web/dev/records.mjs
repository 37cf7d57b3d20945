/** Invented clients, imports, accounts and campaigns of the mock: the shapes are the API's, the contents a handful. */
export const clients = [
  { code: "NORTHWIND", name: "Northwind Bank" },
  { code: "CONTOSO", name: "Contoso Telecom" },
];

export const imports = [
  stored(3, "northwind-2026-07-13.csv", "NORTHWIND", "Committed", [5000, 4871, 62, 14, 53], 6_412_220.4),
  stored(2, "contoso-june.csv", "CONTOSO", "Failed", [0, 0, 0, 0, 0], 0, {
    errorCode: "WRONG_COLUMNS",
    error: "The header lacks the column(s) current_balance. Add them, or map your own names to them.",
  }),
  stored(1, "northwind-2026-06-01.csv", "NORTHWIND", "Committed", [1200, 1200, 0, 0, 0], 1_204_500),
];

function stored(
  importId,
  fileName,
  client,
  status,
  [rowsIn, accepted, updated, duplicate, rejected],
  balance,
  fault = {},
) {
  const createdAt = `2026-07-1${importId}T12:05:00Z`;
  return {
    importId,
    client,
    fileName,
    sha256: "0".repeat(64),
    kind: "Placement",
    status,
    rowsIn,
    accepted,
    updated,
    duplicate,
    rejected,
    balance,
    errorCode: null,
    error: null,
    createdAt,
    createdBy: "supervisor",
    committedAt: status === "Committed" ? createdAt : null,
    ...fault,
  };
}

export function report(query) {
  const dryRun = query.get("dryRun") === "true";
  return {
    outcome: dryRun ? "DryRun" : "Committed",
    importId: dryRun ? null : 4,
    client: query.get("client"),
    fileName: query.get("fileName"),
    sha256: "1".repeat(64),
    kind: query.get("kind") ?? "Placement",
    rows: dryRun
      ? [
          { line: 4, verdict: "Rejected", code: "BAD_PHONE", text: "phone1 is not a telephone number" },
          { line: 5, verdict: "Duplicate", code: null, text: null },
        ]
      : null,
    encoding: "utf-8",
    rowsIn: 4,
    accepted: 2,
    updated: 0,
    duplicate: 1,
    rejected: 1,
    balance: 812.5,
    rejectedByCode: { BALANCE_MISMATCH: 1 },
    ignoredColumns: ["colour"],
    at: new Date().toISOString(),
  };
}

const people = [
  ["Maria", "Delgado", "Houston", "TX", "es"],
  ["James", "Whitfield", "Dayton", "OH", "en"],
  ["Denise", "Okafor", "Macon", "GA", "en"],
  ["Walter", "Lindqvist", "Duluth", "MN", "en"],
];

export const accounts = people.map(([firstName, lastName, city, state, language], index) => {
  const balance = 420.75 + index * 731.2;
  const older = Math.round(balance * 25) / 100;
  return {
    accountId: 4100 + index,
    client: "NORTHWIND",
    clientAccountNo: `NW-00${5000 + index}`,
    creditor: "Northwind Bank",
    product: "CreditCard",
    currency: "USD",
    balance,
    bucketCurrent: Math.round((balance - 2 * older) * 100) / 100,
    bucket30: older,
    bucket60: older,
    bucket90: 0,
    bucket120: 0,
    bucketOlder: 0,
    pastDue: 2 * older,
    minimumPayment: 35,
    oldestDueOn: "2026-05-02",
    status: "Open",
    placedOn: "2026-06-01",
    importId: 1,
    updatedAt: "2026-07-13T12:05:00Z",
    personId: 70 + index,
    clientPersonNo: `P${70 + index}`,
    firstName,
    lastName,
    birthDate: null,
    email: null,
    language,
    address: null,
    city,
    state,
    zip: null,
  };
});

export function accountDetail(id) {
  const account = accounts.find((each) => String(each.accountId) === id);
  if (!account) return null;
  return {
    account,
    phones: [
      {
        phoneId: 1,
        e164: "•••• 0142",
        lineType: "Mobile",
        place: "Home",
        rank: 0,
        status: "Valid",
        source: "Client",
        voiceConsent: "Granted",
      },
      {
        phoneId: 2,
        e164: "•••• 0177",
        lineType: "Landline",
        place: "Work",
        rank: 1,
        status: "Valid",
        source: "Client",
        voiceConsent: null,
      },
    ],
    otherAccounts: [{ accountId: 4101, creditor: "Northwind Bank", balance: 88.1, currency: "USD", status: "Open" }],
    holds:
      account.accountId === 4102
        ? [{ kind: "Dispute", accountId: 4102, openedAt: "2026-07-10T15:00:00Z", expiresAt: null, reason: "RPC-DISP" }]
        : [],
  };
}

export const campaigns = [
  ["Northwind cards Q3", "Predictive", "Open"],
  ["Contoso telecom", "Progressive", "Open"],
  ["Fabrikam medical", "Preview", "Paused"],
].map(([name, mode, state], index) => ({
  campaignId: index + 1,
  name,
  clientId: 1,
  mode,
  state,
  purpose: "Collect",
  fromE164: `+1212555010${index}`,
  ringSeconds: 22,
  machineDetection: "Async",
  machineTreatment: "HangUp",
  noAgentTreatment: "Message",
  abandonCap: 0.03,
  abandonWindowDays: 30,
  linesPerAgentMax: 6,
  powerRatio: 1.5,
  maxLines: 200,
  maxAttempts: 20,
  retryMinutes: 180,
  wrapUpSeconds: 45,
  opensCron: "0 0 8 ? * MON-SAT",
  closesCron: "0 0 21 ? * MON-SAT",
  zone: "America/New_York",
  skills: [],
  createdAt: "2026-07-01T12:00:00Z",
  version: 1,
}));

const campaignColumns = [
  { key: "campaign", title: "Campaign", kind: "Text", formula: "" },
  {
    key: "attempts",
    title: "Attempts",
    kind: "Integer",
    formula: "Outbound calls handed to the carrier, those it refused among them",
  },
  { key: "contactRate", title: "Contact rate", kind: "Share", formula: "Live answers / attempts" },
  { key: "promised", title: "Promised", kind: "Money", formula: "" },
  {
    key: "talkSeconds",
    title: "Talk",
    kind: "Seconds",
    formula: "From joining the agent to the end of the call, summed",
  },
];

export const reports = [
  {
    name: "campaigns",
    title: "Campaigns",
    about: "Attempts, contacts and results of each campaign.",
    columns: campaignColumns,
  },
];

export const reportTable = (query) => ({
  ...reports[0],
  from: query.get("from") ?? "2026-07-01",
  to: query.get("to") ?? "2026-07-01",
  zone: "America/New_York",
  campaign: null,
  at: "2026-07-01T18:00:00Z",
  rows: campaigns.map((campaign, index) => ({
    campaign: campaign.name,
    // The three add up to the shift's 1,163 attempts, 238 live answers and 5:56:40 of talk.
    attempts: [905, 258, 0][index] ?? 0,
    contactRate: [186 / 905, 52 / 258, null][index] ?? null,
    promised: [10_212.35, 2_832.65, 0][index] ?? 0,
    talkSeconds: [16_420, 4_980, 0][index] ?? 0,
  })),
  more: false,
});

/** What the desk shows of one account's past, the same for each. */
export const timeline = [
  {
    at: "2026-07-14T14:12:00Z",
    kind: "Call",
    code: "RPC-RTP",
    detail: "Outbound",
    amount: null,
    note: "Says the heating broke; call after the 20th",
    by: "Ben Ortiz",
    seconds: 212,
    id: 5,
  },
  {
    at: "2026-07-10T15:00:00Z",
    kind: "Promise",
    code: "Broken",
    detail: "2026-07-08",
    amount: 120,
    note: null,
    by: "Agent",
    seconds: null,
    id: 4,
  },
  {
    at: "2026-07-01T16:31:00Z",
    kind: "Payment",
    code: "Captured",
    detail: "CreditCard 4242",
    amount: 85,
    note: null,
    by: "Ivr",
    seconds: null,
    id: 3,
  },
  {
    at: "2026-06-28T09:00:00Z",
    kind: "Notice",
    code: "BalanceStatement",
    detail: "Letter Sent",
    amount: null,
    note: null,
    by: "ben",
    seconds: null,
    id: 2,
  },
  {
    at: "2026-06-20T18:02:00Z",
    kind: "Consent",
    code: "Granted",
    detail: "Voice",
    amount: null,
    note: "placement",
    by: "import",
    seconds: null,
    id: 1,
  },
];
export const contacts = {
  personId: 70,
  phones: [
    {
      phoneId: 1,
      e164: "•••0142",
      lineType: "Wireless",
      place: "Personal",
      status: "Active",
      voice: "Granted",
      sms: null,
    },
    { phoneId: 2, e164: "•••0177", lineType: "Landline", place: "Work", status: "Active", voice: null, sms: null },
  ],
  email: { known: true, consent: null },
  inconvenientTimes: [{ id: 1, days: [], from: "12:00:00", to: "13:00:00", words: "at lunch" }],
  inconvenientPlaces: [],
  history: [
    {
      at: "2026-06-20T18:02:00Z",
      last4: "0142",
      what: "VoiceGranted",
      before: null,
      words: "placement",
      recordedBy: "import",
    },
  ],
};
export const notices = {
  kinds: ["BalanceStatement", "PromiseConfirmation"],
  ways: [
    { channel: "Letter", to: "12 Elm St, Reno, NV 89501", allowed: true, reasons: [], retryAt: null },
    {
      channel: "Email",
      to: "a•••@example.com",
      allowed: false,
      reasons: [{ code: "EMAIL_NOT_AGREED", citation: "12 CFR 1006.6(d)(4)" }],
      retryAt: null,
    },
  ],
};
export const letter = {
  subject: "Your account with Northwind Bank",
  body: "Dear Ana Doe,\n\nas you asked, here is what we have on file about your account.\nBalance today: $340.25\n\nNorthwind",
};

export const routed = [
  {
    attemptId: 9,
    agent: "Ana Ruiz",
    queue: "Northwind cards Q3",
    why: { reason: "Skills", needs: ["serves-outbound", "es"], idleSeconds: 41, waitedSeconds: 0 },
  },
];

const meanings = {
  account: "client_account_no",
  ref: "reference",
  owed: "balance",
  first: "first_name",
  last: "last_name",
  creditor: "creditor",
};

/** A preview of a comma-separated file: what each column is read as, by its name or by the map that came with it. */
export function importPreview(text, map) {
  const [header = "", ...lines] = text.trim().split(/\r?\n/);
  const columns = header
    .split(",")
    .map((name) => ({ name, meaning: (map?.columns[name] ?? meanings[name.toLowerCase()] ?? null) || null }));
  const needed = ["client_account_no", "first_name", "last_name", "creditor", "balance"];
  const missing = needed.filter((name) => !columns.some((column) => column.meaning === name));
  return {
    encoding: "utf-8",
    delimiter: ",",
    columns,
    rows: lines.map((line, at) => ({
      line: at + 2,
      cells: line.split(","),
      errorCode: missing.length === 0 && line.includes("12-34") ? "BAD_PHONE" : null,
      errorText: missing.length === 0 && line.includes("12-34") ? "phone1 is not a telephone number" : null,
    })),
    sha256: "1".repeat(64),
    map: map ?? null,
    saved: false,
    refusal: missing.length
      ? {
          code: "WRONG_COLUMNS",
          text: `The header lacks the column(s) ${missing.join(", ")}. Add them, or map your own names to them.`,
        }
      : null,
  };
}

export const importColumns = {
  columns: [...new Set([...Object.values(meanings), "state", "zip", "phone1"])],
  required: ["client_account_no", "first_name", "last_name", "creditor", "balance"],
};
