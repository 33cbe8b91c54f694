// The exported books: other bookkeeping programs accept them, find our balances in them, and refuse them when one minor unit is wrong.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { billingStream } from './support/billing.mjs';
import { doctored, JUDGES, judgeBalances, minorUnits, missingJudges, nonZero, startLiar, text } from './support/journals.mjs';
import { csvObjects, day, random } from './support/data.mjs';
import { expectCode, ok, SAMPLE, startDaemon, tempDir } from './support/process.mjs';

const skip = missingJudges();
const skipSample = day(0) < '2026-11-22' ? 'the sample ends on 2026-11-22, which has not come yet' : skip;

// One program of a daemon, and a directory for its exports.
class Books {
  constructor(t, daemon, program) {
    Object.assign(this, { daemon, program, dir: tempDir(t), files: 0 });
  }
  cli(args, options) {
    return this.daemon.cli([...args, '--program', this.program], options);
  }
  async csv(args) {
    return csvObjects((await ok(this.cli([...args, '-o', 'csv']))).stdout);
  }
  async export(format, args = []) {
    const file = path.join(this.dir, `${format}-${++this.files}`);
    const result = await ok(this.cli(['export', 'journal', '--format', format, '--file', file, ...args]));
    return { file, stderr: result.stderr };
  }
  // Every account by itself, as booked.
  async accounts() {
    const rows = await this.csv(['ledger', 'accounts']);
    return rows.map(({ account, currency, balance }) => ({ account, currency, minor: BigInt(balance) }));
  }
  // The chart's accounts at the end of a day.
  async trialBalance(asOf) {
    const rows = await this.csv(['ledger', 'trial-balance', '--as-of', asOf]);
    return nonZero(rows.map(({ account, currency, debit, credit }) => ({ account, currency, minor: BigInt(debit) - BigInt(credit) })));
  }
  mature() {
    return ok(this.cli(['earnings', 'mature']));
  }
}

async function sampleBooks(t) {
  const daemon = await startDaemon(t, tempDir(t));
  const books = new Books(t, daemon, 'pracflow');
  await ok(daemon.cli(['program', 'create', 'pracflow', '--name', 'PracFlow', '--rate-bps', '750', '--hold-days', '30',
    '--minimum', 'INR:1000.00', '--minimum', 'USD:25.00']));
  await ok(books.cli(['partner', 'import', path.join(SAMPLE, 'partners.csv')]));
  await ok(books.cli(['import', 'stripe', path.join(SAMPLE, 'events.jsonl')]));
  await payOut(books, 'INR', 'main');
  await payOut(books, 'USD', 'ops_us');
  await books.mature();
  return books;
}

// A batch of which the first payout fails, the second comes back, the third is unknown and the others arrive.
async function payOut(books, currency, funding) {
  const [batch] = await books.csv(['payout', 'create', '--as', 'fatima', '--currency', currency, '--funding-account', funding]);
  await ok(books.cli(['payout', 'approve', batch.batch, '--as', 'noor', '--content-hash', batch.content_hash]));
  await ok(books.cli(['payout', 'export', batch.batch, '--as', 'fatima']));
  const numbers = (await books.csv(['payout', 'show', batch.batch])).map((payout) => payout.payout);
  assert.ok(numbers.length > 3, `${numbers.length} payouts of ${currency}`);
  const [failed, returned, unknown] = numbers;
  await ok(books.cli(['payout', 'fail', batch.batch, failed, '--as', 'fatima', '--reason', 'AC03']));
  await ok(books.cli(['payout', 'unknown', batch.batch, unknown, '--as', 'fatima', '--reason', 'no answer']));
  await ok(books.cli(['payout', 'settle', batch.batch, returned, ...numbers.slice(3), '--as', 'fatima', '--evidence', 'statement 7']));
  await ok(books.cli(['payout', 'return', batch.batch, returned, '--as', 'fatima', '--reason', 'AC04']));
}

// Small books invented from a seed: every currency, reported by people with trying names.
async function randomBooks(t, daemon, seed) {
  const books = new Books(t, daemon, `random-${seed}`);
  const { partners, events } = billingStream(seed, { customers: 40, partners: 5, months: 6 });
  const file = path.join(books.dir, 'partners.csv');
  writeFileSync(file, partners);
  await ok(daemon.cli(['program', 'create', books.program, '--name', 'Random', '--rate-bps', '750', '--hold-days', '30']));
  await ok(books.cli(['partner', 'import', file]));
  await ok(books.cli(['partner', 'create', 'a_b-1', '--name', 'A B']));
  const actor = `a;b | "c" \\ (${seed}) *  x: y`;
  await ok(books.cli(['import', 'stripe', '-', '--as', actor], { input: events.map((event) => event.line).join('\n') + '\n' }));
  const at = (n) => ['--as', actor, '--time', `${day(n)}T00:00:00Z`];
  await ok(books.cli(['report', 'sign-up', '--customer', 'kuwait', '--partner', 'a_b-1', ...at(-60)]));
  await ok(books.cli(['report', 'payment', 'kw1', '--customer', 'kuwait', '--collected', 'KWD:12.345', ...at(-50)]));
  await ok(books.cli(['report', 'refund', 're_kw1', '--payment', 'kw1', '--amount', 'KWD:0.346', ...at(-40)]));
  await ok(books.cli(['report', 'payment', 'big', '--customer', 'kuwait', '--collected', 'JPY:90071992547409931', ...at(-45)]));
  await books.mature();
  return books;
}

// Every judge accepts the export and finds in it what `ledger accounts` lists, account by account.
async function assertJudgesAgree(books, least = 10) {
  const accounts = await books.accounts();
  assert.ok(accounts.length >= least, `${accounts.length} accounts`);
  for (const [format, judge] of Object.entries(JUDGES)) {
    const { file, stderr } = await books.export(format);
    assert.equal(stderr, '', format);
    assert.ok(await judge.accepts(file), `${format} of ${books.program} is accepted`);
    const expected = nonZero(accounts.map((row) => ({ ...row, account: judge.name(row.account) })));
    assert.deepEqual(await judgeBalances(judge, file), expected, `${format} of ${books.program}`);
  }
}

async function assertDoctoredIsRefused(books, seed) {
  for (const [format, judge] of Object.entries(JUDGES)) {
    const { file } = await books.export(format);
    const honest = text(file);
    for (const [what, content] of Object.entries(doctored(honest, random(seed)))) {
      assert.notEqual(content, honest, what);
      writeFileSync(`${file}.doctored`, content);
      assert.equal(await judge.accepts(`${file}.doctored`), false, `${format} with one minor unit changed in ${what}, seed ${seed}`);
    }
  }
}

// What a judge finds, partners' accounts added up as the chart has them.
const PARTNERS = /^((?:assets:partner-receivable|liabilities:(?:commission-(?:pending|held|payable)|payout-reserved|tax-reserved))):.*$/;
function byChart(balances) {
  return nonZero(Object.entries(balances).map(([key, minor]) => {
    const [account, currency] = key.split(' ');
    return { account: account.replace(PARTNERS, '$1'), currency, minor };
  }));
}
const headings = (content) => content.split('\n').filter((line) => /^\d{4}-\d\d-\d\d \* (\(|"(?!Opening))/.test(line));

async function assertWindowsFit(books) {
  const windows = [['', '2026-01-31'], ['2026-02-01', '2026-08-15'], ['2026-08-16', '2026-08-16'], ['2026-08-17', day(0)]];
  for (const [format, judge] of Object.entries(JUDGES)) {
    const whole = headings(text((await books.export(format)).file));
    const parts = [];
    for (const [from, to] of windows) {
      const { file } = await books.export(format, [...(from ? ['--from', from] : []), '--to', to]);
      assert.ok(await judge.accepts(file), `${format} of ${from} to ${to}`);
      parts.push(...headings(text(file)));
      if (format !== 'beancount') {
        assert.deepEqual(byChart(await judgeBalances(judge, file)), await books.trialBalance(to), `${format} at the end of ${to}`);
      }
    }
    assert.deepEqual(parts, whole, `${format}: every transaction is in exactly one window`);
  }
}

test('hledger, ledger and beancount accept the books of the sample and find our balances', { skip: skipSample }, async (t) => {
  const books = await sampleBooks(t);
  await t.test('account by account', () => assertJudgesAgree(books));
  await t.test('but not with one minor unit changed', async () => {
    for (const seed of [1, 2, 3]) await assertDoctoredIsRefused(books, seed);
  });
  await t.test('window by window, with opening balances', () => assertWindowsFit(books));
  await t.test('in the same bytes every time, in a file and on standard output', () => assertSameBytes(books));
  await t.test('and journals for Xero and QuickBooks balance and add up to the trial balance', () => assertImportsFit(books));
});

async function assertSameBytes(books) {
  for (const format of Object.keys(JUDGES)) {
    const first = text((await books.export(format)).file);
    assert.equal(text((await books.export(format)).file), first);
    assert.equal((await ok(books.cli(['export', 'journal', '--format', format]))).stdout, first);
  }
}

// Rows of either import file in one shape.
const SHAPES = {
  xero: (row) => {
    assert.match(row['*Date'], /^\d\d [A-Z][a-z][a-z] \d{4}$/);
    const journal = `${row['*Narration']} ${row['*Date']}`;
    return { journal, account: row['*AccountCode'], partner: row.Description, amount: row['*Amount'] };
  },
  quickbooks: (row) => {
    assert.match(row.JournalDate, /^\d\d\/\d\d\/\d{4}$/);
    assert.ok((row.Debits === '') !== (row.Credits === ''), 'a debit or a credit');
    return { journal: row.JournalNo, account: row.AccountName, partner: row.Name, amount: row.Debits || `-${row.Credits}` };
  },
};

async function assertImportsFit(books) {
  const expected = Object.fromEntries(Object.entries(await books.trialBalance(day(0))).filter(([key]) => key.endsWith(' INR')));
  for (const [format, shape] of Object.entries(SHAPES)) {
    const whole = text((await books.export(format, ['--currency', 'INR'])).file);
    const rows = csvObjects(whole).map(shape).map((row) => ({ ...row, currency: 'INR', minor: minorUnits(row.amount, 'INR') }));
    assert.deepEqual(nonZero(rows), expected, format);
    assert.deepEqual(nonZero(rows.map((row) => ({ ...row, account: row.journal }))), {}, `${format}: every journal balances`);
    const named = rows.every((row) => (row.partner !== '') === PARTNERS.test(`${row.account}:`));
    assert.ok(named, `${format}: partners stand beside their accounts`);
    const [header] = whole.split('\n');
    const early = text((await books.export(format, ['--currency', 'INR', '--to', '2026-06-30'])).file);
    const late = text((await books.export(format, ['--currency', 'INR', '--from', '2026-07-01'])).file);
    assert.equal(early + late.slice(header.length + 1), whole, `${format}: two windows are the whole`);
  }
}

test('account codes come from a file, which must know every account', { skip: skipSample }, async (t) => {
  const books = await sampleBooks(t);
  const chart = [...new Set((await books.csv(['ledger', 'trial-balance'])).map((row) => row.account))];
  const codes = path.join(books.dir, 'codes.csv');
  const args = ['export', 'journal', '--format', 'xero', '--currency', 'USD', '--accounts', codes, '--file'];
  const exporting = (file) => books.cli([...args, file]);
  const all = chart.map((account, n) => `${account},${200 + n}`);
  writeFileSync(codes, all.join('\n'));
  const good = path.join(books.dir, 'good.csv');
  await ok(exporting(good));
  assert.ok(csvObjects(text(good)).every((row) => /^2\d\d$/.test(row['*AccountCode'])));
  writeFileSync(codes, all.filter((line) => !line.startsWith('expenses:commission,')).join('\n'));
  const bad = path.join(books.dir, 'bad.csv');
  assert.match((await expectCode(1, exporting(bad))).stderr, /no line for expenses:commission/);
  assert.deepEqual(readdirSync(books.dir).sort(), ['codes.csv', 'good.csv'], 'nothing is left behind');
});

test('small random books pass as well', { skip }, async (t) => {
  const daemon = await startDaemon(t, tempDir(t));
  for (const seed of [11, 12, 13, 14]) {
    const books = await randomBooks(t, daemon, seed);
    await assertJudgesAgree(books);
    await assertDoctoredIsRefused(books, seed);
  }
});

// Payouts that were converted, of every fate; a referral with its unpaid past that went to another partner; a partner that was merged.
async function crossedBooks(t) {
  const books = await smallBooks(t);
  const as = (actor) => (...args) => ok(books.cli([...args, '--as', actor]));
  const fatima = as('fatima');
  for (const [id, account] of [['tom', 't@clinic.example'], ['ann', 'a@clinic.example']]) {
    await fatima('partner', 'create', id, '--name', id, '--link-code', id, '--payout-method', 'paypal', '--payout-account', account, '--settle-in', 'EUR');
    await fatima('report', 'sign-up', '--customer', `${id}-1`, '--link', id, '--time', day(-70));
    await fatima('report', 'payment', `${id}-p1`, '--customer', `${id}-1`, '--collected', 'USD:250.00', '--time', day(-60));
  }
  await fatima('partner', 'set-payout-method', 'jane', '--payout-method', 'paypal', '--payout-account', 'j@clinic.example', '--settle-in', 'JPY');
  await fatima('payout', 'set-rate', '--from', 'USD', '--to', 'EUR', '--rate', '0.92155', '--source', 'ECB');
  await fatima('payout', 'set-rate', '--from', 'USD', '--to', 'JPY', '--rate', '151.375', '--source', 'ECB');
  const [batch] = await books.csv(['payout', 'create', '--as', 'fatima', '--currency', 'USD']);
  await as('noor')('payout', 'approve', '1', '--content-hash', batch.content_hash);
  await fatima('payout', 'export', '1');
  await fatima('payout', 'settle', '1', '1', '2', '--evidence', 'line 14');
  await fatima('payout', 'return', '1', '2', '--reason', 'AC04');
  await fatima('payout', 'fail', '1', '3', '--reason', 'AC03');
  await fatima('referral', 'reassign', 'c', '--to', 'tom', '--unpaid-past', '--reason', 'ticket 1');
  await fatima('partner', 'merge', 'ann', '--into', 'tom', '--reason', 'one person');
  await books.mature();
  return books;
}

test('books that cross currencies and partners pass as well', { skip }, async (t) => {
  const books = await crossedBooks(t);
  const clearing = (await books.accounts()).filter((row) => row.account === 'clearing:fx' && row.minor !== 0n);
  assert.deepEqual(clearing, [{ account: 'clearing:fx', currency: 'JPY', minor: 1514n }, { account: 'clearing:fx', currency: 'USD', minor: -1000n }]);
  await assertJudgesAgree(books);
  await assertDoctoredIsRefused(books, 5);
  await ok(books.cli(['ledger', 'verify']));
});

async function smallBooks(t) {
  const daemon = await startDaemon(t, tempDir(t));
  const books = new Books(t, daemon, 'acme');
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000', '--hold-days', '30']));
  await ok(books.cli(['partner', 'create', 'jane', '--name', 'Jane', '--link-code', 'jane']));
  await ok(books.cli(['report', 'sign-up', '--customer', 'c', '--link', 'jane', '--time', day(-70)]));
  await ok(books.cli(['report', 'payment', 'p1', '--customer', 'c', '--collected', 'USD:100.00', '--time', day(-60)]));
  await ok(books.cli(['report', 'payment', 'p2', '--customer', 'c', '--collected', 'EUR:50.00', '--time', day(-10)]));
  return books;
}

// A late refund takes from what is held on its own day, and from what is payable not before that was last taken from.
test('an entry with parts on two days is two transactions, each in its window', { skip }, async (t) => {
  const books = await smallBooks(t);
  const report = (...args) => ok(books.cli(['report', ...args]));
  await report('payment', 'p3', '--customer', 'c', '--collected', 'USD:100.00', '--time', day(-60));
  await books.mature();
  await report('dispute', 'd1', '--payment', 'p1', '--amount', 'USD:30.00', '--state', 'open', '--time', day(-25));
  await report('refund', 'r3', '--payment', 'p3', '--amount', 'USD:50.00', '--time', day(-5));
  await report('refund', 'r1', '--payment', 'p1', '--amount', 'USD:90.00', '--time', day(-20));
  const late = csvObjects((await ok(books.cli(['ledger', 'entries', '-o', 'csv']))).stdout).at(-1).record;
  const of = (content) => headings(content).filter((line) => line.includes(`(${late}`)).map((line) => line.slice(0, line.indexOf(')') + 1));
  const [first, second] = [`${day(-20)} * (${late})`, `${day(-5)} * (${late}-2)`];
  assert.deepEqual(of(text((await books.export('hledger')).file)), [first, second]);
  for (const [window, expected] of [[['--to', day(-10)], [first]], [['--from', day(-9)], [second]]]) {
    const { file } = await books.export('hledger', window);
    assert.ok(await JUDGES.hledger.accepts(file));
    assert.deepEqual(of(text(file)), expected);
  }
  await assertJudgesAgree(books, 5);
});

test('what is due but not booked is said, and booked after earnings mature', { skip }, async (t) => {
  const books = await smallBooks(t);
  const before = await books.export('hledger');
  assert.match(before.stderr, /trailbook earnings mature --program acme/);
  assert.ok(await JUDGES.hledger.accepts(before.file));
  assert.equal((await judgeBalances(JUDGES.hledger, before.file))['liabilities:commission-pending:jane USD'], -1000n);
  await books.mature();
  const after = await books.export('hledger');
  assert.equal(after.stderr, '');
  assert.equal((await judgeBalances(JUDGES.hledger, after.file))['liabilities:commission-payable:jane USD'], -1000n);
});

test('nothing is written when the daemon says other balances than its entries', { skip }, async (t) => {
  const books = await smallBooks(t);
  await books.mature();
  const line = (lines, account) => lines.find((one) => one.account === account && one.currency_code === 'USD');
  const lies = {
    'a trial balance of a cent more': { GetTrialBalance: (answer) => {
      line(answer.lines, 'expenses:commission').debit_minor_units = '1001';
    } },
    'a payable that is still pending': { GetTrialBalance: (answer) => {
      const payable = line(answer.lines, 'liabilities:commission-payable');
      answer.lines.push({ ...payable, account: 'liabilities:commission-pending' });
      payable.credit_minor_units = '0';
    } },
    'an account of a cent less': { ListAccounts: (answer) => {
      line(answer.accounts, 'liabilities:commission-payable:jane').balance_minor_units = '-999';
    } },
    'an entry with one posting less': { ListEntries: (answer) => { answer.entries[0].postings.pop(); } },
    'an entry less': { ListEntries: (answer) => { answer.entries.pop(); } },
  };
  for (const [what, twists] of Object.entries(lies)) {
    const server = await startLiar(t, books.daemon.address, twists);
    const file = path.join(books.dir, 'lie.journal');
    const result = await expectCode(1, books.cli(['export', 'journal', '--format', 'hledger', '--file', file, '--server', server]));
    assert.match(result.stderr, /trailbook ledger verify/, what);
    assert.ok(!existsSync(file), what);
  }
  const honest = await startLiar(t, books.daemon.address, {});
  await ok(books.cli(['export', 'journal', '--format', 'hledger', '--server', honest]));
});

test('what is written while the books are read is in the export as well', { skip }, async (t) => {
  const books = await smallBooks(t);
  await books.mature();
  // The first look at the log misses all but its first records.
  let looks = 0;
  const server = await startLiar(t, books.daemon.address, { GetLogHead: (head) => { if (++looks === 1) head.size = '3'; } });
  const seen = await ok(books.cli(['export', 'journal', '--format', 'hledger', '--server', server]));
  assert.equal(seen.stdout, text((await books.export('hledger')).file));
  assert.equal(looks, 3, 'a look, another that sees new entries, and one after the balances were asked for again');
});

test('wrong days, currencies and formats are usage errors', async (t) => {
  const books = await smallBooks(t);
  for (const args of [['--format', 'gnucash'], ['--format', 'xero'], ['--format', 'quickbooks', '--currency', 'EURO'],
    ['--format', 'hledger', '--from', day(-1), '--to', day(-2)], ['--format', 'ledger', '--to', day(3)],
    ['--format', 'ledger', '--from', day(3)], ['--format', 'hledger', '--from', '2026-02-30']]) {
    const result = await expectCode(2, books.cli(['export', 'journal', ...args]));
    assert.equal(result.stdout, '', args.join(' '));
  }
  await expectCode(3, books.daemon.cli(['export', 'journal', '--format', 'hledger', '--program', 'nobody']));
});
