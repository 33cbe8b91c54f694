// Streams of billing events: any earlier day can be asked for, and their order does not matter.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { balances, DAY_MS, day, random, readLines, shuffled } from './support/data.mjs';
import { billingStream } from './support/billing.mjs';
import { ok, run, SOURCE, startDaemon, tempDir } from './support/process.mjs';

const COLUMNS = ['pending', 'held', 'payable', 'reserved', 'receivable', 'paid'];
const SCRIPT = path.join(SOURCE, '../shared/tools/make_stripe_events.py');
const skip = existsSync(SCRIPT) ? false : 'no ../shared/tools/make_stripe_events.py beside this tree';

// A program `id` fed with `lines`.
async function feed(t, daemon, id, partners, lines) {
  const file = path.join(tempDir(t), 'partners.csv');
  writeFileSync(file, partners);
  await ok(daemon.cli(['program', 'create', id, '--name', id, '--rate-bps', '750', '--hold-days', '30']));
  await ok(daemon.cli(['partner', 'import', file, '--program', id]));
  await ok(daemon.cli(['import', 'stripe', '-', '--program', id], { input: lines.join('\n') + '\n' }));
}

async function earnings(daemon, id, asOf = day(0)) {
  const list = await ok(daemon.cli(['earnings', 'list', '--program', id, '--as-of', asOf, '-o', 'csv']));
  return balances(list.stdout, COLUMNS);
}

// The ledger of all events, asked for a day, is the ledger that only ever saw the events up to that day.
async function assertAsOf(t, { partners, events }, offsets) {
  const daemon = await startDaemon(t, tempDir(t));
  await feed(t, daemon, 'whole', partners, events.map((event) => event.line));
  const end = events.at(-1).time;
  for (const [n, offset] of offsets.entries()) {
    const asOf = new Date(end - offset * DAY_MS).toISOString().slice(0, 10);
    const upTo = events.filter((event) => new Date(event.time).toISOString().slice(0, 10) <= asOf);
    await feed(t, daemon, `part${n}`, partners, upTo.map((event) => event.line));
    const expected = await earnings(daemon, `part${n}`, asOf);
    assert.ok(Object.keys(expected).length > 3, 'the day has balances');
    assert.deepEqual(await earnings(daemon, 'whole', asOf), expected, `as of ${asOf}`);
  }
  await ok(daemon.cli(['ledger', 'verify', '--program', 'whole']));
}

async function assertOrderDoesNotMatter(t, { partners, events }, seed) {
  const daemon = await startDaemon(t, tempDir(t));
  const lines = events.map((event) => event.line);
  await feed(t, daemon, 'ordered', partners, lines);
  const expected = await earnings(daemon, 'ordered');
  assert.ok(Object.values(expected).some((row) => row.split(' ')[1] !== '0'), 'something is held');
  const orders = { reversed: [...lines].reverse(), shuffled: shuffled(lines, random(seed)) };
  for (const [name, order] of Object.entries(orders)) {
    await feed(t, daemon, name, partners, order);
    assert.deepEqual(await earnings(daemon, name), expected, `${name}, seed ${seed}`);
    await ok(daemon.cli(['ledger', 'verify', '--program', name]));
  }
}

// The events of the public script, with their times; without a second claim for a customer if asked.
async function scripted(t, args, { rivals = true } = {}) {
  const out = tempDir(t);
  await ok(run('python3', [SCRIPT, ...args, '--out', out]));
  const claimed = new Map();
  const events = [];
  for (const line of readLines(path.join(out, 'events.jsonl'))) {
    const event = JSON.parse(line);
    if (event.type === 'checkout.session.completed') {
      const { customer, id } = event.data.object;
      if (!claimed.has(customer)) claimed.set(customer, id);
      if (!rivals && claimed.get(customer) !== id) continue;
    }
    events.push({ time: event.created * 1000, line });
  }
  return { partners: readFileSync(path.join(out, 'partners.csv'), 'utf8'), events };
}

// The script repeats events some places later; in order of their times they are a stream as it happened.
const inOrder = ({ partners, events }) => ({ partners, events: [...events].sort((a, b) => a.time - b.time) });

// TRAILBOOK_SEEDS=FIRST:COUNT tries others.
const [first, count] = (process.env.TRAILBOOK_SEEDS ?? '1:2').split(':').map(Number);
for (let seed = first; seed < first + count; ++seed) {
  for (const rough of [false, true]) {
    const name = `own ${rough ? 'rough ' : ''}stream ${seed}`;
    test(`as of an earlier day the books are those of that day (${name})`, (t) =>
      assertAsOf(t, billingStream(seed, { rough }), [5, 33, 61, 120]));
    test(`a stream without rival claims gives the same balances in any order (${name})`, (t) =>
      assertOrderDoesNotMatter(t, billingStream(seed + 100, { rough }), seed));
  }
}

const end = day(-3);
test('as of an earlier day the books are those of that day (script)', { skip }, async (t) =>
  assertAsOf(t, inOrder(await scripted(t, ['--seed', '11', '--customers', '200', '--end', end])), [1, 29, 30, 90, 200]));
test('a stream without rival claims gives the same balances in any order (script)', { skip }, async (t) =>
  assertOrderDoesNotMatter(t, await scripted(t, ['--seed', '12', '--customers', '200', '--end', end], { rivals: false }), 12));
