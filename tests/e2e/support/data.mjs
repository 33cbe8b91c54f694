// What the tool prints and what files hold, as values.
import { readFileSync } from 'node:fs';

// RFC 4180: rows of fields.
export function parseCsv(text) {
  const rows = [];
  let row = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; ++at) {
    const c = text[at];
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',' || c === '\n') {
      row.push(field);
      field = '';
      if (c === '\n') {
        rows.push(row);
        row = [];
      }
    } else if (c !== '\r') field += c;
  }
  if (field !== '' || row.length > 0) rows.push([...row, field]);
  return rows;
}

// Rows by the names of their columns.
export function csvObjects(text) {
  const [header, ...rows] = parseCsv(text);
  return rows.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at]])));
}

export const readLines = (file) => readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');

// "partner/currency" -> "pending/held/payable" (and what more is named), without the rows in which all is zero.
export function balances(csv, columns = ['pending', 'held', 'payable']) {
  const found = {};
  for (const row of csvObjects(csv)) {
    const values = columns.map((column) => row[column]);
    if (values.some((value) => value !== '0')) found[`${row.partner_id} ${row.currency}`] = values.join(' ');
  }
  return found;
}

// A seeded stream of numbers in [0, 1): mulberry32. The same seed gives the same test.
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function shuffled(list, next) {
  const out = [...list];
  for (let at = out.length - 1; at > 0; --at) {
    const other = Math.floor(next() * (at + 1));
    [out[at], out[other]] = [out[other], out[at]];
  }
  return out;
}

export const DAY_MS = 86400000;
// A day before or after today in UTC, as YYYY-MM-DD.
export const day = (offset) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
