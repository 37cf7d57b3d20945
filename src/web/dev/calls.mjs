/** Invented recordings, one call's timeline, scores and notes of the mock: the shapes are the API's. */
const call = {
  attemptId: 901,
  direction: "Outbound",
  mode: "Predictive",
  state: "Completed",
  accountId: 4101,
  clientAccountNo: "NW-005001",
  campaign: "Evening past due",
  agentId: 7,
  agent: "Ana Ruiz",
  last4: "0142",
  treatment: "Agent",
  answeredBy: "human",
  abandoned: false,
  disposition: "RPC-PTP",
  createdAt: "2026-07-14T15:02:00Z",
  answeredAt: "2026-07-14T15:02:09Z",
  endedAt: "2026-07-14T15:04:41Z",
  recordingSids: ["RE0001"],
};
const at = (seconds) => new Date(Date.parse(call.createdAt) + seconds * 1000).toISOString();
const entry = (seconds, kind, code, facts = {}, more = {}) => ({
  at: at(seconds),
  kind,
  code,
  facts,
  twiml: null,
  until: null,
  ...more,
});

export const callTimeline = {
  call,
  entries: [
    entry(0, "Decision", "AllowWithConditions", {
      conditions: "MINI_MIRANDA",
      citations: "12 CFR 1006.18(e)",
      policy: "house 12",
    }),
    entry(0.1, "State", "Intent"),
    entry(0.3, "State", "Submitting"),
    entry(0.6, "State", "Placed"),
    entry(1.4, "Webhook", "status.Ringing", { sequence: "1" }),
    entry(9, "State", "Answered"),
    entry(
      9.1,
      "Webhook",
      "twiml.answer",
      {},
      {
        twiml:
          '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Dial><Conference>agent-7</Conference></Dial></Response>',
      },
    ),
    entry(9.4, "State", "Bridged"),
    entry(14, "Disclosure", "MINI_MIRANDA", { by: "agent/7" }),
    entry(20, "Recording", "Stopped", { seconds: "140" }, { until: at(160) }),
    entry(70, "Pause", "RecordingPaused", {}, { until: at(96) }),
    entry(96, "Payment", "Captured", {
      amount: "85.00",
      currency: "USD",
      method: "CreditCard",
      confirmation: "T-4417",
    }),
    entry(96.2, "Ledger", "Receivable", { amount: "-85.00", currency: "USD" }),
    entry(161, "State", "Completed"),
    entry(170, "Outcome", "RPC-PTP", { source: "Agent", note: "Pays the rest on the 1st" }),
  ],
};

export const recordings = [
  { ...recorded("RE0001", 901, "Stored", 140), pauses: 1 },
  { ...recorded("RE0002", 902, "Stored", 65), held: true },
  recorded("RE0003", 903, "Waiting", 31),
];

function recorded(recordingSid, attemptId, state, seconds) {
  return {
    recordingSid,
    attemptId,
    startedAt: at(20 + attemptId),
    endedAt: at(20 + attemptId + seconds),
    seconds,
    carrierState: "Stopped",
    state,
    clientAccountNo: call.clientAccountNo,
    client: "NORTHWIND",
    campaign: call.campaign,
    agent: "ana",
    agentName: "Ana Ruiz",
    outcome: "RPC-PTP",
    direction: "Outbound",
    last4: call.last4,
    pauses: 0,
    held: false,
    lastError: null,
  };
}

export const forms = [
  {
    formId: 1,
    name: "Outbound",
    version: 3,
    questions: [
      { id: "greeting", text: "Named the company and asked for the right person?", weight: 1, autoFail: false },
      { id: "disclosure", text: "Gave the disclosure before speaking of the debt?", weight: 3, autoFail: true },
      { id: "tone", text: "Listened, and was kind?", weight: 2, autoFail: false },
    ],
  },
];
export const scores = [];
export const notes = [
  {
    noteId: 1,
    agentId: 7,
    agent: "Ana Ruiz",
    attemptId: 901,
    atSeconds: 42,
    text: "A good opening. Pause before you say the amount.",
    writtenBy: "Sam Supervisor",
    writtenAt: at(9000),
    seenAt: null,
    answer: null,
    answeredAt: null,
  },
];

export function score({ answers, note, attemptId }) {
  const applied = forms[0].questions.filter((question) => answers[question.id] != null);
  const outOf = applied.reduce((sum, question) => sum + question.weight, 0);
  const autoFailed = applied
    .filter((question) => question.autoFail && answers[question.id] === 0)
    .map((each) => each.id);
  const share = applied.reduce((sum, question) => sum + question.weight * answers[question.id], 0) / outOf;
  const made = {
    scoreId: scores.length + 1,
    form: "Outbound",
    version: 3,
    attemptId,
    agentId: 7,
    agent: "Ana Ruiz",
    scorer: "Sam Supervisor",
    scoredAt: at(9600),
    percent: autoFailed.length > 0 ? 0 : Math.round(share * 10_000) / 100,
    autoFailed,
    note: note ?? "",
  };
  scores.push(made);
  return made;
}

/** A second of silence, as WAV. */
export function silence() {
  const wav = Buffer.alloc(44 + 16_000);
  wav.write("RIFF", 0);
  wav.writeInt32LE(wav.length - 8, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeInt32LE(16, 16);
  wav.writeInt16LE(1, 20);
  wav.writeInt16LE(1, 22);
  wav.writeInt32LE(8000, 24);
  wav.writeInt32LE(16_000, 28);
  wav.writeInt16LE(2, 32);
  wav.writeInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeInt32LE(16_000, 40);
  return wav;
}
