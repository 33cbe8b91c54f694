// The disk is full: writes are refused with DISK_FULL, reads go on, and when there is room again everything does, with nothing lost.
import assert from 'node:assert/strict';
import { closeSync, openSync, statSync, statfsSync, truncateSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { connect, payment, refusal, smallProgram } from '../e2e/support/client.mjs';
import { ok, run, sleep, startDaemon, tempDir, undo } from '../e2e/support/process.mjs';

const TIME = Date.now();

// A small disk of its own; null where nothing may be mounted.
async function smallDisk(t) {
  const dir = tempDir(t);
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', dir]).catch((error) => ({ code: 1, stderr: String(error) }));
  if (mounted.code !== 0) {
    t.skip(`no small disk can be mounted here: ${mounted.stderr.trim()}`);
    return null;
  }
  undo(t, () => run('umount', [dir]));
  return dir;
}

// Takes all the room but `left` bytes.
function fill(dir, left) {
  const { bavail, bsize } = statfsSync(dir);
  const fd = openSync(path.join(dir, 'filler'), 'a');
  writeSync(fd, Buffer.alloc(Math.max(0, bavail * bsize - left)));
  closeSync(fd);
}
// Gives some of it back.
function giveBack(dir, bytes) {
  const filler = path.join(dir, 'filler');
  truncateSync(filler, statSync(filler).size - bytes);
}
const free = (dir) => unlinkSync(path.join(dir, 'filler'));

const health = async (api, noun) => (await api.health.Check({ service: `trailbook.v1.${noun}Service` })).status;
async function awaitHealth(api, status) {
  for (let waited = 0; waited < 10000; waited += 50) {
    if ((await health(api, 'Reporting')) === status) return;
    await sleep(50);
  }
  assert.fail(`ReportingService never was ${status}`);
}

const batch = (from, count) => [...Array(count).keys()].map((n) => ({ payment: payment(`in_${from + n}`, 1000, { time: TIME }) }));

async function reportUntilFull(api, parent, acknowledged) {
  for (let from = acknowledged.length; from < 100000; from += 100) {
    const events = batch(from, 100);
    const refused = await api.reports.ReportBatch({ parent, events }).then(() => null, (error) => refusal(Promise.reject(error)));
    if (refused) return { refused, events };
    acknowledged.push(...events);
  }
  throw new Error('the disk never was full');
}

async function assertRecorded(api, parent, events) {
  const { outcomes } = await api.reports.ReportBatch({ parent, events });
  assert.ok(outcomes.every((outcome) => outcome.replayed));
}

test('a full disk refuses writes with DISK_FULL, serves reads, and recovers when there is room', async (t) => {
  const disk = await smallDisk(t);
  if (disk === null) return;
  const data = path.join(disk, 'data');
  let daemon = await startDaemon(t, data);
  let api = connect(daemon.address, { deadlineMs: 10000 });
  undo(t, () => api.close());
  const parent = await smallProgram(api);
  const jane = { partner: `${parent}/partners/jane` };
  const acknowledged = [];
  fill(disk, 400000);
  // The tool says it in words, with exit code 1. A single payment may find the room that a batch does not.
  let full, told, small = 0;
  for (; small < 100; ++small) {
    full = await reportUntilFull(api, parent, acknowledged);
    told = await daemon.cli(['report', 'payment', `in_cli_${small}`, '--customer', 'cus_1', '--collected', 'USD:10.00', '--program', 'acme']);
    if (told.code !== 0) break;
  }
  const { refused, events } = full;
  assert.deepEqual([refused.code, refused.reason, refused.domain], ['RESOURCE_EXHAUSTED', 'DISK_FULL', 'trailbook']);
  assert.ok(acknowledged.length > 0, 'something was acknowledged before');
  assert.equal(told.code, 1);
  assert.match(told.stderr, /disk is full.*DISK_FULL/);

  // Reads and the other services go on.
  await awaitHealth(api, 'NOT_SERVING');
  assert.equal(await health(api, 'Earnings'), 'SERVING');
  const [earned] = (await api.earnings.GetPartnerEarnings(jane)).earnings;
  assert.equal(earned.pending, String(100 * (acknowledged.length + small)));
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));

  // Killed and started again on the full disk, it still serves reads.
  await daemon.kill();
  api.close();
  daemon = await startDaemon(t, data);
  api = connect(daemon.address, { deadlineMs: 10000 });
  assert.deepEqual((await api.earnings.GetPartnerEarnings(jane)).earnings, [earned]);

  free(disk);
  await awaitHealth(api, 'SERVING');
  const { outcomes } = await api.reports.ReportBatch({ parent, events });
  assert.ok(outcomes.every((outcome) => outcome.error === null && !outcome.replayed), 'nothing of the refused batch was recorded');
  await assertRecorded(api, parent, acknowledged);
  const [after] = (await api.earnings.GetPartnerEarnings(jane)).earnings;
  assert.equal(after.pending, String(100 * (acknowledged.length + small + events.length)));
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
});

test('single reports in flight when the disk fills up are acknowledged and kept, or refused', async (t) => {
  const disk = await smallDisk(t);
  if (disk === null) return;
  const daemon = await startDaemon(t, path.join(disk, 'data'));
  const api = connect(daemon.address, { deadlineMs: 10000 });
  undo(t, () => api.close());
  const parent = await smallProgram(api);
  fill(disk, 300000);
  const acknowledged = [];
  let count = 0;
  const worker = async () => {
    for (;;) {
      const [event] = batch(count++, 1);
      await api.reports.ReportPayment({ parent, payment: event.payment });
      acknowledged.push(event);
    }
  };
  for (const { reason } of await Promise.allSettled([...Array(32)].map(worker))) {
    assert.equal((await refusal(Promise.reject(reason))).reason, 'DISK_FULL', String(reason));
  }
  // Health follows the room, whether anybody writes or not.
  await awaitHealth(api, 'NOT_SERVING');
  await sleep(1500);
  assert.equal(await health(api, 'Reporting'), 'NOT_SERVING', 'it is still full');
  giveBack(disk, 1 << 20);
  await sleep(2500);
  assert.equal(await health(api, 'Reporting'), 'NOT_SERVING', 'a small write would succeed, a large one would not');
  free(disk);
  await awaitHealth(api, 'SERVING');
  await assertRecorded(api, parent, acknowledged);
  const [earned] = (await api.earnings.GetPartnerEarnings({ partner: `${parent}/partners/jane` })).earnings;
  assert.equal(earned.pending, String(100 * acknowledged.length), 'nothing that was refused is in the books');
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
});
