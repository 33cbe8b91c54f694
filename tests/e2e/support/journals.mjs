// Other bookkeeping programs as judges of an export: what they accept, what balances they find, and how one minor unit is doctored.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { csvObjects } from './data.mjs';
import { startFront } from './front.mjs';
import { ok, run } from './process.mjs';

const judge = (file, args) => run(file, args, { env: { LC_ALL: 'C.UTF-8' } });
const answer = async (file, args) => (await ok(judge(file, args))).stdout;

const DIGITS = { JPY: 0, KWD: 3 };
// Minor units of what a program wrote: exact, and an error if it wrote more decimals than the currency has.
export function minorUnits(text, currency) {
  const [, sign, whole, fraction = ''] = text.match(/^(-?)(\d+)(?:\.(\d+))?$/) ?? [];
  const digits = DIGITS[currency] ?? 2;
  if (whole === undefined || /[1-9]/.test(fraction.slice(digits))) throw new Error(`not an amount of ${currency}: ${text}`);
  return BigInt(sign + whole + fraction.slice(0, digits).padEnd(digits, '0'));
}
function decimal(minor, currency) {
  const digits = DIGITS[currency] ?? 2;
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  return (minor < 0n ? '-' : '') + text.slice(0, point) + (digits > 0 ? `.${text.slice(point)}` : '');
}

// {"account CUR": minor units}, sorted, without zeros.
export function nonZero(rows) {
  const sums = {};
  for (const { account, currency, minor } of rows) {
    const key = `${account} ${currency}`;
    sums[key] = (sums[key] ?? 0n) + minor;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, minor]) => minor !== 0n).sort());
}

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const camel = (name) => name.split('-').map(capital).join('');
// The name that Beancount's file gives an account of the chart.
function beanName(account) {
  const [group, name, id] = account.split(':');
  const root = { 'contra-expense': 'Expenses:', clearing: 'Equity:Clearing' }[group] ?? `${capital(group)}:`;
  return root + camel(name) + (id === undefined ? '' : `:${capital(id.replaceAll('_', '-U-'))}`);
}

async function hledgerBalances(file) {
  const csv = await answer('hledger', ['-f', file, 'balance', '--flat', '--no-total', '--layout=bare', '-O', 'csv']);
  return csvObjects(csv).map(({ account, commodity, balance }) => ({ account, currency: commodity, text: balance }));
}
async function ledgerBalances(file) {
  const rows = [];
  for (const currency of (await answer('ledger', ['-f', file, 'commodities'])).split('\n').filter(Boolean)) {
    const text = await answer('ledger', ['-f', file, 'balance', '--flat', '--no-total', '--limit', `commodity == "${currency}"`,
      '--format', '%(account)|%(quantity(display_total))\n']);
    for (const line of text.split('\n').filter(Boolean)) {
      const [account, balance] = line.split('|');
      rows.push({ account, currency, text: balance });
    }
  }
  return rows;
}
async function beancountBalances(file) {
  // As "Decimal('1.00')": plain numbers are rounded to the decimals that most amounts of the file have.
  const query = 'SELECT account, currency, STR(SUM(number)) AS total GROUP BY account, currency';
  const csv = await answer('bean-query', ['-f', 'csv', file, query]);
  return csvObjects(csv).map(({ account, currency, total }) => ({ account: account.trim(), currency: currency.trim(), text: total.match(/'(.*)'/)[1] }));
}

// Every format with its judge. `accepts` is the exit code's verdict.
export const JUDGES = {
  hledger: {
    program: 'hledger',
    name: (account) => account,
    accepts: async (file) => (await judge('hledger', ['-f', file, 'check', '--strict', 'ordereddates', 'payees'])).code === 0,
    rows: hledgerBalances,
  },
  ledger: {
    program: 'ledger',
    name: (account) => account,
    accepts: async (file) => (await judge('ledger', ['-f', file, '--pedantic', '--strict', '--check-payees', 'balance'])).code === 0,
    rows: ledgerBalances,
  },
  beancount: {
    program: 'bean-check',
    name: beanName,
    accepts: async (file) => (await judge('bean-check', ['--no-cache', file])).code === 0,
    rows: beancountBalances,
  },
};
export const judgeBalances = async (judged, file) =>
  nonZero((await judged.rows(file)).map((row) => ({ ...row, minor: minorUnits(row.text, row.currency) })));

// Why a test of these formats cannot run here; false if it can.
export function missingJudges() {
  const missing = Object.values(JUDGES).filter(({ program }) => spawnSync(program, ['--version']).status !== 0);
  return missing.length > 0 ? `not installed: ${missing.map(({ program }) => program).join(', ')}` : false;
}

const POSTING = /^( {2,4}\S+ {2})(-?\d+(?:\.\d+)?)( ([A-Z]{3}))$/;
const ASSERTION = /^(.*(?: = | balance \S+ {2}))(-?\d+(?:\.\d+)?)((?: ~ 0)? ([A-Z]{3}))$/;
const bump = (line, pattern, by) =>
  line.replace(pattern, (_, head, number, tail, currency) => head + decimal(minorUnits(number, currency) + by, currency) + tail);

// Copies of a journal with one minor unit changed: in one posting, in two of a transaction so that it still balances, in one assertion.
export function doctored(text, next) {
  const lines = text.split('\n');
  const pick = (test) => {
    const places = lines.flatMap((line, at) => (test(line, at) ? [at] : []));
    return places[Math.floor(next() * places.length)];
  };
  const changed = (changes) => lines.map((line, at) => (changes[at] ? changes[at](line) : line)).join('\n');
  const isPosting = (line) => POSTING.test(line ?? '');
  const account = (at) => lines[at].trim().split('  ')[0];
  const currency = (at) => lines[at].slice(-3);
  const posting = pick(isPosting);
  const pair = pick((line, at) => isPosting(line) && isPosting(lines[at + 1]) && currency(at) === currency(at + 1) &&
    account(at) !== account(at + 1));
  const assertion = pick((line) => ASSERTION.test(line));
  return {
    'one posting': changed({ [posting]: (line) => bump(line, POSTING, 1n) }),
    'two postings': changed({ [pair]: (line) => bump(line, POSTING, 1n), [pair + 1]: (line) => bump(line, POSTING, -1n) }),
    'an assertion': changed({ [assertion]: (line) => bump(line, ASSERTION, 1n) }),
  };
}

export const text = (file) => readFileSync(file, 'utf8');

// A daemon's LedgerService seen through a liar: `twists` change answers by method.
export const startLiar = (t, address, twists) =>
  startFront(t, address, 'Ledger', async (name, ask) => {
    const honest = await ask();
    return twists[name]?.(honest) ?? honest;
  });
