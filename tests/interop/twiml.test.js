'use strict';
// Every verb, noun and attribute that the official builder knows, read from its own type declarations, built with it and parsed by the network.
const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const twilio = require('twilio');

const { NETWORK_URL: base } = process.env;
const declarations = fs.readFileSync(path.join(path.dirname(require.resolve('twilio/package.json')), 'lib/twiml/VoiceResponse.d.ts'), 'utf8');

/** Attribute names of each ...Attributes interface; one declared twice has them all. */
const attributes = {};
for (const [, name, body] of declarations.matchAll(/export interface (\w+Attributes) \{([\s\S]*?)\n {4}\}/g)) {
  const fields = [...body.matchAll(/^ {8}"?([\w:-]+)"?\?:/gm)].map((field) => field[1]);
  attributes[name] = [...new Set([...(attributes[name] ?? []), ...fields])];
}

/** The building methods of each class: what they are called, which attributes they take, which class they return. */
const methods = {};
for (const [, name, body] of declarations.matchAll(/class (\w+) extends TwiML(?:_\d+)?(?:\.default)? \{([\s\S]*?)\n {0,4}\}/g)) {
  methods[name] = new Map();
  for (const [, method, parameters, result] of body.matchAll(/^\s+(\w+)\(([^)]*)\): VoiceResponse\.(\w+);/gm)) {
    const taken = /attributes\??: VoiceResponse\.(\w+)/.exec(parameters)?.[1];
    const known = methods[name].get(method);
    methods[name].set(method, { attributes: taken ?? known?.attributes, withAttributes: /attributes\??:/.test(parameters) || known?.withAttributes, result });
  }
}

/** Adds every child a class can have, each with all its attributes, and theirs below. Returns how many elements were made. */
function build(parent, of, seen) {
  let made = 0;
  for (const [method, rule] of methods[of] ?? []) {
    if (seen.includes(rule.result)) continue;
    const values = Object.fromEntries((attributes[rule.attributes] ?? []).map((name) => [name, '1']));
    const child = rule.withAttributes ? parent[method](values, 'x') : parent[method]('x');
    made += 1 + build(child, rule.result, [...seen, rule.result]);
  }
  return made;
}

test('the declarations are read', () => {
  assert.ok(methods.VoiceResponse.size >= 19, `${methods.VoiceResponse.size} verbs`);
  assert.ok(methods.Dial.size >= 7 && methods.Gather.size >= 3 && methods.Start.size >= 3, JSON.stringify(Object.keys(methods)));
  assert.deepStrictEqual(attributes.GatherAttributes.includes('actionOnEmptyResult'), true);
});

for (const [verb, rule] of methods.VoiceResponse) {
  test(`<${verb}> with everything it can carry is understood`, async () => {
    const document = new twilio.twiml.VoiceResponse();
    const values = Object.fromEntries((attributes[rule.attributes] ?? []).map((name) => [name, '1']));
    const element = rule.withAttributes ? document[verb](values, 'x') : document[verb]('x');
    build(element, rule.result, [rule.result]);
    const answer = await fetch(`${base}/simulator/twiml`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ twiml: document.toString() }) });
    const parsed = await answer.json();
    assert.strictEqual(parsed.error, null, document.toString());
    assert.deepStrictEqual(parsed.warnings.filter(({ detail }) => / is not valid inside | has no attribute /.test(detail)), []); // every value is 1, which some attributes do not take
    assert.strictEqual(parsed.verbs, ['prompt', 'queue'].includes(verb) ? 0 : 1); // the builder offers these two at the top, where they do nothing
  });
}
