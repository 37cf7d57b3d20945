// Adds up test reports: .trx (dotnet test) and JUnit .xml (Vitest, Playwright, node --test, tests/ops) under a folder.
// Prints each failed and each skipped test with its reason, then the total as the last line.
// Exit code: 0 when at least one test passed and none failed; 1 otherwise.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const decode = (text = '') =>
  text.replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1')
    .replace(/&#(x?)([0-9a-fA-F]+);/g, (_, hex, code) => String.fromCodePoint(parseInt(code, hex ? 16 : 10)))
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => entities[name]);
const attribute = (tag, name) => decode(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]);
const firstLine = (text) => decode(text).split('\n').map((line) => line.trim()).find(Boolean) ?? '';

/** Every element `name` of a report as { tag: its opening tag, body: what it holds }. */
function* elements(xml, name) {
  const opening = new RegExp(`<${name}(?=[\\s>/])(?:[^>"]|"[^"]*")*>`, 'g');
  for (let match; (match = opening.exec(xml)); ) {
    const [tag] = match;
    const end = tag.endsWith('/>') ? opening.lastIndex : xml.indexOf(`</${name}>`, opening.lastIndex);
    yield { tag, body: tag.endsWith('/>') ? '' : xml.slice(opening.lastIndex, end) };
  }
}

/** { name, outcome: 'passed' | 'failed' | 'skipped', reason } for each test of a .trx file. */
function* trxTests(xml) {
  for (const { tag, body } of elements(xml, 'UnitTestResult')) {
    const outcome = attribute(tag, 'outcome');
    const reason = firstLine(/<Message>([\s\S]*?)<\/Message>/.exec(body)?.[1] ?? /<StdOut>([\s\S]*?)<\/StdOut>/.exec(body)?.[1]);
    yield { name: attribute(tag, 'testName'), outcome: outcome === 'Passed' ? 'passed' : outcome === 'NotExecuted' ? 'skipped' : 'failed', reason };
  }
  // A test host that dies leaves its complaint here and no test to blame; xUnit also repeats here each failed test, which is counted already.
  for (const { tag, body } of elements(xml, 'RunInfo')) {
    const reason = firstLine(/<Text>([\s\S]*?)<\/Text>/.exec(body)?.[1]);
    if (attribute(tag, 'outcome') === 'Error' && !/^\[xUnit\.net .*\[FAIL\]$/.test(reason)) yield { name: 'the test run', outcome: 'failed', reason };
  }
}

function* junitTests(xml) {
  for (const { tag, body } of elements(xml, 'testcase')) {
    const bad = /<(failure|error)(?=[\s>/])(?:[^>"]|"[^"]*")*>([\s\S]*)/.exec(body);
    const skipped = /<skipped(?=[\s>/])(?:[^>"]|"[^"]*")*>/.exec(body);
    const reason = bad ? attribute(bad[0], 'message') || firstLine(bad[2]) : skipped ? attribute(skipped[0], 'message') : '';
    const name = [attribute(tag, 'classname'), attribute(tag, 'name')].filter((part) => part && part !== 'test').join(' > ');
    yield { name, outcome: bad ? 'failed' : skipped ? 'skipped' : 'passed', reason: firstLine(reason) };
  }
}

const total = { passed: 0, failed: 0, skipped: 0 };
const [folder] = process.argv.slice(2);
for (const file of readdirSync(folder, { recursive: true, withFileTypes: false }).map(String).sort()) {
  const tests = file.endsWith('.trx') ? trxTests : file.endsWith('.xml') ? junitTests : undefined;
  if (!tests) continue;
  for (const { name, outcome, reason } of tests(readFileSync(join(folder, file), 'utf8'))) {
    total[outcome] += 1;
    if (outcome !== 'passed') console.log(`${outcome.toUpperCase()} ${name}: ${reason || 'no reason given'}`);
  }
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
