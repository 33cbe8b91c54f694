// A stream of reports: outcomes in order, bad ones among them, a reader who does not read, a daemon that stops, a queue that is full.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import grpc from '@grpc/grpc-js';
import { connect, payment, refusal, smallProgram } from './support/client.mjs';
import { ok, sleep, startDaemon, tempDir } from './support/process.mjs';

const metadata = (actor) => {
  const made = new grpc.Metadata();
  if (actor) made.set('trailbook-actor', actor);
  return made;
};

// A stream with what came out of it so far.
class Stream {
  constructor(api, { actor = 'tester' } = {}) {
    this.call = api.reports.stub.ReportStream(metadata(actor));
    this.outcomes = [];
    this.messages = [];
    this.ended = new Promise((done) => {
      this.call.on('error', (error) => done(error));
      this.call.on('end', () => done(null));
    });
    this.call.on('data', (message) => {
      assert.equal(Number(message.first_event), this.outcomes.length, 'outcomes are numbered without a gap');
      this.messages.push(message);
      this.outcomes.push(...message.outcomes);
    });
  }
  send(parent, ...payments) {
    return this.call.write({ parent, events: payments.map((each) => ({ payment: each })) });
  }
  async settled(count) {
    while (this.outcomes.length < count) await sleep(5);
  }
}
const memoryOf = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

async function start(t, args = []) {
  const daemon = await startDaemon(t, tempDir(t), { args });
  const api = connect(daemon.address);
  t.after(() => api.close());
  return { daemon, api, parent: await smallProgram(api) };
}

test('outcomes come in the order of the events, refused ones in their places, and the books are those of single reports', async (t) => {
  const { daemon, api, parent } = await start(t);
  const stream = new Stream(api);
  for (let at = 0; at < 500; ++at) {
    const bad = at % 50 === 7;
    stream.send(at === 0 ? parent : '', payment(`in_${at}`, 1000, bad ? { base: 2000 } : {}));
  }
  stream.send(parent, payment('in_3', 2000), payment('in_x', 1000), payment('in_x', 1000));
  stream.call.end();
  assert.equal(await stream.ended, null);
  assert.equal(stream.outcomes.length, 503);
  stream.outcomes.slice(0, 500).forEach((outcome, at) => {
    if (at % 50 === 7) assert.match(outcome.error.message, /base 2000 is above/, `event ${at}`);
    else assert.equal(outcome.outcome, 'OUTCOME_RECORDED', `event ${at}`);
  });
  assert.match(stream.outcomes[500].error.message, /in_3/);
  assert.deepEqual(stream.outcomes.slice(501).map((outcome) => [outcome.outcome, outcome.replayed]), [['OUTCOME_RECORDED', false], ['OUTCOME_RECORDED', true]]);
  const { earnings } = await api.earnings.GetPartnerEarnings({ partner: `${parent}/partners/jane` });
  assert.equal(earnings[0].pending, String(491 * 100));
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
});

test('what concerns the whole stream ends it, and says what is wrong', async (t) => {
  const { api, parent } = await start(t);
  const ending = async (write, options) => {
    const stream = new Stream(api, options);
    write(stream);
    const error = await stream.ended;
    return { ...(await refusal(Promise.reject(error))), outcomes: stream.outcomes.length };
  };
  const nobody = await ending((stream) => stream.send(parent, payment('in_1', 5)), { actor: null });
  assert.deepEqual([nobody.code, nobody.reason], ['UNAUTHENTICATED', 'NO_ACTOR']);
  const nowhere = await ending((stream) => stream.send('programs/nowhere', payment('in_1', 5)));
  assert.deepEqual([nowhere.code, nowhere.outcomes], ['NOT_FOUND', 0]);
  const unnamed = await ending((stream) => stream.send('', payment('in_1', 5)));
  assert.deepEqual([unnamed.code, unnamed.fields], ['INVALID_ARGUMENT', ['parent']]);
  const empty = await ending((stream) => stream.send(parent));
  assert.deepEqual([empty.code, empty.fields], ['INVALID_ARGUMENT', ['events']]);
  const large = await ending((stream) => stream.send(parent, ...[...Array(1001)].map((_, at) => payment(`in_l${at}`, 5))));
  assert.deepEqual([large.code, large.reason], ['INVALID_ARGUMENT', 'BATCH_TOO_LARGE']);
  const moved = await ending((stream) => {
    stream.send(parent, payment('in_first', 5));
    stream.send('programs/other', payment('in_second', 5));
  });
  assert.deepEqual([moved.code, moved.fields, moved.outcomes], ['INVALID_ARGUMENT', ['parent'], 1], 'the outcome before comes first');
});

test("a caller who does not read makes the daemon wait, not grow, and loses nothing", async (t) => {
  const { daemon, api, parent } = await start(t);
  const stream = new Stream(api);
  stream.call.pause();
  const before = memoryOf(daemon.child.pid);
  let sent = 0;
  // Until gRPC's flow control stops us: far above what may be under way.
  for (; sent < 400000; sent += 20) {
    const events = [...Array(20)].map((_, at) => payment(`in_${sent + at}`, 1000));
    if (!stream.send(parent, ...events)) {
      const drained = new Promise((done) => stream.call.once('drain', () => done(true)));
      if (!(await Promise.race([drained, sleep(700).then(() => false)]))) {
        sent += 20;
        break;
      }
    }
  }
  await sleep(500);
  assert.ok(sent < 400000, 'the daemon read everything though nobody took the outcomes');
  assert.ok(memoryOf(daemon.child.pid) - before < 60000, `memory grew by ${memoryOf(daemon.child.pid) - before} kB`);
  // Others are served meanwhile.
  await api.reports.ReportPayment({ parent, payment: payment('in_other', 1000) });
  stream.call.resume();
  stream.call.end();
  assert.equal(await stream.ended, null);
  assert.equal(stream.outcomes.length, sent);
  assert.ok(stream.outcomes.every((outcome) => outcome.outcome === 'OUTCOME_RECORDED'));
});

test('a daemon that stops answers what it has read and says that it stops; the rest goes to the next one', async (t) => {
  const data = tempDir(t);
  const first = await startDaemon(t, data);
  let api = connect(first.address);
  const parent = await smallProgram(api);
  const stream = new Stream(api);
  const idle = new Stream(api); // has said nothing: the daemon does not wait for it
  const ids = [...Array(4000).keys()].map((at) => `in_${at}`);
  for (const id of ids.slice(0, 2000)) stream.send(parent, payment(id, 1000, { time: 1700000000000 + 86400000 * 800 }));
  await stream.settled(100);
  const stopping = first.stop();
  for (const id of ids.slice(2000)) stream.send(parent, payment(id, 1000, { time: 1700000000000 + 86400000 * 800 }));
  const error = await stream.ended;
  assert.equal(error.code, grpc.status.UNAVAILABLE);
  assert.equal((await idle.ended).code, grpc.status.UNAVAILABLE);
  assert.equal((await stopping).code, 0);
  api.close();
  const answered = stream.outcomes.length;
  assert.ok(answered >= 100);
  const second = await startDaemon(t, data);
  api = connect(second.address);
  const again = new Stream(api);
  for (const id of ids) again.send(parent, payment(id, 1000, { time: 1700000000000 + 86400000 * 800 }));
  again.call.end();
  assert.equal(await again.ended, null);
  assert.equal(again.outcomes.length, ids.length);
  again.outcomes.forEach((outcome, at) => assert.ok(at >= answered || outcome.replayed, `${ids[at]} was acknowledged, then new`));
  await ok(second.cli(['ledger', 'verify', '--program', 'acme']));
  api.close();
});

test('a caller who goes away leaves the daemon well', async (t) => {
  const { daemon, api, parent } = await start(t);
  for (let round = 0; round < 20; ++round) {
    const stream = new Stream(api);
    for (let at = 0; at < 300; ++at) stream.send(parent, payment(`in_${round}_${at}`, 1000));
    await sleep(round);
    stream.call.cancel();
    assert.equal((await stream.ended).code, grpc.status.CANCELLED);
  }
  await api.reports.ReportPayment({ parent, payment: payment('in_after', 1000) });
  await ok(daemon.cli(['ledger', 'verify', '--program', 'acme']));
  assert.equal((await daemon.stop()).code, 0, 'no call is still in flight');
});

test('a full queue refuses with QUEUE_FULL and when to try again; what was refused can be reported again', async (t) => {
  const { api, parent } = await start(t, ['--max-queued', '40']);
  const calls = [...Array(400)].map((_, at) => {
    const events = [...Array(20)].map((__, n) => ({ payment: payment(`in_${at}_${n}`, 1000) }));
    const send = () => api.reports.ReportBatch({ parent, events });
    return { send, answer: send().then(() => null, (error) => error) };
  });
  const refused = [];
  for (const call of calls) {
    const error = await call.answer;
    if (error) refused.push({ ...call, error });
  }
  assert.ok(refused.length > 0, 'nothing was refused');
  const { code, reason, retry_after_ms } = await refusal(Promise.reject(refused[0].error));
  assert.deepEqual([code, reason], ['RESOURCE_EXHAUSTED', 'QUEUE_FULL']);
  assert.ok(retry_after_ms > 0 && retry_after_ms <= 1000, `retry after ${retry_after_ms} ms`);
  for (const { send } of refused) await send();
  const { earnings } = await api.earnings.GetPartnerEarnings({ partner: `${parent}/partners/jane` });
  assert.equal(earnings[0].pending, String(400 * 20 * 100));
});

test('what nobody waits for any more is not begun', async (t) => {
  const { api, parent } = await start(t);
  const slow = [...Array(10)].map((_, call) =>
    api.reports.ReportBatch({ parent, events: [...Array(10000)].map((__, n) => ({ payment: payment(`in_${call}_${n}`, 1000) })) }));
  await sleep(150);
  const late = await new Promise((done) => {
    api.reports.stub.ReportPayment({ parent, payment: payment('in_late', 1000) }, metadata('tester'), { deadline: Date.now() + 20 }, (error) => done(error));
  });
  await Promise.all(slow);
  assert.equal(late?.code, grpc.status.DEADLINE_EXCEEDED);
  const again = await api.reports.ReportPayment({ parent, payment: payment('in_late', 1000) });
  assert.equal(again.replayed, false, 'it was recorded though its caller had gone');
});
