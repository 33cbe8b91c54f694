// The rounds of tests/bench/run: everything that is compared runs in turn, so that a slow minute of the machine is everybody's.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { table } from './table.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const TOP = path.resolve(HERE, '../..');
const BIN = path.join(TOP, 'build/release/bin');

let options;
try {
  options = parseArgs({
    options: {
      quick: { type: 'boolean' }, json: { type: 'string' }, payments: { type: 'string' }, rounds: { type: 'string' }, 'no-growth': { type: 'boolean' },
    },
  }).values;
} catch (error) {
  console.error(`tests/bench/run: ${error.message}; see --help`);
  process.exit(2);
}
const number = (name, otherwise) => {
  const value = Number(options[name] ?? otherwise);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`tests/bench/run: --${name} needs a whole number above 0, not ${options[name]}`);
  process.exit(2);
};
const quick = options.quick ?? false;
const size = {
  payments: number('payments', quick ? 100_000 : 1_000_000), rounds: number('rounds', quick ? 3 : 5),
  customers: quick ? 100_000 : 1_000_000, partners: quick ? 20_000 : 100_000,
  single: quick ? 30_000 : 60_000, batch: quick ? 60_000 : 200_000, grown: 10_000_000,
};

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'trailbook-bench-'));
const running = new Set();
function finish() {
  for (const child of running) child.kill('SIGTERM');
  try {
    execFileSync(path.join(TOP, 'tests/postgres'), ['stop', path.join(dir, 'postgres')]);
  } catch { /* it never started */ }
  fs.rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}
process.on('exit', finish);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

// ---- processes ----

function output(file, args, settings = {}) {
  return execFileSync(file, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'], ...settings });
}

// Starts a server and waits for the line that says where it answers.
async function serve(file, args) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const started = process.hrtime.bigint();
  const address = await new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk) => {
      said += chunk;
      const ready = /ready on (\S+:\d+)\s/.exec(said);
      if (ready) resolve(ready[1]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', () => reject(new Error(`${file} ended: ${said}`)));
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const stop = () => new Promise((done) => {
    if (!running.has(child)) return done();
    child.once('exit', done);
    child.kill('SIGTERM');
  });
  return { address, seconds, pid: child.pid, stop };
}

let seed = 1;
// One run of the load; its last line is the result.
function load(address, mode, payments, more = []) {
  const args = ['--server', address, '--mode', mode, '--payments', payments, '--customers', size.customers, '--partners', size.partners, '--seed', ++seed,
    '--window', 1e9, ...more].map(String);
  return JSON.parse(output(path.join(BIN, 'report_bench'), args).trim().split('\n').at(-1));
}
const prepared = ['--prepared'];

function sqlite(payments) {
  const args = ['--file', path.join(dir, 'floor.db'), '--payments', payments, '--partners', size.partners].map(String);
  return JSON.parse(output(path.join(BIN, 'sqlite_bench'), args)).payments_per_s;
}

// Half of all 4 KiB overwrites are on disk within this many milliseconds.
function fdatasyncMillis() {
  const file = fs.openSync(path.join(dir, 'sync'), 'w');
  const page = Buffer.alloc(4096, 'x');
  const took = [];
  for (let at = 0; at < 300; ++at) {
    const started = process.hrtime.bigint();
    fs.writeSync(file, page, 0, page.length, (at % 64) * page.length);
    fs.fdatasyncSync(file);
    if (at >= 64) took.push(Number(process.hrtime.bigint() - started) / 1e6);
  }
  fs.closeSync(file);
  return median(took);
}

class Postgres {
  constructor() {
    output(path.join(TOP, 'tests/postgres'), ['start', path.join(dir, 'postgres'), 'fsync=on', 'full_page_writes=on', 'shared_buffers=512MB', 'max_wal_size=4GB']);
    this.url = fs.readFileSync(path.join(dir, 'postgres/url'), 'utf8').trim();
    this.psql('-c', 'CREATE DATABASE trailbook', '-v', `customers=${size.customers}`, '-v', `partners=${size.partners}`, '-f', path.join(HERE, 'postgres_peer.sql'));
    const now = Math.floor(Date.now() / 1000);
    const single = (payer) => `\\set payer ${payer}\n`
      + `SELECT report(decode(md5(random()::text || clock_timestamp()::text), 'hex'), customer_key(:payer), 176882, 149900, ${now});\n`;
    fs.writeFileSync(path.join(dir, 'single.sql'), single(`random(1, ${size.customers})`));
    fs.writeFileSync(path.join(dir, 'hot.sql'), single('1'));
    fs.writeFileSync(path.join(dir, 'thousand.sql'), `SELECT report_thousand(${size.customers}, ${now});\n`);
  }
  psql(...args) {
    return output('psql', ['-q', '-X', '-v', 'ON_ERROR_STOP=1', '-d', this.url, ...args]);
  }
  fill(payments) {
    this.run('thousand.sql', 4, ['-t', Math.ceil(payments / 4000)]);
  }
  run(script, clients, length) {
    const args = ['-n', '-M', 'prepared', '-f', path.join(dir, script), '-c', clients, '-j', 2, ...length, this.url].map(String);
    return Number(/tps = ([\d.]+)/.exec(output('pgbench', args, { stdio: ['ignore', 'pipe', 'ignore'] }))[1]);
  }
  // With 32 and 64 clients each of these is slower.
  best(script, counts, seconds) {
    return Math.max(...counts.map((clients) => this.run(script, clients, ['-T', seconds])));
  }
}

// ---- figures ----

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
const targets = [];
// `values`: one a round; `least`: it should be at least the target, else at most.
function judge(id, what, values, target, { least = true, unit = '' } = {}) {
  const value = median(values);
  targets.push({
    id, what, value, target, met: least ? value >= target : value <= target, least, unit, lowest: Math.min(...values), highest: Math.max(...values),
  });
}
const say = (text) => console.error(`# ${text}`);
const perSecond = (run) => run.payments_per_s;
const ratios = (rounds, ours, theirs) => rounds.map((round) => ours(round) / theirs(round));

// ---- what is measured ----

function round(at, echo, syncing, daemon, onPostgres, postgres) {
  say(`round ${at + 1} of ${size.rounds}`);
  const { single, batch } = size;
  const both = (mode, payments, more) => ({
    echo: load(echo.address, mode, payments * 2, [...prepared, ...more]), ours: load(daemon.address, mode, payments, [...prepared, ...more]),
  });
  // What is left of echo's rate if a server does nothing but sync a file before it answers.
  const synced = (count) => load(syncing.address, 'single', single, [...prepared, '--in-flight', count]);
  const seconds = quick ? 2 : 5;
  return {
    s64: { ...both('single', single, ['--in-flight', 64]), synced: synced(64) },
    s256: { ...both('single', single, ['--in-flight', 256]), synced: synced(256) },
    s1: both('single', quick ? 1500 : 5000, ['--in-flight', 1]),
    sync: fdatasyncMillis(),
    stream256: both('stream', single * 2, ['--streams', 4, '--in-flight', 256]),
    stream1024: both('stream', single * 2, ['--streams', 4, '--in-flight', 1024]),
    sqlite: sqlite(batch),
    batch: load(daemon.address, 'batch', batch, [...prepared, '--streams', 8]),
    hot: [64, 256, 1024].map((count) => load(daemon.address, 'single', single, [...prepared, '--in-flight', count, '--hot'])),
    peer: postgres.best('single.sql', [8, 16], seconds),
    peerHot: postgres.best('hot.sql', [2, 4, 8], seconds),
    peerBatch: 1000 * postgres.best('thousand.sql', [1, 2, 4], seconds),
    pgSingle: [64, 256].map((count) => load(onPostgres.address, 'single', Math.ceil(single / 3), [...prepared, '--in-flight', count])),
    pgBatch: load(onPostgres.address, 'batch', Math.ceil(batch / 2), [...prepared, '--streams', 8]),
  };
}

function judgeRounds(rounds) {
  const pair = (name) => ratios(rounds, (r) => perSecond(r[name].ours), (r) => perSecond(r[name].echo));
  judge('1a', 'single reports / echo, 64 in flight', pair('s64'), 0.6);
  judge('1b', 'single reports / echo, 256 in flight', pair('s256'), 0.6);
  judge('2a', 'p99 / echo p99, 64 in flight', ratios(rounds, (r) => r.s64.ours.p99_ms, (r) => r.s64.echo.p99_ms), 2.5, { least: false });
  judge('2b', 'p50 / (echo p50 + fdatasync p50), one in flight', ratios(rounds, (r) => r.s1.ours.p50_ms, (r) => r.s1.echo.p50_ms + r.sync), 1.5, { least: false });
  judge('3a', 'streamed reports / bidi echo, four streams of 256 in flight', pair('stream256'), 0.6);
  judge('3b', 'streamed reports / bidi echo, four streams of 1024 in flight', pair('stream1024'), 0.6);
  judge('4', 'batches of 1000 / SQLite alone, ordered keys', ratios(rounds, (r) => perSecond(r.batch), (r) => r.sqlite), 0.5);
  // Each at its best: the peer with the client counts of `round`, the daemon with 64 or 256 reports in flight, or 1024 for one partner.
  const best = (runs) => Math.max(...runs.map(perSecond));
  judge('6a', 'single reports / plpgsql peer', ratios(rounds, (r) => best([r.s64.ours, r.s256.ours]), (r) => r.peer), 2.5);
  judge('6b', 'one hot partner, up to 1024 in flight / plpgsql peer', ratios(rounds, (r) => best(r.hot), (r) => r.peerHot), 8);
  judge('6c', 'batches of 1000 / set-based peer', ratios(rounds, (r) => perSecond(r.batch), (r) => r.peerBatch), 2);
  judge('pg1', 'on PostgreSQL: batches of 1000 / set-based peer', ratios(rounds, (r) => perSecond(r.pgBatch), (r) => r.peerBatch), 1);
  judge('pg2', 'on PostgreSQL: single reports / plpgsql peer', ratios(rounds, (r) => best(r.pgSingle), (r) => r.peer), 2);
}

function storedBytes(data) {
  return fs.readdirSync(data).filter((name) => name.startsWith('trailbook.db') && !name.endsWith('-shm'))
    .reduce((sum, name) => sum + fs.statSync(path.join(data, name)).size, 0);
}

const tool = (address, ...args) => output(path.join(BIN, 'trailbook'), ['--server', address, '--as', 'bench', '--timeout', '3600', '-o', 'json', ...args]);
function timed(work) {
  const started = process.hrtime.bigint();
  const result = work();
  return [Number(process.hrtime.bigint() - started) / 1e9, result];
}

const EARNERS = 1000;
// Stripe's events of sign-ups and their payments, as a file.
function billingEvents(file, payments, customers) {
  const out = fs.openSync(file, 'w');
  const since = 1760000000;
  const write = (n, count, event) => {
    let lines = '';
    for (let at = n; at < n + count; ++at) lines += `${JSON.stringify(event(at))}\n`;
    fs.writeSync(out, lines);
  };
  const event = (id, type, created, object) => ({ id: `evt_${id}`, object: 'event', api_version: '2025-09-30.clover', created, livemode: true, type, data: { object } });
  const signUp = (n) => event(`s${n}`, 'checkout.session.completed', since + n, {
    id: `cs_${n}`, object: 'checkout.session', mode: 'subscription', status: 'complete', customer: `cus_${n}`, currency: 'inr',
    client_reference_id: `link${n % EARNERS}`, created: since + n });
  const paid = (n) => event(n, 'invoice.paid', since + customers + n, {
    id: `in_${n}`, object: 'invoice', customer: `cus_${(n * 7919) % customers}`, currency: 'inr', status: 'paid', billing_reason: 'subscription_cycle', amount_due: 176882,
    amount_paid: 176882, subtotal: 149900, total: 176882, total_excluding_tax: 149900, total_taxes: [{ amount: 26982, tax_behavior: 'exclusive', taxable_amount: 149900 }],
    parent: { type: 'subscription_details', subscription_details: { subscription: `sub_${n}`, metadata: {} } }, created: since + customers + n,
    status_transitions: { finalized_at: since + customers + n, paid_at: since + customers + n } });
  for (let at = 0; at < customers; at += 1000) write(at, 1000, signUp);
  for (let at = 0; at < payments; at += 1000) write(at, 1000, paid);
  fs.closeSync(out);
}

// Events a second, from the file to the disk: the tool's whole run.
async function importRates() {
  const daemon = await serve(path.join(BIN, 'trailbookd'), ['--data', path.join(dir, 'imports'), '--listen', '127.0.0.1:0', '--log-level', 'warn']);
  const { address } = daemon;
  const file = path.join(dir, 'events.jsonl');
  const [payments, customers] = [quick ? 100_000 : 300_000, 20_000];
  billingEvents(file, payments, customers);
  const partners = path.join(dir, 'partners.csv');
  const rows = Array.from({ length: EARNERS }, (_, n) => `partner-${n},Partner ${n},link${n}`);
  fs.writeFileSync(partners, `partner_id,display_name,link_code\n${rows.join('\n')}\n`);
  const rates = Array.from({ length: size.rounds }, (_, at) => {
    const program = `import-${at}`;
    tool(address, 'program', 'create', program, '--name', 'Import', '--rate-bps', '750', '--hold-days', '30');
    tool(address, 'partner', 'import', partners, '--program', program);
    const [seconds, said] = timed(() => tool(address, 'import', 'stripe', file, '--program', program));
    if (JSON.parse(said).RECORDED !== payments + customers) throw new Error(`the import recorded something else: ${said}`);
    return (payments + customers) / seconds;
  });
  await daemon.stop();
  return rates;
}

// The 99th percentile of earnings reads while `rate` payments a second are written, run by run.
const READ_RUNS = 5, READ_SECONDS = 5;
function reads(address, rate) {
  return Array.from({ length: READ_RUNS }, () => load(address, 'batch', READ_SECONDS * rate, [...prepared, '--streams', 4, '--rate', rate, '--readers', 2]).read_p99_ms);
}
const writtenBesideReads = (rate) => READ_RUNS * READ_SECONDS * rate;

// In MiB, since the daemon's start.
function peakMemory(daemon) {
  return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))[1]) / 1024;
}

// From the rounds' size to ten million, and what must not have changed on the way.
async function grow(daemon, data, before) {
  say(`filling the ledger to ${size.grown} payments`);
  const left = size.grown - before.payments;
  load(daemon.address, 'batch', left, [...prepared, '--streams', 8]);
  const after = [];
  for (let at = 0; at < size.rounds; ++at) {
    after.push({ ours: perSecond(load(daemon.address, 'batch', size.batch, [...prepared, '--streams', 8])), sqlite: sqlite(size.batch) });
  }
  judge('5', 'batches at ten million / before', after.map((r) => r.ours / median(before.rates)), 0.8);
  judge('5b', 'the same, each over SQLite alone beside it', after.map((r) => (r.ours / r.sqlite) / before.ratio), 0.8);
  judge('7', 'earnings read while batches run at half speed, p99 at ten million / before', reads(daemon.address, before.rate).map((p99) => p99 / median(before.reads)), 1.5, { least: false });
  const payments = size.grown + size.rounds * size.batch + writtenBesideReads(before.rate);
  judge('8', 'bytes on disk a payment', [storedBytes(data) / payments], 450, { least: false });
  const writing = peakMemory(daemon);
  await daemon.stop();
  const again = await serve(path.join(BIN, 'trailbookd'), ['--data', data, '--listen', '127.0.0.1:0', '--log-level', 'warn']);
  const [sweep] = timed(() => tool(again.address, 'earnings', 'mature', '--program', 'bench'));
  const [preview] = timed(() => tool(again.address, 'payout', 'preview', '--program', 'bench', '--currency', 'INR'));
  const [verify, verified] = timed(() => tool(again.address, 'ledger', 'verify', '--program', 'bench'));
  const verifying = peakMemory(again);
  await again.stop();
  say(`memory at its peak: ${Math.round(writing)} MiB while payments were written and read, ${Math.round(verifying)} after a start, a sweep, a preview and a verification`);
  judge('9a', "the daemon's memory at its peak, while it wrote and verifying after a start, MiB", [Math.max(writing, verifying)], 512, { least: false });
  judge('9b', 'start-up to ready, s', [again.seconds], 1, { least: false });
  judge('10a', `maturity sweep, ${size.partners} partners, s`, [sweep], 10, { least: false });
  judge('10b', 'payout preview, s', [preview], 10, { least: false });
  judge('10c', 'ledger verify, records/s', [Number(JSON.parse(verified).records) / verify], 300_000);
}

async function main() {
  say(`${size.payments} payments, ${size.customers} customers, ${size.partners} partners (Zipf), ${size.rounds} rounds, on ${os.cpus().length} cores, in ${dir}`);
  const data = path.join(dir, 'books');
  const daemonArgs = ['--listen', '127.0.0.1:0', '--log-level', 'warn'];
  const echo = await serve(path.join(BIN, 'echo_bench'), []);
  const syncing = await serve(path.join(BIN, 'echo_bench'), ['--durable', path.join(dir, 'synced')]);
  const daemon = await serve(path.join(BIN, 'trailbookd'), ['--data', data, ...daemonArgs]);
  const postgres = new Postgres();
  const store = postgres.url.replace(/\/[^/]*$/, '/trailbook');
  const port = 20000 + Math.floor(Math.random() * 12000);
  const onPostgres = await serve(path.join(BIN, 'trailbookd'), ['--data', path.join(dir, 'postgres-books'), '--store', store, '--listen', `127.0.0.1:${port}`, '--log-level', 'warn']);
  say('filling');
  load(daemon.address, 'batch', size.payments, ['--streams', 8]);
  sqlite(size.payments);
  postgres.fill(size.payments);
  load(onPostgres.address, 'batch', size.payments, ['--streams', 8]);
  const rounds = [];
  for (let at = 0; at < size.rounds; ++at) rounds.push(round(at, echo, syncing, daemon, onPostgres, postgres));
  judgeRounds(rounds);
  await onPostgres.stop();
  await echo.stop();
  await syncing.stop();
  judge('11', "import of Stripe's events, file to disk, a second", await importRates(), 60_000);
  if (!quick && !options['no-growth']) say(`so far:\n${table(targets, rounds)}`);
  if (!quick && !options['no-growth']) {
    const rates = rounds.map((r) => perSecond(r.batch));
    const rate = Math.round(median(rates) / 2);
    const written = size.rounds * (5 * size.single + 5000 + 4 * size.single + size.batch) + writtenBesideReads(rate);
    await grow(daemon, data, {
      payments: size.payments + written, rates, ratio: median(ratios(rounds, (r) => perSecond(r.batch), (r) => r.sqlite)), rate, reads: reads(daemon.address, rate),
    });
  }
  await daemon.stop();
  console.log(table(targets, rounds));
  if (options.json) fs.writeFileSync(options.json, `${JSON.stringify({ size, targets, rounds }, null, 1)}\n`);
}

await main();
