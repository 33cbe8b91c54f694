// A primary with a synchronous standby, two daemons, and a client that reports, while daemons are killed or stopped past their lease, connections
// are cut, and the primary dies and the standby takes its place: nothing that was acknowledged is lost, nothing is counted twice, and service
// comes back by itself. TRAILBOOK_POSTGRES_ROUNDS and TRAILBOOK_POSTGRES_SEED try more and others.
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect, payment, refusal } from '../e2e/support/client.mjs';
import { csvObjects, day, random } from '../e2e/support/data.mjs';
import { Cluster, missing } from '../e2e/support/postgres.mjs';
import { freePort, launchDaemon, ok, sleep, startDaemon, tempDir } from '../e2e/support/process.mjs';

const ROUNDS = Number(process.env.TRAILBOOK_POSTGRES_ROUNDS ?? 6);
const SEED = Number(process.env.TRAILBOOK_POSTGRES_SEED ?? 5);
const REPORTERS = 12;
const PARENT = 'programs/acme';
const reportsMany = (n) => n % 4 === 3;

class House {
  constructor(t) {
    this.t = t;
    this.next = random(SEED);
    this.acknowledged = new Map(); // payment id -> minor units
    this.sent = 0;
    this.daemons = [];
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  get store() {
    const hosts = [this.primary, this.standby].map(({ port }) => `127.0.0.1:${port}`).join(',');
    return `postgres://trailbook@${hosts}/postgres`;
  }
  async build() {
    this.primary = await Cluster.start(this.t, { wal_level: 'replica', max_wal_senders: 10, synchronous_commit: 'on' });
    await this.replicate();
    for (let n = 0; n < 2; ++n) await this.startDaemon(n);
  }
  // A standby for the primary, which from then on answers only what both have.
  async replicate() {
    this.standby = await this.primary.standby(this.t);
    await this.primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await this.primary.ask('SELECT pg_reload_conf()');
    for (let waited = 0; waited < 600; ++waited) {
      if ((await this.primary.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")) === '1') return;
      await sleep(100);
    }
    assert.fail('the standby does not follow');
  }
  async startDaemon(n) {
    const known = this.daemons[n];
    const data = known?.data ?? tempDir(this.t);
    const port = known?.port ?? (await freePort());
    // Started anew it may find the database on its way: that is an error at a start, and the operator's supervisor tries again.
    for (let tries = 0; ; ++tries) {
      const daemon = launchDaemon(data, { port, args: ['--store', this.store] });
      daemon.port = port;
      this.daemons[n] = daemon;
      try {
        await daemon.ready();
        return;
      } catch (error) {
        if (tries === 30) throw error;
        await sleep(500);
      }
    }
  }
  // Payments until somebody acknowledges them, always under the same ids: one, or so many that the next are decided while they commit.
  async report(api, n) {
    const made = [...Array(reportsMany(n) ? 150 + this.below(200) : 1)].map(() =>
      payment(`in_${++this.sent}`, 100 + 10 * this.below(10000), { customer: 'cus', time: Date.now() - 60000 }));
    const send = async ({ reports }) => made.length === 1
      ? [await reports.ReportPayment({ parent: PARENT, payment: made[0] })]
      : (await reports.ReportBatch({ parent: PARENT, events: made.map((each) => ({ payment: each })) })).outcomes;
    for (let at = n % 2; this.running || this.hurry > 0; ) {
      try {
        const outcomes = await send(api[at]);
        assert.equal(outcomes.length, made.length);
        outcomes.forEach((outcome, which) => {
          assert.ok(outcome.outcome === 'OUTCOME_RECORDED' || outcome.replayed, JSON.stringify(outcome));
          this.acknowledged.set(made[which].payment_id, BigInt(made[which].base_minor_units));
        });
        return;
      } catch (error) {
        const { code } = await refusal(Promise.reject(error));
        assert.ok(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(code), `${code}: ${error.message}`);
        at = 1 - at;
        await sleep(50);
      }
    }
  }
  async load(work) {
    const api = this.daemons.map(({ port }) => connect(`127.0.0.1:${port}`, { deadlineMs: 5000 }));
    this.running = true;
    const reporters = [...Array(REPORTERS)].map(async (_, n) => {
      while (this.running) {
        await this.report(api, n);
        if (reportsMany(n)) await sleep(50); // a fast machine would fill the disk
      }
    });
    await sleep(300 + this.below(500));
    await work();
    // Back by itself: new acknowledgements come.
    const before = this.acknowledged.size;
    for (let waited = 0; this.acknowledged.size < before + 20; ++waited) {
      assert.ok(waited < 600, 'no report is acknowledged any more');
      await sleep(100);
    }
    this.hurry = 1;
    this.running = false;
    await Promise.all(reporters);
    this.hurry = 0;
    for (const each of api) each.close();
    // Nobody died but whom this test killed.
    for (const { child, stderr } of this.daemons) assert.deepEqual([child.exitCode, child.signalCode], [null, null], stderr);
  }
  async holder() {
    const address = await this.primary.ask('SELECT address FROM lease WHERE program_id = 1');
    return Math.max(0, this.daemons.findIndex(({ port }) => address.endsWith(`:${port}`)));
  }
  faults = {
    killed: async () => {
      const n = await this.holder();
      await this.daemons[n].kill();
      await sleep(this.below(2000));
      await this.startDaemon(n);
    },
    paused: async () => {
      const daemon = this.daemons[await this.holder()];
      daemon.child.kill('SIGSTOP');
      await sleep(8000 + this.below(2000)); // longer than a lease
      daemon.child.kill('SIGCONT');
    },
    cut: async () => {
      for (let n = 0; n < 10; ++n) {
        await this.primary.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'trailbook'");
        await sleep(this.below(150));
      }
    },
    promoted: async () => {
      await this.primary.kill();
      const old = this.primary;
      await this.standby.promote();
      [this.primary, this.standby] = [this.standby, old];
      await this.primary.ask("ALTER SYSTEM SET synchronous_standby_names = ''");
      await this.primary.ask('SELECT pg_reload_conf()');
      await sleep(500);
      await this.replicate();
    },
  };
}

test('no acknowledged report is lost or doubled, whatever dies', { skip: missing, timeout: 800000 }, async (t) => {
  const house = new House(t);
  await house.build();
  t.after(() => house.daemons.forEach((daemon) => daemon.child.kill('SIGKILL')));
  const cli = (args) => house.daemons[0].cli(args);
  await ok(cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000']));
  await ok(cli(['partner', 'create', 'jane', '--name', 'Jane', '--program', 'acme']));
  await ok(cli(['report', 'sign-up', '--customer', 'cus', '--partner', 'jane', '--time', day(-5), '--program', 'acme']));

  const names = Object.keys(house.faults);
  for (let round = 0; round < ROUNDS; ++round) {
    const name = round < names.length ? names[round] : names[house.below(names.length)];
    const before = house.acknowledged.size;
    await house.load(house.faults[name]);
    t.diagnostic(`round ${round}: ${name}, ${house.acknowledged.size - before} acknowledged`);
    if (name === 'promoted') for (const n of [0, 1]) {
      await house.daemons[n].stop();
      await house.startDaemon(n); // with the URI of the new pair
    }
  }

  const listed = JSON.parse((await ok(cli(['earnings', 'commissions', 'jane', '--program', 'acme', '-o', 'json']))).stdout);
  const counted = listed.map((commission) => commission.payment_id);
  const known = new Set(counted);
  assert.equal(known.size, counted.length, 'a payment was counted twice');
  const missingOnes = [...house.acknowledged.keys()].filter((id) => !known.has(id));
  assert.deepEqual(missingOnes, [], 'acknowledged and not there');
  assert.equal(counted.length, house.sent, 'every report was acknowledged in the end');
  const due = [...house.acknowledged.values()].reduce((sum, base) => sum + base / 10n, 0n);
  const [earnings] = csvObjects((await ok(cli(['earnings', 'list', '--program', 'acme', '-o', 'csv']))).stdout);
  assert.equal(BigInt(earnings.pending), due);
  await ok(cli(['ledger', 'verify', '--program', 'acme']));
});
