// Bad input: each gets a clear error, and nothing is lost or changed by it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { csvObjects, day, readLines } from './support/data.mjs';
import { billingStream } from './support/billing.mjs';
import { BIN, expectCode, freePort, launchDaemon, ok, run, startDaemon, tempDir } from './support/process.mjs';

async function start(t) {
  const dir = tempDir(t);
  const daemon = await startDaemon(t, path.join(dir, 'data'));
  const trailbook = (...args) => daemon.cli([...args, '--program', 'acme', '-o', 'csv']);
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000']));
  await ok(trailbook('partner', 'create', 'jane', '--name', 'Jane', '--link-code', 'jane', '--rate-bps', '900'));
  await ok(trailbook('report', 'sign-up', '--customer', 'cus_1', '--link', 'jane', '--time', day(-10)));
  return { dir, daemon, trailbook };
}

const head = async (trailbook) => (await ok(trailbook('ledger', 'head'))).stdout;
const counts = (result) => Object.fromEntries(csvObjects(result.stdout).map((row) => [row.outcome, Number(row.events ?? row.partners)]));

// Refused with `code`, saying `text`; and the ledger is as it was.
async function assertRefused(trailbook, code, text, ...args) {
  const before = await head(trailbook);
  const refused = await expectCode(code, trailbook(...args));
  assert.match(refused.stderr, text, args.join(' '));
  assert.equal(refused.stdout, '');
  assert.equal(await head(trailbook), before, args.join(' '));
}

test('a malformed line is named with its number, the rest goes on, and the rejected file can be mended and imported', async (t) => {
  const { dir, daemon } = await start(t);
  const { partners, events } = billingStream(9, { customers: 20, partners: 3 });
  const lines = events.map((event) => event.line);
  const broken = [...lines];
  const [first, second] = ['invoice.paid', 'checkout.session.completed'].map((type) => lines.findIndex((line) => line.includes(`"${type}"`)));
  broken[first] = lines[first].slice(0, -5); // not JSON any more
  broken[second] = lines[second].replace('"created"', '"creatd"');
  const files = Object.fromEntries(['partners.csv', 'good.jsonl', 'broken.jsonl'].map((name) => [name, path.join(dir, name)]));
  writeFileSync(files['partners.csv'], partners);
  writeFileSync(files['good.jsonl'], lines.join('\n') + '\n');
  writeFileSync(files['broken.jsonl'], broken.join('\r\n') + '\r\n');
  for (const program of ['good', 'mended']) {
    await ok(daemon.cli(['program', 'create', program, '--name', program, '--rate-bps', '750']));
    await ok(daemon.cli(['partner', 'import', files['partners.csv'], '--program', program]));
  }
  const whole = counts(await ok(daemon.cli(['import', 'stripe', files['good.jsonl'], '--program', 'good', '-o', 'csv'])));

  const partly = await expectCode(6, daemon.cli(['import', 'stripe', files['broken.jsonl'], '--program', 'mended', '-o', 'csv']));
  assert.equal(counts(partly).REFUSED, 2);
  assert.match(partly.stderr, new RegExp(`broken.jsonl: line ${first + 1}: malformed event: is not JSON`));
  assert.match(partly.stderr, new RegExp(`broken.jsonl: line ${second + 1}: malformed event: .*created`));
  const sum = (all) => Object.values(all).reduce((a, b) => a + b, 0);
  assert.equal(sum(counts(partly)), sum(whole), 'every line has an outcome');

  const rejected = `${files['broken.jsonl']}.rejected.jsonl`;
  const refused = readLines(rejected);
  assert.deepEqual(refused, [first, second].sort((a, b) => a - b).map((at) => broken[at]));
  writeFileSync(rejected, refused.map((line) => lines[broken.indexOf(line)]).join('\n') + '\n');
  const mended = await ok(daemon.cli(['import', 'stripe', rejected, '--program', 'mended', '-o', 'csv']));
  assert.equal(counts(mended).REFUSED, undefined);
  const list = (program) => daemon.cli(['earnings', 'list', '--program', program, '-o', 'csv']);
  assert.equal((await ok(list('mended'))).stdout, (await ok(list('good'))).stdout);
});

test('an import names the line of an event that the ledger refuses', async (t) => {
  const { dir, trailbook } = await start(t);
  const created = Math.floor(Date.now() / 1000) - 3600;
  const invoice = (id, change) =>
    JSON.stringify({ type: 'invoice.paid', created, data: { object: { id, customer: 'cus_1', currency: 'usd', amount_paid: 100,
      total: 100, total_excluding_tax: 100, status_transitions: { paid_at: created }, ...change } } });
  const lines = [invoice('in_1', {}), invoice('in_2', { currency: 'zzz' }), invoice('in_3', { amount_paid: -5 }),
    invoice('in_4', { amount_paid: 2 ** 70 }), '', invoice('in_1', { amount_paid: 50 }), invoice('in_5', { status_transitions: { paid_at: 99999999999 } }),
    '[]', invoice('in_6', { amount_paid: 1.5 }), invoice('in_7', {})];
  const file = path.join(dir, 'events.jsonl');
  writeFileSync(file, lines.join('\n'));
  const partly = await expectCode(6, trailbook('import', 'stripe', file, '--rejected', path.join(dir, 'again.jsonl')));
  for (const [line, why] of [[2, /UNKNOWN_CURRENCY/], [3, /amount_paid is negative/], [4, /amount_paid/], [6, /EVENT_CONFLICT/],
    [7, /TIME_OUT_OF_RANGE/], [8, /not a JSON object/], [9, /amount_paid/]]) {
    const said = partly.stderr.split('\n').find((text) => text.includes(`line ${line}:`));
    assert.match(said ?? `nothing about line ${line}\n${partly.stderr}`, why);
  }
  assert.equal(counts(partly).REFUSED, 7);
  assert.equal(readLines(path.join(dir, 'again.jsonl')).length, 7);
  const [earned] = csvObjects((await ok(trailbook('earnings', 'show', 'jane'))).stdout);
  assert.equal(BigInt(earned.pending) + BigInt(earned.payable), 18n, 'the two good lines are in the ledger');
});

test('amounts, currencies, rates and times that cannot be', async (t) => {
  const { trailbook } = await start(t);
  const pay = (...args) => ['report', 'payment', 'in_1', '--customer', 'cus_1', ...args];
  for (const [text, ...args] of [
    [/ZZZ is not an ISO 4217 currency/, ...pay('--collected', 'ZZZ:1.00')],
    [/is below 0.*AMOUNT_OUT_OF_RANGE/, ...pay('--collected', 'USD:-1.00')],
    [/not a number of 64 bits/, ...pay('--collected', 'USD:92233720368547758.08')],
    [/USD has 2 decimals/, ...pay('--collected', 'USD:1.001')],
    [/JPY has 0 decimals/, ...pay('--collected', 'JPY:1.5')],
    [/BASE_ABOVE_COLLECTED/, ...pay('--collected', 'USD:1.00', '--base', 'USD:1.01')],
    [/is below 0.*AMOUNT_OUT_OF_RANGE/, ...pay('--collected', 'USD:1.00', '--base', 'USD:-0.01')],
    [/same currency/, ...pay('--collected', 'USD:1.00', '--base', 'EUR:1.00')],
    [/TIME_OUT_OF_RANGE/, ...pay('--collected', 'USD:1.00', '--time', '1999-12-31')],
    [/TIME_OUT_OF_RANGE/, ...pay('--collected', 'USD:1.00', '--time', day(400))],
    [/TIME_OUT_OF_RANGE/, ...pay('--collected', 'USD:1.00', '--time', '9999-12-31')],
    [/is not a time/, ...pay('--collected', 'USD:1.00', '--time', '2026-13-45')],
    [/RATE_ABOVE_CAP/, 'program', 'terms', 'publish', '--rate-bps', '1001'],
    [/RATE_ABOVE_CAP/, 'program', 'terms', 'publish', '--rate-bps', '-1'],
    [/RATE_ABOVE_CAP/, 'partner', 'create', 'rich', '--name', 'Rich', '--rate-bps', '1001'],
    [/RATE_ABOVE_CAP/, 'partner', 'set-rate', 'jane', '--rate-bps', '1001'],
    [/RETROACTIVE/, 'partner', 'set-rate', 'jane', '--rate-bps', '1000', '--effective', day(-2)],
    [/RETROACTIVE/, 'program', 'terms', 'publish', '--rate-bps', '1000', '--effective', day(-2)],
    [/INVALID_FIELD/, 'partner', 'create', 'Jane Doe', '--name', 'x'],
    [/as_of_date/, 'earnings', 'list', '--as-of', '2026-02-30'],
    [/INVALID_FIELD/, 'report', 'sign-up', '--customer', ''],
  ]) {
    await assertRefused(trailbook, 2, text, ...args);
  }
});

test('one refund above what was collected is refused; more of them than that are recorded', async (t) => {
  const { trailbook } = await start(t);
  await ok(trailbook('report', 'payment', 'in_1', '--customer', 'cus_1', '--collected', 'USD:100.00'));
  await assertRefused(trailbook, 2, /REFUND_ABOVE_COLLECTED/, 'report', 'refund', 're_1', '--payment', 'in_1', '--amount', 'USD:100.01');
  await assertRefused(trailbook, 2, /REFUND_ABOVE_COLLECTED/, 'report', 'dispute', 'dp_1', '--payment', 'in_1', '--amount', 'USD:100.01', '--state', 'open');
  await assertRefused(trailbook, 2, /AMOUNT_OUT_OF_RANGE/, 'report', 'refund', 're_1', '--payment', 'in_1', '--amount', 'USD:0.00');
  await assertRefused(trailbook, 2, /currency/i, 'report', 'refund', 're_1', '--payment', 'in_1', '--amount', 'EUR:1.00');
  await ok(trailbook('report', 'refund', 're_1', '--payment', 'in_1', '--amount', 'USD:60.00'));
  await ok(trailbook('report', 'refund', 're_2', '--payment', 'in_1', '--amount', 'USD:60.00'));
  const [earned] = csvObjects((await ok(trailbook('earnings', 'show', 'jane'))).stdout);
  assert.deepEqual([earned?.pending ?? '0', earned?.receivable ?? '0'], ['0', '0']);
  const [commission] = csvObjects((await ok(trailbook('earnings', 'commissions', 'jane'))).stdout);
  assert.deepEqual([commission.accrued, commission.now], ['900', '0']);
});

test('the same id with other content is a conflict and changes nothing', async (t) => {
  const { trailbook } = await start(t);
  const pay = (amount, customer = 'cus_1') => ['report', 'payment', 'in_1', '--customer', customer, '--collected', amount, '--time', day(-1)];
  const refund = (amount, state = 'succeeded') => ['report', 'refund', 're_1', '--payment', 'in_1', '--amount', amount, '--state', state, '--time', day(-1)];
  await ok(trailbook(...pay('USD:100.00')));
  await ok(trailbook(...refund('USD:10.00')));
  await assertRefused(trailbook, 5, /EVENT_CONFLICT/, ...pay('USD:100.01'));
  await assertRefused(trailbook, 5, /EVENT_CONFLICT/, ...pay('EUR:100.00'));
  await assertRefused(trailbook, 5, /EVENT_CONFLICT/, ...pay('USD:100.00', 'cus_2'));
  await assertRefused(trailbook, 5, /EVENT_CONFLICT/, ...refund('USD:11.00'));
  const again = await ok(trailbook(...pay('USD:100.00')));
  assert.equal(csvObjects(again.stdout)[0].replayed, 'yes');
  // Parked events are held to their first content as well.
  await ok(trailbook('report', 'payment', 'in_2', '--customer', 'later', '--collected', 'USD:5.00', '--time', day(-1)));
  await assertRefused(trailbook, 5, /EVENT_CONFLICT/, 'report', 'payment', 'in_2', '--customer', 'later', '--collected', 'USD:6.00', '--time', day(-1));
});

test('a partner file again with another rate or bank detail: the differences are listed, nothing is changed', async (t) => {
  const { dir, trailbook } = await start(t);
  const file = path.join(dir, 'partners.csv');
  const header = 'partner_id,display_name,email,link_code,coupon_code,country,payout_method,payout_account,rate_bps\n';
  const [ann, ben] = ['ann,Ann,ann@mail.example,ann,,DE,sepa,DE89370400440532013000,800\n', 'ben,"Ben, the elder",,ben,BEN10,US,ach,021000021/0699642630,\n'];
  const write = (...rows) => writeFileSync(file, header + rows.join(''));
  write(ann, ben);
  assert.deepEqual(counts(await ok(trailbook('partner', 'import', file))), { CREATED: 2 });
  const before = [(await ok(trailbook('partner', 'list'))).stdout, await head(trailbook)];
  assert.deepEqual(counts(await ok(trailbook('partner', 'import', file))), { UNCHANGED: 2 });

  write(ann.replace('800', '900'), ben.replace('0699642630', '0699642631'));
  const differs = await expectCode(6, trailbook('partner', 'import', file));
  assert.deepEqual(counts(differs), { DIFFERS: 2 });
  assert.match(differs.stderr, /line 2: ann exists with another rate_bps: "800", the file says "900"; nothing was changed/);
  assert.match(differs.stderr, /line 3: ben exists with another payout_account/);
  assert.doesNotMatch(differs.stderr, /069964263/, 'bank details are masked');
  assert.deepEqual([(await ok(trailbook('partner', 'list'))).stdout, await head(trailbook)], before);

  // A refused row does not stop the others; the rejected file can be imported after mending.
  write('cleo,Cleo,,,,,none,,1001\n', 'dan,Dan,,ann,,,none,,\n', 'eve,Eve,,,,,pigeon,DE89370400440532013000,\n', 'fay,Fay,,,,,none\n', 'gus,Gus,,,,,none,,\n',
    'hal,Hal,,,,,sepa,DE89370400440532013001,\n');
  const partly = await expectCode(6, trailbook('partner', 'import', file));
  assert.deepEqual(counts(partly), { CREATED: 1, REFUSED: 5 });
  for (const [line, why] of [[2, /RATE_ABOVE_CAP/], [3, /ALREADY_EXISTS/], [4, /INVALID_FIELD/], [5, /has 7 fields instead of 9/],
    [7, /payout_method\.account: the check digits of the IBAN do not fit/]]) {
    assert.match(partly.stderr.split('\n').find((text) => text.includes(`line ${line}:`)) ?? '', why, `line ${line}\n${partly.stderr}`);
  }
  assert.doesNotMatch(partly.stderr, /DE8937/, 'bank details stay out of messages');
  const rejected = `${file}.rejected.csv`;
  assert.ok(existsSync(rejected));
  const text = readFileSync(rejected, 'utf8');
  assert.ok(text.startsWith(header.trim()), text);
  writeFileSync(rejected, text.replace('1001', '1000').replace('dan,Dan,,ann', 'dan,Dan,,dan').replace('pigeon', 'sepa').replace('013001', '013000').replace(/fay,Fay,,,,,none\r?\n/, 'fay,Fay,,,,,none,,\n'));
  assert.deepEqual(counts(await ok(trailbook('partner', 'import', rejected))), { CREATED: 5 });
});

test('a file that is no partner file says what is wrong with it', async (t) => {
  const { dir, trailbook } = await start(t);
  const file = path.join(dir, 'partners.csv');
  for (const [text, why] of [['', /is empty/], ['partner_id,colour\n', /unknown column "colour"/], ['partner_id\nx\n', /"display_name" is missing/],
    ['partner_id,display_name\n"a,b\n', /line \d/]]) {
    writeFileSync(file, text);
    await assertRefused(trailbook, 2, why, 'partner', 'import', file);
  }
  await assertRefused(trailbook, 1, /cannot read .*nowhere.csv: No such file/, 'partner', 'import', path.join(dir, 'nowhere.csv'));
  await assertRefused(trailbook, 1, /cannot read .*nowhere.jsonl: No such file/, 'import', 'stripe', path.join(dir, 'nowhere.jsonl'));
});

// The daemon leaves with `code` and says why.
async function assertNoStart(daemon, code, text) {
  assert.deepEqual(await daemon.exited, { code, signal: null }, daemon.stderr);
  assert.match(daemon.stderr, text);
}

test('a data directory that another process holds: the message names the holder', async (t) => {
  const { daemon } = await start(t);
  await assertNoStart(launchDaemon(daemon.data), 1, new RegExp(`held by another trailbookd \\(pid ${daemon.child.pid} since .*\\); one process`));
  await ok(daemon.cli(['program', 'show', 'acme']));
  await daemon.kill(); // a lock does not outlive its holder
  await (await startDaemon(t, daemon.data)).stop();
});

test('a newer schema is refused and left as it is', async (t) => {
  const { daemon } = await start(t);
  await daemon.stop();
  await ok(run('sqlite3', [daemon.file, "INSERT INTO schema_migration (version, checksum) VALUES (999, 'of a later day')"]));
  const before = readFileSync(daemon.file);
  await assertNoStart(launchDaemon(daemon.data), 1, /schema.*999/);
  await assertNoStart(launchDaemon(daemon.data, { args: ['--migrate'] }), 1, /schema.*999/);
  assert.ok(before.equals(readFileSync(daemon.file)));
});

test('a file that is no ledger is refused and left as it is', async (t) => {
  const data = tempDir(t);
  const file = path.join(data, 'trailbook.db');
  writeFileSync(file, 'this is not a database, it is a letter to a friend\n'.repeat(100));
  const before = readFileSync(file);
  await assertNoStart(launchDaemon(data), 1, /trailbook\.db|not a database/);
  assert.ok(before.equals(readFileSync(file)));
});

test('an address that others could reach is refused; a port that is taken is named', async (t) => {
  const data = tempDir(t);
  for (const listen of ['0.0.0.0:0', '[::]:0', '10.0.0.1:7420', 'example.com:7420']) {
    const refused = await expectCode(2, run(path.join(BIN, 'trailbookd'), ['--data', data, '--listen', listen]));
    assert.match(refused.stderr, /will not listen on .*only loopback/, listen);
  }
  for (const listen of ['127.0.0.1', '127.0.0.1:x', '127.0.0.1:70000', '']) {
    const refused = await expectCode(2, run(path.join(BIN, 'trailbookd'), ['--data', data, '--listen', listen]));
    assert.match(refused.stderr, /is not HOST:PORT/, listen);
  }
  const port = await freePort();
  const taken = net.createServer().listen(port, '127.0.0.1');
  t.after(() => taken.close());
  await assertNoStart(launchDaemon(data, { port }), 1, new RegExp(`cannot listen on 127.0.0.1:${port}`));
});

test('what the daemon does not know on its command line is named in one line, with the help to read', async () => {
  for (const [args, why] of [
    [['--dta', '/tmp/x'], /--dta.* See: trailbookd --help/],
    [['--data', '/tmp/x', '--log-level', 'loud'], /--log-level: loud .*See: trailbookd --help/],
    [['--data', '/tmp/x', '--readers', '0'], /--readers: .*1 to 64. See: trailbookd --help/],
    [['copy', '--to', '/tmp/x'], /--from is required. See: trailbookd copy --help/],
  ]) {
    const refused = await expectCode(2, run(path.join(BIN, 'trailbookd'), args));
    assert.match(refused.stderr, /^trailbookd: [^\n]*\n$/);
    assert.match(refused.stderr, why);
    assert.equal(refused.stdout, '');
  }
});

test('a bad configuration file is named with its line', async (t) => {
  const data = tempDir(t);
  const file = path.join(data, 'trailbook.toml');
  const start = (...args) => run(path.join(BIN, 'trailbookd'), ['--data', data, '--listen', '127.0.0.1:0', ...args]);
  for (const [text, why] of [
    ['readers = 2\ncolour = "red"\n', /trailbook\.toml:2: unknown key "colour"/],
    ['readers = 2\nlog_level = 7\n', /trailbook\.toml:2: log_level must be text/],
    ['\n\nreaders = = 2\n', /trailbook\.toml:3: /],
    ['reflection = "no"\n', /trailbook\.toml:1: reflection must be true or false/],
    ['log_level = "loud"\n', /log_level/],
    ['readers = 0\n', /readers/],
    ['drain_grace_ms = -1\n', /drain_grace_ms/],
    ['log_format = "xml"\n', /log_format/],
  ]) {
    writeFileSync(file, text);
    for (const args of [[], ['--config', file]]) {
      const started = start(...args);
      const timer = setTimeout(() => started.child.kill('SIGKILL'), 1500);
      const refused = await started;
      clearTimeout(timer);
      assert.equal(refused.code, 2, `${text} was taken: ${refused.stderr}`);
      assert.match(refused.stderr, why);
    }
  }
  const missing = await expectCode(2, start('--config', path.join(data, 'nowhere.toml')));
  assert.match(missing.stderr, /nowhere\.toml/);
});
