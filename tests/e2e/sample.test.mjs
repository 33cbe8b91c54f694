// The committed sample stream gives exactly the committed balances, however often and however roughly it is imported.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { balances, csvObjects, day, random, readLines } from './support/data.mjs';
import { freePort, ok, SAMPLE, sleep, startDaemon, tempDir } from './support/process.mjs';

const AS_OF = '2026-11-22';
const EVENTS = path.join(SAMPLE, 'events.jsonl');
const EXPECTED = balances(readFileSync(path.join(SAMPLE, 'expected-balances.csv'), 'utf8'));
const skip = day(0) < AS_OF ? `the sample ends on ${AS_OF}, which has not come yet` : false;

const importArgs = ['import', 'stripe', EVENTS, '--program', 'pracflow', '-o', 'csv'];

async function program(daemon) {
  await ok(daemon.cli(['program', 'create', 'pracflow', '--name', 'PracFlow', '--rate-bps', '750', '--hold-days', '30',
    '--minimum', 'INR:1000.00', '--minimum', 'USD:25.00']));
  await ok(daemon.cli(['partner', 'import', path.join(SAMPLE, 'partners.csv'), '--program', 'pracflow']));
}

async function assertSampleBalances(daemon) {
  const list = await ok(daemon.cli(['earnings', 'list', '--program', 'pracflow', '--as-of', AS_OF, '-o', 'csv']));
  assert.deepEqual(balances(list.stdout), EXPECTED);
  await ok(daemon.cli(['ledger', 'verify', '--program', 'pracflow']));
}

const records = async (daemon) =>
  Number(csvObjects((await ok(daemon.cli(['ledger', 'head', '--program', 'pracflow', '-o', 'csv']))).stdout)[0].size);
const counts = (result) =>
  Object.fromEntries(csvObjects(result.stdout).map((row) => [row.outcome, Number(row.events)]));

test('the sample gives exactly the expected balances, imported once and twice', { skip }, async (t) => {
  const daemon = await startDaemon(t, tempDir(t));
  await program(daemon);
  const first = counts(await ok(daemon.cli(importArgs)));
  const sum = (all) => Object.values(all).reduce((a, b) => a + b, 0);
  assert.equal(sum(first), readLines(EVENTS).length, 'every line has an outcome');
  assert.ok(first.NO_REFERRAL > 0 && first.ALREADY_REFERRED > 0, JSON.stringify(first));
  await assertSampleBalances(daemon);

  const size = await records(daemon);
  const second = counts(await ok(daemon.cli(importArgs)));
  assert.equal(sum(second), sum(first));
  for (const outcome of ['RECORDED', 'BEFORE_SIGN_UP', 'ZERO']) assert.equal(second[outcome], undefined, JSON.stringify(second));
  assert.equal(await records(daemon), size, 'the second import wrote no record');
  await assertSampleBalances(daemon);
});

test('the daemon is killed again and again during the import, which is repeated', { skip }, async (t) => {
  const data = tempDir(t);
  const port = await freePort();
  let daemon = await startDaemon(t, data, { port });
  await program(daemon);
  const next = random(20261122);
  let before = await records(daemon);
  let torn = 0;
  // At least eight times; a daemon that takes longer to begin is killed later and later.
  for (let round = 0; round < 8 || (torn === 0 && round < 60); ++round) {
    const importing = daemon.cli(importArgs);
    await sleep(20 + next() * 50 * (round + 1));
    await daemon.kill();
    importing.child.kill('SIGKILL');
    await importing;
    daemon = await startDaemon(t, data, { port });
    const after = await records(daemon);
    if (after > before) ++torn;
    assert.ok(after >= before, 'a restart loses nothing');
    before = after;
  }
  assert.ok(torn > 0, 'no kill came in the middle of the import');
  await ok(daemon.cli(importArgs));
  await assertSampleBalances(daemon);
});

// Starts an import whose input stops half-way, and waits until some of it is in the ledger.
async function halfImport(daemon, lines) {
  const before = await records(daemon);
  const importing = daemon.cli(['import', 'stripe', '-', '--program', 'pracflow'], { input: null });
  importing.child.stdin.write(lines.slice(0, lines.length >> 1).join('\n') + '\n');
  while ((await records(daemon)) === before) await sleep(5);
  return { importing }; // not the promise itself, which an async function would wait for
}
const endInput = ({ importing }, lines) => importing.child.stdin.end(lines.slice(lines.length >> 1).join('\n') + '\n');

test('an import outlives a restart of the daemon, and says how to go on when the daemon stays away', { skip }, async (t) => {
  const data = tempDir(t);
  const port = await freePort();
  let daemon = await startDaemon(t, data, { port });
  await program(daemon);
  const lines = readLines(EVENTS);
  const head = lines.slice(0, 2500);
  const tail = lines.slice(2500);

  const lonely = await halfImport(daemon, head);
  await daemon.kill();
  endInput(lonely, head);
  const gaveUp = await lonely.importing;
  assert.equal(gaveUp.code, 1, gaveUp.stderr);
  assert.match(gaveUp.stderr, /no daemon answers.*\n.*stopped before line \d+; run the same import again/);

  daemon = await startDaemon(t, data, { port });
  await ok(daemon.cli(['import', 'stripe', '-', '--program', 'pracflow'], { input: head.join('\n') }));
  const patient = await halfImport(daemon, tail);
  await daemon.kill();
  endInput(patient, tail);
  await sleep(150);
  daemon = await startDaemon(t, data, { port });
  await ok(patient.importing);
  await assertSampleBalances(daemon);
});
