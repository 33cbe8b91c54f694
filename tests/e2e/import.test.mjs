// An import of billing events through a daemon that dies: everything arrives, once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect } from './support/client.mjs';
import { expectCode, freePort, ok, sleep, startDaemon, tempDir, undo } from './support/process.mjs';

const CUSTOMERS = 50;
const PAYMENTS = 60000;
const TIME = 1760000000;

const event = (n, type, object) => JSON.stringify({ id: `evt_${n}`, object: 'event', type, created: TIME, data: { object } });
const signUp = (n) => event(`s${n}`, 'checkout.session.completed', {
  id: `cs_${n}`, object: 'checkout.session', customer: `cus_${n}`, client_reference_id: 'jane', created: TIME });
const payment = (n) => event(n, 'invoice.paid', {
  id: `in_${n}`, object: 'invoice', customer: `cus_${n % CUSTOMERS}`, currency: 'usd', status: 'paid', amount_paid: 1000, total: 1000,
  total_excluding_tax: 1000, created: TIME + n, status_transitions: { paid_at: TIME + n } });

// Waits until so many payments are in the books.
async function awaitRecorded(t, address, payments) {
  const api = connect(address, { deadlineMs: 10000 });
  undo(t, () => api.close());
  for (let waited = 0; waited < 30000; waited += 50) {
    const { earnings } = await api.earnings.GetPartnerEarnings({ partner: 'programs/acme/partners/jane' });
    const [{ pending, payable } = { pending: 0, payable: 0 }] = earnings;
    if (Number(pending) + Number(payable) >= 100 * payments) return;
    await sleep(50);
  }
  assert.fail(`${payments} payments never were recorded`);
}

test('an import through a daemon that stands still says so in time, and nothing is lost', async (t) => {
  const daemon = await startDaemon(t, tempDir(t));
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000', '--hold-days', '0']));
  await ok(daemon.cli(['partner', 'create', 'jane', '--name', 'Jane', '--link-code', 'jane', '--program', 'acme']));
  const lines = [...Array(CUSTOMERS).keys()].map(signUp).concat([...Array(40000).keys()].map(payment));
  const text = (from, to) => `${lines.slice(from, to).join('\n')}\n`;
  const importing = daemon.cli(['import', 'stripe', '-', '--program', 'acme', '--timeout', '2'], { input: null });
  importing.child.stdin.write(text(0, 5000));
  await awaitRecorded(t, daemon.address, 4000);
  daemon.child.kill('SIGSTOP');
  importing.child.stdin.end(text(5000));
  const told = await expectCode(1, importing);
  const late = /gave no answer in time \(none within 2 seconds\); a change may have been made all the same\. --timeout SECONDS waits longer\ntrailbook: stopped before line \d+; run the same import again/;
  assert.match(told.stderr, late);
  const began = Date.now();
  const never = await expectCode(1, daemon.cli(['import', 'stripe', '-', '--program', 'acme', '--timeout', '2'], { input: text(0, 5) }));
  assert.match(never.stderr, late, 'nor does it wait for a connection that is neither made nor refused');
  assert.ok(Date.now() - began < 15000, `after ${Date.now() - began} ms`);
  const asked = await expectCode(1, daemon.cli(['program', 'list', '--timeout', '1']));
  assert.match(asked.stderr, /gave no answer in time \(.*\); a change may have been made all the same\. --timeout SECONDS waits longer/);
  daemon.child.kill('SIGCONT');
  const again = await ok(daemon.cli(['import', 'stripe', '-', '--program', 'acme', '-o', 'json'], { input: text(0) }));
  const { RECORDED, REPLAYED } = JSON.parse(again.stdout);
  assert.equal(RECORDED + REPLAYED, lines.length);
  assert.ok(REPLAYED >= 4000, 'what was answered before is known');
});

test('an import goes on where it was when the daemon is killed and started again', async (t) => {
  const data = tempDir(t);
  const options = { port: await freePort() };
  let daemon = await startDaemon(t, data, options);
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000', '--hold-days', '0']));
  await ok(daemon.cli(['partner', 'create', 'jane', '--name', 'Jane', '--link-code', 'jane', '--program', 'acme']));
  const importing = daemon.cli(['import', 'stripe', '-', '--program', 'acme', '-o', 'json'], { input: null });
  const { stdin } = importing.child;
  const send = (lines) => stdin.write(`${lines.join('\n')}\n`);
  send([...Array(CUSTOMERS).keys()].map(signUp));
  let sent = 0;
  for (const until of [PAYMENTS / 3, 2 * PAYMENTS / 3]) {
    for (; sent < until; sent += 1000) send([...Array(1000).keys()].map((n) => payment(sent + n)));
    await sleep(100);
    await daemon.kill();
    daemon = await startDaemon(t, data, options);
  }
  for (; sent < PAYMENTS; sent += 1000) send([...Array(1000).keys()].map((n) => payment(sent + n)));
  stdin.end();
  // What was recorded without an answer that arrived is told again, and then it is known.
  const { RECORDED, REPLAYED = 0, ...others } = JSON.parse((await ok(importing)).stdout);
  assert.equal(RECORDED + REPLAYED, PAYMENTS + CUSTOMERS, JSON.stringify(others));
  assert.deepEqual(others, {});
  const [earned] = JSON.parse((await ok(daemon.cli(['earnings', 'show', 'jane', '--program', 'acme', '-o', 'json']))).stdout);
  assert.equal(Number(earned.payable), 100 * PAYMENTS);
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
  t.diagnostic(`${REPLAYED} events were told twice`);
});
