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
const received = [];
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
    jitterBufferSize: 'small', callSidToCoach: undefined, coaching: undefined, statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'], conferenceStatusCallbackEvent: ['start', 'end', 'join', 'leave', 'modify'],
    recordingStatusCallbackEvent: ['completed'], conferenceRecordingStatusCallbackEvent: ['completed'], earlyMedia: true, muted: false, record: false, startConferenceOnEnter: true, endConferenceOnExit: false,
    callToken: '{"parentCallInfoToken":"x"}', byoc: 'BY00000000000000000000000000000001', callReason: 'A reason', sipAuthUsername: 'u', sipAuthPassword: 'p', recordingConfigurationId: 'x', passports: 'eyJ',
    idempotencyKey: `key-${Math.random()}`, chargeAmount: 10, currency: 'usd', description: 'x', input: 'dtmf', minPostalCodeLength: 5, parameter: { a: 'b' }, paymentConnector: 'Default', paymentMethod: 'credit-card',
    bankAccountType: 'consumer-checking', postalCode: 'true', securityCode: true, tokenType: 'one-time', validCardTypes: 'visa mastercard amex', requireMatchingInputs: false, confirmation: 'false',
    pauseBehavior: undefined, callerDisplayName: 'Somebody',
  };
  if (name in known) return known[name];
  if (/Method$/i.test(name)) return 'POST';
  if (/(Url|Callback)$/i.test(name)) return `${hooks}/${name}`;
  return 'x';
};
const everything = (file, options) => Object.fromEntries(fieldsOf(file, options).map((name) => [name, sample(name)]).filter(([, value]) => value !== undefined));

test.before(async () => {
  product = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ name: request.url.slice(1), method: request.method, fields: Object.fromEntries(new URLSearchParams(body)) });
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
  const message = await client.messages.create({ to: '+14155550012', from: ours, body: 'x', mediaUrl: [`${hooks}/a.png`] });
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
    ['account/availablePhoneNumberCountry/tollFree', 'TollFreeResource', await first('/AvailablePhoneNumbers/CA/TollFree.json', 'available_phone_numbers')],
    ['account/availablePhoneNumberCountry', 'AvailablePhoneNumberCountryResource', await first('/AvailablePhoneNumbers.json', 'countries')],
    ['account/message/media', 'MediaResource', await first(`/Messages/${message.sid}/Media.json`, 'media_list')],
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

/** What no caller and no product can see of a simulated call: checked at most. Everything else is read back or observed below. */
const unseen = ['sipAuthUsername', 'sipAuthPassword', 'clientNotificationUrl', 'recordingConfigurationId', 'passports', 'fallbackUrl', 'fallbackMethod', 'callToken', 'trim', 'recordingTrack', 'timeout',
  'earlyMedia', 'jitterBufferSize', 'maxParticipants', 'region', 'conferenceTrim', 'conferenceRecord', 'beep', 'coaching', 'callSidToCoach', 'sendDigits', 'record', 'twiml', 'applicationSid',
  'machineDetectionTimeout', 'machineDetectionSpeechThreshold', 'machineDetectionSpeechEndThreshold', 'machineDetectionSilenceTimeout'];
const hook = (name, sid) => received.find((r) => r.name === name && (!sid || r.fields.CallSid === sid));
const presented = async (sid) => (await (await fetch(`${base}/simulator/ledger?after=0&most=100000`)).text()).split('\n').filter(Boolean).map((line) => JSON.parse(line)).find((line) => line.kind === 'presented' && line.call === sid);
/** Every declared parameter must be in one of the two lists, so that one that is new or forgotten is noticed. */
const covered = (names, seen) => assert.deepStrictEqual(names.filter((name) => !seen.includes(name) && !unseen.includes(name) && !/^emergency/.test(name)), []);

test('every parameter of a call does what it says', async () => {
  const names = fieldsOf('account/call', 'CallListInstanceCreateOptions');
  covered(names, ['to', 'from', 'url', 'method', 'statusCallback', 'statusCallbackEvent', 'statusCallbackMethod', 'recordingChannels', 'recordingStatusCallback', 'recordingStatusCallbackMethod',
    'recordingStatusCallbackEvent', 'machineDetection', 'asyncAmd', 'asyncAmdStatusCallback', 'asyncAmdStatusCallbackMethod', 'callerId', 'callReason', 'byoc', 'timeLimit']);
  const created = await client.calls.create({ ...everything('account/call', 'CallListInstanceCreateOptions'), record: true, method: 'GET', timeLimit: 20 });
  const { sid } = created;
  assert.deepStrictEqual([created.to, created.from], ['+14155550013', ours]);
  const ended = await until(() => received.find((r) => r.name === 'statusCallback' && r.fields.CallSid === sid && r.fields.CallStatus === 'completed'), 'completed by its time limit');
  assert.strictEqual(ended.fields.CallDuration, '20');
  const states = () => received.filter((r) => r.name === 'statusCallback' && r.fields.CallSid === sid).map((r) => r.fields.CallStatus);
  await until(() => states().length === 4, 'four events');
  assert.deepStrictEqual(states().sort(), ['completed', 'in-progress', 'initiated', 'ringing']);
  assert.ok(received.some((r) => r.method === 'GET' && r.name.startsWith('url?') && r.name.includes(sid)), 'the document was asked for by GET');
  const verdict = await until(() => hook('asyncAmdStatusCallback', sid), 'asynchronous verdict');
  assert.ok(verdict.fields.AnsweredBy);
  assert.strictEqual((await until(() => hook('recordingStatusCallback', sid), 'recording')).fields.RecordingChannels, '2');
  const shown = await presented(sid);
  assert.deepStrictEqual([shown.shown, shown.reason, shown.trunk], [ours, 'A reason', 'BY00000000000000000000000000000001']);
});

test('every parameter of a participant does what it says', async () => {
  const names = fieldsOf('account/conference/participant', 'ParticipantListInstanceCreateOptions');
  covered(names, ['to', 'from', 'label', 'muted', 'startConferenceOnEnter', 'endConferenceOnExit', 'statusCallback', 'statusCallbackEvent', 'statusCallbackMethod', 'waitUrl', 'waitMethod',
    'conferenceStatusCallback', 'conferenceStatusCallbackMethod', 'conferenceStatusCallbackEvent', 'conferenceRecordingStatusCallback', 'conferenceRecordingStatusCallbackMethod',
    'conferenceRecordingStatusCallbackEvent', 'recordingChannels', 'recordingStatusCallback', 'recordingStatusCallbackMethod', 'recordingStatusCallbackEvent', 'machineDetection', 'amdStatusCallback',
    'amdStatusCallbackMethod', 'callerId', 'callReason', 'callerDisplayName', 'byoc', 'timeLimit']);
  const options = { ...everything('account/conference/participant', 'ParticipantListInstanceCreateOptions'), to: '+14155550014', muted: true, startConferenceOnEnter: false, endConferenceOnExit: true, record: true, conferenceRecord: 'record-from-start', timeLimit: 60, waitMethod: 'POST' };
  const made = await client.conferences('parameters').participants.create(options);
  const { callSid } = made;
  await until(() => hook('conferenceStatusCallback', callSid), 'joined');
  const seat = await client.conferences(made.conferenceSid).participants('somebody').fetch();
  assert.deepStrictEqual([seat.callSid, seat.muted, seat.startConferenceOnEnter, seat.endConferenceOnExit], [callSid, true, false, true]);
  await until(() => hook('waitUrl', callSid), 'music while it waits');
  await client.conferences('parameters').participants.create({ to: '+14155550006', from: ours });
  await until(() => received.find((r) => r.name === 'statusCallback' && r.fields.CallSid === callSid && r.fields.CallStatus === 'completed'), 'completed by its time limit');
  assert.ok((await until(() => hook('amdStatusCallback', callSid), 'verdict')).fields.AnsweredBy);
  assert.strictEqual((await until(() => hook('recordingStatusCallback', callSid), 'recording')).fields.RecordingChannels, '2');
  await until(() => hook('conferenceRecordingStatusCallback'), 'recording of the conference');
  const shown = await presented(callSid);
  assert.deepStrictEqual([shown.shown, shown.name, shown.reason], [ours, 'Somebody', 'A reason']);
});

test('every parameter of a payment and of a recording does what it says', async () => {
  const sid = await live('+14155550015', '<Response><Pause length="600"/></Response>');
  await client.calls(sid).payments.create({ ...everything('account/call/payment', 'PaymentListInstanceCreateOptions'), requireMatchingInputs: 'payment-card-number', currency: 'usd' });
  const begun = (await until(() => hook('statusCallback', sid), 'payment begun')).fields;
  assert.deepStrictEqual([begun.ChargeAmount, begun.PaymentConnector, begun.PaymentMethod, begun.TokenType, begun.BankAccountType], ['10.00', 'Default', 'credit-card', 'one-time', 'consumer-checking']);
  assert.strictEqual(begun.Required, 'payment-card-number,payment-card-number-matcher,expiration-date,security-code,postal-code');
  const recording = await client.calls(sid).recordings.create(everything('account/call/recording', 'RecordingListInstanceCreateOptions'));
  assert.deepStrictEqual([recording.channels, recording.track], [2, 'both']);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await client.calls(sid).recordings(recording.sid).update({ status: 'stopped' });
  await until(() => hook('recordingStatusCallback', sid), 'recording told');
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

test('every filter of a search for numbers is understood', async () => {
  const country = client.availablePhoneNumbers('US');
  assert.deepStrictEqual(Object.keys((await country.fetch()).subresourceUris), ['local', 'toll_free']);
  assert.deepStrictEqual((await client.availablePhoneNumbers.list()).map((c) => c.countryCode), ['US', 'CA']);
  const values = {
    areaCode: 415, contains: '415*', smsEnabled: true, mmsEnabled: true, voiceEnabled: true, faxEnabled: false, excludeAllAddressRequired: true, excludeLocalAddressRequired: true, excludeForeignAddressRequired: true,
    beta: false, nearNumber: '+14155550100', nearLatLong: '37.77,-122.42', distance: 10, inPostalCode: '94103', inRegion: 'CA', inRateCenter: 'SNFC CNTRL', inLata: '722', inLocality: 'San Francisco',
  };
  for (const filter of fieldsOf('account/availablePhoneNumberCountry/local', 'LocalListInstanceOptions').filter((name) => !['limit', 'pageSize'].includes(name))) {
    assert.notStrictEqual(values[filter], undefined, `no value for ${filter}`);
    assert.ok((await country.local.list({ [filter]: values[filter], limit: 5 })).length === 5, filter);
  }
  const all = await country.local.list({ ...values, limit: 100 });
  assert.ok(all.length > 10 && all.every((n) => n.locality === 'San Francisco' && n.phoneNumber.startsWith('+1415')));
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
