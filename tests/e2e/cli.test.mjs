// The command-line tool: every noun and verb in every format, exit codes, help, and where it talks.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { keepBooks } from './support/books.mjs';
import { csvObjects, day, parseCsv } from './support/data.mjs';
import { cli, expectCode, freePort, ok, startDaemon, tempDir } from './support/process.mjs';

const PROGRAM = ['--program', 'acme'];
const once = (id) => ['--request-id', id];
const BATCH = (number, verb, ...more) => ['payout', verb, number, ...more, ...PROGRAM];

// In an order in which each finds what it needs. What changes something is told three times, in three formats: the id makes that harmless.
const calls = (dir) => [
  ['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000', '--hold-days', '0', '--minimum', 'USD:1.00', ...once('p')],
  ['program', 'show', 'acme'],
  ['program', 'list'],
  ['program', 'terms', 'publish', '--rate-bps', '900', '--hold-days', '0', ...PROGRAM, ...once('t')],
  ['program', 'terms', 'list', ...PROGRAM],
  ['partner', 'import', path.join(dir, 'three.csv'), ...PROGRAM],
  ['partner', 'create', 'jane', '--name', 'Jane "J." Iyer, née Rao', '--payout-method', 'paypal', '--payout-account', 'j@mail.example', ...PROGRAM, ...once('j')],
  ['partner', 'show', 'jane', ...PROGRAM],
  ['partner', 'list', ...PROGRAM],
  ['partner', 'set-rate', 'jane', '--rate-bps', '800', ...PROGRAM, ...once('r')],
  ['partner', 'set-payout-method', 'jane', '--payout-method', 'paypal', '--payout-account', 'jane@mail.example', ...PROGRAM, ...once('m')],
  ['link', 'create', 'jane', '--partner', 'jane', '--destination', 'https://acme.example', ...PROGRAM, ...once('l')],
  ['link', 'create', 'JANE10', '--coupon', '--partner', 'jane', ...PROGRAM, ...once('c')],
  ['link', 'list', ...PROGRAM],
  ['link', 'resolve', ' Jane10 ', ...PROGRAM],
  ['link', 'disable', 'jane10', ...PROGRAM, ...once('d')],
  ['report', 'sign-up', '--customer', 'cus_1', '--link', 'jane', '--time', '2026-01-01T00:00:00Z', ...PROGRAM],
  ['report', 'payment', 'in_1', '--customer', 'cus_1', '--collected', 'USD:118.00', '--base', 'USD:100.00', '--time', day(-3), ...PROGRAM],
  ['report', 'alias', 'in_1', 'pi_1', '--time', day(-3), ...PROGRAM],
  ['report', 'refund', 're_1', '--payment', 'pi_1', '--amount', 'USD:59.00', '--time', day(-2), ...PROGRAM],
  ['report', 'dispute', 'dp_1', '--payment', 'pi_1', '--amount', 'USD:59.00', '--state', 'open', '--time', day(-2), ...PROGRAM],
  ['report', 'dispute', 'dp_1', '--payment', 'pi_1', '--amount', 'USD:59.00', '--state', 'won', '--time', day(-1), ...PROGRAM],
  ['import', 'stripe', path.join(dir, 'events.jsonl'), ...PROGRAM],
  ['earnings', 'mature', ...PROGRAM],
  ['earnings', 'list', ...PROGRAM],
  ['earnings', 'show', 'jane', ...PROGRAM],
  ['earnings', 'commissions', 'jane', ...PROGRAM],
  ['earnings', 'explain', 'COMMISSION', ...PROGRAM],
  ['earnings', 'statement', 'jane', '--currency', 'USD', '--from', day(-5), ...PROGRAM],
  ['payout', 'preview', '--currency', 'USD', ...PROGRAM],
  ['payout', 'create', '--currency', 'USD', '--draft', ...PROGRAM, ...once('b1')],
  BATCH('1', 'submit', ...once('b1s')),
  BATCH('1', 'cancel', '--reason', 'wrong', ...once('b1c')),
  ['payout', 'create', '--currency', 'USD', ...PROGRAM, ...once('b2')],
  BATCH('2', 'approve', '--content-hash', 'HASH', '--as', 'noor', ...once('b2a')),
  BATCH('2', 'export', ...once('b2e')),
  BATCH('2', 'unknown', '1', '--reason', 'no answer', ...once('b2u')),
  BATCH('2', 'settle', '1', '--evidence', 'line 14', ...once('b2s')),
  BATCH('2', 'return', '1', '--reason', 'closed', ...once('b2r')),
  ['payout', 'create', '--currency', 'USD', ...PROGRAM, ...once('b3')],
  BATCH('3', 'approve', '--content-hash', 'HASH', '--as', 'noor', ...once('b3a')),
  BATCH('3', 'export', ...once('b3e')),
  BATCH('3', 'fail', '1', '--reason', 'invalid account', ...once('b3f')),
  BATCH('3', 'show'),
  ['payout', 'list', ...PROGRAM],
  ['ledger', 'records', ...PROGRAM],
  ['ledger', 'entries', '--from', '5', '--limit', '3', ...PROGRAM],
  ['ledger', 'show', '5', ...PROGRAM],
  ['ledger', 'accounts', ...PROGRAM],
  ['ledger', 'trial-balance', ...PROGRAM],
  ['ledger', 'head', ...PROGRAM],
  ['ledger', 'verify', ...PROGRAM],
  ['server', 'status'],
];

const isFile = (args) => args[0] === 'payout' && args[1] === 'export'; // prints the payment file, whatever the format

function assertFormat(format, args, stdout) {
  assert.notEqual(stdout.trim(), '', args.join(' '));
  if (format === 'csv' || isFile(args)) {
    const all = parseCsv(stdout);
    assert.ok(all.length >= 2, `${args.join(' ')}: a header and rows\n${stdout}`);
    for (const row of all) assert.equal(row.length, all[0].length, `${args.join(' ')}\n${stdout}`);
    assert.ok(all[0].every((name) => /^[a-z][a-z_]*$/.test(name)), stdout);
  } else if (format === 'json') {
    assert.doesNotThrow(() => JSON.parse(stdout), `${args.join(' ')}\n${stdout}`);
  } else {
    assert.doesNotMatch(stdout, /^\s*[{[]/, args.join(' '));
  }
}

test('every noun and verb, as table, JSON and CSV: data on standard output, messages on standard error', async (t) => {
  const dir = tempDir(t);
  const daemon = await startDaemon(t, path.join(dir, 'data'));
  writeFileSync(path.join(dir, 'three.csv'), 'partner_id,display_name\na,A\nb,B\nc,C\n');
  writeFileSync(path.join(dir, 'events.jsonl'), '{"type":"customer.created","created":1,"data":{"object":{}}}\n');
  const found = {};
  for (const call of calls(dir)) {
    const args = call.map((arg) => found[arg] ?? arg);
    for (const format of ['csv', 'table', 'json']) {
      const as = args.includes('--as') ? [] : ['--as', 'fatima'];
      const { stdout, stderr } = await ok(daemon.cli([...args, '-o', format, ...as]));
      assertFormat(format, args, stdout);
      if (format !== 'table') assert.equal(stderr, '', args.join(' '));
      if (format !== 'csv' || isFile(args)) continue;
      const [first] = csvObjects(stdout);
      if (first.content_hash) found.HASH = first.content_hash;
      if (args[1] === 'commissions') found.COMMISSION = first.commission;
    }
  }
  const [jane] = csvObjects((await ok(daemon.cli(['partner', 'show', 'jane', ...PROGRAM, '-o', 'csv']))).stdout);
  assert.deepEqual([jane.name, jane.rate_bps], ['Jane "J." Iyer, née Rao', '800']);
});

test('money is decimal in tables and in minor units in CSV and JSON', async (t) => {
  const daemon = await startDaemon(t, tempDir(t));
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000']));
  await ok(daemon.cli(['partner', 'create', 'jane', '--name', 'Jane', ...PROGRAM]));
  await ok(daemon.cli(['report', 'sign-up', '--customer', 'cus_1', '--partner', 'jane', ...PROGRAM]));
  for (const [id, collected] of [['u', 'USD:123.45'], ['j', 'JPY:1050'], ['k', 'KWD:12.345']]) {
    await ok(daemon.cli(['report', 'payment', id, '--customer', 'cus_1', '--collected', collected, ...PROGRAM]));
  }
  const list = async (format) => (await ok(daemon.cli(['earnings', 'list', ...PROGRAM, '-o', format]))).stdout;
  const pending = Object.fromEntries(csvObjects(await list('csv')).map((row) => [row.currency, row.pending]));
  assert.deepEqual(pending, { JPY: '105', KWD: '1234', USD: '1234' });
  assert.deepEqual(Object.fromEntries(JSON.parse(await list('json')).map((row) => [row.currency_code, row.pending])), pending);
  const table = await list('table');
  for (const row of [/JPY +105 /, /KWD +1\.234 /, /USD +12\.34 /]) assert.match(table, row);
});

test('what has no value is - in a table of one thing, empty in CSV', async (t) => {
  const daemon = await startDaemon(t, tempDir(t));
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000']));
  const verified = async (format) => (await ok(daemon.cli(['ledger', 'verify', ...PROGRAM, '-o', format]))).stdout;
  assert.match(await verified('table'), /^problem +-$/m);
  assert.equal(csvObjects(await verified('csv'))[0].problem, '');
});

test('exit codes: 0 ok, 1 failure, 2 usage, 3 not found, 4 not allowed, 5 conflict, 6 partly done', async (t) => {
  const dir = tempDir(t);
  const daemon = await startDaemon(t, path.join(dir, 'data'));
  await keepBooks(daemon, dir);
  const bad = path.join(dir, 'bad.jsonl');
  writeFileSync(bad, 'nonsense\n');
  const books = ['--program', 'books'];
  const cases = [
    [0, ['program', 'list']],
    [0, ['--help']],
    [0, ['--version']],
    [1, ['import', 'stripe', path.join(dir, 'nowhere'), ...books], /cannot read/],
    [2, [], /subcommand is required/],
    [2, ['program'], /subcommand is required/],
    [2, ['program', 'list', '--colour', 'red'], /--colour/],
    [2, ['program', 'create', 'x', '--nmae', 'x', '--rate-bps', '1'], /"--nmae" is nothing that trailbook program create knows. Did you mean "--name"\?/],
    [2, ['--output', 'json', 'program', 'lst'], /"lst" is nothing that trailbook program knows. Did you mean "list"\?/],
    [2, ['program', 'list', '-o', 'xml'], /table|json|csv/],
    [2, ['program', 'create', 'x'], /--name/],
    [2, ['earnings', 'list', ...books, '--as-of', 'yesterday'], /as_of_date/],
    [2, ['program', 'create', 'UPPER CASE', '--name', 'x', '--rate-bps', '1'], /INVALID_FIELD/],
    [3, ['program', 'show', 'nobody'], /NOT_FOUND/],
    [3, ['partner', 'show', 'nobody', ...books], /NOT_FOUND/],
    [3, ['earnings', 'explain', '999999', ...books], /NOT_FOUND/],
    [3, ['payout', 'show', '999', ...books], /NOT_FOUND/],
    [3, ['link', 'resolve', 'link4', ...books], /link4/],
    [3, ['ledger', 'head', '--program', 'nobody'], /NOT_FOUND/],
    [5, ['program', 'create', 'books', '--name', 'Other', '--rate-bps', '1'], /ALREADY_EXISTS/],
    [5, ['link', 'create', 'link0', '--partner', 'partner-1', ...books], /ALREADY_EXISTS/],
    [5, ['payout', 'export', '3', ...books], /WRONG_STATE/],
    [6, ['import', 'stripe', bad, ...books], /line 1/],
  ];
  for (const [code, args, said] of cases) {
    const { stderr, stdout } = await expectCode(code, daemon.cli(args));
    if (said) assert.match(stderr, said, args.join(' '));
    if (code === 0) assert.equal(stderr, '', args.join(' '));
    if (code !== 0 && code !== 6) assert.equal(stdout, '', args.join(' '));
  }
  const submitted = await ok(daemon.cli(['payout', 'submit', '3', ...books, '-o', 'csv', '--as', 'fatima']));
  const hash = csvObjects(submitted.stdout)[0].content_hash;
  const own = await expectCode(4, daemon.cli(['payout', 'approve', '3', '--content-hash', hash, '--as', 'fatima', ...books]));
  assert.match(own.stderr, /SAME_PERSON/);
  await expectCode(0, daemon.cli(['payout', 'approve', '3', '--content-hash', hash, '--as', 'noor', ...books]));
});

// The nouns and verbs that the help lists, walked down to the verbs.
async function verbs(words = []) {
  const { stdout } = await ok(cli([...words, '--help']));
  const listed = [...stdout.matchAll(/^(?:Verbs|Subcommands):\n((?:  \S.*\n)+)/gm)].flatMap(([, lines]) => [...lines.matchAll(/^  (\S+)/gm)].map((m) => m[1]));
  if (listed.length === 0) return [{ words, help: stdout }];
  return (await Promise.all(listed.map((word) => verbs([...words, word])))).flat();
}

test('the help of every verb begins with examples that use it', async () => {
  const all = await verbs();
  assert.ok(all.length >= 45, `${all.length} verbs`);
  for (const { words, help } of all) {
    const [first, example] = help.split('\n');
    assert.equal(first, 'Examples:', words.join(' '));
    assert.ok(example.includes(words[0]) && help.split('\nUsage:')[0].includes(words.join(' ')), `${words.join(' ')}\n${help}`);
  }
});

test('a mistyped noun or verb is answered with what was meant', async () => {
  for (const [args, meant] of [[['earnigs', 'list'], 'earnings'], [['earnings', 'lsit'], 'list'], [['payuot', 'show'], 'payout'],
    [['program', 'term', 'list'], 'terms']]) {
    const { stderr } = await expectCode(2, cli(args));
    assert.match(stderr, new RegExp(`Did you mean "${meant}"\\?`), args.join(' '));
  }
  const { stderr } = await expectCode(2, cli(['xylophone']));
  assert.doesNotMatch(stderr, /Did you mean/);
  assert.match(stderr, /trailbook --help/);
});

test('the daemon is found by --server, by TRAILBOOK_SERVER, and missed with a clear message', async (t) => {
  const daemon = await startDaemon(t, tempDir(t));
  const nowhere = `127.0.0.1:${await freePort()}`;
  await ok(cli(['program', 'list'], { env: { TRAILBOOK_SERVER: daemon.address } }));
  await ok(cli(['program', 'list', '--server', daemon.address], { env: { TRAILBOOK_SERVER: nowhere } }));
  for (const args of [['program', 'list'], ['server', 'status'], ['report', 'sign-up', '--customer', 'c', '--program', 'p']]) {
    const missed = await expectCode(1, cli(args, { env: { TRAILBOOK_SERVER: nowhere } }));
    assert.match(missed.stderr, new RegExp(`no daemon answers at ${nowhere}.*Start one with: trailbookd --data DIR`));
    assert.equal(missed.stdout, '');
  }
});

test('the program is --program, else TRAILBOOK_PROGRAM, else asked for', async (t) => {
  const daemon = await startDaemon(t, tempDir(t));
  for (const id of ['acme', 'other']) await ok(daemon.cli(['program', 'create', id, '--name', id, '--rate-bps', '1000']));
  const shown = async (args, env) => JSON.parse((await ok(daemon.cli([...args, '-o', 'json'], { env }))).stdout);
  const named = { TRAILBOOK_PROGRAM: 'nowhere' };
  await ok(daemon.cli(['partner', 'create', 'jane', '--name', 'Jane', ...PROGRAM], { env: named }));
  await ok(daemon.cli(['partner', 'create', 'tom', '--name', 'Tom'], { env: { TRAILBOOK_PROGRAM: 'other' } }));
  const partners = async (args, env) => (await shown(['partner', 'list', ...args], env)).map((partner) => partner.name.split('/').pop());
  assert.deepEqual(await partners(PROGRAM, named), ['jane']);
  assert.deepEqual(await partners([], { TRAILBOOK_PROGRAM: 'other' }), ['tom']);
  const unknown = await expectCode(3, daemon.cli(['partner', 'list'], { env: named }));
  assert.match(unknown.stderr, /nowhere/);
  const missing = await expectCode(2, daemon.cli(['partner', 'list'], { env: { TRAILBOOK_PROGRAM: '' } }));
  assert.match(missing.stderr, /--program is required/);
});

test('- is standard input, for events and for partners', async (t) => {
  const dir = tempDir(t);
  const daemon = await startDaemon(t, path.join(dir, 'data'));
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000']));
  const here = { cwd: dir };
  const partners = await ok(daemon.cli(['partner', 'import', '-', ...PROGRAM, '-o', 'csv'], { ...here, input: 'partner_id,display_name,link_code\njane,Jane,jane\n' }));
  assert.equal(partners.stdout, 'outcome,partners\nCREATED,1\n'.replaceAll('\n', partners.stdout.includes('\r') ? '\r\n' : '\n'));
  const session = { customer: 'cus_1', client_reference_id: 'jane', metadata: {}, customer_details: {}, created: 1780000000 };
  const line = JSON.stringify({ type: 'checkout.session.completed', created: 1780000000, data: { object: session } });
  const events = await expectCode(6, daemon.cli(['import', 'stripe', '-', ...PROGRAM, '-o', 'json'], { ...here, input: `${line}\nnonsense\n${line}\n` }));
  assert.deepEqual(JSON.parse(events.stdout), { RECORDED: 1, REFUSED: 1, REPLAYED: 1 });
  assert.match(events.stderr, /trailbook.rejected.jsonl/);
});
