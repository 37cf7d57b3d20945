import { seeded } from "./random.mjs";

/**
 * A seeded floor that looks like a collections campaign: enough to draw the screens by, not a model of one.
 * `step(seconds)` moves it on; `snapshot()` is the body of GET /api/v1/live.
 */
const firstNames =
  "Ana Ben Carla Dev Elena Farid Grace Hugo Ines Jamal Kira Luis Mona Nils Olga Pablo Quinn Rosa Sami Tess".split(" ");
const lastNames =
  "Ruiz Cole Vance Patel Brooks Haddad Lin Ortega Silva Reed Novak Mora Hart Berg Ivanova Cruz Diaz Stone".split(" ");
const denials = {
  REGF_7IN7_ATTEMPTS: 0.34,
  REGF_TIME_WINDOW: 0.27,
  REGF_7DAY_AFTER_CONVERSATION: 0.13,
  TCPA_REVOKED: 0.09,
  DATA_MISSING_TIMEZONE: 0.07,
  CEASE_COMMUNICATION: 0.05,
  ATTORNEY_REPRESENTED: 0.03,
  BANKRUPTCY_STAY: 0.02,
};

export class Floor {
  constructor({ seed = 7, agents = 20, speed = 20, at = "2026-07-14T14:30:00Z" } = {}) {
    this.random = seeded(seed);
    this.speed = speed;
    this.now = Date.parse(at);
    this.agents = Array.from({ length: agents }, (_, index) => this.newAgent(index));
    this.campaigns = [
      this.newCampaign(1, "Northwind cards Q3", "Predictive", "Open", 3120),
      this.newCampaign(2, "Contoso telecom", "Progressive", "Open", 1460),
      this.newCampaign(3, "Fabrikam medical", "Preview", "Paused", 380),
    ];
    this.campaigns[1].modeInForce = "Progressive";
    this.denied = Object.fromEntries(Object.keys(denials).map((code) => [code, 0]));
    this.calls = [];
  }

  newAgent(index) {
    const name = `${firstNames[index % firstNames.length]} ${lastNames[(index * 7 + 3) % lastNames.length]}`;
    const state = index % 13 === 12 ? "Break" : "Available";
    return {
      id: 100 + index,
      name: index >= 20 ? `${name} ${index}` : name,
      state,
      since: this.now - this.random.between(5, 300) * 1000,
      until: null,
      campaign: index % 3 === 2 ? 2 : 1,
      reason: state === "Break" ? "Lunch" : null,
    };
  }

  newCampaign(id, name, mode, state, ready) {
    const zero = {
      attempts: 0,
      answeredLive: 0,
      machines: 0,
      busy: 0,
      noAnswer: 0,
      failed: 0,
      bridged: 0,
      abandoned: 0,
      denied: 0,
    };
    return {
      id,
      name,
      mode,
      modeInForce: mode,
      state,
      ready,
      ...zero,
      promises: { count: 0, amount: 0 },
      payments: { count: 0, amount: 0 },
    };
  }

  step(seconds) {
    const { random } = this;
    this.now += seconds * 1000;
    for (const agent of this.agents) this.moveAgent(agent);
    for (const campaign of this.campaigns) if (campaign.state === "Open") this.dial(campaign);
    for (const call of this.calls.filter((each) => each.until <= this.now)) this.endPhase(call);
    this.calls = this.calls.filter((call) => call.phase !== "ended");
    if (random.chance(0.002 * seconds)) this.agents[0].state = "NotResponding";
  }

  moveAgent(agent) {
    const { random } = this;
    if (agent.until !== null && agent.until <= this.now) this.enter(agent, "Available");
    else if (agent.state === "Available" && random.chance(0.001))
      this.enter(agent, "Break", random.between(120, 600), random.pick(["Coffee", "Coaching", "Lunch"]));
    else if (agent.state === "NotResponding" && this.now - agent.since > 60_000) this.enter(agent, "Available");
    else if (agent.state === "Break" && agent.until === null && this.now - agent.since > 900_000)
      this.enter(agent, "Available");
  }

  enter(agent, state, seconds = null, reason = null) {
    agent.state = state;
    agent.since = this.now;
    agent.until = seconds === null ? null : this.now + seconds * 1000;
    agent.reason = reason;
  }

  dial(campaign) {
    const { random } = this;
    const free = this.agents.filter((agent) => agent.campaign === campaign.id && agent.state === "Available").length;
    const ringing = this.calls.filter((call) => call.campaign === campaign && call.phase === "ringing").length;
    const perAgent = campaign.mode === "Predictive" ? 3.4 : 1;
    const wanted = Math.max(0, Math.round(free * perAgent + (campaign.mode === "Predictive" ? 2 : 0)) - ringing);
    campaign.dials = Math.min(wanted, campaign.ready);
    for (let n = 0; n < campaign.dials; n += 1) {
      if (random.chance(0.16)) {
        const code = pickWeighted(denials, random);
        this.denied[code] += 1;
        campaign.denied += 1;
        continue;
      }
      campaign.attempts += 1;
      campaign.ready -= 1;
      this.calls.push({ campaign, phase: "ringing", until: this.now + random.between(4, 24) * 1000 });
    }
  }

  endPhase(call) {
    const { random } = this;
    const { campaign } = call;
    if (call.phase === "ringing") {
      const answer = random.next();
      if (answer < 0.19) return this.answer(call);
      if (answer < 0.47) campaign.machines += 1;
      else if (answer < 0.53) campaign.busy += 1;
      else if (answer < 0.57) campaign.failed += 1;
      else campaign.noAnswer += 1;
    }
    if (call.phase === "talking") {
      const agent = call.agent;
      if (random.chance(0.2)) add(campaign.promises, random.between(40, 600));
      else if (random.chance(0.08)) add(campaign.payments, random.between(25, 400));
      this.enter(agent, "WrapUp", random.between(12, 45));
    }
    if (call.phase === "ivr" && random.chance(0.15)) add(campaign.payments, random.between(25, 250));
    call.phase = "ended";
  }

  answer(call) {
    const { random } = this;
    const { campaign } = call;
    campaign.answeredLive += 1;
    const agent = this.agents.find((each) => each.campaign === campaign.id && each.state === "Available");
    if (agent) {
      campaign.bridged += 1;
      call.phase = "talking";
      call.agent = agent;
      call.until = this.now + Math.min(900, 25 + random.exponential(110)) * 1000;
      this.enter(agent, "OnCall");
    } else if (random.chance(0.9)) {
      call.phase = "ivr";
      call.until = this.now + random.between(20, 120) * 1000;
    } else {
      campaign.abandoned += 1;
      call.phase = "ended";
    }
  }

  snapshot() {
    const iso = (ms) => (ms === null ? null : new Date(ms).toISOString());
    const sum = (key) => this.campaigns.reduce((total, campaign) => total + campaign[key], 0);
    const money = (key) => ({
      count: this.campaigns.reduce((total, campaign) => total + campaign[key].count, 0),
      amount: round(this.campaigns.reduce((total, campaign) => total + campaign[key].amount, 0)),
    });
    const phases = (calls) => ({
      inFlight: calls.filter((call) => call.phase === "ringing").length,
      ringing: calls.filter((call) => call.phase === "ringing").length,
      talking: calls.filter((call) => call.phase === "talking").length,
      ivr: calls.filter((call) => call.phase === "ivr").length,
    });
    const answered = sum("answeredLive");
    const rate = answered === 0 ? null : sum("abandoned") / answered;
    return {
      at: iso(this.now),
      clock: { now: iso(this.now), speed: this.speed, simulated: true },
      agents: this.agents.map((agent) => ({
        ...agent,
        since: iso(agent.since),
        until: iso(agent.until),
        campaign: this.campaigns.find((campaign) => campaign.id === agent.campaign)?.name ?? null,
        softphone: agent.state !== "NotResponding",
      })),
      campaigns: this.campaigns.map((campaign) => this.campaignRow(campaign, phases)),
      totals: {
        attempts: sum("attempts"),
        answeredLive: answered,
        bridged: sum("bridged"),
        abandoned: sum("abandoned"),
        abandonmentRate: rate,
        promises: money("promises"),
        payments: money("payments"),
        denied: sum("denied"),
        deniedByReason: Object.fromEntries(Object.entries(this.denied).filter(([, count]) => count > 0)),
      },
      lines: { ...phases(this.calls), cps: 2 },
      targets: { agents: 22, contactRate: 20, promised: 24_000, paid: 8_000 },
      alerts: this.alerts(iso),
    };
  }

  campaignRow(campaign, phases) {
    const { dials, ...row } = campaign;
    const lines = phases(this.calls.filter((call) => call.campaign === campaign));
    const open = campaign.state === "Open";
    const free = this.agents.filter((agent) => agent.campaign === campaign.id && agent.state === "Available").length;
    return {
      ...row,
      promises: { count: row.promises.count, amount: round(row.promises.amount) },
      payments: { count: row.payments.count, amount: round(row.payments.amount) },
      agents: this.agents.filter((agent) => agent.campaign === campaign.id && agent.state !== "Offline").length,
      linesInFlight: lines.inFlight,
      ringing: lines.ringing,
      talking: lines.talking,
      ivr: lines.ivr,
      abandonmentRate: row.answeredLive === 0 ? null : row.abandoned / row.answeredLive,
      abandonCap: 0.03,
      pace: open
        ? {
            dials: dials ?? 0,
            tau: campaign.mode === "Predictive" ? 0.0262 : 0,
            loss: campaign.mode === "Predictive" ? 0.0214 : 0,
            reasons: [
              { code: "AgentsFree", text: `${free} agents are free and ${lines.ringing} lines are ringing for them.` },
              { code: "AnswerRate", text: "About 19 % of dials in this hour are answered by a person." },
              { code: "Budget", text: "Abandonment is below its budget, so a little more risk is accepted." },
            ],
            bindingLimit: campaign.mode === "Predictive" ? "Abandonment" : "OneToOne",
          }
        : null,
    };
  }

  alerts(iso) {
    return this.agents
      .filter((agent) => agent.state === "NotResponding")
      .map((agent) => ({
        level: "warning",
        code: "AgentNotResponding",
        text: `${agent.name} has stopped responding; no call is sent to this agent.`,
        since: iso(agent.since),
      }));
  }
}

function add(sum, amount) {
  sum.count += 1;
  sum.amount += amount;
}
function round(amount) {
  return Math.round(amount * 100) / 100;
}
function pickWeighted(weights, random) {
  let left = random.next();
  for (const [key, weight] of Object.entries(weights)) {
    left -= weight;
    if (left <= 0) return key;
  }
  return Object.keys(weights)[0];
}
