// Version 1 of the schema: the log, which nothing may change; the tables that are views of it; and what is kept beside
// it. Every key starts with program_id. Money and rates are checked once more by the database itself. What each engine
// has besides: schema_v1_sqlite.h and schema_v1_postgres.h.
#ifndef TRAILBOOK_LEDGER_STORE_SCHEMA_V1_H_
#define TRAILBOOK_LEDGER_STORE_SCHEMA_V1_H_

namespace trailbook::store {

// Tables and indexes, for every engine: with SQLite's names of types, which migrations.cc translates for others.
inline constexpr char kTablesV1[] = R"sql(
CREATE TABLE secret (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL, seal BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE log_record (
  program_id INTEGER NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL, CHECK (length(body) BETWEEN 1 AND
  65535), PRIMARY KEY (program_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_tile (
  program_id INTEGER NOT NULL, level INTEGER NOT NULL, tile INTEGER NOT NULL, hashes BLOB NOT NULL, CHECK
  (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0), PRIMARY KEY (program_id, level, tile)
) STRICT;
CREATE TABLE log_head (
  program_id INTEGER NOT NULL PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE watermark (program_id INTEGER NOT NULL PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE program (
  program_id INTEGER NOT NULL, slug TEXT NOT NULL, display_name TEXT NOT NULL, zone TEXT NOT NULL, create_time INTEGER
  NOT NULL, terms_version INTEGER NOT NULL, partners INTEGER NOT NULL, customers INTEGER NOT NULL, codes INTEGER NOT
  NULL, batches INTEGER NOT NULL, corrections INTEGER NOT NULL, closed_through INTEGER NOT NULL, group_count INTEGER
  NOT NULL, lowerings INTEGER NOT NULL, follow_from INTEGER NOT NULL, fx_rates INTEGER NOT NULL, PRIMARY KEY
  (program_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE terms (
  program_id INTEGER NOT NULL, version INTEGER NOT NULL, effective_day INTEGER NOT NULL, rate_bps INTEGER NOT NULL,
  hold_days INTEGER NOT NULL, window_days INTEGER NOT NULL, minimums TEXT NOT NULL, create_time INTEGER NOT NULL,
  tiers INTEGER NOT NULL, bonuses TEXT NOT NULL, duration_months INTEGER NOT NULL, follow INTEGER NOT NULL, CHECK
  (rate_bps BETWEEN 0 AND 1000), PRIMARY KEY (program_id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE tier (
  program_id INTEGER NOT NULL, grp INTEGER NOT NULL, version INTEGER NOT NULL, ordinal INTEGER NOT NULL,
  min_paying_customers INTEGER NOT NULL, rate_bps INTEGER NOT NULL, CHECK (rate_bps BETWEEN 0 AND 1000 AND
  min_paying_customers > 0), PRIMARY KEY (program_id, grp, version, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE partner_group (
  program_id INTEGER NOT NULL, grp INTEGER NOT NULL, group_id TEXT NOT NULL, display_name TEXT NOT NULL, create_time
  INTEGER NOT NULL, terms_version INTEGER NOT NULL, PRIMARY KEY (program_id, grp)
) STRICT, WITHOUT ROWID;
CREATE TABLE group_key (
  program_id INTEGER NOT NULL, group_id TEXT NOT NULL, grp INTEGER NOT NULL, PRIMARY KEY (program_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE group_terms (
  program_id INTEGER NOT NULL, grp INTEGER NOT NULL, version INTEGER NOT NULL, effective_day INTEGER NOT NULL,
  rate_bps INTEGER NOT NULL, hold_days INTEGER NOT NULL, create_time INTEGER NOT NULL, tiers INTEGER NOT NULL, bonuses
  TEXT NOT NULL, duration_months INTEGER NOT NULL, follow INTEGER NOT NULL, CHECK (rate_bps BETWEEN 0 AND 1000),
  PRIMARY KEY (program_id, grp, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE group_member (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, ordinal INTEGER NOT NULL, effective_day INTEGER NOT NULL, grp
  INTEGER NOT NULL, PRIMARY KEY (program_id, partner, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE lowering (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, ordinal INTEGER NOT NULL, rate_bps INTEGER NOT NULL,
  effective_day INTEGER NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL, create_time INTEGER NOT NULL, CHECK
  (rate_bps BETWEEN 0 AND 1000), PRIMARY KEY (program_id, partner, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE partner (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, rates INTEGER NOT NULL, create_time INTEGER NOT NULL, state
  INTEGER NOT NULL, deactivate_time INTEGER NOT NULL, state_reason TEXT NOT NULL, group_moves INTEGER NOT NULL,
  paying_customers INTEGER NOT NULL, most_paying_customers INTEGER NOT NULL, lowerings INTEGER NOT NULL, merged_into
  INTEGER NOT NULL, first_alias INTEGER NOT NULL, next_alias INTEGER NOT NULL, PRIMARY KEY (program_id, partner)
) STRICT, WITHOUT ROWID;
CREATE TABLE partner_rate (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, ordinal INTEGER NOT NULL, effective_day INTEGER NOT NULL,
  rate_bps INTEGER NOT NULL, CHECK (rate_bps BETWEEN 0 AND 1000), PRIMARY KEY (program_id, partner, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE code (
  program_id INTEGER NOT NULL, code INTEGER NOT NULL, partner INTEGER NOT NULL, coupon INTEGER NOT NULL, create_time
  INTEGER NOT NULL, disable_time INTEGER NOT NULL, PRIMARY KEY (program_id, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE referral (
  program_id INTEGER NOT NULL, customer INTEGER NOT NULL, partner INTEGER NOT NULL, sign_up_time INTEGER NOT NULL,
  sign_up_day INTEGER NOT NULL, touch_kind INTEGER NOT NULL, code INTEGER NOT NULL, terms_version INTEGER NOT NULL,
  rate_bps INTEGER NOT NULL, own_rate INTEGER NOT NULL, hold_days INTEGER NOT NULL, in_review INTEGER NOT NULL,
  rejected INTEGER NOT NULL, sequence INTEGER NOT NULL, grp INTEGER NOT NULL, CHECK (rate_bps BETWEEN 0 AND 1000),
  PRIMARY KEY (program_id, customer)
) STRICT, WITHOUT ROWID;
CREATE TABLE paying_customers (
  program_id INTEGER NOT NULL, block INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (program_id, block)
) STRICT, WITHOUT ROWID;
CREATE TABLE losing_touch (
  program_id INTEGER NOT NULL, customer INTEGER NOT NULL, partner INTEGER NOT NULL, sign_up_time INTEGER NOT NULL,
  sequence INTEGER NOT NULL, PRIMARY KEY (program_id, customer, partner)
) STRICT, WITHOUT ROWID;
CREATE TABLE external_key (
  program_id INTEGER NOT NULL, id_key BLOB NOT NULL, commission INTEGER NOT NULL, PRIMARY KEY (program_id, id_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE fresh_key (
  program_id INTEGER NOT NULL, number INTEGER NOT NULL, ids BLOB NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE commission (
  program_id INTEGER NOT NULL, number INTEGER NOT NULL, partner INTEGER NOT NULL, customer INTEGER NOT NULL,
  payment_id TEXT NOT NULL, currency TEXT NOT NULL, collected INTEGER NOT NULL, base INTEGER NOT NULL, rate_bps
  INTEGER NOT NULL, payment_time INTEGER NOT NULL, event_day INTEGER NOT NULL, matures_on INTEGER NOT NULL,
  zero_reason INTEGER NOT NULL, flags INTEGER NOT NULL, accrued INTEGER NOT NULL, booked INTEGER NOT NULL, pending
  INTEGER NOT NULL, held INTEGER NOT NULL, matured INTEGER NOT NULL, given_back INTEGER NOT NULL, open_disputed
  INTEGER NOT NULL, open_disputes INTEGER NOT NULL, previous INTEGER NOT NULL, forfeited INTEGER NOT NULL,
  forfeited_from INTEGER NOT NULL, bonus_of INTEGER NOT NULL, bonus_line INTEGER NOT NULL, due_previous INTEGER NOT
  NULL, origin INTEGER NOT NULL, moved_from INTEGER NOT NULL, moved_to INTEGER NOT NULL, moved_day INTEGER NOT NULL,
  CHECK (base >= 0 AND base <= collected AND (bonus_of <> 0 OR accrued * 10 <= base) AND booked >= 0 AND booked <=
  accrued), PRIMARY KEY (program_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE commission_event (
  program_id INTEGER NOT NULL, commission INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (program_id,
  commission, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE refund (
  program_id INTEGER NOT NULL, commission INTEGER NOT NULL, id_key BLOB NOT NULL, amount INTEGER NOT NULL, failed
  INTEGER NOT NULL, counted INTEGER NOT NULL, PRIMARY KEY (program_id, commission, id_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE dispute (
  program_id INTEGER NOT NULL, commission INTEGER NOT NULL, id_key BLOB NOT NULL, amount INTEGER NOT NULL, state
  INTEGER NOT NULL, PRIMARY KEY (program_id, commission, id_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE open_hold (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, commission INTEGER NOT NULL, since INTEGER NOT NULL, PRIMARY
  KEY (program_id, partner, commission)
) STRICT, WITHOUT ROWID;
CREATE TABLE earner (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, currency TEXT NOT NULL, pending INTEGER NOT NULL, held
  INTEGER NOT NULL, payable INTEGER NOT NULL, reserved INTEGER NOT NULL, tax_reserved INTEGER NOT NULL, receivable
  INTEGER NOT NULL, in_transit INTEGER NOT NULL, paid INTEGER NOT NULL, first_day INTEGER NOT NULL, pending_day
  INTEGER NOT NULL, held_day INTEGER NOT NULL, payable_day INTEGER NOT NULL, reserved_day INTEGER NOT NULL,
  tax_reserved_day INTEGER NOT NULL, receivable_day INTEGER NOT NULL, next_due INTEGER NOT NULL, due_days BLOB NOT
  NULL, last_commission INTEGER NOT NULL, payouts INTEGER NOT NULL, moved_sequence INTEGER NOT NULL, moved_day INTEGER
  NOT NULL, CHECK (pending >= 0 AND held >= 0 AND payable >= 0 AND reserved >= 0 AND tax_reserved >= 0 AND receivable
  >= 0), PRIMARY KEY (program_id, partner, currency)
) STRICT, WITHOUT ROWID;
CREATE TABLE earner_day (
  program_id INTEGER NOT NULL, day INTEGER NOT NULL, partner INTEGER NOT NULL, currency TEXT NOT NULL, pending INTEGER
  NOT NULL, held INTEGER NOT NULL, payable INTEGER NOT NULL, reserved INTEGER NOT NULL, tax_reserved INTEGER NOT NULL,
  receivable INTEGER NOT NULL, in_transit INTEGER NOT NULL, paid INTEGER NOT NULL, maturing INTEGER NOT NULL,
  matured_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL, lines INTEGER NOT NULL, last_due INTEGER NOT
  NULL, PRIMARY KEY (program_id, day, partner, currency)
) STRICT, WITHOUT ROWID;
CREATE TABLE account (
  program_id INTEGER NOT NULL, kind INTEGER NOT NULL, currency TEXT NOT NULL, detail TEXT NOT NULL, balance INTEGER
  NOT NULL, PRIMARY KEY (program_id, kind, currency, detail)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_day (
  program_id INTEGER NOT NULL, kind INTEGER NOT NULL, currency TEXT NOT NULL, detail TEXT NOT NULL, day INTEGER NOT
  NULL, change INTEGER NOT NULL, PRIMARY KEY (program_id, kind, currency, detail, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE payable_line (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, currency TEXT NOT NULL, sequence INTEGER NOT NULL, day
  INTEGER NOT NULL, amount INTEGER NOT NULL, commission INTEGER NOT NULL, matures_on INTEGER NOT NULL, batch INTEGER
  NOT NULL, payout INTEGER NOT NULL, from_batch INTEGER NOT NULL, from_payout INTEGER NOT NULL, PRIMARY KEY
  (program_id, partner, currency, sequence, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE payout_batch (
  program_id INTEGER NOT NULL, batch INTEGER NOT NULL, currency TEXT NOT NULL, cutoff_day INTEGER NOT NULL,
  funding_account TEXT NOT NULL, state INTEGER NOT NULL, total INTEGER NOT NULL, payout_count INTEGER NOT NULL,
  content_hash BLOB NOT NULL, preparer TEXT NOT NULL, approver TEXT NOT NULL, create_time INTEGER NOT NULL, settled
  INTEGER NOT NULL, returned INTEGER NOT NULL, failed INTEGER NOT NULL, cancelled INTEGER NOT NULL, PRIMARY KEY
  (program_id, batch)
) STRICT, WITHOUT ROWID;
CREATE TABLE payout (
  program_id INTEGER NOT NULL, batch INTEGER NOT NULL, payout INTEGER NOT NULL, partner INTEGER NOT NULL, currency
  TEXT NOT NULL, amount INTEGER NOT NULL, state INTEGER NOT NULL, method_type TEXT NOT NULL, line_count INTEGER NOT
  NULL, evidence TEXT NOT NULL, sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL, last_day INTEGER NOT NULL,
  back_day INTEGER NOT NULL, after_failure INTEGER NOT NULL, settlement_currency TEXT NOT NULL, settlement_amount
  INTEGER NOT NULL, fx_rate INTEGER NOT NULL, retry_of_batch INTEGER NOT NULL, retry_of_payout INTEGER NOT NULL,
  PRIMARY KEY (program_id, batch, payout)
) STRICT, WITHOUT ROWID;
CREATE TABLE correction (
  program_id INTEGER NOT NULL, correction INTEGER NOT NULL, kind INTEGER NOT NULL, state INTEGER NOT NULL, partner
  INTEGER NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL, reason TEXT NOT NULL, cash_account TEXT NOT NULL,
  proposer TEXT NOT NULL, decider TEXT NOT NULL, create_time INTEGER NOT NULL, reverses INTEGER NOT NULL, reversed_by
  INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (program_id, correction)
) STRICT, WITHOUT ROWID;
CREATE TABLE forfeited_part (
  program_id INTEGER NOT NULL, correction INTEGER NOT NULL, commission INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (program_id, correction, commission)
) STRICT, WITHOUT ROWID;
CREATE TABLE program_slug (
  slug TEXT NOT NULL, program_id INTEGER NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (slug)
) STRICT, WITHOUT ROWID;
CREATE TABLE partner_identity (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, partner_id TEXT NOT NULL, display_name TEXT NOT NULL, email
  TEXT NOT NULL, email_digest BLOB NOT NULL, country TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, partner)
) STRICT, WITHOUT ROWID;
CREATE TABLE partner_key (
  program_id INTEGER NOT NULL, partner_id TEXT NOT NULL, partner INTEGER NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id,
  partner_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_identity (
  program_id INTEGER NOT NULL, customer INTEGER NOT NULL, customer_id TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id,
  customer)
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_key (
  program_id INTEGER NOT NULL, id_key BLOB NOT NULL, customer INTEGER NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, id_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE code_identity (
  program_id INTEGER NOT NULL, code INTEGER NOT NULL, text TEXT NOT NULL, destination TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE code_key (
  program_id INTEGER NOT NULL, text TEXT NOT NULL, code INTEGER NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, text)
) STRICT, WITHOUT ROWID;
CREATE TABLE payout_method (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, type TEXT NOT NULL, account TEXT NOT NULL, editor TEXT NOT
  NULL, blocked INTEGER NOT NULL, settlement_currency TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, partner)
) STRICT, WITHOUT ROWID;
CREATE TABLE payout_destination (
  program_id INTEGER NOT NULL, batch INTEGER NOT NULL, payout INTEGER NOT NULL, display_name TEXT NOT NULL, type TEXT
  NOT NULL, account TEXT NOT NULL, editor TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, batch, payout)
) STRICT, WITHOUT ROWID;
CREATE TABLE click (
  program_id INTEGER NOT NULL, id_key BLOB NOT NULL, code INTEGER NOT NULL, click_time INTEGER NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, id_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX click_by_time ON click (program_id, click_time);
CREATE TABLE parked (
  program_id INTEGER NOT NULL, number INTEGER NOT NULL, id_key BLOB NOT NULL, wait_key BLOB NOT NULL, due_day INTEGER
  NOT NULL, event_time INTEGER NOT NULL, report BLOB NOT NULL, refused TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE parked_key (
  program_id INTEGER NOT NULL, id_key BLOB NOT NULL, number INTEGER NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, id_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE request (
  program_id INTEGER NOT NULL, id_key BLOB NOT NULL, content_hash BLOB NOT NULL, number INTEGER NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program_id, id_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE statement_mark (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, currency TEXT NOT NULL, day INTEGER NOT NULL, ordinal INTEGER
  NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (program_id, partner, currency, day, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE balance_line (
  program_id INTEGER NOT NULL, partner INTEGER NOT NULL, currency TEXT NOT NULL, account INTEGER NOT NULL, sequence
  INTEGER NOT NULL, day INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (program_id, partner, currency, account,
  sequence, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE referral_move (
  program_id INTEGER NOT NULL, customer INTEGER NOT NULL, sequence INTEGER NOT NULL, from_partner INTEGER NOT NULL,
  partner INTEGER NOT NULL, PRIMARY KEY (program_id, customer, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE fx_rate (
  program_id INTEGER NOT NULL, rate_number INTEGER NOT NULL, from_currency TEXT NOT NULL, to_currency TEXT NOT NULL,
  rate TEXT NOT NULL, source TEXT NOT NULL, actor TEXT NOT NULL, quote_time INTEGER NOT NULL, create_time INTEGER NOT
  NULL, PRIMARY KEY (program_id, rate_number)
) STRICT, WITHOUT ROWID;
CREATE TABLE fx_pair (
  program_id INTEGER NOT NULL, from_currency TEXT NOT NULL, to_currency TEXT NOT NULL, rate_number INTEGER NOT NULL,
  PRIMARY KEY (program_id, from_currency, to_currency)
) STRICT, WITHOUT ROWID;
CREATE INDEX payable_line_by_payout ON payable_line (program_id, partner, currency, batch, payout, sequence, day);
CREATE INDEX payable_line_by_commission ON payable_line (program_id, partner, currency, commission, sequence, day)
WHERE commission <> 0;
CREATE INDEX payable_line_by_maturity ON payable_line (program_id, partner, currency, matures_on, sequence, day)
WHERE matures_on <> 0;
CREATE INDEX payout_by_partner ON payout (program_id, partner, currency, state, batch, payout);
CREATE INDEX referral_in_review ON referral (program_id, customer) WHERE in_review <> 0;
CREATE INDEX parked_wait ON parked (program_id, wait_key);
CREATE INDEX parked_due ON parked (program_id, due_day) WHERE due_day <> 0;
)sql";

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SCHEMA_V1_H_
