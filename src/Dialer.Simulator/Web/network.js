'use strict';
const $ = (id) => document.getElementById(id);
const json = async (path, options) => (await fetch(path, options)).json();
const post = (path, body) => fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const element = (name, text, className) => {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};

let claimed = null;
let call = null;
let events = null;

function showTotals(stats) {
  $('clock').textContent = new Date(stats.at).toLocaleString([], { timeZone: 'UTC' }) + ' UTC on the network';
  const rows = [['Calls made', stats.created], ['Live', stats.live], ['Ringing', stats.ringing], ['Inbound', stats.inbound],
    ['Bridged to agents', stats.bridged.count], ['Mean wait, s', stats.bridged.meanWaitSeconds],
    ['Payments', `${stats.payments.count} · $${Number(stats.payments.amount).toFixed(2)}`]]
    .concat(Object.entries(stats.byStatus)).concat(Object.entries(stats.answeredBy).map(([k, v]) => [`answered by ${k}`, v]));
  $('totals').replaceChildren(...rows.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
}

function showCalls(calls) {
  $('calls').replaceChildren(...calls.map((c) => {
    const row = document.createElement('tr');
    row.append(element('td', c.sid.slice(0, 10)), element('td', c.from), element('td', c.to), element('td', c.state, c.state),
      element('td', [c.party, c.answeredBy].filter(Boolean).join(' · ')), element('td', (c.room || '') + (c.connected ? ' · talking' : '')));
    return row;
  }));
  if (claimed && !call) {
    const mine = calls.find((c) => c.to === claimed && c.party === 'browser');
    if (mine) take(mine);
  }
}

function take(line) {
  call = line.sid;
  $('phone-state').textContent = `${line.from} is calling ${line.to}.`;
  $('answer').disabled = line.state === 'in-progress';
  $('hangup').disabled = false;
  $('heard').replaceChildren();
  events = new EventSource(`/simulator/calls/${call}/events`);
  events.addEventListener('answered', () => { $('answer').disabled = true; $('phone-state').textContent = 'You are on the phone.'; });
  events.addEventListener('heard', (e) => hear(JSON.parse(e.data).text));
  events.addEventListener('speech', (e) => hear('“' + JSON.parse(e.data).text + '”'));
  events.addEventListener('bridged', () => hear('Somebody is on the line.'));
  events.addEventListener('ended', () => {
    events.close();
    call = null;
    $('answer').disabled = $('hangup').disabled = true;
    $('phone-state').textContent = `The call is over. ${claimed} waits for the next one.`;
  });
}

function hear(text) {
  const item = element('li', text);
  $('heard').append(item);
  item.scrollIntoView({ block: 'nearest' });
}

async function refresh() {
  try {
    const [stats, calls, notices, faults] = await Promise.all(['stats', 'calls', 'notices', 'faults'].map((n) => json('/simulator/' + n)));
    showTotals(stats);
    showCalls(calls);
    $('notices').replaceChildren(...notices.slice(0, 20).map((n) => element('li', `${n.code} ${n.detail} (${n.call.slice(0, 10)})`, n.error ? 'error' : '')));
    $('faults').replaceChildren(...faults.map((f) => {
      const item = element('li', `${f.on}: ${f.action}, ${f.probability} `);
      const remove = element('button', 'Remove');
      remove.addEventListener('click', () => fetch('/simulator/faults/' + f.id, { method: 'DELETE' }).then(refresh));
      item.append(remove);
      return item;
    }));
  } catch (problem) {
    $('clock').textContent = 'The network does not answer: ' + problem.message;
  }
}

const claim = async (release) => {
  const reply = await post('/simulator/phones/claim', { number: $('number').value, release });
  const body = await reply.json();
  claimed = reply.ok && body.claimed ? body.number : null;
  $('phone-state').textContent = reply.ok ? (claimed ? `${claimed} rings here from now on.` : 'No phone claimed.') : body.error;
};
$('claim').addEventListener('submit', (e) => { e.preventDefault(); claim(false); });
$('release').addEventListener('click', () => claim(true));
$('answer').addEventListener('click', () => call && post(`/simulator/calls/${call}/answer`, {}));
$('hangup').addEventListener('click', () => call && post(`/simulator/calls/${call}/hangup`, {}));
for (const key of '123456789*0#') {
  const button = element('button', key);
  button.type = 'button';
  button.addEventListener('click', () => call && post(`/simulator/calls/${call}/digits`, { digits: key }));
  $('pad').append(button);
}
$('inbound').addEventListener('submit', async (e) => {
  e.preventDefault();
  const reply = await post('/simulator/inbound', { from: $('from').value, to: $('to').value });
  $('inbound-state').textContent = reply.ok ? 'Calling.' : (await reply.json()).error;
});
$('fault').addEventListener('submit', async (e) => {
  e.preventDefault();
  await post('/simulator/faults', { on: $('on').value, action: $('action').value, probability: Number($('probability').value) });
  refresh();
});
refresh();
setInterval(refresh, 1000);
