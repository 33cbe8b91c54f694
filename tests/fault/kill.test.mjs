// The daemon is killed at random moments under load: what it acknowledged is in the ledger, exactly once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect, payment, seconds, smallProgram } from '../e2e/support/client.mjs';
import { DAY_MS, random } from '../e2e/support/data.mjs';
import { ok, sleep, startDaemon, tempDir } from '../e2e/support/process.mjs';

// TRAILBOOK_KILL_ROUNDS and TRAILBOOK_KILL_SEED try more and others.
const ROUNDS = Number(process.env.TRAILBOOK_KILL_ROUNDS ?? 25);
const SEED = Number(process.env.TRAILBOOK_KILL_SEED ?? 7);
const SINGLES = 24;
// Few events are committed by the thread that decided them, many by another meanwhile.
const BATCHES = [50, 50, 700];
const ID_BUFFERS = ['500000', '200', '40', '1', '0', '1000'];
const LATE = 'cus_late'; // signs up at the very end: until then its payments are parked
const CUSTOMERS = ['cus_1', 'cus_2', 'cus_3', LATE];

class Client {
  constructor(seed) {
    this.next = random(seed);
    this.sent = new Map(); // id -> {payment, answer}; no answer: not acknowledged
    this.count = 0;
  }
  make() {
    const id = `in_${++this.count}`;
    const customer = CUSTOMERS[Math.floor(this.next() * CUSTOMERS.length)];
    const time = Date.now() - Math.floor(this.next() * 5 * DAY_MS);
    const made = payment(id, 1 + Math.floor(this.next() * 100000), { customer, time });
    this.sent.set(id, { payment: made });
    return made;
  }
  take(reported, outcome) {
    assert.equal(outcome.error, null, JSON.stringify(outcome));
    this.sent.get(reported.payment_id).answer = outcome;
  }
  async singles(api, parent) {
    for (;;) {
      const reported = this.make();
      this.take(reported, { error: null, ...(await api.reports.ReportPayment({ parent, payment: reported })) });
    }
  }
  async batches(api, parent, length) {
    for (;;) {
      const events = [...Array(length)].map(() => ({ payment: this.make() }));
      const { outcomes } = await api.reports.ReportBatch({ parent, events });
      outcomes.forEach((outcome, at) => this.take(events[at].payment, outcome));
    }
  }
  // Load until the daemon is dead.
  load(api, parent, length) {
    const running = [...Array(SINGLES)].map(() => this.singles(api, parent));
    for (let n = 0; n < 3; ++n) running.push(this.batches(api, parent, length));
    return Promise.allSettled(running);
  }
}

// An outcome without its words for people.
const told = ({ message, ...outcome }) => outcome;

// Reports everything again: acknowledged ones must answer as they did, the others get their answer now.
async function settle(api, parent, client) {
  const sent = [...client.sent.values()];
  let unknown = 0;
  for (let at = 0; at < sent.length; at += 5000) {
    const part = sent.slice(at, at + 5000);
    const { outcomes } = await api.reports.ReportBatch({ parent, events: part.map(({ payment }) => ({ payment })) });
    outcomes.forEach((outcome, n) => {
      const { answer, payment: reported } = part[n];
      if (answer) assert.deepEqual(told(outcome), { ...told(answer), replayed: true }, reported.payment_id);
      else ++unknown;
      client.take(reported, outcome);
    });
  }
  return unknown;
}

const due = (sent) => sent.reduce((sum, { payment: paid }) => sum + BigInt(paid.base_minor_units) / 10n, 0n);

async function pending(api, parent) {
  const { earnings } = await api.earnings.GetPartnerEarnings({ partner: `${parent}/partners/jane` });
  return BigInt(earnings[0]?.pending ?? 0);
}

async function commissions(api, parent) {
  const names = [];
  for (let page_token = ''; ; ) {
    const page = await api.earnings.ListCommissions({ parent: `${parent}/partners/jane`, page_size: 1000, page_token });
    names.push(...page.commissions.map((commission) => commission.payment_id));
    page_token = page.next_page_token;
    if (page_token === '') return names;
  }
}

test(`every acknowledged report survives SIGKILL, exactly once (${ROUNDS} rounds, seed ${SEED})`, async (t) => {
  const data = tempDir(t);
  const client = new Client(SEED);
  let daemon = await startDaemon(t, data);
  let api = connect(daemon.address);
  // 10 % and no rounding trap: each payment earns floor(base / 10).
  const parent = await smallProgram(api, { rate_bps: 1000 });
  const signUp = (customer_id, days) =>
    api.reports.ReportSignUp({ parent, sign_up: { customer_id, partner: 'jane', occur_time: seconds(Date.now() - days * DAY_MS) } });
  await signUp('cus_2', 10);
  await signUp('cus_3', 10);
  let unknown = 0;
  for (let round = 0; round < ROUNDS; ++round) {
    const load = client.load(api, parent, BATCHES[round % BATCHES.length]);
    await sleep(5 + client.next() * 120);
    await daemon.kill();
    for (const { reason } of await load) assert.equal(reason.code, 14, String(reason)); // UNAVAILABLE
    api.close();
    // Ids gather in memory before they are sorted into their table: few and many, so that kills meet every step of that.
    daemon = await startDaemon(t, data, { args: ['--id-buffer', ID_BUFFERS[round % ID_BUFFERS.length]] });
    api = connect(daemon.address);
    unknown += await settle(api, parent, client);
    const booked = [...client.sent.values()].filter(({ payment: paid }) => paid.customer_id !== LATE);
    assert.equal(await pending(api, parent), due(booked), `round ${round}`);
    if (round % 5 === 0) await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
  }
  assert.ok(unknown > 0, 'no kill came while a report was on its way');
  await signUp(LATE, 10);
  const all = [...client.sent.values()];
  assert.equal(await pending(api, parent), due(all), 'parked payments are booked once');
  assert.deepEqual((await commissions(api, parent)).sort(), [...client.sent.keys()].sort());
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
  t.diagnostic(`${all.length} payments, ${unknown} of them unanswered when the daemon was killed`);
  api.close();
});
