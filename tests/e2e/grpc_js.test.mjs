// A stranger's client, with nothing but the proto files: grpc-js and proto-loader.
import grpc from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { connect, decodeStatus, money, payment, refusal, requestId, seconds, SERVICES, smallProgram } from './support/client.mjs';
import { day, DAY_MS } from './support/data.mjs';
import { run, SOURCE, startDaemon, tempDir } from './support/process.mjs';

async function start(t, options) {
  const daemon = await startDaemon(t, tempDir(t));
  const api = connect(daemon.address, options);
  t.after(() => api.close());
  return { daemon, api };
}

const only = (earnings) => {
  assert.equal(earnings.earnings.length, 1, JSON.stringify(earnings));
  return earnings.earnings[0];
};

test('a stranger reports a sign-up, a payment and a refund and reads the earnings', async (t) => {
  const { api } = await start(t);
  const parent = await smallProgram(api, { rate_bps: 750 });
  const link = await api.links.CreateLink({
    parent, code: ' Jane2 ', link: { partner: `${parent}/partners/jane`, kind: 'KIND_LINK' }, request_id: requestId(),
  });
  assert.equal(link.name, `${parent}/links/jane2`);
  const bound = await api.reports.ReportSignUp({
    parent, sign_up: { customer_id: 'cus_2', link_code: 'JANE2', occur_time: seconds(Date.now() - 9 * DAY_MS) },
  });
  assert.deepEqual([bound.outcome, bound.partner], ['OUTCOME_RECORDED', `${parent}/partners/jane`]);
  // The worked example of an invoice with tax: 118.00 with 18.00 tax at 7.5 %.
  const paid = await api.reports.ReportPayment({
    parent, payment: { ...payment('in_1', 11800, { customer: 'cus_2', base: 10000 }), alias_ids: ['pi_1'] },
  });
  assert.deepEqual([paid.outcome, paid.commission_amount], ['OUTCOME_RECORDED', money('USD', 750)]);
  const refund = { refund_id: 're_1', payment_id: 'pi_1', amount: money('USD', 5900), state: 'STATE_SUCCEEDED', occur_time: seconds(Date.now()) };
  const back = await api.reports.ReportRefund({ parent, refund });
  assert.deepEqual([back.outcome, back.commission], ['OUTCOME_RECORDED', paid.commission]);

  const earned = only(await api.earnings.GetPartnerEarnings({ partner: `${parent}/partners/jane` }));
  assert.deepEqual([earned.currency_code, earned.pending, earned.payable], ['USD', '375', '0']);
  const explained = await api.earnings.ExplainCommission({ name: paid.commission });
  assert.equal(explained.commission.current_minor_units, '375');
  assert.equal(explained.rate_source, 'PROGRAM_TERMS');
  assert.deepEqual(explained.steps.map((step) => [step.change_minor_units, step.after_minor_units]), [['750', '750'], ['-375', '375']]);
  assert.deepEqual(explained.steps.map((step) => step.external_id), ['in_1', 're_1']);
  assert.match(explained.text.join('\n'), /7\.5 % of USD 100\.00 = USD 7\.50/);
});

test('amounts just above 2^53 stay exact on the whole way', async (t) => {
  const { api } = await start(t);
  const parent = await smallProgram(api);
  const collected = 2n ** 53n + 1n; // 9007199254740993: no double holds it
  const paid = await api.reports.ReportPayment({ parent, payment: payment('in_1', collected) });
  assert.equal(paid.commission_amount.minor_units, '900719925474099');
  const { commission } = await api.earnings.ExplainCommission({ name: paid.commission });
  assert.deepEqual([commission.collected.minor_units, commission.base_minor_units], [String(collected), String(collected)]);
  // Sums as well: ten of them and one, in pending.
  for (let n = 2; n <= 10; ++n) await api.reports.ReportPayment({ parent, payment: payment(`in_${n}`, collected) });
  await api.reports.ReportPayment({ parent, payment: payment('in_last', 30) });
  const earned = only(await api.earnings.GetPartnerEarnings({ partner: `${parent}/partners/jane` }));
  assert.equal(earned.pending, String(10n * 900719925474099n + 3n));
});

test('what would not fit into 64 bits is refused and changes nothing', async (t) => {
  const { api } = await start(t);
  const parent = await smallProgram(api);
  const most = 2n ** 63n - 1n;
  const time = { time: Date.now() };
  await api.reports.ReportPayment({ parent, payment: payment('in_0', most, time) });
  const tenth = most / 10n;
  for (let n = 1; n < 10; ++n) await api.reports.ReportPayment({ parent, payment: payment(`in_${n}`, most, time) });
  const refused = await refusal(api.reports.ReportPayment({ parent, payment: payment('in_10', most, time) }));
  assert.deepEqual([refused.code, refused.reason, refused.domain], ['OUT_OF_RANGE', 'OVERFLOW', 'trailbook']);
  const earned = only(await api.earnings.GetPartnerEarnings({ partner: `${parent}/partners/jane` }));
  assert.equal(earned.pending, String(10n * tenth));
  assert.equal((await api.ledger.VerifyLedger({ parent })).ok, true);
});

test('a refusal carries google.rpc.Status with ErrorInfo and the field', async (t) => {
  const { api } = await start(t);
  const parent = await smallProgram(api);
  const cases = [
    [payment('', 100), 'INVALID_ARGUMENT', 'INVALID_FIELD', 'payment.payment_id'],
    [payment('in_1', 100, { currency: 'ZZZ' }), 'INVALID_ARGUMENT', 'UNKNOWN_CURRENCY', 'payment.collected.currency_code'],
    [payment('in_1', -1), 'INVALID_ARGUMENT', 'AMOUNT_OUT_OF_RANGE', 'payment.collected.minor_units'],
    [payment('in_1', 100, { base: 101 }), 'INVALID_ARGUMENT', 'BASE_ABOVE_COLLECTED', 'payment.base_minor_units'],
    [payment('in_1', 100, { time: Date.UTC(1999, 11, 31) }), 'INVALID_ARGUMENT', 'TIME_OUT_OF_RANGE', 'payment.occur_time'],
  ];
  for (const [message, code, reason, field] of cases) {
    const refused = await refusal(api.reports.ReportPayment({ parent, payment: message }));
    assert.deepEqual([refused.code, refused.reason, refused.domain, refused.fields], [code, reason, 'trailbook', [field]]);
    assert.ok(refused.message.length > 10);
  }
  const missing = await refusal(api.reports.ReportPayment({ parent: 'programs/nobody', payment: payment('in_1', 1) }));
  assert.deepEqual([missing.code, missing.reason], ['NOT_FOUND', 'NOT_FOUND']);
  const unnamed = await refusal(api.programs.PublishTerms({ parent, terms: { rate_bps: 1 }, request_id: requestId() }, { as: '' }));
  assert.deepEqual([unnamed.code, unnamed.reason], ['UNAUTHENTICATED', 'NO_ACTOR']);
});

test('a report told again answers as the first time; with other content it is refused', async (t) => {
  const { api } = await start(t);
  const parent = await smallProgram(api);
  const told = payment('in_1', 5000);
  const first = await api.reports.ReportPayment({ parent, payment: told });
  const again = await api.reports.ReportPayment({ parent, payment: told });
  assert.deepEqual(again, { ...first, replayed: true });
  for (const change of [{ collected: money('USD', 5001) }, { customer_id: 'cus_9' }, { base_minor_units: '4999' }, { collected: money('EUR', 5000) }]) {
    const refused = await refusal(api.reports.ReportPayment({ parent, payment: { ...told, ...change } }));
    assert.deepEqual([refused.code, refused.reason], ['ALREADY_EXISTS', 'EVENT_CONFLICT'], JSON.stringify(change));
  }
  const earned = only(await api.earnings.GetPartnerEarnings({ partner: `${parent}/partners/jane` }));
  assert.equal(earned.pending, '500');
});

test('a request_id makes a repeat harmless; with other content it is refused', async (t) => {
  const { api } = await start(t);
  const parent = await smallProgram(api);
  const request = { parent, partner_id: 'noor', partner: { display_name: 'Noor' }, request_id: 'once' };
  const first = await api.partners.CreatePartner(request);
  assert.deepEqual(await api.partners.CreatePartner(request), first);
  const other = await refusal(api.partners.CreatePartner({ ...request, partner: { display_name: 'Nora' } }));
  assert.deepEqual([other.code, other.reason], ['ALREADY_EXISTS', 'REQUEST_ID_REUSED']);
  const taken = await refusal(api.partners.CreatePartner({ ...request, partner: { display_name: 'Nora' }, request_id: 'twice' }));
  assert.deepEqual([taken.code, taken.reason], ['ALREADY_EXISTS', 'ALREADY_EXISTS']);
  // A refused command leaves its id free.
  await api.partners.CreatePartner({ ...request, partner_id: 'nora', request_id: 'twice' });
});

test('a batch of 10 000 answers one outcome an event, and 10 001 are too many', async (t) => {
  const { api } = await start(t);
  const parent = await smallProgram(api);
  const events = [...Array(10000).keys()].map((n) => ({ payment: payment(`in_${n}`, n % 7 === 0 ? -1 : 1000) }));
  const { outcomes } = await api.reports.ReportBatch({ parent, events });
  assert.equal(outcomes.length, events.length);
  const refused = outcomes.filter((outcome) => outcome.error);
  assert.equal(refused.length, 1429);
  const error = decodeStatus(refused[1].error);
  assert.deepEqual([error.code, error.reason], ['INVALID_ARGUMENT', 'AMOUNT_OUT_OF_RANGE']);
  assert.deepEqual(error.fields, ['events[7].payment.collected.minor_units']);
  assert.equal(outcomes[1].outcome, 'OUTCOME_RECORDED');
  const earned = only(await api.earnings.GetPartnerEarnings({ partner: `${parent}/partners/jane` }));
  assert.equal(earned.pending, String(100 * (10000 - 1429)));
  const tooLarge = await refusal(api.reports.ReportBatch({ parent, events: [...events, events[1]] }));
  assert.deepEqual([tooLarge.code, tooLarge.reason], ['INVALID_ARGUMENT', 'BATCH_TOO_LARGE']);
});

test('health answers for every service and for none', async (t) => {
  const { api } = await start(t);
  for (const service of ['', ...SERVICES]) {
    assert.equal((await api.health.Check({ service })).status, 'SERVING', service);
  }
  assert.equal(SERVICES.length, 7);
  assert.equal((await refusal(api.health.Check({ service: 'trailbook.v1.NoService' }))).code, 'NOT_FOUND');
});

test('reflection describes the API to a tool that has no proto files', async (t) => {
  const { daemon, api } = await start(t);
  await smallProgram(api);
  const buf = path.join(SOURCE, 'tests/e2e/node_modules/.bin/buf');
  const call = await run(buf, ['curl', '--protocol', 'grpc', '--http2-prior-knowledge', '-d', '{"name":"programs/acme"}',
    `http://${daemon.address}/trailbook.v1.ProgramService/GetProgram`]);
  assert.equal(call.code, 0, call.stderr);
  assert.equal(JSON.parse(call.stdout).displayName, 'Acme');
});

// Every list of the API, over one program that has something in each.
async function fullProgram(api) {
  const parent = await smallProgram(api, { hold_days: 0 });
  for (const [n, currency] of [[1, 'USD'], [2, 'EUR'], [3, 'INR'], [4, 'USD'], [5, 'USD']]) {
    await api.programs.CreateProgram({ program_id: `p${n}`, program: { display_name: 'P' }, terms: { rate_bps: n }, request_id: requestId() });
    await api.programs.PublishTerms({ parent, terms: { rate_bps: 100 * n, hold_days: 0 }, request_id: requestId() });
    await api.partners.CreatePartner({
      parent, partner_id: `partner-${n}`, link_code: `code${n}`, request_id: requestId(),
      partner: { display_name: `Partner ${n}`, payout_method: { type: 'paypal', account: `p${n}@mail.example` } },
    });
    await api.reports.ReportSignUp({ parent, sign_up: { customer_id: `c${n}`, partner: `partner-${n}`, occur_time: seconds(Date.now() - DAY_MS) } });
    await api.reports.ReportPayment({ parent, payment: payment(`in_${n}`, 10000 * n, { customer: `c${n}` }) });
    await api.reports.ReportPayment({ parent, payment: payment(`jane_${n}`, 10000 * n, { currency }) });
  }
  await api.earnings.RunMaturity({ parent });
  const payout_batch = { currency_code: 'USD', cutoff_date: day(0), funding_account: 'main' };
  for (let n = 0; n < 3; ++n) await api.payouts.CreatePayoutBatch({ parent, payout_batch, request_id: requestId() });
  await api.payouts.SubmitPayoutBatch({ name: `${parent}/payoutBatches/2`, request_id: requestId() });
  return parent;
}

const lists = (api, parent) => {
  const jane = `${parent}/partners/jane`;
  return {
    ListPrograms: [api.programs.ListPrograms, 'programs', {}],
    ListTerms: [api.programs.ListTerms, 'terms', { parent }, { parent: 'programs/p1' }],
    ListPartners: [api.partners.ListPartners, 'partners', { parent }, { parent: 'programs/p1' }],
    ListLinks: [api.links.ListLinks, 'links', { parent }, { parent, partner: jane }],
    ListEarnings: [api.earnings.ListEarnings, 'earnings', { parent }, { parent, as_of_date: day(-1) }],
    ListCommissions: [api.earnings.ListCommissions, 'commissions', { parent: jane }, { parent: `${parent}/partners/partner-1` }],
    GetStatement: [api.earnings.GetStatement, 'lines', { partner: jane, currency_code: 'USD', from_date: day(-40) },
      { partner: jane, currency_code: 'EUR', from_date: day(-40) }],
    ListRecords: [api.ledger.ListRecords, 'records', { parent }, { parent: 'programs/p1' }],
    ListEntries: [api.ledger.ListEntries, 'entries', { parent }, { parent: 'programs/p1' }],
    ListAccounts: [api.ledger.ListAccounts, 'accounts', { parent }, { parent: 'programs/p1' }],
    ListPayoutBatches: [api.payouts.ListPayoutBatches, 'payout_batches', { parent }, { parent: 'programs/p1' }],
    ListPayouts: [api.payouts.ListPayouts, 'payouts', { parent: `${parent}/payoutBatches/2` }, { parent: `${parent}/payoutBatches/1` }],
  };
};

test('every list gives page by page what it gives at once, and binds its tokens to its filter', async (t) => {
  const { api } = await start(t);
  const all = lists(api, await fullProgram(api));
  for (const [name, [method, items, request, other]] of Object.entries(all)) {
    const whole = await method({ ...request, page_size: 1000 });
    assert.equal(whole.next_page_token, '', name);
    assert.ok(whole[items].length > 2, `${name} has ${whole[items].length}`);
    for (const page_size of [1, 2, whole[items].length]) {
      const paged = [];
      let page_token = '';
      do {
        const page = await method({ ...request, page_size, page_token });
        assert.ok(page[items].length <= page_size, name);
        paged.push(...page[items]);
        page_token = page.next_page_token;
      } while (page_token !== '');
      assert.deepEqual(paged, whole[items], `${name} in pages of ${page_size}`);
    }
    const { next_page_token } = await method({ ...request, page_size: 1 });
    for (const bad of [{ ...request, page_token: 'x' }, { ...request, page_token: next_page_token.slice(0, -3) }, other && { ...other, page_token: next_page_token }]) {
      if (!bad) continue;
      const refused = await refusal(method(bad));
      assert.deepEqual([refused.code, refused.reason], ['INVALID_ARGUMENT', 'BAD_PAGE_TOKEN'], `${name} ${JSON.stringify(bad)}`);
    }
    const negative = await refusal(method({ ...request, page_size: -1 }));
    assert.equal(negative.code, 'INVALID_ARGUMENT', name);
    assert.equal((await method({ ...request, page_size: 100000 }))[items].length, whole[items].length, name);
  }
  // A token of one list is none of another.
  const { next_page_token } = await all.ListRecords[0]({ ...all.ListRecords[2], page_size: 1 });
  assert.equal((await refusal(all.ListEntries[0]({ ...all.ListEntries[2], page_token: next_page_token }))).reason, 'BAD_PAGE_TOKEN');
});

test('the id of a call comes back in its trailers, made by the daemon if the caller gives none', async (t) => {
  const { api } = await start(t);
  await smallProgram(api);
  const trailer = (metadata) =>
    new Promise((resolve, reject) => {
      const call = api.programs.stub.GetProgram({ name: 'programs/acme' }, metadata, (error) => error && reject(error));
      call.on('status', (status) => resolve(String(status.metadata.get('x-request-id')[0])));
    });
  const metadata = new grpc.Metadata();
  assert.match(await trailer(metadata), /^[0-9a-f]{16}$/);
  metadata.set('x-request-id', 'mine-7');
  assert.equal(await trailer(metadata), 'mine-7');
});
