import { seeded } from "./random.mjs";
import { tasksAtHand } from "./tasks.mjs";

/**
 * One agent's session of the mock: states, a call now and then, wrap-up by the server's clock, and the simulated
 * softphone with a person who speaks in words. Real time, not the floor's speed: somebody works at it.
 */
const people = [
  ["Maria", "Delgado", "es", "TX"],
  ["James", "Whitfield", "en", "OH"],
  ["Denise", "Okafor", "en", "GA"],
  ["Walter", "Lindqvist", "en", "MN"],
];
const lines = [
  "Hello?",
  "Yes, this is me. Who is calling?",
  "Four one seven two.",
  "I lost some hours at work, I could pay part of it on Friday.",
  "All right. Thank you, bye.",
];

export class MockDesk {
  constructor({ seed = 3, onChange = () => undefined } = {}) {
    this.random = seeded(seed);
    this.onChange = onChange;
    this.seq = 0;
    this.attempts = 5000;
    this.auto = true;
    this.softphones = new Map();
    this.reset();
  }

  reset() {
    clearTimeout(this.timer);
    clearTimeout(this.talk);
    this.sessionId = null;
    this.call = null;
    this.saved = [];
    this.softphone = null;
    this.previews = [];
    this.plan = null;
    this.enter("Offline");
  }

  start() {
    if (this.sessionId === null) {
      this.sessionId = crypto.randomUUID();
      this.enter("Break", { reason: "softphone" });
    }
    return {
      sessionId: this.sessionId,
      conference: `agent-${this.sessionId}`,
      softphone: {
        provider: "simulator",
        token: "mock",
        applicationSid: "AP0",
        gateway: "",
        params: { session: this.sessionId },
      },
      snapshot: this.snapshot(),
    };
  }

  enter(state, { reason = null, seconds = null } = {}) {
    this.state = state;
    this.reason = reason;
    this.since = Date.now();
    this.until = seconds === null ? null : this.since + seconds * 1000;
    this.changed();
  }

  changed() {
    this.seq += 1;
    this.onChange(this.sessionId === null ? null : this.snapshot());
  }

  snapshot() {
    const iso = (at) => (at === null ? null : new Date(at).toISOString());
    return {
      seq: this.seq,
      sessionId: this.sessionId,
      state: this.state,
      since: iso(this.since),
      until: iso(this.until),
      intent: this.intent ?? null,
      reason: this.reason,
      softphoneConnected: this.softphone !== null,
      canExtend: this.state === "WrapUp" && !this.extended,
      call: this.call,
      clock: { now: iso(Date.now()), speed: 1, simulated: true },
    };
  }

  request(state, reason) {
    if (["Reserved", "OnCall", "WrapUp"].includes(this.state)) {
      this.intent = state === "Available" ? null : state;
      this.reason = state === "Available" ? null : (reason ?? null);
      this.changed();
    } else if (state === "Offline") {
      this.reset();
    } else {
      this.intent = null;
      this.enter(state, { reason: reason ?? null });
      if (state === "Available") this.callSoon();
    }
  }

  work() {
    const soon = new Date(Date.now() + 120_000).toISOString();
    return [
      {
        kind: "CallBack",
        id: 1,
        dueAt: soon,
        accountId: 1,
        firstName: "Rosa",
        lastName: "Quintero",
        creditor: "Northwind Bank",
        amount: null,
        mine: true,
      },
      {
        kind: "BrokenPromise",
        id: 2,
        dueAt: soon,
        accountId: 2,
        firstName: "Peter",
        lastName: "Novak",
        creditor: "Northwind Bank",
        amount: 85,
        mine: true,
      },
      ...tasksAtHand(),
    ];
  }

  /** What the preview campaigns have left to show. */
  preview() {
    return { campaigns: this.previews.length > 0 ? ["Contoso telecom"] : [], shown: this.shown ?? null };
  }

  previewing() {
    this.previews = people.slice(0, 2).map(([firstName, lastName, language, state], index) => ({
      accountId: 4100 + index,
      campaign: "Contoso telecom",
      untilAt: new Date(Date.now() + 180_000).toISOString(),
      firstName,
      lastName,
      language,
      state,
      localTime: "10:05",
      last4: "0142",
      creditor: "Contoso Mobile",
      clientAccountNumber: `CT-00${index}`,
      balance: 340.25,
      pastDue: 120.5,
      currency: "USD",
      attemptsLeft: 6,
      lastCallAt: "2026-06-30T15:04:00Z",
      lastCall: "NoAnswer",
    }));
    this.shown = null;
  }

  nextPreview() {
    this.shown ??= this.previews[0] ?? null;
    return { shown: this.shown };
  }

  endPreview() {
    this.previews.shift();
    this.shown = null;
  }

  plans() {
    const { balance, currency } = this.call.account;
    const each = Math.ceil((balance * 100) / 3) / 100;
    return {
      balance,
      currency,
      latestFirst: "2027-12-31",
      standing: this.plan,
      choices: [
        { planOfferId: 7, installments: 3, everyDays: 14, each, last: Math.round((balance - 2 * each) * 100) / 100 },
      ],
    };
  }

  agreePlan(firstOn) {
    const { each } = this.plans().choices[0];
    this.plan = {
      state: "PendingAuthorization",
      installments: [1, 2, 3].map((number) => ({ number, dueOn: firstOn, amount: each })),
    };
  }

  extend() {
    this.extended = true;
    this.until += 30_000;
    this.changed();
    return {};
  }

  /** Changes what is done with the call, and shows it. */
  control(part) {
    if (!this.call) return;
    this.call = { ...this.call, controls: { ...this.call.controls, ...part } };
    this.changed();
  }

  pay(amount) {
    const required = ["payment-card-number", "expiration-date", "security-code", "postal-code"];
    this.control({
      recording: "Paused",
      payment: { number: 101, state: "Open", amount, required, capturing: null, masked: {}, error: null },
    });
  }

  payStep({ capture, status }) {
    const { payment } = this.call.controls;
    if (status) {
      this.control({
        recording: "Recording",
        payment: { ...payment, state: status === "complete" ? "Captured" : "Cancelled" },
      });
      return;
    }
    const names = {
      "payment-card-number": ["PaymentCardNumber", "xxxxxxxxxxxx4242"],
      "expiration-date": ["ExpirationDate", "xxxx"],
      "security-code": ["SecurityCode", "xxx"],
      "postal-code": ["PaymentCardPostalCode", "xxxxx"],
    };
    const [name, mask] = names[capture];
    this.control({
      payment: {
        ...payment,
        required: payment.required.filter((each) => each !== capture),
        masked: { ...payment.masked, [name]: mask },
      },
    });
  }

  consultStep(action) {
    if (action === "threeWay") this.control({ heldAt: null, consult: { agent: "Ben Ortiz", state: "ThreeWay" } });
    else this.control({ heldAt: null, consult: null });
    if (action === "complete") this.hangUp(this.call.attemptId);
  }

  callSoon() {
    clearTimeout(this.timer);
    if (this.auto) this.timer = setTimeout(() => this.ring(), 2500);
  }

  ring() {
    if (this.state !== "Available") return;
    this.attempts += 1;
    const [firstName, lastName, language, state] = people[this.attempts % people.length];
    const balance = Math.round(this.random.between(300, 4000) * 100) / 100;
    this.call = {
      attemptId: this.attempts,
      callSid: `CA${this.attempts}`,
      campaign: "Northwind cards Q3",
      direction: "outbound",
      startedAt: new Date().toISOString(),
      person: { id: 77, firstName, lastName, language, state },
      account: {
        id: 4100 + (this.attempts % people.length),
        creditor: "Northwind Bank",
        clientAccountNumber: `NW-00${this.attempts}`,
        balance,
        currency: "USD",
        pastDue: Math.round(balance * 0.4 * 100) / 100,
      },
      disclosures: [
        "DISCLOSE_INITIAL",
        "RECORDING_NOTICE_REQUIRED",
        "LIMITED_CONTENT_ONLY",
        "RECORDING_NOTICE_REQUIRED",
      ],
      phase: "connecting",
      controls: { heldAt: null, recording: "Off", consult: null, payment: null, monitored: null, transferred: false },
      routing: { reason: "Skills", needs: [], idleSeconds: 12, waitedSeconds: 0 },
      context: { localTime: "10:05", windowUntil: "21:00", attemptsLeft: 5, consent: "Granted", why: "Outbound" },
    };
    this.extended = false;
    this.plan = null;
    this.enter("Reserved", { seconds: 10 });
    this.timer = setTimeout(() => {
      this.call = { ...this.call, phase: "talking" };
      this.enter("OnCall");
      this.speak(0);
    }, 700);
  }

  speak(index) {
    const line = lines[index];
    if (line === undefined || this.call?.phase !== "talking") return;
    this.softphone?.send("speech", { call: this.call.callSid, text: line });
    this.talk = setTimeout(() => this.speak(index + 1), 2000);
  }

  hangUp(attemptId) {
    if (String(this.call?.attemptId) !== String(attemptId) || this.call.phase === "ended") return false;
    clearTimeout(this.timer);
    clearTimeout(this.talk);
    this.call = { ...this.call, phase: "ended" };
    this.enter("WrapUp", { seconds: 45 });
    this.timer = setTimeout(() => this.rest(), 45_000);
    return true;
  }

  dispose(attemptId, body) {
    this.saved.push({ attemptId: String(attemptId), ...body });
    if (String(this.call?.attemptId) === String(attemptId)) this.rest();
  }

  rest() {
    clearTimeout(this.timer);
    this.call = null;
    const intent = this.intent ?? null;
    const reason = this.reason;
    this.intent = null;
    if (intent === "Offline") this.reset();
    else if (intent === "Break") this.enter("Break", { reason });
    else {
      this.enter("Available");
      this.callSoon();
    }
  }

  plugIn() {
    const callSid = `CAsoft${Date.now()}`;
    const listeners = new Set();
    const softphone = {
      callSid,
      listeners,
      send: (event, data) => {
        const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
        for (const response of listeners) response.write(text);
      },
    };
    this.softphones.set(callSid, softphone);
    this.softphone = softphone;
    if (this.reason === "softphone") {
      this.enter("Available");
      this.callSoon();
    } else this.changed();
    return callSid;
  }

  unplug(callSid) {
    const softphone = this.softphones.get(callSid);
    if (!softphone) return;
    softphone.send("ended", { status: "completed" });
    this.softphones.delete(callSid);
    if (this.softphone === softphone) {
      this.softphone = null;
      if (this.sessionId !== null && ["Available", "Break"].includes(this.state))
        this.enter("NotResponding", { reason: "softphone" });
      else this.changed();
    }
  }
}
