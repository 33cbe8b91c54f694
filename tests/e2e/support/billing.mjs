// A stream of billing events as a provider's webhooks tell them, invented from a seed: sign-ups by link, coupon and reference, invoices with
// tax and credit, trials, refunds that bounce, disputes of every fate, two shapes of invoices, deliveries that come twice. No rival claims.
// `rough`: half of the payments are given back or disputed, some of them twice.
import { DAY_MS, random } from './data.mjs';

const PLANS = [
  { currency: 'inr', net: 149900, taxBps: 1800 },
  { currency: 'usd', net: 4900, taxBps: 0 },
  { currency: 'eur', net: 4917, taxBps: 2000 },
  { currency: 'jpy', net: 7805, taxBps: 1000 },
];

class Stream {
  constructor(seed, { customers, partners, months, endMs, rough }) {
    this.rough = rough;
    this.next = random(seed);
    this.seed = seed;
    this.counts = { customers, partners };
    this.end = endMs;
    this.start = endMs - months * 30 * DAY_MS;
    this.events = [];
    this.ids = 0;
  }
  chance(p) {
    return this.next() < p;
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  id(prefix) {
    return `${prefix}_${this.seed}x${++this.ids}`;
  }
  emit(time, type, object) {
    if (time > this.end) return;
    const created = Math.floor(time / 1000);
    const line = JSON.stringify({ id: this.id('evt'), object: 'event', type, created, data: { object } });
    this.events.push({ time, line });
    if (this.chance(0.03)) this.events.push({ time: Math.min(this.end, time + this.below(3 * DAY_MS)), line, again: true });
  }

  customer(n) {
    const plan = PLANS[this.below(PLANS.length)];
    const customer = this.id('cus');
    const joined = this.start + this.below(this.end - this.start);
    if (this.chance(0.02)) this.invoice(joined - 20 * DAY_MS, customer, plan, 1);
    this.signUp(joined, customer, n);
    let time = joined + (this.chance(0.3) ? 14 * DAY_MS : 1000);
    if (time > joined + 1000) this.invoice(joined, customer, plan, 0);
    for (let k = [1, 3, 6, 99][this.below(4)]; k > 0 && time <= this.end; --k) {
      this.invoice(time, customer, plan, this.chance(0.1) ? 0.37 : 1);
      if (this.chance(0.02)) this.invoice(time + DAY_MS, customer, plan, -0.21);
      time += 30 * DAY_MS + this.below(3600000);
    }
  }

  signUp(time, customer, n) {
    const partner = this.below(this.counts.partners);
    const session = {
      id: this.id('cs'), customer, client_reference_id: null, metadata: {}, created: Math.floor(time / 1000),
      customer_details: { email: `customer${n}@practice.example` },
    };
    const how = this.below(5);
    if (how === 0) session.metadata.coupon_code = ` Save${partner} `;
    if (how === 1) session.metadata = { coupon_code: 'SPRING', referral_code: `LINK${partner}` };
    if (how === 2) session.client_reference_id = `link${partner}`;
    if (how === 3) session.client_reference_id = `user-${this.below(1000)}`;
    if (how === 4) {
      session.client_reference_id = `link${partner}`;
      if (this.chance(0.1)) session.customer_details.email = `Partner${partner}+me@clinic.example`;
    }
    this.emit(time, 'checkout.session.completed', session);
  }

  invoice(time, customer, plan, factor) {
    const net = Math.round(plan.net * factor);
    const total = net + Math.round((net * plan.taxBps) / 10000);
    let paid = Math.max(total, 0);
    if (this.chance(0.04)) paid -= paid >> 2;
    if (total < 0 && this.chance(0.3)) paid = 500;
    const [invoice, intent, charge] = [this.id('in'), this.id('pi'), this.id('ch')];
    const older = this.chance(0.1);
    this.emit(time, 'invoice.paid', {
      id: invoice, customer, currency: plan.currency, amount_paid: paid, total, total_excluding_tax: net,
      status_transitions: { paid_at: Math.floor(time / 1000) }, ...(older ? { payment_intent: intent, charge } : {}),
    });
    if (paid <= 0) return;
    if (!older) {
      this.emit(time, 'invoice_payment.paid', { id: this.id('inpay'), invoice, payment: { payment_intent: intent } });
    }
    const what = { currency: plan.currency, charge, payment_intent: intent };
    if (this.chance(this.rough ? 0.5 : 0.1)) this.refunds(time, paid, what);
    if (this.chance(this.rough ? 0.4 : 0.05)) this.dispute(time, paid, what);
    if (this.rough && this.chance(0.15)) this.dispute(time, paid, what);
  }

  refunds(time, paid, what) {
    let left = paid;
    for (let k = 1 + this.below(3); k > 0 && left > 0; --k) {
      const amount = this.chance(0.4) ? left : 1 + this.below(left);
      const refund = { ...what, id: this.id('re'), amount };
      time += DAY_MS * (1 + this.below(50));
      if (this.chance(0.1)) this.emit(time, 'refund.created', { ...refund, status: 'pending' });
      const succeeds = this.chance(0.9);
      if (succeeds) this.emit(time + 1000, 'refund.updated', { ...refund, status: 'succeeded' });
      if (!succeeds || this.chance(0.15)) {
        this.emit(time + 2 * DAY_MS, 'refund.failed', { ...refund, status: 'failed' });
      } else {
        left -= amount;
      }
    }
  }

  dispute(time, paid, what) {
    const inquiry = this.chance(0.3);
    const dispute = { ...what, id: this.id('dp'), amount: this.chance(0.6) ? paid : 1 + this.below(paid) };
    time += DAY_MS * (1 + this.below(60));
    this.emit(time, 'charge.dispute.created', { ...dispute, status: inquiry ? 'warning_needs_response' : 'needs_response' });
    if (inquiry && this.chance(0.5)) return;
    if (inquiry) this.emit(time + 4 * DAY_MS, 'charge.dispute.updated', { ...dispute, status: 'needs_response' });
    const verdict = ['won', 'lost', null][this.below(3)];
    if (verdict) this.emit(time + DAY_MS * (5 + this.below(40)), 'charge.dispute.closed', { ...dispute, status: verdict });
  }
}

// {partners: the CSV file, events: [{time, line}] in the order of their times}.
export function billingStream(seed, { customers = 150, partners = 8, months = 8, endMs = Date.now() - 2 * DAY_MS, paypal = false, rough = false } = {}) {
  const stream = new Stream(seed, { customers, partners, months, endMs, rough });
  for (let n = 0; n < customers; ++n) stream.customer(n);
  const rows = ['partner_id,display_name,email,link_code,coupon_code,country,payout_method,payout_account,rate_bps'];
  for (let p = 0; p < partners; ++p) {
    const rate = p % 3 === 0 ? 1000 : '';
    const method = paypal ? `paypal,partner${p}@mail.example` : 'none,';
    rows.push(`partner-${p},Partner ${p},partner${p}@clinic.example,link${p},SAVE${p},,${method},${rate}`);
  }
  stream.events.sort((a, b) => a.time - b.time);
  return { partners: rows.join('\n') + '\n', events: stream.events };
}
