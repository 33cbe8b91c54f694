// A small ledger in which every table has rows: billing events of months, terms and rates that changed, rival claims, a self-referral, and
// payouts of every fate.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { billingStream } from './billing.mjs';
import { csvObjects } from './data.mjs';
import { ok } from './process.mjs';

export const hashOf = (created) => csvObjects(created.stdout)[0].content_hash;

// Fills the program `books` of a running daemon; `dir` holds its input files.
export async function keepBooks(daemon, dir) {
  const as = (actor) => (...args) => ok(daemon.cli([...args, '--program', 'books', '-o', 'csv', '--as', actor]));
  const trailbook = as('fatima');
  const { partners, events } = billingStream(5, { customers: 60, partners: 5, months: 6, paypal: true });
  const files = { partners: path.join(dir, 'partners.csv'), events: path.join(dir, 'events.jsonl') };
  writeFileSync(files.partners, partners);
  writeFileSync(files.events, events.map((event) => event.line).join('\n') + '\n');
  await ok(daemon.cli(['program', 'create', 'books', '--name', 'Books', '--rate-bps', '750', '--hold-days', '30', '--minimum', 'USD:1.00']));
  await trailbook('partner', 'import', files.partners);
  await trailbook('import', 'stripe', files.events);
  await trailbook('program', 'terms', 'publish', '--rate-bps', '500');
  await trailbook('partner', 'set-rate', 'partner-1', '--rate-bps', '900');
  await trailbook('link', 'disable', 'link4');
  await trailbook('report', 'sign-up', '--customer', 'twice', '--partner', 'partner-1');
  await trailbook('report', 'sign-up', '--customer', 'twice', '--partner', 'partner-2');
  await trailbook('report', 'sign-up', '--customer', 'self', '--partner', 'partner-2', '--email', 'Partner2@clinic.example');
  await trailbook('report', 'payment', 'in_self', '--customer', 'self', '--collected', 'USD:10.00');
  await trailbook('report', 'payment', 'in_waits', '--customer', 'nobody', '--collected', 'USD:10.00');
  await payouts(trailbook, as('noor'));
  return files;
}

// One batch with a payout of each fate, one that was cancelled, and a draft.
async function payouts(trailbook, noor) {
  const create = (currency, ...more) => trailbook('payout', 'create', '--currency', currency, ...more);
  const created = await create('USD');
  assert.ok(Number(csvObjects(created.stdout)[0].payouts) >= 4, created.stdout);
  await noor('payout', 'approve', '1', '--content-hash', hashOf(created));
  await trailbook('payout', 'export', '1');
  await trailbook('payout', 'settle', '1', '1', '2', '--evidence', 'line 14');
  await trailbook('payout', 'return', '1', '2', '--reason', 'closed account');
  await trailbook('payout', 'fail', '1', '3', '--reason', 'invalid account');
  await trailbook('payout', 'unknown', '1', '4', '--reason', 'no answer');
  await create('EUR');
  await trailbook('payout', 'cancel', '2', '--reason', 'wrong cutoff');
  await create('EUR', '--draft');
}
