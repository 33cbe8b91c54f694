// The proto files: buf's STANDARD and COMMENTS lint, with the exceptions that proto/buf.yaml names and nothing hidden beyond them.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { run, SOURCE, tempDir } from './support/process.mjs';

const PROTO = path.join(SOURCE, 'proto');
const buf = (args) => run(path.join(SOURCE, 'tests/e2e/node_modules/.bin/buf'), args);

test('the proto files pass the lint', async () => {
  const lint = await buf(['lint', PROTO]);
  assert.equal(lint.code, 0, lint.stdout + lint.stderr);
});

test('the lint sees what is wrong: a field without a comment, a name in the wrong case', async (t) => {
  const copy = tempDir(t);
  cpSync(PROTO, copy, { recursive: true });
  const file = path.join(copy, 'trailbook/v1/money.proto');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/\}\s*$/, '  int64 badName = 3;\n}\n'));
  const lint = await buf(['lint', copy]);
  assert.notEqual(lint.code, 0);
  assert.match(lint.stdout, /badName.*lower_snake_case/);
  assert.match(lint.stdout, /badName.*comment/);
});

test('no proto file switches the lint off for itself, and only vendored folders are left out', () => {
  const config = readFileSync(path.join(PROTO, 'buf.yaml'), 'utf8');
  const listed = (key) => config.match(new RegExp(`^  ${key}:\\n((?:    .*\\n)+)`, 'm'))[1].match(/^    - (.*)$/gm).map((line) => line.slice(6)).sort();
  assert.deepEqual(listed('use'), ['COMMENTS', 'STANDARD']);
  assert.deepEqual(listed('except'), ['RPC_REQUEST_RESPONSE_UNIQUE', 'RPC_RESPONSE_STANDARD_NAME']);
  assert.deepEqual(listed('ignore'), ['google', 'grpc']);
  for (const folder of ['trailbook/v1', 'trailbook/log/v1']) {
    for (const name of readdirSync(path.join(PROTO, folder))) {
      assert.doesNotMatch(readFileSync(path.join(PROTO, folder, name), 'utf8'), /buf:lint:ignore/, name);
    }
  }
});

test('money is never a fraction: no float or double in any message', () => {
  for (const folder of ['trailbook/v1', 'trailbook/log/v1']) {
    for (const name of readdirSync(path.join(PROTO, folder))) {
      assert.doesNotMatch(readFileSync(path.join(PROTO, folder, name), 'utf8'), /^\s*(repeated |optional )?(float|double)\s/m, name);
    }
  }
});
