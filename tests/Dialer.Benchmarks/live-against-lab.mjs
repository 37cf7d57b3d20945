// The live demonstration beside the lab's prediction for the same floor: what agents really did in half an hour after
// the prediction was asked for. Node 22, no packages.
//   node tests/Dialer.Benchmarks/live-against-lab.mjs [speed 4] [agents 20] [accounts 8000] [rounds 2]
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const [speed = 4, agents = 20, accounts = 8000, rounds = 2] = process.argv.slice(2).map(Number);
const warm = 12;
const window = 30; // minutes of the demonstration's clock: what a prediction is about
const root = fileURLToPath(new URL("../..", import.meta.url));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

const length = warm + rounds * window + 5;
const demo = spawn(`${root}/dialer`, ["demo", "--headless", "--json", "--accounts", accounts, "--agents", agents, "--speed", speed, "--for", length].map(String));
let said = "";
demo.stderr.on("data", (chunk) => (said += String(chunk).replace(/\u001b\[[0-9;]*m/g, "")));
let told = "";
demo.stdout.on("data", (chunk) => (told += chunk));
const ended = new Promise((done) => demo.on("exit", done));

const signIn = async () => {
  for (;;) {
    const found = /service answers at (\S+) .*?the password (\S+)/.exec(said.replace(/\s+/g, " "));
    if (found) return found.slice(1);
    if (demo.exitCode !== null) throw new Error(`The demonstration ended: ${said}`);
    await wait(500);
  }
};
const [base, password] = await signIn();
const login = await fetch(`${base}/api/v1/access/login`, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ userName: "supervisor", password }),
});
if (!login.ok) throw new Error(`Sign-in: HTTP ${login.status} ${await login.text()}`);
const headers = { Authorization: `Bearer ${(await login.json()).token}`, "Content-Type": "application/json" };
const ask = async (path, body) => {
  const answer = await fetch(base + path, { headers, ...(body ? { method: "POST", body: JSON.stringify(body) } : {}) });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const look = async () => {
  const floor = await ask("/api/v1/live");
  const campaign = floor.campaigns.find((each) => each.mode === "Predictive");
  return { at: Date.parse(floor.at), campaign, agents: floor.agents };
};

const busy = new Set(["OnCall", "WrapUp"]);
const away = new Set(["Break", "Offline", "NotResponding"]);
let floor = await look();
while (floor.campaign?.state !== "Open") { await wait(1000); floor = await look(); }
const opened = floor.at;
const until = async (minute, each) => {
  while (floor.at < opened + minute * 60_000) { await wait(1000); floor = await look(); each?.(floor); }
};

const rows = [];
for (let round = 0; round < rounds; round++) {
  await until(warm + round * window);
  const before = floor.campaign;
  const { knobs } = await ask(`/api/v1/campaigns/${before.id}/pacing`);
  const { current } = await ask(`/api/v1/campaigns/${before.id}/pacing/prediction`, knobs);
  let working = 0;
  let present = 0;
  await until(warm + (round + 1) * window, (seen) => {
    for (const agent of seen.agents) {
      if (!away.has(agent.state)) present++;
      if (busy.has(agent.state)) working++;
    }
  });
  const after = floor.campaign;
  const answers = after.answeredLive - before.answeredLive;
  rows.push({ round: round + 1, current, utilisation: (100 * working) / present, answers, abandoned: after.abandoned - before.abandoned, attempts: after.attempts - before.attempts });
  process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`);
}
const status = await ended;

// A margin is half of the 95 % interval of the mean of eight seeds (t = 2.365); one half hour more spreads by its own deviation as well.
const whole = (margin) => margin * Math.sqrt(1 + 8);
const show = (value) => value.toFixed(1);
console.log(`| half hour | utilisation predicted | one half hour's 95 % range | seen | inside | abandonment predicted | range | seen (abandoned / live answers) | dials a minute predicted | seen |
|---|---|---|---|---|---|---|---|---|---|`);
for (const row of rows) {
  const c = row.current;
  const low = c.utilisation - whole(c.utilisationMargin);
  const high = c.utilisation + whole(c.utilisationMargin);
  const lost = (100 * row.abandoned) / row.answers;
  console.log(`| ${row.round} | ${show(c.utilisation)} ± ${show(c.utilisationMargin)} | ${show(low)}-${show(high)} | ${show(row.utilisation)} | ${row.utilisation >= low && row.utilisation <= high ? "yes" : "no"} | ${c.abandonment.toFixed(2)} ± ${c.abandonmentMargin.toFixed(2)} | 0-${(c.abandonment + whole(c.abandonmentMargin)).toFixed(2)} | ${lost.toFixed(2)} (${row.abandoned} / ${row.answers}) | ${show(c.dialsPerMinute)} | ${show(row.attempts / window)} |`);
}
console.log(`\n${agents} agents, ${accounts} accounts, speed ${speed}; the demonstration ended with status ${status}${status ? `: ${JSON.parse(told).invariants.violated.join("; ")}` : ""}.`);
