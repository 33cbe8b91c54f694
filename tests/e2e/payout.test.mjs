// A payout batch from preview to statement, with two pairs of eyes and every fate that a payout can have.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { hashOf } from './support/books.mjs';
import { connect, payment, seconds } from './support/client.mjs';
import { csvObjects, day } from './support/data.mjs';
import { heldElsewhere, startFront } from './support/front.mjs';
import { expectCode, ok, startDaemon, tempDir } from './support/process.mjs';

const PARTNERS = ['ann', 'ben', 'cleo', 'dan', 'eve']; // each earned USD 10.00, 20.00, ... which is payable
const fail = (code) => (running) => expectCode(code, running);

// The tool as a person, in one program.
const person = (daemon, name) => (...args) => daemon.cli([...args, '--program', 'acme', '--as', name, '-o', 'csv']);

async function start(t) {
  const daemon = await startDaemon(t, tempDir(t));
  const as = Object.fromEntries(['odo', 'fatima', 'noor'].map((name) => [name, person(daemon, name)]));
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000', '--hold-days', '5', '--minimum', 'USD:15.00']));
  for (const [n, partner] of PARTNERS.entries()) {
    await ok(as.odo('partner', 'create', partner, '--name', partner.toUpperCase(), '--payout-method', 'paypal',
      '--payout-account', `${partner}@mail.example`));
    await ok(as.odo('report', 'sign-up', '--customer', `cus_${partner}`, '--partner', partner, '--time', day(-20)));
    await ok(as.odo('report', 'payment', `in_${partner}`, '--customer', `cus_${partner}`, '--collected', `USD:${100 * (n + 1)}.00`, '--time', day(-10)));
  }
  return { daemon, ...as };
}

const row = (result) => csvObjects(result.stdout)[0];
const decisions = async (who) =>
  Object.fromEntries(csvObjects((await ok(who('payout', 'preview', '--currency', 'USD'))).stdout).map((r) => [r.partner_id, `${r.decision} ${r.amount}`]));
const earnings = async (who) =>
  Object.fromEntries(csvObjects((await ok(who('earnings', 'list'))).stdout).map((r) => [r.partner_id, `${r.payable} ${r.reserved} ${r.paid}`]));
const states = async (who, batch) =>
  Object.fromEntries(csvObjects((await ok(who('payout', 'show', batch))).stdout).map((r) => [r.partner_id, r.state]));
async function totals(daemon, batch) {
  const shown = await ok(daemon.cli(['payout', 'show', batch, '--program', 'acme', '-o', 'json']));
  const all = JSON.parse(shown.stdout).payout_batch.totals;
  const { reserved, settled, returned, failed, cancelled, outstanding } = all;
  const sum = [settled, returned, failed, cancelled, outstanding].map(Number).reduce((a, b) => a + b);
  assert.equal(sum, Number(reserved), `reserved = settled + returned + failed + cancelled + outstanding: ${JSON.stringify(all)}`);
  return { settled, returned, failed, cancelled, outstanding };
}

async function statement(daemon, partner) {
  const shown = await ok(daemon.cli(['earnings', 'statement', partner, '--currency', 'USD', '--from', day(-30), '--program', 'acme', '-o', 'json']));
  const all = JSON.parse(shown.stdout);
  const [opening, earned, paid, closing] = ['opening', 'earned', 'paid', 'closing'].map((field) => Number(all[`${field}_minor_units`]));
  assert.equal(opening + earned - paid, closing, 'opening + lines - payouts = closing');
  assert.equal(opening + all.lines.reduce((sum, line) => sum + Number(line.amount_minor_units), 0), closing, 'the lines make the difference');
  return { opening, earned, paid, closing };
}

// Batch 1, exported: ben 20.00, cleo 30.00, dan 40.00, eve 50.00; ann is below the minimum.
async function exported({ fatima, noor }) {
  const created = await ok(fatima('payout', 'create', '--currency', 'USD'));
  await ok(noor('payout', 'approve', '1', '--content-hash', hashOf(created)));
  return ok(fatima('payout', 'export', '1'));
}

test('a preview says who is paid, who is not and why, and changes nothing', async (t) => {
  const { daemon, odo, fatima } = await start(t);
  await ok(odo('partner', 'set-payout-method', 'eve', '--payout-method', 'none'));
  await ok(odo('partner', 'set-payout-method', 'dan', '--payout-method', 'sepa', '--payout-account', 'DE89370400440532013000'));
  const size = row(await ok(daemon.cli(['ledger', 'head', '--program', 'acme', '-o', 'csv']))).size;
  assert.deepEqual(await decisions(fatima), {
    ann: 'BELOW_MINIMUM 1000', ben: 'PAY 2000', cleo: 'PAY 3000', dan: 'METHOD_NOT_FOR_CURRENCY 4000', eve: 'NO_PAYOUT_METHOD 5000',
  });
  assert.equal(row(await ok(daemon.cli(['ledger', 'head', '--program', 'acme', '-o', 'csv']))).size, size);
  // What was booked after the cutoff is not paid.
  const early = await ok(fatima('payout', 'preview', '--currency', 'USD', '--cutoff', day(-6)));
  assert.deepEqual(csvObjects(early.stdout).filter((r) => r.decision === 'PAY'), []);
});

test('submission reserves; approval needs another person and the right hash; the export has the same bytes each time', async (t) => {
  const { odo, fatima, noor } = await start(t);
  const draft = await ok(fatima('payout', 'create', '--currency', 'USD', '--draft'));
  assert.equal(row(draft).state, 'DRAFT');
  assert.equal((await earnings(fatima)).ben, '2000 0 0');
  await fail(5)(noor('payout', 'approve', '1', '--content-hash', '00000000'));
  const submitted = await ok(fatima('payout', 'submit', '1'));
  assert.deepEqual([row(submitted).state, row(submitted).total, row(submitted).payouts], ['SUBMITTED', '14000', '4']);
  assert.deepEqual(await earnings(fatima), { ann: '1000 0 0', ben: '0 2000 0', cleo: '0 3000 0', dan: '0 4000 0', eve: '0 5000 0' });
  assert.equal(Object.values(await decisions(fatima)).filter((text) => text.startsWith('PAY')).length, 0, 'nobody is paid twice');

  const hash = hashOf(submitted);
  await fail(5)(fatima('payout', 'export', '1'));
  for (const [who, why] of [[fatima, /prepared this batch/], [odo, /bank details/]]) {
    const refused = await fail(4)(who('payout', 'approve', '1', '--content-hash', hash));
    assert.match(refused.stderr, why);
    assert.match(refused.stderr, /SAME_PERSON/);
  }
  const wrong = await fail(5)(noor('payout', 'approve', '1', '--content-hash', hash.replace(/^./, (c) => (c === '0' ? '1' : '0'))));
  assert.match(wrong.stderr, /CONTENT_CHANGED/);
  const approved = await ok(noor('payout', 'approve', '1', '--content-hash', hash.slice(0, 12)));
  assert.deepEqual([row(approved).state, row(approved).approver], ['APPROVED', 'noor']);

  const file = path.join(tempDir(t), 'payouts.csv');
  const first = await ok(fatima('payout', 'export', '1'));
  await ok(fatima('payout', 'export', '1', '--file', file));
  assert.equal(readFileSync(file, 'utf8'), first.stdout);
  const paid = csvObjects(first.stdout);
  assert.equal(paid.length, 4);
  assert.ok(first.stdout.includes('ben@mail.example') && first.stdout.includes('BEN'), first.stdout);
  // A bank detail that changes afterwards does not change the file.
  await ok(odo('partner', 'set-payout-method', 'ben', '--payout-method', 'paypal', '--payout-account', 'other@mail.example'));
  assert.equal((await ok(fatima('payout', 'export', '1'))).stdout, first.stdout);
  await fail(5)(fatima('payout', 'cancel', '1', '--reason', 'too late'));
});

test('results: settled, failed, returned, unknown; and what each does to the money', async (t) => {
  const all = await start(t);
  const { daemon, odo, fatima } = all;
  await exported(all);
  assert.deepEqual(await totals(daemon, '1'), { settled: '0', returned: '0', failed: '0', cancelled: '0', outstanding: '14000' });
  await ok(fatima('payout', 'settle', '1', '1', '3', '--evidence', 'statement line 14'));
  await ok(fatima('payout', 'fail', '1', '2', '--reason', 'AC03 invalid account'));
  await ok(fatima('payout', 'unknown', '1', '4', '--reason', 'no answer from the bank'));
  assert.deepEqual(await states(fatima, '1'), { ben: 'SETTLED', cleo: 'FAILED', dan: 'SETTLED', eve: 'UNKNOWN' });
  assert.deepEqual(await totals(daemon, '1'), { settled: '6000', returned: '0', failed: '3000', cancelled: '0', outstanding: '5000' });

  await ok(fatima('payout', 'return', '1', '3', '--reason', 'AC04 closed account'));
  assert.deepEqual(await totals(daemon, '1'), { settled: '2000', returned: '4000', failed: '3000', cancelled: '0', outstanding: '5000' });
  const unknownTwice = await fail(5)(fatima('payout', 'unknown', '1', '1', '--reason', 'settled already'));
  assert.match(unknownTwice.stderr, /WRONG_STATE/);

  // The failed payout blocks its method; the unknown one stays out; the returned one is payable again.
  assert.deepEqual(await decisions(fatima), {
    ann: 'BELOW_MINIMUM 1000', cleo: 'METHOD_BLOCKED 3000', dan: 'PAY 4000',
  });
  await ok(odo('partner', 'set-payout-method', 'cleo', '--payout-method', 'paypal', '--payout-account', 'cleo.new@mail.example'));
  assert.equal((await decisions(fatima)).cleo, 'PAY 3000');
  assert.deepEqual(await statement(daemon, 'ben'), { opening: 0, earned: 2000, paid: 2000, closing: 0 });
  assert.equal((await statement(daemon, 'cleo')).closing, 3000);
  assert.equal((await statement(daemon, 'dan')).closing, 4000);
  // On its way: no longer in the partner's balance (a payout is a line on the day it is sent).
  assert.deepEqual(await statement(daemon, 'eve'), { opening: 0, earned: 5000, paid: 5000, closing: 0 });

  await ok(fatima('payout', 'settle', '1', '--all', '--evidence', 'late status file'));
  assert.deepEqual(await totals(daemon, '1'), { settled: '7000', returned: '4000', failed: '3000', cancelled: '0', outstanding: '0' });
  assert.equal(row(await ok(fatima('payout', 'list'))).state, 'CLOSED');
  assert.deepEqual(await earnings(fatima), { ann: '1000 0 0', ben: '0 0 2000', cleo: '3000 0 0', dan: '4000 0 0', eve: '0 0 5000' });
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
});

test('cancelled before export, every reservation is payable again', async (t) => {
  const all = await start(t);
  const { daemon, fatima, noor } = all;
  const before = await earnings(fatima);
  const planned = await decisions(fatima);
  const created = await ok(fatima('payout', 'create', '--currency', 'USD'));
  await ok(noor('payout', 'approve', '1', '--content-hash', hashOf(created)));
  const cancelled = await ok(fatima('payout', 'cancel', '1', '--reason', 'wrong cutoff'));
  assert.equal(row(cancelled).state, 'CANCELLED');
  assert.deepEqual(await earnings(fatima), before);
  assert.deepEqual(await decisions(fatima), planned);
  assert.deepEqual(await totals(daemon, '1'), { settled: '0', returned: '0', failed: '0', cancelled: '14000', outstanding: '0' });
  assert.equal((await statement(daemon, 'ben')).closing, 2000);
  await fail(5)(noor('payout', 'approve', '1', '--content-hash', hashOf(created)));
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
});

test('a refund after the payout is owed, and recouped from what is earned next', async (t) => {
  const all = await start(t);
  const { daemon, odo, fatima } = all;
  await exported(all);
  await ok(fatima('payout', 'settle', '1', '--all', '--evidence', 'status file'));
  await ok(odo('report', 'refund', 're_1', '--payment', 'in_ben', '--amount', 'USD:200.00'));
  const owes = async () => {
    const [ben] = csvObjects((await ok(daemon.cli(['earnings', 'show', 'ben', '--program', 'acme', '-o', 'csv']))).stdout);
    return [ben.payable, ben.receivable];
  };
  assert.deepEqual(await owes(), ['0', '2000']);
  await ok(odo('report', 'payment', 'in_ben2', '--customer', 'cus_ben', '--collected', 'USD:240.00', '--time', day(-10)));
  assert.deepEqual(await owes(), ['400', '0']);
  assert.equal((await statement(daemon, 'ben')).closing, 400);
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
});

// Batch 1, exported, with a payout of USD 20.00 to each of so many partners.
async function exportedTo(t, count) {
  const daemon = await startDaemon(t, tempDir(t));
  const api = connect(daemon.address);
  t.after(() => api.close());
  const fatima = person(daemon, 'fatima');
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000', '--hold-days', '5']));
  const partners = Array.from({ length: count }, (_, n) => `p${n}`);
  const rows = partners.map((id) => `${id},${id},${id},paypal,${id}@mail.example\n`);
  await ok(daemon.cli(['partner', 'import', '-', '--program', 'acme', '--as', 'odo'],
    { input: `partner_id,display_name,link_code,payout_method,payout_account\n${rows.join('')}` }));
  const then = seconds(Date.parse(day(-10)));
  const events = partners.flatMap((id) => [
    { sign_up: { customer_id: `cus_${id}`, link_code: id, occur_time: then } },
    { payment: payment(`in_${id}`, 20000, { customer: `cus_${id}`, time: Date.parse(day(-10)) }) },
  ]);
  const { outcomes } = await api.reports.ReportBatch({ parent: 'programs/acme', events });
  assert.ok(outcomes.every((outcome) => outcome.outcome === 'OUTCOME_RECORDED'));
  await exported({ fatima, noor: person(daemon, 'noor') });
  return { daemon, fatima };
}

test('a long batch is settled in one go, what is refused is named, and a daemon that is gone is said once', async (t) => {
  const count = 150;
  const { daemon, fatima } = await exportedTo(t, count);
  const numbers = Array.from({ length: count }, (_, n) => String(n + 1));
  assert.match((await fail(2)(fatima('payout', 'settle', '1', '3', '4', '3', '--evidence', 'status file'))).stderr, /payout 3 is named twice/);
  const settle = () => fatima('payout', 'settle', '1', ...numbers.slice(0, 70), '999', ...numbers.slice(70, 130), '--evidence', 'status file', '--request-id', 'day-1');
  const partly = await fail(6)(settle());
  assert.match(partly.stderr, /^trailbook: [^\n]*999[^\n]*\n$/);
  assert.deepEqual(csvObjects(partly.stdout).map((r) => r.payout), numbers.slice(0, 130), 'in the order in which they were named');
  const again = await fail(6)(settle());
  assert.equal(again.stdout, partly.stdout, 'the same request has the same answer');
  assert.equal(csvObjects((await ok(fatima('payout', 'settle', '1', '--all', '--evidence', 'status file'))).stdout).length, 20);
  assert.deepEqual(await totals(daemon, '1'), { settled: '300000', returned: '0', failed: '0', cancelled: '0', outstanding: '0' });
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));

  daemon.kill();
  const gone = await fail(1)(fatima('payout', 'return', '1', ...numbers, '--reason', 'AC04 closed account'));
  assert.equal((gone.stderr.match(/no daemon answers/g) ?? []).length, 1, gone.stderr);
  assert.match(gone.stderr, /of 150 payouts 0 are known to be recorded/);
  assert.equal(gone.stdout, '', 'no heading without a payout below it');
});

test('a daemon that loses the program in the middle of a settlement: each payout is recorded once, by whichever daemon', async (t) => {
  const count = 100;
  const { daemon, fatima } = await exportedTo(t, count);
  const ids = [];
  const losing = await startFront(t, daemon.address, 'Payout', (name, ask, request) => {
    if (name !== 'RecordPayoutResult') return ask();
    ids.push(request.request_id);
    if (ids.length > 40) throw heldElsewhere(daemon.address);
    return ask();
  });
  const settled = await ok(fatima('payout', 'settle', '1', '--all', '--evidence', 'status file', '--server', losing));
  assert.equal(settled.stderr, '');
  assert.deepEqual(csvObjects(settled.stdout).map((r) => `${r.payout} ${r.state}`), Array.from({ length: count }, (_, n) => `${n + 1} SETTLED`));
  assert.equal(ids.length, 64, 'what was under way; the others were asked for elsewhere');
  assert.equal(new Set(ids).size, 64);
  assert.equal((await totals(daemon, '1')).settled, String(count * 2000));
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
});
