#!/usr/bin/env node
// A verifier that shares nothing with Trailbook but the formats (ledger/README.md, "A verifier of your own"): Node's standard library only.
//
//   verify.mjs checkpoint VKEY FILE           size and root of a signed checkpoint
//   verify.mjs receipt VKEY FILE              that the record in a receipt is in the log
//   verify.mjs tiles VKEY DIRECTORY           every hash of a log; with entries also that each nets to zero, and all balances
//   verify.mjs cosigned VKEY WITNESS FILE     the same as checkpoint, and when a witness saw it
//
// Exit code 1 and one line on standard error if anything is not as it was signed.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const fail = (what) => {
  throw new Error(what);
};
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafHash = (record) => sha256(Buffer.from([0]), record);
const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right);
function base64(text) {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : fail(`not base64: ${text}`);
}

// ---- signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ----

function parseKey(vkey) {
  const [, name, id, key] = vkey.trim().match(/^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/) ?? fail('not a verifier key');
  const bytes = base64(key);
  const wanted = sha256(Buffer.from(`${name}\n`), bytes).subarray(0, 4);
  if (bytes.length !== 33 || wanted.toString('hex') !== id) fail('the key does not fit its id');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)]); // RFC 8410
  return { name, id: wanted, kind: bytes[0], key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

// The signed text, if `key` signed it; for a witness also the time at which it did.
function openNote(note, key) {
  const end = note.lastIndexOf('\n\n');
  if (end < 0) fail('not a signed note');
  const text = note.slice(0, end + 1);
  for (const line of note.slice(end + 2).split('\n')) {
    const [, name, signature] = line.match(/^— (\S+) (\S+)$/) ?? [];
    if (name !== key.name || !base64(signature).subarray(0, 4).equals(key.id)) continue;
    const bytes = base64(signature).subarray(4);
    const time = key.kind === 4 ? bytes.readBigUInt64BE(0) : null;
    const signed = key.kind === 4 ? `cosignature/v1\ntime ${time}\n${text}` : text;
    if (!verify(null, Buffer.from(signed), key.key, key.kind === 4 ? bytes.subarray(8) : bytes)) fail(`the signature by ${name} is false`);
    return { text, time };
  }
  return fail(`no signature by ${key.name}`);
}

function openCheckpoint(note, key) {
  const [origin, size, root] = openNote(note, key).text.split('\n');
  if (origin !== key.name || !/^(0|[1-9]\d*)$/.test(size)) fail('not a checkpoint of this log');
  return { origin, size: BigInt(size), root: base64(root) };
}

// ---- receipts (C2SP tlog-proof): the root that a leaf and its neighbours give, RFC 9162 2.1.3.2 ----

function rootOf(index, size, leaf, proof) {
  if (index >= size) fail(`there is no record ${index} in a log of ${size}`);
  let [fn, sn, hash] = [index, size - 1n, leaf];
  for (const other of proof) {
    if (sn === 0n) fail('the proof is too long');
    if (fn % 2n === 1n || fn === sn) {
      hash = nodeHash(other, hash);
      while (fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn / 2n, sn / 2n];
    } else {
      hash = nodeHash(hash, other);
    }
    [fn, sn] = [fn / 2n, sn / 2n];
  }
  return sn === 0n ? hash : fail('the proof is too short');
}

function openReceipt(text, key) {
  const blank = text.indexOf('\n\n');
  const [first, extra, index, ...hashes] = text.slice(0, blank).split('\n');
  if (first !== 'c2sp.org/tlog-proof@v1' || !extra.startsWith('extra ') || !/^index (0|[1-9]\d*)$/.test(index)) fail('not a receipt');
  const record = base64(extra.slice('extra '.length));
  const checkpoint = openCheckpoint(text.slice(blank + 2), key);
  const place = BigInt(index.slice('index '.length));
  if (!rootOf(place, checkpoint.size, leafHash(record), hashes.map(base64)).equals(checkpoint.root)) fail('the record is not in the log');
  if (readRecord(record).sequence !== place + 1n) fail('the record has another number');
  return { record, checkpoint };
}

// ---- records: as much of Protobuf's wire format as postings need (proto/trailbook/log/v1/record.proto) ----

function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) fail('a record ends in a number');
      value |= BigInt(bytes[at] & 0x7f) << shift;
      if (bytes[at++] < 0x80) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const kind = tag & 7;
    if (kind === 0) yield [tag >> 3, varint()];
    else if (kind === 2) {
      const end = Number(varint()) + at;
      if (end > bytes.length) fail('a record ends in a text');
      yield [tag >> 3, bytes.subarray(at, end)];
      at = end;
    } else fail(`a record holds a field of kind ${kind}`);
  }
}

function readPosting(bytes) {
  const posting = { account: 0n, partner: 0n, currency: '', detail: '', amount: 0n, day: 0n };
  for (const [field, value] of fields(bytes)) {
    if (field === 1) posting.account = value;
    if (field === 2) posting.partner = value;
    if (field === 3) posting.currency = value.toString();
    if (field === 4) posting.detail = value.toString();
    if (field === 5) posting.amount = (value >> 1n) ^ -(value & 1n); // zigzag
    if (field === 6) posting.day = value;
  }
  return posting;
}

function readRecord(bytes) {
  const record = { sequence: 0n, postings: [] };
  for (const [field, value] of fields(bytes)) {
    if (field === 2) record.sequence = value;
    if (field === 6) record.postings.push(readPosting(value));
  }
  return record;
}

// ---- a directory of tiles (C2SP tlog-tiles) ----

const WIDTH = 256;

function tilePath(level, index, width) {
  const groups = [];
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) groups.unshift(String(rest % 1000).padStart(3, '0'));
  const last = groups.pop();
  return `tile/${level}/${groups.map((group) => `x${group}/`).join('')}${last}${width === WIDTH ? '' : `.p/${width}`}`;
}

// The root of a list of nodes, none of them missing: RFC 6962 2.1 from below, the odd one out moves up as it is.
function rootOfNodes(nodes) {
  if (nodes.length === 0) return sha256();
  let level = nodes;
  while (level.length > 1) {
    const above = [];
    for (let at = 0; at < level.length; at += 2) above.push(at + 1 < level.length ? nodeHash(level[at], level[at + 1]) : level[at]);
    level = above;
  }
  return level[0];
}

function* parts(directory, level, count) {
  for (let index = 0; index * WIDTH < count; ++index) {
    const width = Math.min(WIDTH, count - index * WIDTH);
    const full = path.join(directory, tilePath(level, index, WIDTH));
    yield { index, width, file: existsSync(full) ? full : path.join(directory, tilePath(level, index, width)) };
  }
}

// Hashes of level 0 up to the root: each level's tiles must be what the level below hashes to.
function checkHashes(directory, size, root) {
  let below = null;
  let leaves = [];
  for (let level = 0, count = size; count > 0; ++level, count = Math.floor(count / WIDTH)) {
    const hashes = [];
    for (const { width, file } of parts(directory, level, count)) {
      const bytes = readFileSync(file);
      if (bytes.length < width * 32) fail(`${file} is too short`);
      for (let at = 0; at < width; ++at) hashes.push(bytes.subarray(at * 32, at * 32 + 32));
    }
    for (const [at, hash] of hashes.entries()) {
      if (below && !rootOfNodes(below.slice(at * WIDTH, at * WIDTH + WIDTH)).equals(hash)) fail(`hash ${at} of level ${level} is not that of the tile below`);
    }
    if (level === 0) leaves = hashes;
    below = hashes;
  }
  if (!rootOfNodes(leaves).equals(root)) fail('the hashes do not come to the signed root');
  return leaves;
}

// "account/partner/currency/detail" -> balance in minor units.
function checkEntries(directory, leaves) {
  const balances = new Map();
  for (const { index, width, file } of parts(directory, 'entries', leaves.length)) {
    const bundle = readFileSync(file);
    for (let at = 0, n = 0; n < width; ++n) {
      const record = bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at));
      at += 2 + record.length;
      const sequence = index * WIDTH + n + 1;
      if (!leafHash(record).equals(leaves[sequence - 1])) fail(`record ${sequence} is not the one that was signed`);
      const sums = new Map();
      for (const posting of readRecord(record).postings) {
        const add = (map, key) => map.set(key, (map.get(key) ?? 0n) + posting.amount);
        add(sums, `${posting.currency} on day ${posting.day}`);
        add(balances, `${posting.account}/${posting.partner}/${posting.currency}/${posting.detail}`);
      }
      for (const [place, sum] of sums) if (sum !== 0n) fail(`record ${sequence} comes to ${sum} in ${place}`);
    }
  }
  return balances;
}

function checkTiles(directory, key) {
  const { origin, size, root } = openCheckpoint(readFileSync(path.join(directory, 'checkpoint'), 'utf8'), key);
  const leaves = checkHashes(directory, Number(size), root);
  const entries = existsSync(path.join(directory, 'tile/entries'));
  return { origin, size, root, balances: entries ? checkEntries(directory, leaves) : null };
}

const show = ({ origin, size, root }) => `${origin} ${size} ${root.toString('hex')}`;
const commands = {
  checkpoint: (key, file) => console.log(show(openCheckpoint(readFileSync(file, 'utf8'), key))),
  cosigned(key, witness, file) {
    const note = readFileSync(file, 'utf8');
    console.log(`${show(openCheckpoint(note, key))} ${openNote(note, parseKey(witness)).time}`);
  },
  receipt(key, file) {
    const { record, checkpoint } = openReceipt(readFileSync(file, 'utf8'), key);
    console.log(`${show(checkpoint)} ${readRecord(record).sequence}`);
  },
  tiles(key, directory) {
    const found = checkTiles(directory, key);
    console.log(show(found));
    for (const [account, balance] of [...(found.balances ?? [])].sort()) console.log(`${account} ${balance}`);
  },
};

try {
  const [command, vkey, ...rest] = process.argv.slice(2);
  if (!commands[command]) fail('usage: verify.mjs checkpoint|receipt|tiles|cosigned VKEY ... FILE');
  commands[command](parseKey(vkey), ...rest);
} catch (error) {
  console.error(`verify: ${error.message}`);
  process.exitCode = 1;
}
