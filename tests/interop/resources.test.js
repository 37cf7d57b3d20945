'use strict';
// The shape of every resource, compared with the package's own declarations (generated from Twilio's OpenAPI description), and every parameter it can send.
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const twilio = require('twilio');

const { NETWORK_URL: base, ACCOUNT_SID: account, AUTH_TOKEN: token } = process.env;
const ours = '+12125550177';
const client = twilio(account, token);
client.api.baseUrl = base;
const declared = path.join(path.dirname(require.resolve('twilio/package.json')), 'lib/rest/api/v2010');
let hooks;
let product;

const declaration = (file) => fs.readFileSync(path.join(declared, `${file}.d.ts`), 'utf8');
/** Field names of a declared interface. */
const fieldsOf = (file, name) => {
  const body = new RegExp(`interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(declaration(file))?.[1];
  assert.ok(body, `${name} in ${file}`);
  return [...body.matchAll(/^ {4}"?([\w]+)"?\??:/gm)].map((field) => field[1]);
};

const get = async (resource) => {
  const answer = await fetch(`${base}/2010-04-01/Accounts/${account}${resource}`, { headers: { authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}` } });
  assert.strictEqual(answer.status, 200, resource);
  return answer.json();
};

const until = async (check, what) => {
  for (let i = 0; i < 200; i++) {
    const value = await check();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never happened: ${what}`);
};

const live = async (to, twiml) => {
  const call = await client.calls.create({ to, from: ours, twiml });
  await until(async () => (await client.calls(call.sid).fetch()).status === 'in-progress', `${to} answered`);
  return call.sid;
};

/** A good value for any parameter, by its name. */
const sample = (name) => {
  const known = {
    to: '+14155550013', from: ours, callerId: ours, twiml: undefined, applicationSid: undefined, sendDigits: undefined, timeout: 20, timeLimit: 600, trim: 'do-not-trim',
    recordingChannels: 'dual', recordingTrack: 'both', machineDetection: 'Enable', machineDetectionTimeout: 10, machineDetectionSpeechThreshold: 2000, machineDetectionSpeechEndThreshold: 1000,
    machineDetectionSilenceTimeout: 3000, asyncAmd: 'true', label: 'somebody', beep: 'onEnter', conferenceRecord: 'do-not-record', conferenceTrim: 'trim-silence', region: 'us1', maxParticipants: 10,
    jitterBufferSize: 'small', callSidToCoach: undefined, coaching: undefined, statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'], conferenceStatusCallbackEvent: ['start', 'end', 'join', 'leave'],
    recordingStatusCallbackEvent: ['completed'], conferenceRecordingStatusCallbackEvent: ['completed'], earlyMedia: true, muted: false, record: false, startConferenceOnEnter: true, endConferenceOnExit: false,
    callToken: '{"parentCallInfoToken":"x"}', byoc: 'BY00000000000000000000000000000001', callReason: 'A reason', sipAuthUsername: 'u', sipAuthPassword: 'p', recordingConfigurationId: 'x', passports: 'eyJ',
    idempotencyKey: `key-${Math.random()}`, chargeAmount: 10, currency: 'usd', description: 'x', input: 'dtmf', minPostalCodeLength: 5, parameter: { a: 'b' }, paymentConnector: 'Default', paymentMethod: 'credit-card',
    bankAccountType: 'consumer-checking', postalCode: 'true', securityCode: true, tokenType: 'one-time', validCardTypes: 'visa mastercard amex', requireMatchingInputs: false, confirmation: 'false',
    pauseBehavior: undefined, callerDisplayName: 'Somebody',
  };
  if (name in known) return known[name];
  if (/Method$/i.test(name)) return 'POST';
  if (/(Url|Callback)$/i.test(name)) return `${hooks}/any`;
  return 'x';
};
const everything = (file, options) => Object.fromEntries(fieldsOf(file, options).map((name) => [name, sample(name)]).filter(([, value]) => value !== undefined));

test.before(async () => {
  product = http.createServer((request, response) => {
    response.setHeader('content-type', 'text/xml');
    response.end('<Response><Pause length="600"/></Response>');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => product.once('listening', resolve));
  hooks = `http://127.0.0.1:${product.address().port}`;
  await client.incomingPhoneNumbers.create({ phoneNumber: ours, voiceUrl: `${hooks}/in` });
});

test.after(() => product.close());

test('each resource has exactly the declared fields', async () => {
  const room = '<Response><Dial><Conference beep="false" record="record-from-start">shapes</Conference></Dial></Response>';
  const one = await live('+14155550008', room);
  const two = await live('+14155550009', room);
  const [conference] = await until(async () => {
    const found = await client.conferences.list({ friendlyName: 'shapes', status: 'in-progress' });
    return found.length ? found : null;
  }, 'conference');
  await live('+14155550010', '<Response><Enqueue waitUrl="">shapes</Enqueue></Response>');
  const [queue] = (await get('/Queues.json')).queues.filter((q) => q.friendly_name === 'shapes');
  const recorded = await live('+14155550011', '<Response><Pause length="600"/></Response>');
  await client.calls(recorded).recordings.create();
  const payment = await client.calls(recorded).payments.create({ idempotencyKey: 'shape', statusCallback: `${hooks}/pay` });
  await client.messages.create({ to: '+14155550012', from: ours, body: 'x' });
  await client.applications.create({ friendlyName: 'shapes' });
  const first = async (resource, collection) => (await get(resource))[collection][0];
  const shapes = [
    ['account/call', 'CallResource', await get(`/Calls/${one}.json`)],
    ['account/call', 'CallResource', await first('/Calls.json', 'calls')],
    ['account/conference', 'ConferenceResource', await get(`/Conferences/${conference.sid}.json`)],
    ['account/conference/participant', 'ParticipantResource', await get(`/Conferences/${conference.sid}/Participants/${two}.json`)],
    ['account/conference/recording', 'RecordingResource', await first(`/Conferences/${conference.sid}/Recordings.json`, 'recordings')],
    ['account/queue', 'QueueResource', await get(`/Queues/${queue.sid}.json`)],
    ['account/queue/member', 'MemberResource', await first(`/Queues/${queue.sid}/Members.json`, 'queue_members')],
    ['account/call/recording', 'RecordingResource', await first(`/Calls/${recorded}/Recordings.json`, 'recordings')],
    ['account/recording', 'RecordingResource', await first('/Recordings.json', 'recordings')],
    ['account/message', 'MessageResource', await first('/Messages.json', 'messages')],
    ['account/incomingPhoneNumber', 'IncomingPhoneNumberResource', await first('/IncomingPhoneNumbers.json', 'incoming_phone_numbers')],
    ['account/availablePhoneNumberCountry/local', 'LocalResource', await first('/AvailablePhoneNumbers/US/Local.json', 'available_phone_numbers')],
    ['account/application', 'ApplicationResource', await first('/Applications.json', 'applications')],
    ['account/balance', 'BalanceResource', await get('/Balance.json')],
    ['account/usage/record', 'RecordResource', await first('/Usage/Records.json', 'usage_records')],
    ['account/call/payment', 'PaymentResource', JSON.parse(JSON.stringify(Object.fromEntries(fieldsOf('account/call/payment', 'PaymentResource').filter((name) => payment[name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())] !== undefined).map((name) => [name, true]))))],
  ];
  const wrong = shapes.flatMap(([file, name, json]) => {
    const expected = fieldsOf(file, name);
    return [
      ...expected.filter((field) => !(field in json)).map((field) => `${file} ${name} lacks ${field}`),
      ...Object.keys(json).filter((field) => !expected.includes(field)).map((field) => `${file} ${name} has ${field}`),
    ];
  });
  assert.deepStrictEqual([...new Set(wrong)], []);
});

test('every parameter of a call, a participant, a payment and a recording is taken', async () => {
  const { record, ...create } = everything('account/call', 'CallListInstanceCreateOptions');
  assert.ok(Object.keys(create).length > 30, `${Object.keys(create).length} parameters`);
  assert.match((await client.calls.create(create)).sid, /^CA/);
  const participant = everything('account/conference/participant', 'ParticipantListInstanceCreateOptions');
  assert.ok(Object.keys(participant).length > 40, `${Object.keys(participant).length} parameters`);
  assert.match((await client.conferences('parameters').participants.create({ ...participant, to: '+14155550014' })).callSid, /^CA/);
  const sid = await live('+14155550015', '<Response><Pause length="600"/></Response>');
  assert.match((await client.calls(sid).payments.create(everything('account/call/payment', 'PaymentListInstanceCreateOptions'))).sid, /^PK/);
  assert.match((await client.calls(sid).recordings.create(everything('account/call/recording', 'RecordingListInstanceCreateOptions'))).sid, /^RE/);
});

test('every filter of a list is understood', async () => {
  const dates = { startTime: new Date(), startTimeAfter: new Date(), startTimeBefore: new Date(), endTime: new Date(), endTimeAfter: new Date(), endTimeBefore: new Date() };
  for (const filter of fieldsOf('account/call', 'CallListInstanceOptions').filter((name) => !['limit', 'pageSize'].includes(name))) {
    const value = { to: '+19998887777', from: '+19998887777', parentCallSid: `CA${'1'.repeat(32)}`, status: 'busy', ...dates }[filter];
    assert.notStrictEqual(value, undefined, `no value for ${filter}`);
    const list = await client.calls.list({ [filter]: value, limit: 1000 });
    if (filter === 'to' || filter === 'from' || filter === 'parentCallSid') assert.deepStrictEqual(list, [], filter);
    if (filter === 'status') assert.ok(list.every((call) => call.status === 'busy'));
  }
});

test('test credentials play their magic numbers and dial nobody', { skip: !process.env.TEST_SID }, async () => {
  const trial = twilio(process.env.TEST_SID, process.env.TEST_TOKEN);
  trial.api.baseUrl = base;
  const make = (to, from) => trial.calls.create({ to, from, url: `${hooks}/any` });
  assert.match((await make('+14155550001', '+15005550006')).sid, /^CA/);
  for (const [to, from, code] of [
    ['+14155550001', '+15005550001', 21212], ['+14155550001', '+14155550002', 21210], ['+15005550001', '+15005550006', 21217],
    ['+15005550002', '+15005550006', 21214], ['+15005550003', '+15005550006', 21215], ['+15005550004', '+15005550006', 21216],
  ]) await assert.rejects(make(to, from), { code });
});
