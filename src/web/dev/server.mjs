/**
 * A stand-in for the Host, for working on the screens and for their own tests: same paths, same shapes, invented floor.
 * `node dev/server.mjs [--port 5181] [--speed 20] [--agents 20] [--seed 7] [--warm 1800]`
 * It also serves the built screens with the strict content security policy that the Host uses. Never shipped.
 * Test hooks (no auth): POST /mock/live/pause | /mock/live/resume | /mock/live/drop | /mock/desk/reset {auto},
 * POST /mock/desk/ring | /mock/desk/preview, GET /mock/desk/saved.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { callTimeline, forms, notes, recordings, score, scores, silence } from "./calls.mjs";
import { complianceRoutes, officer } from "./compliance.mjs";
import { consoleRoutes } from "./console.mjs";
import { MockDesk } from "./desk.mjs";
import { Floor } from "./floor.mjs";
import { flows, ivrLimits, markHandled, messages, preview, savedMethods } from "./ivr.mjs";
import { paymentRoutes } from "./payments.mjs";
import {
  accountDetail,
  accounts,
  campaigns,
  clients,
  contacts,
  importColumns,
  importPreview,
  imports,
  letter,
  notices,
  report,
  reports,
  reportTable,
  routed,
  timeline,
} from "./records.mjs";
import { resetTasks, taskRoutes } from "./tasks.mjs";
import { teamRoutes } from "./teams.mjs";

const { values: flags } = parseArgs({
  options: {
    port: { type: "string", default: "5181" },
    speed: { type: "string", default: "20" },
    agents: { type: "string", default: "20" },
    seed: { type: "string", default: "7" },
    warm: { type: "string", default: "1800" },
  },
});
const speed = Number(flags.speed);
const floor = new Floor({ seed: Number(flags.seed), agents: Number(flags.agents), speed });
for (let second = 0; second < Number(flags.warm); second += 1) floor.step(1);

const users = {
  supervisor: {
    id: 1,
    userName: "supervisor",
    displayName: "Sam Porter",
    roles: ["Supervisor"],
    scopes: [
      "floor:read",
      "campaigns:read",
      "campaigns:run",
      "pacing:change",
      "agents:assign",
      "settlements:approve",
      "tasks:assign",
      "reports:schedule",
      "payments:read",
      "payments:refund",
      "payments:reconcile",
      "funnel:read",
      "calls:take",
      "accounts:read",
      "imports:read",
      "imports:run",
      "clients:read",
      "recordings:listen",
      "quality:score",
      "flows:preview",
      "reports:read",
    ],
  },
  agent: {
    id: 100,
    userName: "agent",
    displayName: "Ana Ruiz",
    roles: ["Collector"],
    scopes: ["calls:take", "accounts:read", "statements:record", "notices:send"],
  },
};
users.admin = {
  id: 2,
  userName: "admin",
  displayName: "Alex Admin",
  roles: ["Admin"],
  scopes: [...users.supervisor.scopes, "events:read", "integrations:manage", "clients:manage"],
};
users.compliance = officer;
users.newcomer = {
  id: 9,
  userName: "newcomer",
  displayName: "Nora New",
  roles: ["Supervisor"],
  scopes: [],
  mustEnrol: true,
};
const sessions = new Map();
const root = join(dirname(fileURLToPath(import.meta.url)), "../../Dialer.Host/wwwroot");
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
};

const watchers = new Set();
let paused = false;
setInterval(() => {
  floor.step(speed);
  if (paused) return;
  const message = liveMessage();
  for (const response of watchers) response.write(message);
}, 1000);

const liveMessage = () => `event: live\ndata: ${JSON.stringify(floor.snapshot())}\n\n`;

const deskWatchers = new Set();
const deskMessage = (snapshot) =>
  snapshot
    ? `id: ${snapshot.seq}\nevent: snapshot\ndata: ${JSON.stringify(snapshot)}\n\n`
    : "event: ended\ndata: null\n\n";
const desk = new MockDesk({
  onChange: (snapshot) => {
    for (const response of deskWatchers) response.write(deskMessage(snapshot));
  },
});

const routes = {
  "POST /api/v1/agent/session": (_request, response) => json(response, 200, desk.start()),
  "GET /api/v1/agent/events": (request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(deskMessage(desk.sessionId === null ? null : desk.snapshot()));
    deskWatchers.add(response);
    request.on("close", () => deskWatchers.delete(response));
  },
  "POST /api/v1/agent/heartbeat": async (request, response) => {
    const { sessionId } = await readJson(request);
    if (sessionId !== desk.sessionId) return problem(response, 409, "This session has ended. Start a new one.");
    response.writeHead(204).end();
  },
  "GET /api/v1/agent/work": (_request, response) => json(response, 200, { items: desk.work() }),
  "GET /api/v1/agent/preview": (_request, response) => json(response, 200, desk.preview()),
  "POST /api/v1/agent/preview": (_request, response) => json(response, 200, desk.nextPreview()),
  "POST /api/v1/agent/preview/dial": (_request, response) => {
    desk.endPreview();
    desk.ring();
    json(response, 200, { attemptId: desk.attempts });
  },
  "POST /api/v1/agent/preview/skip": (_request, response) => {
    desk.endPreview();
    response.writeHead(204).end();
  },
  "POST /api/v1/agent/dial": (_request, response) => {
    desk.ring();
    json(response, 200, { attemptId: desk.attempts });
  },
  "GET /api/v1/agent/today": (_request, response) =>
    json(response, 200, {
      calls: { value: 34, goal: 60 },
      rightParty: { value: 12, goal: 12 },
      promises: { value: 5, goal: null },
      promised: { value: 612.5, goal: 1500 },
      kept: { value: 8, goal: 11 },
    }),
  "GET /api/v1/agent/calls/:id/plans": (_request, response) =>
    desk.call?.account ? json(response, 200, desk.plans()) : problem(response, 404, "Not found"),
  "POST /api/v1/agent/calls/:id/plans": async (request, response) => {
    desk.agreePlan((await readJson(request)).firstOn);
    json(response, 201, { planId: 1 });
  },
  "GET /api/v1/agent/colleagues": (_request, response) =>
    json(response, 200, { items: [{ agentId: 101, name: "Ben Ortiz", state: "Available", skills: ["tier:3"] }] }),
  "POST /api/v1/agent/wrap-up/extend": (_request, response) => json(response, 200, desk.extend()),
  "POST /api/v1/agent/calls/:id/shown": (_request, response) => response.writeHead(204).end(),
  "PUT /api/v1/agent/calls/:id/hold": async (request, response) => {
    desk.control({ heldAt: (await readJson(request)).on ? new Date().toISOString() : null });
    response.writeHead(204).end();
  },
  "PUT /api/v1/agent/calls/:id/recording": async (request, response) => {
    const { action } = await readJson(request);
    desk.control({ recording: { Pause: "Paused", Decline: "Declined" }[action] ?? "Recording" });
    response.writeHead(204).end();
  },
  "POST /api/v1/agent/calls/:id/payment": async (request, response) => {
    desk.pay((await readJson(request)).amount);
    response.writeHead(204).end();
  },
  "PUT /api/v1/agent/calls/:id/payment": async (request, response) => {
    desk.payStep(await readJson(request));
    response.writeHead(204).end();
  },
  "POST /api/v1/agent/calls/:id/consult": (_request, response) => {
    desk.control({ heldAt: new Date().toISOString(), consult: { agent: "Ben Ortiz", state: "Joined" } });
    response.writeHead(204).end();
  },
  "PUT /api/v1/agent/calls/:id/consult": async (request, response) => {
    desk.consultStep((await readJson(request)).action);
    response.writeHead(204).end();
  },
  "GET /api/v1/queues": (_request, response) =>
    json(response, 200, {
      targetSeconds: 20,
      items: [
        { queue: "Northwind cards Q3", waiting: 0, callBacks: 1, longestSince: null, abandoned: 2, serviceLevel: 0.91 },
      ],
    }),
  "PUT /api/v1/agent/state": async (request, response) => {
    const { state, reason } = await readJson(request);
    const { sessionId } = desk;
    desk.request(state, reason);
    json(response, 200, { ...desk.snapshot(), sessionId: sessionId ?? "" });
  },
  "POST /api/v1/agent/calls/:id/hangup": (_request, response, _user, id) =>
    desk.hangUp(id) ? response.writeHead(204).end() : problem(response, 409, "The call is over"),
  "POST /api/v1/agent/calls/:id/disposition": async (request, response, _user, id) => {
    desk.dispose(id, await readJson(request));
    json(response, 200, {});
  },
  "GET /api/v1/reports": (_request, response) => json(response, 200, reports),
  "GET /api/v1/reports/campaigns": (request, response) =>
    json(response, 200, reportTable(new URL(request.url, "http://mock").searchParams)),
  "GET /api/v1/reports/campaigns.csv": (_request, response) =>
    response.writeHead(200, { "Content-Type": "text/csv" }).end("Campaign,Attempts\r\n"),
  "GET /api/v1/reports/summary": (_request, response) => {
    const { totals, campaigns: rows } = floor.snapshot();
    const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
    json(response, 200, {
      ...totals,
      machine: sum("machines"),
      busy: sum("busy"),
      noAnswer: sum("noAnswer"),
      failed: sum("failed"),
      live: 12,
      inbound: 31,
      denied: totals.deniedByReason,
      ivr: {
        verified: 22,
        payments: { count: 9, amount: 812.5 },
        promises: { count: 4, amount: 310 },
        optOuts: 2,
        disputes: 1,
        transfers: 3,
      },
      agents: {
        utilisation: 0.781,
        occupancy: 0.824,
        talkSeconds: 21_400,
        wrapSeconds: 6_120,
        idleSeconds: 5_870,
        otherSeconds: 1_830,
        promises: totals.promises,
      },
      dispositions: {
        "RPC-PTP": 41,
        "RPC-RTP": 33,
        "RPC-CB": 18,
        "RPC-HUP": 27,
        TPC: 12,
        WN: 9,
        AM: 15,
        "RPC-DISP": 4,
      },
    });
  },
  "POST /api/v1/tables.xlsx": async (request, response) => {
    await readAll(request);
    response
      .writeHead(200, { "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" })
      .end("PK");
  },
  "GET /api/v1/clients": (_request, response) => json(response, 200, clients),
  ...ivrLimits(json, problem, readJson),
  "GET /api/v1/imports": (_request, response) => json(response, 200, { items: imports, next: null }),
  "POST /api/v1/imports": async (request, response) => {
    for await (const _ of request);
    json(response, 200, report(new URL(request.url, "http://mock").searchParams));
  },
  "POST /api/v1/imports/preview": async (request, response) => {
    const body = (await readAll(request)).toString();
    const part = (name) => new RegExp(`name="${name}"[^]*?\\r\\n\\r\\n([^]*?)\\r\\n--`).exec(body)?.[1];
    json(response, 200, importPreview(part("file") ?? "", part("map") && JSON.parse(part("map"))));
  },
  "POST /api/v1/imports/verdicts": async (request, response) => {
    for await (const _ of request);
    response.writeHead(200, { "Content-Type": "text/csv" }).end("line,verdict,error_code,error_text\n2,Accepted,,\n");
  },
  "GET /api/v1/imports/columns": (_request, response) => json(response, 200, importColumns),
  "PUT /api/v1/clients/:id/import-map": async (request, response) => json(response, 200, await readJson(request)),
  "POST /api/v1/imports/:id/undo": (_request, response, _user, id) => {
    const undone = imports.find((each) => String(each.importId) === id);
    if (!undone) return problem(response, 404, "Not found");
    undone.status = "Undone";
    json(response, 200, { recalled: 4871, restored: 62, kept: 0, consentsWithdrawn: 12, paymentsReversed: 0 });
  },
  "GET /api/v1/imports/:id/rejects": (_request, response) =>
    response.writeHead(200, { "Content-Type": "text/csv" }).end("account,error_code,error_text\n"),
  "GET /api/v1/voicemails": (_request, response) => json(response, 200, messages),
  "POST /api/v1/voicemails/:id/heard": (_request, response, user, id) =>
    markHandled(id, user.userName) ? response.writeHead(204).end() : problem(response, 404, "Not found"),
  "GET /api/v1/recordings": (_request, response) => json(response, 200, { items: recordings, next: null }),
  "POST /api/v1/recordings/:id/link": (_request, response, _user, id) =>
    json(response, 200, {
      url: `/api/v1/recordings/media/${id}`,
      expiresAt: new Date(Date.now() + 120_000).toISOString(),
    }),
  "GET /api/v1/recordings/media/:id": (_request, response) =>
    response.writeHead(200, { "Content-Type": "audio/x-wav" }).end(silence()),
  "GET /api/v1/calls/:id/timeline": (_request, response, _user, id) =>
    id === "901" ? json(response, 200, callTimeline) : problem(response, 404, "Not found"),
  "GET /api/v1/calls/:id/scenario": (_request, response) =>
    response
      .writeHead(200, {
        "Content-Type": "application/x-ndjson",
        "Content-Disposition": "attachment; filename=call-901.people.jsonl",
      })
      .end('{"e164":"+12025550101","persona":{"script":"answers after 9 s, hangs up after 150 s"}}\n'),
  "GET /api/v1/quality/forms": (_request, response) => json(response, 200, forms),
  "GET /api/v1/quality/scores": (_request, response) => json(response, 200, { items: scores, next: null }),
  "POST /api/v1/quality/scores": async (request, response) => json(response, 200, score(await readJson(request))),
  "GET /api/v1/quality/calibration": (_request, response) =>
    json(response, 200, {
      agents: [{ agentId: 7, agent: "Ana Ruiz", scores: 12, average: 88.4, autoFailed: 1 }],
      scorers: [{ scorerId: 1, scorer: "Sam Supervisor", shared: 5, distance: -2.1 }],
    }),
  "PUT /api/v1/quality/forms/:id": async (request, response, _user, id) => {
    const form = {
      formId: forms.length + 1,
      name: decodeURIComponent(id),
      version: 4,
      questions: (await readJson(request)).items,
    };
    forms.splice(0, forms.length, form);
    json(response, 200, form);
  },
  "GET /api/v1/quality/notes": (_request, response) => json(response, 200, notes),
  "POST /api/v1/quality/notes": async (request, response) => {
    notes.push({ ...notes[0], ...(await readJson(request)), noteId: notes.length + 1, seenAt: null, answer: null });
    json(response, 201, { noteId: notes.length });
  },
  "GET /api/v1/agent/notes": (_request, response) => json(response, 200, notes),
  "POST /api/v1/agent/notes/:id/answer": async (request, response) => {
    notes[0].answer = (await readJson(request)).text;
    response.writeHead(204).end();
  },
  "GET /api/v1/agent/scores": (_request, response) => json(response, 200, { items: scores, next: null }),
  "GET /api/v1/accounts": (request, response) => {
    const text = (new URL(request.url, "http://mock").searchParams.get("q") ?? "").toLowerCase();
    const items = accounts.filter(
      (each) => each.lastName.toLowerCase().startsWith(text) || each.clientAccountNo.toLowerCase() === text,
    );
    json(response, 200, { items, next: null });
  },
  "GET /api/v1/accounts/:id": (_request, response, _user, id) => {
    const detail = accountDetail(id);
    return detail ? json(response, 200, detail) : problem(response, 404, "Not found");
  },
  "GET /api/v1/queues/line": (_request, response) => json(response, 200, { items: [] }),
  "GET /api/v1/routing/decisions": (_request, response) => json(response, 200, { items: routed }),
  "GET /api/v1/accounts/:id/saved-methods": (_request, response, _user, id) =>
    json(
      response,
      200,
      savedMethods.filter((each) => each.accountId === id),
    ),
  "POST /api/v1/saved-methods/:id/remove": (_request, response, user, id) => {
    const kept = savedMethods.find((each) => String(each.savedMethodId) === id && !each.removedAt);
    if (!kept) return problem(response, 404, "Not found");
    kept.removedAt = new Date().toISOString();
    kept.removedBy = user.userName;
    response.writeHead(204).end();
  },
  "GET /api/v1/accounts/:id/timeline": (_request, response) => json(response, 200, { items: timeline, next: null }),
  "GET /api/v1/accounts/:id/contacts": (_request, response) => json(response, 200, contacts),
  "GET /api/v1/accounts/:id/notices": (_request, response) => json(response, 200, notices),
  "POST /api/v1/accounts/:id/notices/preview": async (request, response) => {
    const { channel } = await readJson(request);
    json(response, 200, { ...letter, way: notices.ways.find((way) => way.channel === channel) });
  },
  "POST /api/v1/accounts/:id/notices": (_request, response) => json(response, 201, { noticeId: 1 }),
  "POST /api/v1/accounts/:id/phones": async (request, response) => {
    const { number, place } = await readJson(request);
    contacts.phones.push({
      ...contacts.phones[0],
      phoneId: contacts.phones.length + 1,
      e164: `•••${number.slice(-4)}`,
      place,
    });
    json(response, 201, { phoneId: contacts.phones.length });
  },
  "PUT /api/v1/phones/:id/status": async (request, response, _user, id) => {
    contacts.phones.find((phone) => String(phone.phoneId) === id).status = (await readJson(request)).status;
    response.writeHead(204).end();
  },
  "POST /api/v1/compliance/consents": async (request, response) => {
    const { phoneId, channel, kind } = await readJson(request);
    const phone = contacts.phones.find((each) => each.phoneId === phoneId);
    if (channel === "Email") contacts.email.consent = kind;
    else phone[channel === "Voice" ? "voice" : "sms"] = kind;
    json(response, 201, { consentEventId: 1 });
  },
  "POST /api/v1/compliance/persons/:id/inconvenient-times": async (request, response) => {
    const { days, from, to, words } = await readJson(request);
    const id = contacts.inconvenientTimes.length + 2;
    contacts.inconvenientTimes.push({ id, days, from: `${from}:00`, to: `${to}:00`, words });
    response.writeHead(204).end();
  },
  "POST /api/v1/compliance/persons/:id/inconvenient-times/[0-9]+/end": (request, response) => {
    const ended = request.url.split("/").at(-2);
    contacts.inconvenientTimes = contacts.inconvenientTimes.filter((time) => String(time.id) !== ended);
    response.writeHead(204).end();
  },
  "PUT /api/v1/compliance/persons/:id/inconvenient-places": async (request, response) => {
    contacts.inconvenientPlaces = (await readJson(request)).notAt;
    response.writeHead(204).end();
  },
  ...complianceRoutes({ json, readJson, problem }),
  ...consoleRoutes({ json, readJson, problem }),
  ...taskRoutes({ json, readJson, problem }),
  ...paymentRoutes({ json, readAll, readJson, problem }),
  ...teamRoutes({ json, readJson, problem, desk }),
  "GET /api/v1/campaigns": (_request, response) => json(response, 200, campaigns),
  "POST /api/v1/campaigns": async (request, response) => {
    const asked = await readJson(request);
    if (campaigns.some((each) => each.name === asked.name))
      return problem(response, 409, "Conflict", `There is already a campaign named '${asked.name}'.`);
    campaigns.push({
      ...campaigns[0],
      ...asked,
      campaignId: campaigns.length + 1,
      state: "Draft",
      fromE164: asked.from,
    });
    json(response, 201, { id: campaigns.length, name: asked.name, state: "Draft", leads: 1200 });
  },
  "POST /api/v1/campaigns/:id/launch": (_request, response, _user, id) => setCampaign(response, id, "Open"),
  "POST /api/v1/campaigns/:id/pause": (_request, response, _user, id) => setCampaign(response, id, "Paused"),
  "POST /api/v1/campaigns/:id/close": (_request, response, _user, id) => setCampaign(response, id, "Closed"),
  "POST /simulator/softphones": (_request, response) => json(response, 201, { callSid: desk.plugIn() }),
  "GET /simulator/softphones/:id/events": (request, response, _user, id) => {
    const softphone = desk.softphones.get(id);
    if (!softphone) return problem(response, 404, "No such call");
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(`event: answered\ndata: {}\n\n`);
    softphone.listeners.add(response);
    request.on("close", () => softphone.listeners.delete(response));
  },
  "POST /simulator/softphones/:id/hangup": (_request, response, _user, id) => {
    desk.unplug(id);
    response.writeHead(204).end();
  },
  "POST /simulator/softphones/:id/digits": (_request, response) => response.writeHead(204).end(),
  "POST /mock/desk/reset": async (request, response) => {
    desk.reset();
    resetTasks();
    desk.auto = (await readJson(request)).auto ?? true;
    response.writeHead(204).end();
  },
  "POST /mock/desk/preview": (_request, response) => {
    desk.previewing();
    response.writeHead(204).end();
  },
  "POST /mock/desk/ring": (_request, response) => {
    desk.ring();
    response.writeHead(204).end();
  },
  "GET /mock/desk/saved": (_request, response) => json(response, 200, desk.saved),
  "POST /api/v1/access/login": async (request, response) => {
    const { userName, password } = await readJson(request);
    const user = users[userName];
    if (!user || password !== "demo") return problem(response, 401, "Not signed in");
    const token = crypto.randomUUID();
    sessions.set(token, user);
    response.setHeader("Set-Cookie", `dialer-mock=${token}; HttpOnly; SameSite=Strict; Path=/`);
    json(response, 200, { token, expiresAt: new Date(Date.now() + 8 * 3600_000).toISOString(), user });
  },
  "GET /api/v1/access/openid": (_request, response) =>
    json(response, 200, { enabled: true, name: "Northfield account" }),
  "POST /api/v1/access/second-factor": (_request, response) =>
    json(response, 200, {
      secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      uri: "otpauth://totp/Dialer:newcomer?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Dialer&algorithm=SHA1&digits=6&period=30",
    }),
  "POST /api/v1/access/second-factor/confirm": async (request, response) =>
    (await readJson(request)).code === "287082"
      ? response.writeHead(204).end()
      : problem(response, 400, "Invalid request", "This is not the code of this moment."),
  "GET /health/live": (_request, response) => response.writeHead(200, { "Content-Type": "text/plain" }).end("live"),
  "POST /api/v1/access/logout": (request, response) => {
    sessions.delete(cookie(request));
    response.writeHead(204).end();
  },
  "GET /api/v1/access/me": (_request, response, user) => json(response, 200, { user }),
  "GET /api/v1/ivr/flows": (_request, response) => json(response, 200, flows),
  "POST /api/v1/ivr/preview": async (request, response) => json(response, 200, preview(await readJson(request))),
  "GET /api/v1/live": (_request, response) => json(response, 200, floor.snapshot()),
  "GET /api/v1/live/events": (request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    if (!paused) response.write(liveMessage());
    watchers.add(response);
    request.on("close", () => watchers.delete(response));
  },
  "POST /mock/live/pause": (_request, response) => {
    paused = true;
    response.writeHead(204).end();
  },
  "POST /mock/live/resume": (_request, response) => {
    paused = false;
    response.writeHead(204).end();
  },
  "POST /mock/live/drop": (_request, response) => {
    for (const watcher of watchers) watcher.destroy();
    response.writeHead(204).end();
  },
};
const open = new Set(["POST /api/v1/access/login", "GET /api/v1/access/openid"]);

const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://mock").pathname;
  const key = `${request.method} ${path}`;
  const user = sessions.get(cookie(request));
  const { route, id } = match(key);
  if (path.startsWith("/api/") && !user && !open.has(key)) return problem(response, 401, "Not signed in");
  if (route) return route(request, response, user, id);
  if (path.startsWith("/api/")) return problem(response, 404, "Not found");
  serveFile(path, response);
});
server.listen(Number(flags.port), "127.0.0.1", () =>
  console.log(`mock floor on http://127.0.0.1:${server.address().port}`),
);

function setCampaign(response, id, state) {
  const campaign = campaigns.find((each) => String(each.campaignId) === id);
  if (!campaign) return problem(response, 404, "Not found");
  campaign.state = state;
  json(response, 200, { id: campaign.campaignId, state });
}

/** An exact route, or one with an id as its fourth or fifth segment. */
function match(key) {
  if (routes[key]) return { route: routes[key] };
  for (const [pattern, route] of Object.entries(routes)) {
    const found = new RegExp(`^${pattern.replace(":id", "([^/]+)")}$`).exec(key);
    if (pattern.includes(":id") && found) return { route, id: decodeURIComponent(found[1]) };
  }
  return {};
}

function serveFile(path, response) {
  const wanted = normalize(join(root, path));
  const inside = wanted.startsWith(root + sep) && existsSync(wanted) && statSync(wanted).isFile();
  const file = inside ? wanted : join(root, "index.html");
  if (!existsSync(file)) return problem(response, 404, "Not built", "Run `npm run build` first.");
  response.writeHead(200, {
    "Content-Type": types[extname(file)] ?? "application/octet-stream",
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
  });
  createReadStream(file).pipe(response);
}

function cookie(request) {
  return /(?:^|; )dialer-mock=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
}
async function readAll(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
async function readJson(request) {
  const body = await readAll(request);
  return body.length === 0 ? {} : JSON.parse(body.toString());
}
function json(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
function problem(response, status, title, detail) {
  response
    .writeHead(status, { "Content-Type": "application/problem+json" })
    .end(JSON.stringify({ status, title, detail }));
}
