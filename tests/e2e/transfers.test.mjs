// Money that crosses currencies and partners, through the tool: what people see, and what they are told when they are wrong.
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect, refusal } from './support/client.mjs';
import { csvObjects, day } from './support/data.mjs';
import { expectCode, ok, startDaemon, tempDir } from './support/process.mjs';

// jane has USD 10.00 payable, paid by PayPal in EUR; tom has nothing.
async function smallProgram(t) {
  const daemon = await startDaemon(t, tempDir(t));
  const cli = (args) => daemon.cli([...args, '--program', 'acme']);
  const run = (...args) => ok(cli(args));
  const csv = async (...args) => csvObjects((await run(...args, '-o', 'csv')).stdout);
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000', '--hold-days', '30']));
  for (const id of ['jane', 'tom']) {
    await run('partner', 'create', id, '--name', id, '--link-code', id, '--payout-method', 'paypal', '--payout-account', `${id}@clinic.example`, '--settle-in', 'EUR');
  }
  await run('report', 'sign-up', '--customer', 'c', '--link', 'jane', '--time', day(-70));
  await run('report', 'payment', 'p1', '--customer', 'c', '--collected', 'USD:100.00', '--time', day(-60));
  return { cli, run, csv };
}

async function send({ run, csv }, number) {
  const [batch] = await csv('payout', 'create', '--as', 'fatima', '--currency', 'USD');
  await run('payout', 'approve', number, '--as', 'noor', '--content-hash', batch.content_hash);
  return run('payout', 'export', number, '--as', 'fatima');
}

test('a payout waits for a rate, then says what arrives and by which rate', async (t) => {
  const program = await smallProgram(t);
  const [waits] = await program.csv('payout', 'preview', '--currency', 'USD');
  assert.equal(waits.decision, 'NO_FX_RATE');
  assert.equal(waits.why, 'no rate from USD to EUR is recorded');
  await program.run('payout', 'set-rate', '--from', 'USD', '--to', 'EUR', '--rate', '0.92155', '--source', 'ECB', '--quoted', day(-1), '--as', 'fatima');
  const [rate] = await program.csv('payout', 'rates');
  assert.deepEqual([rate.from, rate.to, rate.is, rate.source, rate.recorded_by], ['USD', 'EUR', '0.92155', 'ECB', 'fatima']);
  const exported = await send(program, '1');
  assert.match(exported.stdout, /^1\/1,jane,jane,paypal,jane@clinic\.example,EUR,9\.22,acme-1-1,USD,10\.00,0\.92155\r$/m);
  const [payout] = await program.csv('payout', 'show', '1');
  assert.deepEqual([payout.amount, payout.arrives], ['1000', 'EUR 9.22 (rate 1)']);
});

test('a retry names the payout that failed, and its lines say so', async (t) => {
  const program = await smallProgram(t);
  await program.run('payout', 'set-rate', '--from', 'USD', '--to', 'EUR', '--rate', '0.9', '--source', 'ECB');
  await send(program, '1');
  await program.run('payout', 'fail', '1', '1', '--as', 'fatima', '--reason', 'AC03');
  const [blocked] = await program.csv('partner', 'show', 'jane');
  assert.equal(blocked.settles_in, 'EUR (blocked)');
  assert.equal((await program.csv('payout', 'preview', '--currency', 'USD'))[0].decision, 'METHOD_BLOCKED');
  await program.run('partner', 'set-payout-method', 'jane', '--payout-method', 'paypal', '--payout-account', 'jane2@clinic.example');
  await send(program, '2');
  const [retry] = await program.csv('payout', 'show', '2');
  assert.equal(retry.retry_of, '1/1');
  const lines = await program.csv('payout', 'lines', '2/1');
  assert.deepEqual(lines.map((line) => [line.kind, line.amount]), [['PAYOUT_FAILED', '1000']]);
  const [first] = await program.csv('payout', 'lines', '1/1');
  assert.equal(first.kind, 'MATURED');
  const due = await program.csv('earnings', 'due', 'jane', '--currency', 'USD', '--date', first.matured_on);
  assert.deepEqual(due.map((one) => [one.payment_id, one.customer_id, one.amount, one.matured_by_record]), [['p1', 'c', '1000', first.record]]);
});

test('every balance is the sum of what it is made of', async (t) => {
  const program = await smallProgram(t);
  await program.run('report', 'payment', 'p2', '--customer', 'c', '--collected', 'USD:50.00', '--time', day(-10));
  await program.run('report', 'payment', 'p3', '--customer', 'c', '--collected', 'USD:70.00', '--time', day(-10));
  await program.run('report', 'dispute', 'd1', '--payment', 'p3', '--amount', 'USD:70.00', '--state', 'open', '--time', day(-9));
  const [now] = await program.csv('earnings', 'show', 'jane');
  for (const balance of ['pending', 'held', 'payable', 'reserved', 'receivable', 'paid']) {
    const parts = await program.csv('earnings', 'why', 'jane', '--currency', 'USD', '--balance', balance);
    assert.equal(parts.reduce((sum, part) => sum + Number(part.amount), 0), Number(now[balance]), balance);
  }
  const table = (await program.run('earnings', 'why', 'jane', '--currency', 'USD', '--balance', 'held')).stdout;
  assert.match(table, /^Held of jane: USD 7\.00, made of$/m);
  assert.match(table, /held of the commission on payment p3: a dispute is open/);
});

test('a reassigned referral and a merged partner are told in the dispute file, the statement and the partner', async (t) => {
  const program = await smallProgram(t);
  await program.run('referral', 'reassign', 'c', '--to', 'tom', '--unpaid-past', '--reason', 'ticket 4711', '--as', 'noor');
  const file = (await program.run('referral', 'show', 'c')).stdout;
  assert.match(file, /reassigned from jane to tom by noor, with what was unpaid: ticket 4711/);
  const [line] = (await program.csv('earnings', 'statement', 'tom', '--currency', 'USD'));
  assert.deepEqual([line.kind, line.amount], ['TRANSFERRED', '1000']);
  const [old] = await program.csv('earnings', 'commissions', 'jane');
  assert.match((await program.run('earnings', 'explain', old.commission)).stdout, /It moved with its referral; it is line \d+ of tom now\./);
  await program.run('partner', 'merge', 'tom', '--into', 'jane', '--reason', 'one person', '--as', 'noor');
  const [tom] = await program.csv('partner', 'show', 'tom');
  assert.deepEqual([tom.state, tom.merged_into, tom.state_reason], ['MERGED', 'jane', 'one person']);
  assert.equal((await program.csv('earnings', 'show', 'jane'))[0].payable, '1000');
  await program.run('report', 'sign-up', '--customer', 'late', '--link', 'tom');
  assert.equal((await program.csv('partner', 'show', 'jane'))[0].aliases, 'tom');
  await program.run('ledger', 'verify');
});

test('a file from before settlement currencies differs in nothing, and no partner is called merged without saying into whom', async (t) => {
  const daemon = await startDaemon(t, tempDir(t));
  const api = connect(daemon.address);
  t.after(() => api.close());
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000']));
  const importing = (text) => ok(daemon.cli(['partner', 'import', '-', '--program', 'acme', '-o', 'csv'], { input: text }));
  const old = 'partner_id,display_name,payout_method,payout_account\njane,Jane,paypal,j@clinic.example\n';
  await importing('partner_id,display_name,payout_method,payout_account,settlement_currency\njane,Jane,paypal,j@clinic.example,EUR\n');
  const jane = async () => csvObjects((await ok(daemon.cli(['partner', 'show', 'jane', '--program', 'acme', '-o', 'csv']))).stdout)[0];
  assert.equal((await jane()).settles_in, 'EUR');
  assert.match((await importing(old)).stdout, /UNCHANGED/);
  const refused = await refusal(api.partners.SetPartnerState({ name: 'programs/acme/partners/jane', state: 'STATE_MERGED', reason: 'x', request_id: 'm' }));
  assert.equal(refused.code, 'INVALID_ARGUMENT');
  assert.equal((await jane()).state, 'ACTIVE');
});

test('wrong input is told what would be right, and changes nothing', async (t) => {
  const { cli, csv } = await smallProgram(t);
  const refused = async (code, pattern, ...args) => assert.match((await expectCode(code, cli(args))).stderr, pattern, args.join(' '));
  await refused(2, /fx_rate\.rate: "0,9" is not a rate/, 'payout', 'set-rate', '--from', 'USD', '--to', 'EUR', '--rate', '0,9', '--source', 'x');
  await refused(2, /to_currency_code/, 'payout', 'set-rate', '--from', 'USD', '--to', 'USD', '--rate', '1', '--source', 'x');
  await refused(2, /does not pay "INR"/, 'partner', 'set-payout-method', 'jane', '--payout-method', 'paypal', '--payout-account', 'jane@clinic.example', '--settle-in', 'INR');
  await refused(3, /no partner "nobody"/, 'referral', 'reassign', 'c', '--to', 'nobody', '--reason', 'x');
  await refused(3, /no referral of customer "d"/, 'referral', 'reassign', 'd', '--to', 'tom', '--reason', 'x');
  await refused(5, /bound to jane already/, 'referral', 'reassign', 'c', '--to', 'jane', '--reason', 'x');
  await refused(5, /cannot be merged into itself/, 'partner', 'merge', 'jane', '--into', 'jane', '--reason', 'x');
  await refused(2, /BATCH\/PAYOUT/, 'payout', 'lines', '1');
  await refused(3, /no payout "7\/1"/, 'payout', 'lines', '7/1');
  await refused(2, /--balance/, 'earnings', 'why', 'jane', '--currency', 'USD', '--balance', 'everything');
  assert.deepEqual(await csv('payout', 'rates'), []);
});
