// Somebody changes the file behind the daemon's back: `ledger verify` fails and names the place. And what the database itself refuses.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { keepBooks } from '../e2e/support/books.mjs';
import { random } from '../e2e/support/data.mjs';
import { launchDaemon, ok, run, startDaemon, tempDir } from '../e2e/support/process.mjs';

const SEED = Number(process.env.TRAILBOOK_TAMPER_SEED ?? 3);
const FLIPS = Number(process.env.TRAILBOOK_TAMPER_FLIPS ?? 20);
// The views of the log: every number in them follows from it.
const PROJECTIONS = ['program', 'terms', 'partner', 'partner_rate', 'code', 'referral', 'paying_customers', 'losing_touch', 'external_key', 'commission',
  'commission_event', 'refund', 'dispute', 'open_hold', 'earner', 'earner_day', 'account', 'account_day', 'payable_line',
  'payout_batch', 'payout'];

const sqlite = async (file, sql) => (await ok(run('sqlite3', ['-bail', file], { input: sql }))).stdout.trim();
const rows = async (file, sql) => JSON.parse((await sqlite(file, `.mode json\n${sql};`)) || '[]');

const UNLOCK = `PRAGMA ignore_check_constraints = ON;
DROP TRIGGER log_record_no_update; DROP TRIGGER log_record_no_delete; DROP TRIGGER log_tile_only_grows; DROP TRIGGER log_tile_no_delete;
DROP TRIGGER log_head_only_grows; DROP TRIGGER log_head_no_delete;`;

class Books {
  constructor(t, file) {
    this.t = t;
    this.file = file;
    this.next = random(SEED);
    this.count = 0;
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  // A fresh copy of the file.
  copy() {
    const data = path.join(path.dirname(this.file), `../copy-${++this.count}`);
    mkdirSync(data);
    copyFileSync(this.file, path.join(data, 'trailbook.db'));
    return data;
  }
  // Verifies a copy after `sql` or an edit of the bytes; what was said.
  async verify({ sql, edit }) {
    const data = this.copy();
    const file = path.join(data, 'trailbook.db');
    if (sql) await sqlite(file, `${UNLOCK}\n${sql}`);
    if (edit) edit(file);
    const daemon = launchDaemon(data);
    try {
      await daemon.ready();
      const verified = await daemon.cli(['ledger', 'verify', '--program', 'books']);
      return { code: verified.code, said: verified.stderr };
    } finally {
      await daemon.kill();
    }
  }
  // Each case {what, sql or edit, place} must be found at its place; several copies at a time.
  async assertFound(cases) {
    const missed = [];
    const waiting = [...cases];
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { code, said } = await this.verify(next);
        if (code !== 1 || !next.place.test(said)) missed.push(`${next.what}: exit code ${code}, said: ${said.trim()}`);
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    assert.deepEqual(missed, []);
  }
}

let kept;
async function books(t) {
  kept ??= (async () => {
    // With all ids in their table.
    const daemon = await startDaemon(t, path.join(tempDir(t), 'data'), { args: ['--id-buffer', '0'] });
    await keepBooks(daemon, path.dirname(daemon.data));
    await ok(daemon.cli(['ledger', 'verify', '--program', 'books']));
    const { code } = await daemon.stop();
    assert.equal(code, 0);
    return new Books(t, daemon.file);
  })();
  return kept;
}

// An expression for another value of the same type.
function otherValue({ name, type }) {
  if (type === 'INTEGER') return `${name} + 1`;
  if (type === 'TEXT') return `${name} || 'x'`;
  return null; // blobs are flipped bit by bit
}

const flipped = (hex, byte, bit) => {
  const bytes = Buffer.from(hex, 'hex');
  bytes[byte] ^= 1 << bit;
  return `X'${bytes.toString('hex')}'`;
};

const quote = (value) => (typeof value === 'number' ? value : `'${String(value).replaceAll("'", "''")}'`);

// The WHERE that finds one random row of a table.
async function anyRow(book, table, columns) {
  const keys = columns.filter((column) => column.pk > 0).sort((a, b) => a.pk - b.pk);
  const select = keys.map(({ name, type }) => (type === 'BLOB' ? `hex(${name}) AS ${name}` : name)).join(', ');
  const offset = `(SELECT ${book.below(1e9)} % count(*) FROM ${table} WHERE program_id = 1)`;
  const [row] = await rows(book.file, `SELECT ${select} FROM ${table} WHERE program_id = 1 LIMIT 1 OFFSET ${offset}`);
  assert.ok(row, `the books have no row in ${table}`);
  return keys.map(({ name, type }) => `${name} = ${type === 'BLOB' ? `X'${row[name]}'` : quote(row[name])}`).join(' AND ');
}

const columnsOf = (book, table) => rows(book.file, `SELECT name, type, pk FROM pragma_table_info('${table}')`);

// Another value for every column of a table, each in some row, and a row that goes.
async function tableCases(book, table) {
  const columns = await columnsOf(book, table);
  // Without its row a program cannot be looked at, and the refusal says that.
  const place = new RegExp(table === 'program' ? 'table program\\b|program 1 has no row' : `table ${table}\\b`);
  const cases = [];
  for (const column of columns) {
    const where = await anyRow(book, table, columns);
    let value = otherValue(column);
    if (value === null) {
      const [{ hex }] = await rows(book.file, `SELECT hex(${column.name}) AS hex FROM ${table} WHERE ${where}`);
      value = hex === '' ? "X'00'" : flipped(hex, book.below(hex.length / 2), book.below(8));
    } else if (column.pk > 0 && column.type === 'INTEGER') {
      value = `${column.name} + 1000000`; // where no other row is
    }
    cases.push({ what: `${table}.${column.name}`, place, sql: `UPDATE ${table} SET ${column.name} = ${value} WHERE ${where};` });
  }
  cases.push({ what: `${table}: a row less`, place, sql: `DELETE FROM ${table} WHERE ${await anyRow(book, table, columns)};` });
  return cases;
}

const recordPlace = (sequence) => new RegExp(`record ${sequence} of the log`);

// FLIPS records with one random bit turned: by SQL, or in the bytes of the file.
async function flipCases(book, change, condition = '') {
  const all = await rows(book.file, `SELECT sequence, hex(body) AS body FROM log_record WHERE program_id = 1 ${condition}`);
  return [...Array(FLIPS)].map(() => {
    const { sequence, body } = all[book.below(all.length)];
    const [byte, bit] = [book.below(body.length / 2), book.below(8)];
    return { what: `record ${sequence}, byte ${byte}, bit ${bit}`, place: recordPlace(sequence), ...change(sequence, body, byte, bit) };
  });
}

const bySql = (sequence, body, byte, bit) => ({
  sql: `UPDATE log_record SET body = ${flipped(body, byte, bit)} WHERE program_id = 1 AND sequence = ${sequence};`,
});

const inTheFile = (sequence, body, byte, bit) => ({
  edit: (file) => {
    const bytes = readFileSync(file);
    const at = bytes.indexOf(Buffer.from(body, 'hex'));
    assert.ok(at > 0, `record ${sequence} is in the file`);
    bytes[at + byte] ^= 1 << bit;
    writeFileSync(file, bytes);
  },
});

async function movedRecords(book) {
  const [{ last }] = await rows(book.file, 'SELECT max(sequence) AS last FROM log_record WHERE program_id = 1');
  const gone = 2 + book.below(last - 2);
  const at = (sequence) => `WHERE program_id = 1 AND sequence = ${sequence};`;
  return [
    { what: 'a record in the middle is gone', sql: `DELETE FROM log_record ${at(gone)}`, place: recordPlace(gone) },
    { what: 'the last record is gone', sql: `DELETE FROM log_record ${at(last)}`, place: /records after \d+ are missing|says \d+ records/ },
    { what: 'one more record', sql: `INSERT INTO log_record SELECT program_id, ${last + 1}, body FROM log_record ${at(last)}`, place: recordPlace(last + 1) },
    {
      what: 'two records changed places',
      sql: `UPDATE log_record SET sequence = 999999 ${at(gone)} UPDATE log_record SET sequence = ${gone} ${at(gone + 1)}
        UPDATE log_record SET sequence = ${gone + 1} ${at(999999)}`,
      place: recordPlace(gone),
    },
  ];
}

async function treeCases(book) {
  const cases = [];
  for (const { level, tile, hashes } of await rows(book.file, 'SELECT level, tile, hex(hashes) AS hashes FROM log_tile WHERE program_id = 1')) {
    const at = `WHERE program_id = 1 AND level = ${level} AND tile = ${tile}`;
    const place = new RegExp(`tile ${level}/${tile}\\b`);
    for (const byte of [0, hashes.length / 2 - 1, book.below(hashes.length / 2)]) {
      cases.push({ what: `tile ${level}/${tile} byte ${byte}`, place, sql: `UPDATE log_tile SET hashes = ${flipped(hashes, byte, book.below(8))} ${at};` });
    }
    const cut = `UPDATE log_tile SET hashes = substr(hashes, 1, length(hashes) - 32) ${at} AND length(hashes) > 32;
      DELETE FROM log_tile ${at} AND hashes = X'${hashes}';`;
    cases.push({ what: `tile ${level}/${tile} cut`, place, sql: cut });
  }
  const [{ root }] = await rows(book.file, 'SELECT hex(root) AS root FROM log_head WHERE program_id = 1');
  const head = (what, set) => ({ what, sql: `UPDATE log_head SET ${set} WHERE program_id = 1;`, place: /head of the log says/ });
  return [...cases, head('root', `root = ${flipped(root, book.below(32), 0)}`), head('size', 'size = size - 1'), head('size', 'size = size + 1')];
}

test('tampering with the books', async (t) => {
  const book = await books(t);
  await t.test('an untouched copy verifies', async () => {
    assert.deepEqual(await book.verify({}), { code: 0, said: '' });
  });
  await t.test('a bit of a stored record', async () => book.assertFound(await flipCases(book, bySql)));
  await t.test('a bit of a stored record, in the file itself', async () =>
    book.assertFound(await flipCases(book, inTheFile, 'AND length(body) < 900')));
  await t.test('a record that goes, comes or changes places', async () => book.assertFound(await movedRecords(book)));
  await t.test('a bit of a tile or of the head', async () => book.assertFound(await treeCases(book)));
  for (const table of PROJECTIONS) {
    await t.test(`any value of table ${table}, and its rows`, async () => book.assertFound(await tableCases(book, table)));
  }
});

const LOG = ['log_record', 'log_tile', 'log_head'];

// What of the log a statement changed; and what the database said to it.
async function tried(daemon, sql) {
  const dump = () => sqlite(daemon.file, LOG.map((table) => `.dump ${table}`).join('\n'));
  const before = await dump();
  const { code, stderr } = await run('sqlite3', [daemon.file, sql]);
  assert.notEqual(code, 0, sql);
  assert.match(stderr, /the log is append-only/, sql);
  assert.equal(await dump(), before, sql);
}

async function stoppedDaemon(t) {
  const daemon = await startDaemon(t, tempDir(t));
  await ok(daemon.cli(['program', 'create', 'books', '--name', 'Books', '--rate-bps', '750']));
  await daemon.stop();
  return daemon;
}

test('the database refuses to update or delete what is in the log', async (t) => {
  const daemon = await stoppedDaemon(t);
  for (const sql of [
    "UPDATE log_record SET body = X'00'", 'UPDATE log_record SET sequence = sequence + 1', 'DELETE FROM log_record',
    'UPDATE log_tile SET hashes = zeroblob(32)', 'DELETE FROM log_tile', 'UPDATE log_head SET size = 0', 'DELETE FROM log_head',
    'UPDATE log_head SET root = zeroblob(32)',
  ]) {
    await tried(daemon, sql);
  }
});

test('the database refuses to replace what is in the log, which is a deletion that no trigger of deletions sees', async (t) => {
  const daemon = await stoppedDaemon(t);
  for (const sql of [
    "REPLACE INTO log_record SELECT program_id, sequence, X'00' FROM log_record",
    'REPLACE INTO log_tile SELECT program_id, level, tile, zeroblob(32) FROM log_tile',
    'REPLACE INTO log_head SELECT program_id, size, zeroblob(32) FROM log_head',
  ]) {
    await tried(daemon, sql);
  }
});

test('who asks for what leads to a row that is gone hears which, and the daemon goes on', async (t) => {
  const daemon = await stoppedDaemon(t);
  await sqlite(daemon.file, 'PRAGMA foreign_keys = OFF; DELETE FROM terms;');
  const again = await startDaemon(t, daemon.data);
  for (const args of [['program', 'show', 'books'], ['partner', 'create', 'jane', '--name', 'Jane', '--program', 'books']]) {
    const { code, stderr } = await again.cli(args);
    assert.equal(code, 1, args.join(' '));
    assert.match(stderr, /table terms, row \(program_id 1, version 1\): it is missing/, args.join(' '));
  }
  await ok(again.cli(['ledger', 'head', '--program', 'books']));
});
