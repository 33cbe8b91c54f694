// Checkpoints, receipts and tiles: what the tool writes, judged by verifiers that Trailbook did not write, and every doctored copy refused.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { csvObjects, day, random } from './support/data.mjs';
import { buildGo, sigstore, stranger } from './support/foreign.mjs';
import { BIN, cli, expectCode, ok, run, startDaemon, tempDir } from './support/process.mjs';

const ORIGIN = 'log.acme.example';
const SEED = Number(process.env.TRAILBOOK_DOCTOR_SEED ?? 11);

const filesBelow = (dir) =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(path.join(dir, entry.name)) : [path.join(dir, entry.name)]).sort();

// Some of a file's bits turned, one a copy.
function* doctored(text, count, seed = SEED) {
  const next = random(seed);
  for (let n = 0; n < count; ++n) {
    const bytes = Buffer.from(text);
    const at = Math.floor(next() * bytes.length);
    bytes[at] ^= 1 << Math.floor(next() * 8);
    yield { at, bytes };
  }
}

// A program of one partner whose log has more than one tile.
class Acme {
  static async start(t, payments, args = []) {
    const acme = new Acme();
    acme.t = t;
    acme.dir = tempDir(t);
    acme.data = path.join(acme.dir, 'data');
    acme.args = ['--log-origin', ORIGIN, ...args];
    acme.daemon = await startDaemon(t, acme.data, { args: acme.args });
    await ok(acme.daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000', '--hold-days', '5']));
    await ok(acme.cli('partner', 'create', 'jane', '--name', 'Jane', '--link-code', 'jane', '--payout-method', 'paypal', '--payout-account', 'j@mail.example'));
    await ok(acme.cli('partner', 'create', 'tom', '--name', 'Tom'));
    for (const partner of ['jane', 'tom']) {
      await ok(acme.cli('report', 'sign-up', '--customer', `c-${partner}`, '--partner', partner, '--time', day(-20)));
    }
    await acme.pay('in', payments);
    acme.key = acme.file('key', (await ok(acme.cli('ledger', 'key'))).stdout);
    acme.vkey = readFileSync(acme.key, 'utf8').trim();
    return acme;
  }
  cli(...args) {
    return this.daemon.cli([...args, '--program', 'acme']);
  }
  // The file's path, after `content` went into it.
  file(name, content) {
    const file = path.join(this.dir, name);
    if (content !== undefined) writeFileSync(file, content);
    return file;
  }
  // One event a line: a batch, so that hundreds take no time.
  async pay(prefix, count) {
    const lines = [...Array(count)].map((_, n) => {
      const created = Math.floor(Date.parse(day(-10)) / 1000) + n;
      const invoice = {
        id: `${prefix}${n}`, object: 'invoice', customer: n % 3 === 0 ? 'c-tom' : 'c-jane', currency: 'usd', amount_paid: 1000 + n, total: 1000 + n,
        subtotal: 1000 + n, total_excluding_tax: 1000 + n, status: 'paid', created, status_transitions: { paid_at: created },
      };
      return JSON.stringify({ id: `evt_${prefix}${n}`, object: 'event', type: 'invoice.paid', created, data: { object: invoice } });
    });
    await ok(this.cli('import', 'stripe', this.file(`${prefix}.jsonl`, `${lines.join('\n')}\n`)));
  }
  async head() {
    const [{ size, root_hash }] = csvObjects((await ok(this.cli('ledger', 'head', '-o', 'csv'))).stdout);
    return `${ORIGIN}/acme ${size} ${root_hash}\n`;
  }
  async checkpoint(name) {
    return this.file(name, (await ok(this.cli('ledger', 'checkpoint'))).stdout);
  }
  async restart(data = this.data, args = this.args) {
    await this.daemon.stop();
    this.daemon = await startDaemon(this.t, data, { args });
  }
}

// Offline: nobody answers at that address.
const verify = (...args) => cli(['verify', ...args], { env: { TRAILBOOK_SERVER: '127.0.0.1:1' } });


test('checkpoints and receipts open in Go, in Sigstore and in a verifier of a few lines; doctored ones do not', async (t) => {
  const acme = await Acme.start(t, 300);
  const judges = { go: await buildGo(acme.dir), sigstore, stranger };
  const each = (judge) => Promise.all(Object.entries(judges).map(([name, run]) => judge(name, run)));
  const head = await acme.head();
  const checkpoint = await acme.checkpoint('checkpoint');
  await each(async (name, judge) => assert.equal((await ok(judge(['checkpoint', acme.vkey, checkpoint]))).stdout, head, name));
  let file;
  for (const record of [1, 2, 255, 256, 257, 300]) {
    file = acme.file('receipt', (await ok(acme.cli('ledger', 'receipt', String(record)))).stdout);
    await ok(verify('receipt', file, '--key', acme.vkey));
    await each(async (name, judge) => {
      const { stdout } = await ok(judge(['receipt', acme.vkey, file]));
      assert.ok(stdout.startsWith(head.trim()), `${name} of record ${record}: ${stdout}`);
    });
  }
  const receipt = readFileSync(file, 'utf8');
  const signed = receipt.indexOf('\n\n'); // what comes before it are lines that Go's and Sigstore's packages leave to their caller
  for (const { at, bytes } of doctored(receipt, 60)) {
    const bad = acme.file('doctored', bytes);
    assert.match((await expectCode(1, verify('receipt', bad, '--key', acme.vkey))).stderr, /NOT PROVED: /, `byte ${at}`);
    await each(async (name, judge) => {
      if (name === 'stranger' || at > signed) await expectCode(1, judge(['receipt', acme.vkey, bad]));
    });
  }
  const longer = await acme.pay('more', 1).then(() => acme.checkpoint('longer'));
  for (const [from, to] of [[/index 299/, 'index 298'], [/^extra C/m, 'extra D'], [/\n\n([^\n]*)\n\d+\n/, '\n\n$1\n301\n'], [/\n[A-Za-z0-9+/=]{44}\n/, '\n'],
    [/\n\n[^]*/, `\n\n${readFileSync(longer)}`]]) {
    const text = receipt.replace(from, to);
    assert.notEqual(text, receipt, String(from));
    const bad = acme.file('forged', text);
    await expectCode(1, verify('receipt', bad, '--key', acme.vkey));
    await each((name, judge) => expectCode(1, judge(['receipt', acme.vkey, bad])));
  }
});

test('Go follows the log from one checkpoint to the next, and tiles are all it needs', async (t) => {
  const acme = await Acme.start(t, 20);
  const go = await buildGo(acme.dir);
  const older = await acme.checkpoint('older');
  await acme.pay('later', 600);
  const newer = await acme.checkpoint('newer');
  const size = readFileSync(older, 'utf8').split('\n')[1];
  const { hashes } = JSON.parse((await ok(acme.cli('ledger', 'consistent', size, (await ok(go(['checkpoint', acme.vkey, older]))).stdout.trim().split(' ')[2], '-o', 'json'))).stdout);
  assert.equal((await ok(go(['consistent', acme.vkey, older, newer, ...hashes]))).stdout, await acme.head());
  await expectCode(1, go(['consistent', acme.vkey, older, newer, ...hashes.slice(1)]));
  await ok(verify('checkpoints', older, newer, '--key', acme.vkey, '--tiles', await tiles(acme, 'public')));

  // Published once more: only what is new is fetched, and parts that have become whole are gone.
  const audit = await tiles(acme, 'audit', '--entries');
  const before = filesBelow(audit).map((file) => [file, statSync(file).mtimeMs]);
  await acme.pay('last', 300);
  await tiles(acme, 'audit', '--entries');
  for (const [file, time] of before) {
    if (!/\.p\/|checkpoint$/.test(file)) assert.equal(statSync(file).mtimeMs, time, file);
  }
  assert.ok(!existsSync(path.join(audit, 'tile/0/002.p')), 'tile 2 is whole now');
  for (const directory of [audit, path.join(acme.dir, 'public')]) await ok(go(['tiles', acme.vkey, directory]));
  // What is public says nothing of the company's revenue: hashes and a checkpoint.
  assert.deepEqual(readdirSync(path.join(acme.dir, 'public', 'tile')), ['0', '1']);
});

// Exports the log, proves it in three programs, and gives the directory back.
async function tiles(acme, name, ...more) {
  const directory = path.join(acme.dir, name);
  await ok(acme.cli('ledger', 'tiles', directory, ...more));
  await ok(verify('tiles', directory, '--key', acme.vkey));
  assert.ok((await ok(stranger(['tiles', acme.vkey, directory]))).stdout.startsWith((await acme.head()).trim()));
  return directory;
}

test('with the entries in hand an auditor has the balances, and any other byte is named', async (t) => {
  const acme = await Acme.start(t, 400);
  const go = await buildGo(acme.dir);
  const audit = await tiles(acme, 'audit', '--entries');
  const accounts = csvObjects((await ok(verify('tiles', audit, '--key', acme.vkey, '--accounts', '-o', 'csv'))).stdout);
  const pending = Object.fromEntries(accounts.filter(({ account }) => account === 'liabilities:commission-pending').map((row) => [row.partner_number, -Number(row.balance)]));
  const live = Object.fromEntries(csvObjects((await ok(acme.cli('earnings', 'list', '-o', 'csv'))).stdout).map((row) => [row.partner_id, Number(row.pending) + Number(row.payable)]));
  const payable = Object.fromEntries(accounts.filter(({ account }) => account === 'liabilities:commission-payable').map((row) => [row.partner_number, -Number(row.balance)]));
  assert.ok(live.jane > 0 && live.tom > 0);
  assert.equal((pending[1] ?? 0) + (payable[1] ?? 0), live.jane);
  assert.equal((pending[2] ?? 0) + (payable[2] ?? 0), live.tom);
  const own = (await ok(stranger(['tiles', acme.vkey, audit]))).stdout;
  for (const { account, partner_number: partner, currency, balance } of accounts) {
    if (account === 'liabilities:commission-pending') assert.ok(own.includes(`\n10/${partner}/${currency}/ ${balance}\n`), own);
  }

  const next = random(SEED);
  for (const file of filesBelow(audit)) {
    for (let n = 0; n < 4; ++n) {
      const copy = path.join(acme.dir, 'doctored');
      cpSync(audit, copy, { recursive: true });
      const target = path.join(copy, path.relative(audit, file));
      const bytes = readFileSync(target);
      bytes[Math.floor(next() * bytes.length)] ^= 1 << Math.floor(next() * 8);
      writeFileSync(target, bytes);
      const said = (await expectCode(1, verify('tiles', copy, '--key', acme.vkey))).stderr;
      assert.match(said, /checkpoint|tile\/(\d|entries)\/|record \d+/, file);
      await expectCode(1, stranger(['tiles', acme.vkey, copy]));
      await expectCode(1, go(['tiles', acme.vkey, copy]));
    }
  }
});

test('an earning is proved offline, and what is told differently is not', async (t) => {
  const acme = await Acme.start(t, 4);
  const [commission] = csvObjects((await ok(acme.cli('earnings', 'commissions', 'jane', '-o', 'csv'))).stdout);
  const number = commission.commission ?? commission.number;
  await ok(acme.cli('report', 'refund', 're1', '--payment', commission.payment_id, '--amount', 'USD:5.00', '--time', day(-3)));
  const { stdout } = await ok(acme.cli('earnings', 'receipt', number));
  const file = acme.file('earning.json', stdout);
  const proved = csvObjects((await ok(verify('earning', file, '--key-file', acme.key, '-o', 'csv'))).stdout)[0];
  const shown = JSON.parse((await ok(acme.cli('earnings', 'explain', number, '-o', 'json'))).stdout);
  assert.equal(proved.amount, shown.commission.current_minor_units);
  const earning = JSON.parse(stdout);
  assert.ok(earning.receipts.length >= 2, 'the payment and the refund');
  assert.equal(JSON.parse(earning.receipts[0].record.json).payment_recorded.payment_id, commission.payment_id);
  for (const receipt of earning.receipts) await ok(stranger(['receipt', acme.vkey, acme.file('one.tlog-proof', receipt.tlog_proof)]));

  const changed = (edit) => {
    const copy = JSON.parse(stdout);
    edit(copy);
    return acme.file('changed.json', JSON.stringify(copy));
  };
  const cases = [
    [(e) => (e.explanation.commission.rate_bps = 500), /rate/],
    [(e) => (e.explanation.commission.accrued_minor_units = '1'), /rate times/],
    [(e) => (e.explanation.commission.current_minor_units = '1'), /./],
    [(e) => (e.explanation.commission.payment_id = 'in1'), /payment/],
    [(e) => (e.explanation.commission.collected.minor_units = '1'), /collected/],
    [(e) => (e.partner_number = '2'), /partner/],
    [(e) => e.receipts.pop(), /./],
    [(e) => e.receipts.shift(), /receipt/],
    [(e) => (e.receipts = []), /receipt/],
  ];
  for (const [edit, why] of cases) {
    const { stderr } = await expectCode(1, verify('earning', changed(edit), '--key-file', acme.key));
    assert.match(stderr, /NOT PROVED/, String(edit));
    assert.match(stderr, why, String(edit));
  }
  await expectCode(1, verify('earning', acme.file('none.json', '{}'), '--key-file', acme.key));
});

test('a statement is complete or it is not', async (t) => {
  const acme = await Acme.start(t, 30);
  const directory = await tiles(acme, 'audit', '--entries');
  const { stdout } = await ok(acme.cli('earnings', 'statement', 'jane', '--currency', 'USD', '--from', day(-30), '-o', 'json'));
  const check = (text) => verify('statement', acme.file('statement.json', text), '--tiles', directory, '--key', acme.vkey);
  await ok(check(stdout));
  assert.ok(JSON.parse(stdout).lines.length >= 20);
  const changed = (edit) => {
    const copy = JSON.parse(stdout);
    edit(copy);
    return JSON.stringify(copy);
  };
  for (const [edit, why] of [
    [(s) => s.lines.splice(7, 1), /MISSING in the statement/],
    [(s) => s.lines.pop(), /MISSING in the statement/],
    [(s) => s.lines.push(s.lines.at(-1)), /not in the log/],
    [(s) => (s.lines[3].amount_minor_units = '1'), /is \d+ by the log, and 1 in the statement/],
    [(s) => (s.opening_minor_units = '1'), /opening/],
    [(s) => (s.closing_minor_units = '1'), /closing/],
    [(s) => (s.earned_minor_units = '1'), /earned/],
    [(s) => (s.paid_minor_units = '1'), /paid/],
    [(s) => (s.partner_number = '2'), /./],
    [(s) => (s.from_date = s.to_date), /./],
    [(s) => (s.log_size = '99999'), /fetch them again/],
    [(s) => delete s.partner_number, /partner_number/],
  ]) {
    const { stderr } = await expectCode(1, check(changed(edit)));
    assert.match(stderr, /NOT PROVED/, String(edit));
    assert.match(stderr, why, String(edit));
  }
  await expectCode(1, check('no JSON'));
  await ok(acme.cli('ledger', 'tiles', path.join(acme.dir, 'public')));
  const bare = await expectCode(2, verify('statement', acme.file('statement.json', stdout), '--tiles', path.join(acme.dir, 'public'), '--key', acme.vkey));
  assert.match(bare.stderr, /--entries/);
});

test('a restored backup is found out by whoever kept a checkpoint, and the daemon does not sign it', async (t) => {
  const acme = await Acme.start(t, 10);
  const backup = path.join(acme.dir, 'backup.db');
  const state = path.join(acme.dir, 'seen');
  const watch = () => acme.cli('ledger', 'watch', '--state', state, '--key-file', acme.key);
  const [saved] = csvObjects((await ok(acme.daemon.cli(['server', 'backup', backup, '-o', 'csv']))).stdout);
  assert.equal(`${ORIGIN}/acme ${saved.size} ${saved.root_hash}\n`, await acme.head());
  assert.match((await expectCode(5, acme.daemon.cli(['server', 'backup', backup]))).stderr, /there already/);
  assert.match((await expectCode(2, acme.daemon.cli(['server', 'backup', '/nowhere/backup.db']))).stderr, /path: the daemon cannot write to \/nowhere\/: No such file/);
  await ok(watch());
  await acme.pay('later', 5);
  const kept = await acme.checkpoint('kept');
  await ok(watch());

  // Starting on the backup alone, with the same keys: nothing contradicts what this directory signed, and it was signed by another.
  await acme.daemon.stop();
  const restored = path.join(acme.dir, 'restored');
  await restore(acme, restored, backup);
  await ok(acme.cli('ledger', 'verify'));
  const loud = await expectCode(1, watch());
  assert.match(loud.stderr, /HISTORY WAS CUT: the log had \d+ records and has \d+ now/);
  const [evidence] = readdirSync(acme.dir).filter((name) => name.startsWith('seen.evidence'));
  assert.ok(readFileSync(path.join(acme.dir, evidence), 'utf8').includes(readFileSync(kept, 'utf8')));

  // Grown anew past the old size it is another history.
  await acme.pay('other', 20);
  const forked = await acme.checkpoint('forked');
  assert.match((await expectCode(1, watch())).stderr, /HISTORY WAS REWRITTEN/);
  const directory = await tiles(acme, 'tiles');
  const proof = await expectCode(1, verify('checkpoints', kept, forked, '--key', acme.vkey, '--tiles', directory, '--evidence', acme.file('proof')));
  assert.match(proof.stderr, /HISTORY WAS REWRITTEN/);
  assert.ok(readFileSync(acme.file('proof'), 'utf8').includes(readFileSync(forked, 'utf8')));

  // With the checkpoints that were signed beside it, the daemon itself says so.
  cpSync(path.join(acme.data, 'checkpoints'), path.join(restored, 'checkpoints'), { recursive: true });
  assert.match((await expectCode(1, acme.cli('ledger', 'checkpoint'))).stderr, /LOG_FORKED/);
  assert.match((await expectCode(1, acme.cli('ledger', 'verify'))).stderr, /was signed/);
  await acme.restart(restored);
  assert.match(acme.daemon.stderr, /the log is not the one that was signed.*program="acme"/);
});

// Stops the daemon and starts it on a copy: the store, and the keys.
async function restore(acme, data, backup) {
  cpSync(acme.data, data, { recursive: true, filter: (file) => !/trailbook\.(db|lock)|checkpoints/.test(file) });
  copyFileSync(backup, path.join(data, 'trailbook.db'));
  acme.daemon = await startDaemon(acme.t, data, { args: acme.args });
}

test('witnesses cosign what they saw continue, and a receipt can rest on them', async (t) => {
  const acme = await Acme.start(t, 10);
  const witness = ['--witness-key', path.join(acme.dir, 'witness.keys'), '--witness-name', 'auditor.example'];
  const watch = () => acme.cli('ledger', 'watch', '--state', path.join(acme.dir, 'seen'), '--key-file', acme.key, ...witness);
  const first = await watch();
  const witnessKey = first.stderr.match(/--witness (\S+)/)[1];
  assert.equal(first.code, 5, 'the daemon does not know the witness yet');
  assert.match((await expectCode(3, acme.cli('ledger', 'checkpoint', '--cosigned'))).stderr, /NOT_FOUND/);
  await acme.restart(acme.data, [...acme.args, '--witness', witnessKey]);
  await ok(watch());
  const cosigned = acme.file('cosigned', (await ok(acme.cli('ledger', 'checkpoint', '--cosigned'))).stdout);
  const seen = (await ok(stranger(['cosigned', acme.vkey, witnessKey, cosigned]))).stdout.trim().split(' ');
  assert.ok(Math.abs(Number(seen[3]) - Date.now() / 1000) < 600, seen.join(' '));

  await acme.pay('later', 5);
  const receipt = acme.file('receipt', (await ok(acme.cli('ledger', 'receipt', '3', '--cosigned'))).stdout);
  await ok(stranger(['cosigned', acme.vkey, witnessKey, acme.file('note', readFileSync(receipt, 'utf8').split('\n\n').slice(1).join('\n\n'))]));
  await ok(verify('receipt', receipt, '--key', acme.vkey));
  const [{ size }] = csvObjects((await ok(acme.cli('ledger', 'head', '-o', 'csv'))).stdout);
  assert.match((await expectCode(2, acme.cli('ledger', 'receipt', size, '--cosigned'))).stderr, /cosigned/);
  const mine = await acme.checkpoint('mine');
  assert.match((await expectCode(2, acme.cli('ledger', 'cosign', mine))).stderr, /BAD_SIGNATURE/);
});

test('keys change while both sign, and a key of somebody else is refused', async (t) => {
  const acme = await Acme.start(t, 3);
  const old = acme.vkey;
  await acme.daemon.stop();
  const added = await ok(runDaemon(acme, ['--add-key']));
  assert.match(added.stdout + added.stderr, /key/);
  await acme.restart();
  const both = (await ok(acme.cli('ledger', 'key'))).stdout.trim().split('\n');
  assert.equal(both.length, 2);
  assert.equal(both[1], old);
  const checkpoint = await acme.checkpoint('checkpoint');
  for (const key of both) await ok(stranger(['checkpoint', key, checkpoint]));
  assert.equal(statSync(path.join(acme.data, 'log.keys')).mode & 0o777, 0o600);

  const other = await Acme.start(t, 3);
  const receipt = acme.file('receipt', (await ok(acme.cli('ledger', 'receipt', '3'))).stdout);
  await ok(verify('receipt', receipt, '--key', old));
  assert.match((await expectCode(1, verify('receipt', receipt, '--key', other.vkey))).stderr, /NOT PROVED/);
  assert.match((await expectCode(2, verify('receipt', receipt, '--key', 'nonsense'))).stderr, /verifier key/);
  assert.match((await expectCode(2, verify('receipt', receipt))).stderr, /--key/);

  await acme.daemon.stop();
  const refused = await runDaemon(acme, ['--log-origin', 'another.example'], '--log-origin');
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /log\.acme\.example/);
  const untouched = path.join(acme.dir, 'untouched');
  const wrong = await expectCode(2, run(path.join(BIN, 'trailbookd'), ['--data', untouched, '--witness', 'abc']));
  assert.match(wrong.stderr, /--witness: "abc" is not a verifier key/);
  assert.ok(!existsSync(untouched), 'nothing was made');
});

// The daemon to its end, on the data of a daemon that was stopped.
const runDaemon = (acme, args, without) =>
  run(path.join(BIN, 'trailbookd'), ['--data', acme.data, '--listen', '127.0.0.1:0', ...(without ? [] : acme.args), ...args]);
