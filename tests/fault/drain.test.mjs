// SIGTERM under load: what began is finished, the daemon leaves with 0, and nothing that it acknowledged is missing after a restart.
import assert from 'node:assert/strict';
import test from 'node:test';
import { connect, payment, refusal, smallProgram } from '../e2e/support/client.mjs';
import { freePort, ok, sleep, startDaemon, tempDir } from '../e2e/support/process.mjs';

const events = (prefix, count) => [...Array(count).keys()].map((n) => ({ payment: payment(`${prefix}_${n}`, 1000, { time: TIME }) }));
const TIME = Date.now();

// Every one of `payments` is there: reported again it is a replay.
async function assertRecorded(api, parent, payments) {
  for (let at = 0; at < payments.length; at += 10000) {
    const { outcomes } = await api.reports.ReportBatch({ parent, events: payments.slice(at, at + 10000) });
    assert.ok(outcomes.every((outcome) => outcome.replayed && outcome.error === null));
  }
}

test('calls that began before SIGTERM are finished, and health says NOT_SERVING meanwhile', async (t) => {
  const data = tempDir(t);
  const port = await freePort();
  let daemon = await startDaemon(t, data, { port, args: ['--drain-grace-ms', '700'] });
  let api = connect(daemon.address);
  const parent = await smallProgram(api);
  const singles = events('single', 300);
  const batches = [0, 1, 2, 3].map((n) => events(`batch${n}`, 5000));
  const calls = [
    ...batches.map((batch) => api.reports.ReportBatch({ parent, events: batch })),
    ...singles.map((event) => api.reports.ReportPayment({ parent, payment: event.payment })),
  ];
  await sleep(30); // they are on their way
  const exited = daemon.stop();
  let notServing = false;
  for (let n = 0; n < 40 && !notServing; ++n) {
    const answer = await api.health.Check({ service: 'trailbook.v1.ReportingService' }).catch(() => ({}));
    notServing = answer.status === 'NOT_SERVING';
    await sleep(10);
  }
  assert.ok(notServing, 'health never said NOT_SERVING');
  await Promise.all(calls);
  assert.deepEqual(await exited, { code: 0, signal: null });
  assert.equal((await refusal(api.programs.GetProgram({ name: parent }))).code, 'UNAVAILABLE');
  api.close();

  daemon = await startDaemon(t, data, { port });
  api = connect(daemon.address);
  t.after(() => api.close());
  await assertRecorded(api, parent, [...singles, ...batches.flat()]);
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
});

test('under endless load every call is either acknowledged and kept or refused as UNAVAILABLE', async (t) => {
  const data = tempDir(t);
  let daemon = await startDaemon(t, data);
  let api = connect(daemon.address);
  const parent = await smallProgram(api);
  const kept = [];
  let count = 0;
  const worker = async () => {
    for (;;) {
      const reported = payment(`in_${++count}`, 1000, { time: TIME });
      await api.reports.ReportPayment({ parent, payment: reported });
      kept.push({ payment: reported });
    }
  };
  const workers = Promise.allSettled([...Array(64)].map(worker));
  await sleep(400);
  // A watcher of the health never hangs up by itself.
  const watch = api.health.stub.Watch({ service: '' });
  watch.on('error', () => {}).on('data', () => {});
  await sleep(50);
  const began = Date.now();
  const { code } = await daemon.stop();
  assert.equal(code, 0);
  assert.ok(Date.now() - began < 5000, 'the stop took long');
  for (const { reason } of await workers) assert.equal(reason.code, 14, String(reason)); // UNAVAILABLE: safe to try again
  api.close();
  assert.ok(kept.length > 100, `only ${kept.length} were reported`);

  daemon = await startDaemon(t, data);
  api = connect(daemon.address);
  t.after(() => api.close());
  await assertRecorded(api, parent, kept);
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
});

test('SIGTERM to an idle daemon is answered at once', async (t) => {
  const daemon = await startDaemon(t, tempDir(t));
  const began = Date.now();
  assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
  assert.ok(Date.now() - began < 2000);
});
