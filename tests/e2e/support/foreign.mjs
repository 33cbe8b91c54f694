// Verifiers that Trailbook did not write, or that share nothing with it: Go's sumdb packages, npm's @sigstore/verify, and verify.mjs.
import { createHash, createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ok, run, SOURCE } from './process.mjs';

const FOREIGN = path.join(SOURCE, 'tests/e2e/foreign');

// Builds the Go program into `dir`; what it built from stays in the build tree.
export async function buildGo(dir) {
  const cache = path.join(SOURCE, 'build/go-cache');
  mkdirSync(cache, { recursive: true });
  const binary = path.join(dir, 'verify-go');
  const env = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOCACHE: cache, GOFLAGS: '' };
  await ok(run('go', ['build', '-o', binary, path.join(FOREIGN, 'verify.go')], { env }));
  return (args) => run(binary, args);
}

export const stranger = (args) => run(process.execPath, [path.join(FOREIGN, 'verify.mjs'), ...args]);

// @sigstore/verify keeps these two to itself; its own bundle verifier calls them.
const require = createRequire(import.meta.url);
const dist = path.join(SOURCE, 'tests/e2e/node_modules/@sigstore/verify/dist/tlog');
const { verifyCheckpoint } = require(path.join(dist, 'checkpoint.js'));
const { verifyMerkleInclusion } = require(path.join(dist, 'merkle.js'));

function sigstoreKey(vkey) {
  const [name, id, ...key] = vkey.trim().split('+');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key.join('+'), 'base64').subarray(1)]);
  const logID = Buffer.concat([Buffer.from(id, 'hex'), createHash('sha256').update(der).digest().subarray(4)]);
  return { logID, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }), baseURL: `https://${name}` };
}

// Throws unless Sigstore's code finds the receipt's record in its signed checkpoint.
function sigstoreReceipt(vkey, text) {
  const blank = text.indexOf('\n\n');
  const [, extra, index, ...hashes] = text.slice(0, blank).split('\n');
  const entry = {
    canonicalizedBody: Buffer.from(extra.slice('extra '.length), 'base64'),
    inclusionProof: {
      logIndex: index.slice('index '.length),
      hashes: hashes.map((hash) => Buffer.from(hash, 'base64')),
      checkpoint: { envelope: text.slice(blank + 2) },
    },
  };
  const checkpoint = verifyCheckpoint(entry, [sigstoreKey(vkey)]);
  verifyMerkleInclusion(entry, checkpoint);
  return checkpoint;
}

function sigstoreCheckpoint(vkey, envelope) {
  return verifyCheckpoint({ inclusionProof: { checkpoint: { envelope } } }, [sigstoreKey(vkey)]);
}

// As a command with the others' answers: "origin size root", or exit code 1.
export async function sigstore([command, vkey, file]) {
  const verify = { receipt: sigstoreReceipt, checkpoint: sigstoreCheckpoint }[command];
  try {
    const { origin, logSize, logHash } = verify(vkey, readFileSync(file, 'utf8'));
    return { code: 0, stdout: `${origin} ${logSize} ${logHash.toString('hex')}\n`, stderr: '' };
  } catch (error) {
    return { code: 1, stdout: '', stderr: error.message };
  }
}
