'use strict';
const test = require('node:test');
const assert = require('node:assert');
const http = require('node:http');
const twilio = require('twilio');

const { NETWORK_URL: base, ACCOUNT_SID: account, AUTH_TOKEN: token, API_KEY: key, API_SECRET: secret } = process.env;
const ours = '+12125550100';
const client = twilio(account, token, { autoRetry: true, maxRetries: 3, maxRetryDelay: 100 });
client.api.baseUrl = base;

const received = [];
let product;
let hooks;

/** The product under test: answers by path and checks every signature with the official validator. */
function answer(request, response) {
  let body = '';
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => {
    const fields = {};
    for (const [name, value] of new URLSearchParams(body)) fields[name] = name in fields ? [].concat(fields[name], value) : value;
    const path = request.url.split('?')[0];
    received.push({ path, fields, valid: twilio.validateRequest(token, request.headers['x-twilio-signature'], hooks + request.url, fields) });
    const twiml = new twilio.twiml.VoiceResponse();
    if (path === '/wait') twiml.pause({ length: 600 });
    else if (path === '/conference') twiml.dial({ action: '/left' }).conference({ beep: 'false', waitUrl: '', statusCallback: '/events', statusCallbackEvent: 'start join leave end' }, 'room one');
    else if (path === '/moved') twiml.say('You were moved.');
    response.setHeader('content-type', 'text/xml');
    response.end(twiml.toString());
  });
}

const until = async (check, what) => {
  for (let i = 0; i < 200; i++) {
    const value = await check();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never happened: ${what}`);
};

const post = (path, body) => fetch(base + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const live = (to, url) => client.calls.create({ to, from: ours, url: hooks + url }).then((call) => until(async () => {
  const now = await client.calls(call.sid).fetch();
  return now.status === 'in-progress' ? now : null;
}, `${to} answered`));

test.before(async () => {
  product = http.createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => product.once('listening', resolve));
  hooks = `http://127.0.0.1:${product.address().port}`;
  await client.incomingPhoneNumbers.create({ phoneNumber: ours, voiceUrl: `${hooks}/wait` });
});

test.after(() => product.close());

test('calls are created, listed past one page, and fetched', async () => {
  for (let i = 0; i < 23; i++) {
    await client.calls.create({ to: `+1628555${1000 + i}`, from: ours, url: `${hooks}/wait`, statusCallback: `${hooks}/status`, statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'], machineDetection: 'Enable', asyncAmd: 'true', asyncAmdStatusCallback: `${hooks}/amd`, sendDigits: undefined, timeout: 20 });
  }
  const all = await client.calls.list({ pageSize: 10, limit: 23, from: ours });
  assert.strictEqual(new Set(all.map((call) => call.sid)).size, 23);
  const one = await client.calls(all[0].sid).fetch();
  assert.match(one.sid, /^CA[0-9a-f]{32}$/);
  assert.strictEqual(one.direction, 'outbound-api');
  assert.ok(one.dateCreated instanceof Date);
});

test('a live call is moved in mid-call, and a finished one refuses with RestException 21220', async () => {
  const call = await live('+14155550001', '/wait');
  await client.calls(call.sid).update({ url: `${hooks}/moved`, method: 'POST' });
  await until(() => received.find((r) => r.path === '/moved' && r.fields.CallSid === call.sid), 'moved');
  await client.calls(call.sid).update({ status: 'completed' }).catch(() => null);
  await until(async () => (await client.calls(call.sid).fetch()).status === 'completed', 'completed');
  await assert.rejects(client.calls(call.sid).update({ twiml: '<Response/>' }), (problem) => problem.code === 21220 && problem.status === 400 && problem.moreInfo.endsWith('21220'));
});

test('a conference holds, mutes, coaches and kicks', async () => {
  const agent = await live('+14155550002', '/conference');
  const lead = await live('+14155550003', '/conference');
  const [room] = await until(async () => {
    const found = await client.conferences.list({ friendlyName: 'room one', status: 'in-progress' });
    return found.length ? found : null;
  }, 'conference started');
  const coach = await client.conferences(room.sid).participants.create({ from: ours, to: '+14155550004', label: 'coach', coaching: true, callSidToCoach: agent.sid, beep: 'false' });
  assert.strictEqual(coach.status, 'queued');
  const seats = await until(async () => {
    const list = await client.conferences(room.sid).participants.list();
    return list.length === 3 ? list : null;
  }, 'three participants');
  assert.strictEqual(seats.find((seat) => seat.label === 'coach').callSidToCoach, agent.sid);
  assert.strictEqual((await client.conferences(room.sid).participants(lead.sid).update({ hold: true })).hold, true);
  assert.strictEqual((await client.conferences(room.sid).participants(lead.sid).update({ hold: false, muted: true })).muted, true);
  assert.strictEqual(await client.conferences(room.sid).participants(lead.sid).remove(), true);
  await until(() => received.find((r) => r.path === '/left' && r.fields.CallSid === lead.sid), 'the action after the conference');
  const ended = await client.conferences(room.sid).update({ status: 'completed' });
  assert.strictEqual(ended.reasonConferenceEnded, 'conference-ended-via-api');
});

test('payments capture field by field, and recordings pause', async () => {
  const call = await live('+14155550005', '/wait');
  const statusCallback = `${hooks}/payments`;
  const session = await client.calls(call.sid).payments.create({ idempotencyKey: 'one', statusCallback, chargeAmount: 12.5, postalCode: 'false', securityCode: false });
  assert.match(session.sid, /^PK/);
  const keys = async (digits) => post(`/simulator/calls/${call.sid}/digits`, { digits });
  await client.calls(call.sid).payments(session.sid).update({ idempotencyKey: 'two', statusCallback, capture: 'payment-card-number' });
  await keys('4242424242424242');
  await until(() => received.find((r) => r.path === '/payments' && r.fields.PartialResult === 'false' && r.fields.Capture === 'payment-card-number'), 'card captured');
  await client.calls(call.sid).payments(session.sid).update({ idempotencyKey: 'three', statusCallback, capture: 'expiration-date' });
  await keys('1230');
  await until(() => received.find((r) => r.path === '/payments' && r.fields.Required === '' && r.fields.PartialResult === 'false'), 'date captured');
  await client.calls(call.sid).payments(session.sid).update({ idempotencyKey: 'four', statusCallback, status: 'complete' });
  const done = await until(() => received.find((r) => r.path === '/payments' && r.fields.Result), 'payment result');
  assert.strictEqual(done.fields.Result, 'success');
  assert.ok(!received.some((r) => JSON.stringify(r.fields).includes('4242424242424242')));

  const recording = await client.calls(call.sid).recordings.create({ recordingStatusCallback: `${hooks}/recorded` });
  assert.strictEqual((await client.calls(call.sid).recordings('Twilio.CURRENT').update({ status: 'paused', pauseBehavior: 'skip' })).status, 'paused');
  assert.strictEqual((await client.calls(call.sid).recordings('Twilio.CURRENT').update({ status: 'in-progress' })).status, 'in-progress');
  await new Promise((resolve) => setTimeout(resolve, 300)); // less than a tenth of a second of sound is "absent", and nobody is told
  await client.calls(call.sid).recordings(recording.sid).update({ status: 'stopped' });
  await until(() => received.find((r) => r.path === '/recorded'), 'recording completed');
  const media = await fetch(`${base}/2010-04-01/Accounts/${account}/Recordings/${recording.sid}.wav`, { headers: { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` } });
  assert.strictEqual(Buffer.from(await media.arrayBuffer()).subarray(0, 4).toString(), 'RIFF');
});

test('429 is retried by autoRetry, and other refusals carry their codes', async () => {
  const fault = await (await post('/simulator/faults', { on: 'post-calls', action: 'status', status: 429, count: 2 })).json();
  assert.ok((await client.calls.create({ to: '+14155550006', from: ours, url: `${hooks}/wait` })).sid);
  await fetch(`${base}/simulator/faults/${fault.added[0]}`, { method: 'DELETE' });
  await assert.rejects(client.calls.create({ to: '+14155550006', from: '+14155559999', url: `${hooks}/wait` }), { code: 21210 });
  await assert.rejects(client.calls.create({ to: 'nobody', from: ours, url: `${hooks}/wait` }), { code: 21211 });
  await assert.rejects(client.calls(`CA${'0'.repeat(32)}`).fetch(), { status: 404, code: 20404 });
});

test('numbers, applications, queues, messages, balance and usage are there', async () => {
  const application = await client.applications.create({ friendlyName: 'agents', voiceUrl: `${hooks}/wait` });
  assert.strictEqual((await client.applications(application.sid).update({ voiceMethod: 'GET' })).voiceMethod, 'GET');
  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: ours });
  assert.strictEqual((await client.incomingPhoneNumbers(number.sid).update({ voiceApplicationSid: application.sid })).voiceApplicationSid, application.sid);
  assert.ok((await client.availablePhoneNumbers('US').local.list({ areaCode: 415, limit: 3 })).every((n) => n.phoneNumber.startsWith('+1415')));
  const queue = await client.queues.create({ friendlyName: 'support', maxSize: 5 });
  assert.strictEqual(queue.currentSize, 0);
  assert.deepStrictEqual(await client.queues(queue.sid).members.list(), []);
  const message = await client.messages.create({ to: '+14155550007', from: ours, body: 'Hello' });
  await until(async () => ['delivered', 'undelivered'].includes((await client.messages(message.sid).fetch()).status), 'message delivered');
  assert.strictEqual((await client.balance.fetch()).currency, 'USD');
  assert.ok((await client.usage.records.list({ category: 'calls' })).length >= 1);
  assert.strictEqual(await client.queues(queue.sid).remove(), true);
});

test('a softphone is let in by the official access token', async () => {
  const [application] = await client.applications.list({ friendlyName: 'agents' });
  const access = new twilio.jwt.AccessToken(account, key, secret, { identity: 'agent_1', ttl: 3600 });
  access.addGrant(new twilio.jwt.AccessToken.VoiceGrant({ outgoingApplicationSid: application.sid, incomingAllow: true }));
  const accepted = await post('/simulator/softphones', { token: access.toJwt(), params: { session: 's1' } });
  assert.strictEqual(accepted.status, 201);
  const wrong = new twilio.jwt.AccessToken(account, key, 'not the secret', { identity: 'agent_1' });
  assert.strictEqual((await post('/simulator/softphones', { token: wrong.toJwt(), params: {} })).status, 401);
});

test('documents of the official builder are all understood', async () => {
  const notices = await (await fetch(`${base}/simulator/notices`)).json();
  assert.deepStrictEqual(notices.filter((n) => n.code === 12200), []);
  const twiml = new twilio.twiml.VoiceResponse();
  const gather = twiml.gather({ input: 'dtmf speech', action: '/x', method: 'POST', timeout: 1, speechTimeout: 'auto', numDigits: 1, finishOnKey: '#', partialResultCallback: '/p', language: 'en-US', hints: 'a', bargeIn: true, actionOnEmptyResult: false });
  gather.say({ voice: 'Polly.Joanna', language: 'en-US', loop: 1 }, 'x');
  gather.pause({ length: 1 });
  twiml.play({ loop: 1, digits: '1w2' });
  twiml.dial({ timeout: 5, callerId: ours, record: 'do-not-record', answerOnBridge: true, hangupOnStar: true, timeLimit: 10, trim: 'do-not-trim', sequential: true }).number({ sendDigits: 'ww1', url: '/n', statusCallback: '/s', statusCallbackEvent: 'initiated ringing', machineDetection: 'Enable', amdStatusCallback: '/a' }, '+14155550111');
  twiml.enqueue({ action: '/q', waitUrl: '/w', waitUrlMethod: 'POST' }, 'q');
  twiml.pay({ chargeAmount: '1.00', paymentMethod: 'credit-card', action: 'https://x.example/p', maxAttempts: 2, securityCode: true, postalCode: 'true', tokenType: 'one-time', validCardTypes: 'visa' }).prompt({ for: 'payment-card-number', attempt: 1, errorType: 'timeout' }).say('card');
  twiml.start().stream({ url: 'wss://x.example', track: 'both_tracks', name: 's' });
  twiml.stop().stream({ name: 's' });
  twiml.record({ maxLength: 5, playBeep: true, finishOnKey: '#', transcribe: false, recordingStatusCallback: '/r' });
  twiml.sms({ to: ours, from: ours }, 'hi');
  twiml.leave();
  twiml.reject({ reason: 'busy' });
  twiml.redirect({ method: 'GET' }, '/r');
  twiml.hangup();
  const parsed = await (await post('/simulator/twiml', { twiml: twiml.toString() })).json();
  assert.deepStrictEqual(parsed.warnings, []);
  assert.strictEqual(parsed.error, null);
  assert.strictEqual(parsed.verbs, 13);
});

test('every webhook was signed so that the official validator accepts it', () => {
  assert.ok(received.length > 30, `${received.length} webhooks`);
  assert.deepStrictEqual(received.filter((r) => !r.valid).map((r) => r.path), []);
});
