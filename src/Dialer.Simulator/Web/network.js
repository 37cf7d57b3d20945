'use strict';
const $ = (id) => document.getElementById(id);
const json = async (path) => (await fetch(path)).json();
const post = (path, body) => fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const element = (name, text, className) => {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};

const deliveries = ['drop', 'delay', 'duplicate', 'reorder', 'status'];
const requests = ['status', 'cut-before', 'cut-within-request', 'cut-after-request', 'cut-within-response', 'slow'];
/** Where a fault may strike, in words, and what it may do there. */
const places = {
  callback: ['any callback', deliveries], status: ['status callbacks', deliveries], twiml: ['documents', deliveries], conference: ['conference callbacks', deliveries],
  'post-calls': ['POST Calls', requests], rest: ['any REST request', requests], processor: ['card processor', ['fail', 'slow']], carrier: ['carrier', ['down']],
};

let claimed = null;
let call = null;
let events = null;
let now = 0;
let seen = null;

// ---- what is going on ----

function showTotals(stats) {
  now = Date.parse(stats.at);
  $('clock').textContent = `${new Date(now).toLocaleString([], { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'medium' })} UTC`;
  const rows = [['Calls made', stats.created], ['of them inbound', stats.inbound], ['Live', stats.live], ['Ringing', stats.ringing],
    ['People bridged to agents', stats.bridged.count], ['Mean wait for one, s', stats.bridged.meanWaitSeconds],
    ['Payments', `${stats.payments.count} · $${Number(stats.payments.amount).toFixed(2)}`], ['Most starts in a second', stats.mostStartsInASecond]]
    .concat(Object.entries(stats.byStatus).map(([name, value]) => [`Ended: ${name}`, value]))
    .concat(Object.entries(stats.answeredBy).map(([name, value]) => [`Answered by ${name}`, value]));
  $('totals').replaceChildren(...rows.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
}

const lasting = (since) => {
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

function showCalls(calls) {
  $('no-calls').hidden = calls.length > 0;
  const held = document.activeElement?.dataset?.number;
  $('calls').replaceChildren(...calls.map((c) => {
    const row = document.createElement('tr');
    const state = document.createElement('td');
    state.append(element('span', c.state, `state ${c.state}`));
    row.append(state, element('td', c.from), element('td', c.to), element('td', [c.party, c.answeredBy].filter(Boolean).join(' · ')),
      element('td', (c.room || '').slice(0, 18) + (c.connected ? ' · talking' : '')), element('td', lasting(c.since), 'number'));
    const act = document.createElement('td');
    if (c.direction === 'outbound-api' && c.to.startsWith('+') && c.to !== claimed) {
      const take = element('button', 'Be this phone', 'plain small');
      take.dataset.number = c.to;
      take.setAttribute('aria-label', `Be this phone, ${c.to}, from its next call on`);
      take.addEventListener('click', () => { $('number').value = c.to; claim(false); });
      act.append(take);
      if (held === c.to) queueMicrotask(() => take.focus());
    }
    row.append(act);
    return row;
  }));
  if (claimed && !call) {
    const mine = calls.find((c) => (c.to === claimed || c.from === claimed) && c.party === 'browser');
    if (mine) pickUp(mine);
  }
}

/** A ledger line in words, or nothing for what only machines care about. */
function words(line) {
  const who = line.to && line.to.startsWith('+') ? line.to : line.from;
  switch (line.kind) {
    case 'dialled': return `${line.to} is dialled`;
    case 'ringing': return `${who} rings`;
    case 'answered': return `${who} is answered by ${line.by}`;
    case 'amd': return `machine detection takes ${who} for ${line.verdict}`;
    case 'heard': return line.what === 'say' ? `${who} hears “${line.text}”` : null;
    case 'said': return `${who} says “${line.text}”`;
    case 'key': return `${who} presses ${line.key}`;
    case 'bridged': return `${who} can talk`;
    case 'charge': return `$${Number(line.amount).toFixed(2)} is charged`;
    case 'completed': return `${who}: ${line.status}, ended by ${line.by}`;
    case 'fault': return `fault ${line.id} ${line.event}`;
    case 'warning': case 'error': return `${line.code} ${line.detail}`;
    default: return null;
  }
}

function showFeed(lines) {
  for (const text of lines) {
    if (!text) continue;
    const line = JSON.parse(text);
    seen = line.n;
    const said = words(line);
    if (!said) continue;
    const item = element('li', said, line.kind);
    item.prepend(element('time', line.at.slice(11, 19)));
    $('feed').prepend(item);
  }
  while ($('feed').children.length > 60) $('feed').lastChild.remove();
}

async function refresh() {
  try {
    const [stats, calls, notices, faults, numbers] = await Promise.all(['stats', 'calls', 'notices', 'faults', 'numbers'].map((name) => json(`/simulator/${name}`)));
    showTotals(stats);
    showCalls(calls);
    seen ??= Math.max(0, stats.ledgerLines - 200);
    showFeed((await (await fetch(`/simulator/ledger?after=${seen}&most=500`)).text()).split('\n'));
    $('no-notices').hidden = notices.length > 0;
    $('notices').replaceChildren(...notices.slice(0, 20).map((n) => element('li', `${n.code} ${n.detail}${n.call ? ` (${n.call.slice(0, 10)}…)` : ''}`, n.error ? 'error' : '')));
    $('ours').replaceChildren(...numbers.map((n) => new Option(n)));
    if (!$('to').value && numbers.length) $('to').value = numbers[0];
    $('faults').replaceChildren(...faults.map((f) => {
      const item = element('li', `${places[f.on]?.[0] ?? f.on}: ${f.action}, ${f.probability} `);
      const remove = element('button', 'Remove', 'plain small');
      remove.addEventListener('click', () => fetch(`/simulator/faults/${f.id}`, { method: 'DELETE' }).then(refresh));
      item.append(remove);
      return item;
    }));
    document.body.dataset.lost = '';
  } catch (problem) {
    document.body.dataset.lost = 'yes';
    $('clock').textContent = `The network does not answer: ${problem.message}`;
  }
}

// ---- the phone in the browser ----

function phone(state, text) {
  $('phone').dataset.state = state;
  if (text) $('phone-state').textContent = text;
  $('answer').disabled = state !== 'ringing';
  $('hangup').disabled = state === 'idle';
  for (const button of $('pad').children) button.disabled = state !== 'talking';
  $('words').disabled = $('speak').disabled = state !== 'talking';
}

function pickUp(line) {
  call = line.sid;
  const talking = line.state === 'in-progress';
  phone(talking ? 'talking' : line.direction === 'inbound' ? 'calling' : 'ringing', line.direction === 'inbound' ? `You are calling ${line.to}.` : `${line.from} is calling you.`);
  if (!talking && line.direction !== 'inbound') $('answer').focus();
  $('heard').replaceChildren();
  events = new EventSource(`/simulator/calls/${call}/events`);
  events.addEventListener('answered', () => phone('talking', 'You are on the phone.'));
  events.addEventListener('heard', (e) => { const { what, text } = JSON.parse(e.data); hear(what === 'play' ? `♪ ${text}` : text, what); });
  events.addEventListener('speech', (e) => hear(`“${JSON.parse(e.data).text}”`, 'speech'));
  events.addEventListener('bridged', () => hear('Somebody is on the line.', 'note'));
  events.addEventListener('ended', () => {
    events.close();
    call = null;
    phone('idle', `The call is over. ${claimed} waits for the next one.`);
  });
}

function hear(text, kind) {
  const item = element('li', text, kind);
  $('heard').append(item);
  $('heard').scrollTop = $('heard').scrollHeight;
}

function press(key) {
  if (!call || $('phone').dataset.state !== 'talking') return;
  post(`/simulator/calls/${call}/digits`, { digits: key });
  hear(`You press ${key}`, 'mine');
}

async function claim(release) {
  const reply = await post('/simulator/phones/claim', { number: $('number').value, release });
  const body = await reply.json();
  if (!reply.ok) {
    $('phone-state').textContent = body.error;
    return;
  }

  claimed = body.claimed ? body.number : null;
  $('release').hidden = !claimed;
  if (claimed) $('from').value = claimed;
  phone(call ? $('phone').dataset.state : 'idle', claimed ? `${claimed} rings here from its next call on.` : 'You have no phone.');
  refresh();
}

$('claim').addEventListener('submit', (e) => { e.preventDefault(); claim(false); });
$('release').addEventListener('click', () => claim(true));
$('answer').addEventListener('click', () => call && post(`/simulator/calls/${call}/answer`, {}));
$('hangup').addEventListener('click', () => call && post(`/simulator/calls/${call}/hangup`, {}));
$('say').addEventListener('submit', (e) => {
  e.preventDefault();
  if (!call || !$('words').value) return;
  post(`/simulator/calls/${call}/say`, { text: $('words').value });
  hear(`You: “${$('words').value}”`, 'mine');
  $('words').value = '';
});
for (const key of '123456789*0#') {
  const button = element('button', key);
  button.type = 'button';
  button.disabled = true;
  button.addEventListener('click', () => press(key));
  $('pad').append(button);
}
document.addEventListener('keydown', (e) => {
  if (!e.ctrlKey && !e.altKey && !e.metaKey && !e.target.matches('input, select, textarea') && '0123456789*#'.includes(e.key)) press(e.key);
});

// ---- calling in, faults ----

async function inbound(path, body, done) {
  const reply = await post(path, body);
  $('inbound-state').textContent = reply.ok ? done : (await reply.json()).error;
  refresh();
}

$('inbound').addEventListener('submit', (e) => {
  e.preventDefault();
  const shown = $('shown').value === 'other' ? $('other').value : $('shown').value;
  inbound('/simulator/inbound', { from: $('from').value, to: $('to').value, shown: shown || null }, shown ? `It rings, shown as ${shown === 'anonymous' ? 'withheld' : shown}.` : 'It rings.');
});
$('shown').addEventListener('change', () => {
  const other = $('shown').value === 'other';
  $('other-row').hidden = !other;
  $('other').required = other;
  if (other) $('other').focus();
});
$('storm').addEventListener('click', () => inbound('/simulator/inbound/storm', { to: $('to').value, calls: 100, seconds: 60 }, '100 people are about to call.'));
for (const [value, [text]] of Object.entries(places)) $('on').append(new Option(text, value));
const actions = () => $('action').replaceChildren(...places[$('on').value][1].map((action) => new Option(action)));
$('on').addEventListener('change', actions);
actions();
$('fault').addEventListener('submit', async (e) => {
  e.preventDefault();
  const reply = await post('/simulator/faults', { on: $('on').value, action: $('action').value, probability: Number($('probability').value), seconds: Number($('seconds').value) });
  $('fault-state').textContent = reply.ok ? '' : (await reply.json()).error;
  refresh();
});
refresh();
setInterval(refresh, 1000);
