// Proofs over the log (RFC 6962), checked once more by a verifier of a few lines that shares nothing with Trailbook.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { csvObjects, day } from './support/data.mjs';
import { expectCode, ok, startDaemon, tempDir } from './support/process.mjs';

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const node = (left, right) => sha(Buffer.from([1]), left, right);

// RFC 9162, 2.1.3.2.
function rootOf({ leaf_index, tree_size, leaf_hash, hashes }) {
  let [fn, sn, hash] = [BigInt(leaf_index), BigInt(tree_size) - 1n, Buffer.from(leaf_hash, 'hex')];
  for (const hex of hashes) {
    const other = Buffer.from(hex, 'hex');
    if (fn % 2n === 1n || fn === sn) {
      hash = node(other, hash);
      while (fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn / 2n, sn / 2n];
    } else {
      hash = node(hash, other);
    }
    [fn, sn] = [fn / 2n, sn / 2n];
  }
  assert.equal(sn, 0n, 'the proof is too short');
  return hash.toString('hex');
}

async function loggedProgram(t, payments) {
  const daemon = await startDaemon(t, tempDir(t));
  const cli = (args) => daemon.cli([...args, '--program', 'acme']);
  await ok(daemon.cli(['program', 'create', 'acme', '--name', 'Acme', '--rate-bps', '1000']));
  await ok(cli(['partner', 'create', 'jane', '--name', 'Jane', '--link-code', 'jane']));
  await ok(cli(['report', 'sign-up', '--customer', 'c', '--link', 'jane', '--time', day(-20)]));
  const pay = async (count, prefix) => {
    for (let n = 0; n < count; ++n) {
      await ok(cli(['report', 'payment', `${prefix}${n}`, '--customer', 'c', '--collected', 'USD:10.00', '--time', day(-10)]));
    }
  };
  await pay(payments, 'p');
  const json = async (...args) => JSON.parse((await ok(cli([...args, '-o', 'json']))).stdout);
  const head = async () => csvObjects((await ok(cli(['ledger', 'head', '-o', 'csv']))).stdout)[0];
  return { cli, pay, json, head };
}

test('every record is proved in the log as it is and as it was', async (t) => {
  const { cli, json, head } = await loggedProgram(t, 7);
  const { size, root_hash } = await head();
  for (let record = 1; record <= Number(size); ++record) {
    const proof = await json('ledger', 'prove', String(record));
    assert.equal(rootOf(proof), root_hash, `record ${record}`);
    const shown = await json('ledger', 'show', String(record));
    assert.equal(sha(Buffer.from([0]), Buffer.from(shown.body, 'base64')).toString('hex'), proof.leaf_hash);
  }
  const earlier = await json('ledger', 'prove', '2', '--size', '5');
  assert.equal(rootOf(earlier), earlier.root_hash);
  assert.match((await expectCode(3, cli(['ledger', 'prove', '99']))).stderr, /no record/);
  assert.match((await expectCode(2, cli(['ledger', 'prove', '2', '--size', '99']))).stderr, /tree_size: 99 is not between 1 and/);
  assert.match((await expectCode(2, cli(['ledger', 'prove', '6', '--size', '5']))).stderr, /record 6 is not in a tree of 5/);
});

test('what was noted is the beginning of the log, and another root is called rewritten history', async (t) => {
  const { cli, pay, head } = await loggedProgram(t, 3);
  const noted = await head();
  await ok(cli(['ledger', 'consistent', noted.size, noted.root_hash]));
  await pay(4, 'q');
  const now = csvObjects((await ok(cli(['ledger', 'consistent', noted.size, noted.root_hash, '-o', 'csv']))).stdout)[0];
  assert.equal(now.root_hash, (await head()).root_hash);
  const forged = noted.root_hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  assert.match((await expectCode(1, cli(['ledger', 'consistent', noted.size, forged]))).stderr, /HISTORY WAS REWRITTEN/);
  assert.match((await expectCode(1, cli(['ledger', 'consistent', String(Number(noted.size) - 1), noted.root_hash]))).stderr, /REWRITTEN/);
  assert.match((await expectCode(2, cli(['ledger', 'consistent', '4', 'abc']))).stderr, /64 hex digits/);
  assert.match((await expectCode(1, cli(['ledger', 'consistent', '999', noted.root_hash]))).stderr, /HISTORY WAS CUT: .* 999 is not between/);
});
