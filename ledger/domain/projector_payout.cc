#include "ledger/domain/projector_payout.h"

#include <algorithm>
#include <map>

#include "ledger/domain/chart.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/phases.h"

namespace trailbook {
namespace {

using log::v1::Record;

// The day on which a record is in the books.
Day BookingDayOf(const Record& record) {
  Day day = record.event_day();
  for (const log::v1::Posting& posting : record.postings()) day = std::max(day, posting.booking_day());
  return day;
}

void SetPhase(PayoutBatch& batch, BatchPhase phase) { batch.state = static_cast<int64_t>(phase); }

void Apply(const Record& record, const log::v1::PayoutBatchCreated& created, Book& book) {
  PayoutBatch batch;
  batch.program = record.program();
  batch.batch = created.batch();
  batch.currency = created.currency();
  batch.cutoff_day = created.cutoff_day();
  batch.funding_account = created.funding_account();
  SetPhase(batch, BatchPhase::kDraft);
  batch.preparer = record.actor();
  batch.create_time = record.record_micros() / 1000000;
  book.payout_batches.Put(std::move(batch));
  book.programs.Edit({record.program()}).batches = created.batch();
}

void Apply(const Record& record, const log::v1::PayoutReserved& reserved, Book& book) {
  const Currency currency = book.payout_batches.At({record.program(), reserved.batch()}).currency;
  const Payout::Key key{record.program(), reserved.batch(), reserved.payout()};
  Payout& payout = book.payouts.EditOrCreate(key);
  if (payout.sequence == 0) {
    payout.partner = reserved.partner();
    payout.currency = currency;
    payout.amount = reserved.amount();
    payout.state = static_cast<int64_t>(PayoutPhase::kReserved);
    payout.method_type = reserved.method_type();
    payout.sequence = record.sequence();
    payout.settlement_currency = reserved.settlement_currency();
    payout.settlement_amount = reserved.settlement_amount();
    payout.fx_rate = reserved.fx_rate();
    payout.retry_of_batch = reserved.retry_of_batch();
    payout.retry_of_payout = reserved.retry_of_payout();
    ++book.earners.Edit({record.program(), reserved.partner(), currency}).payouts;
  }
  payout.line_count += reserved.lines_size();
  payout.last_sequence = record.sequence();
  payout.last_day = BookingDayOf(record);
  for (const log::v1::PayoutLine& line : reserved.lines()) {
    PayableLine& row =
        book.payable_lines.Edit({record.program(), reserved.partner(), currency, line.sequence(), line.booking_day()});
    row.batch = reserved.batch();
    row.payout = reserved.payout();
  }
}

void Apply(const Record& record, const log::v1::FxRateSet& set, Book& book) {
  FxRate rate;
  rate.program = record.program();
  rate.number = set.rate_number();
  rate.from_currency = set.from_currency();
  rate.to_currency = set.to_currency();
  rate.rate = set.rate();
  rate.source = set.source();
  rate.actor = record.actor();
  rate.time = set.time();
  rate.create_time = record.record_micros() / 1000000;
  book.fx_pairs.EditOrCreate({record.program(), rate.from_currency, rate.to_currency}).number = rate.number;
  book.programs.Edit({record.program()}).fx_rates = rate.number;
  book.fx_rates.Put(std::move(rate));
}

void Apply(const Record& record, const log::v1::PayoutBatchSubmitted& submitted, Book& book) {
  PayoutBatch& batch = book.payout_batches.Edit({record.program(), submitted.batch()});
  SetPhase(batch, BatchPhase::kSubmitted);
  batch.total = submitted.total();
  batch.payout_count = submitted.payout_count();
  batch.content_hash.bytes = submitted.content_hash();
  batch.preparer = record.actor();
}

// What a record changed in the balance of a payout's partner, by booking day.
std::map<Day, int64_t> ChangeByDay(const Record& record, int64_t partner) {
  std::map<Day, int64_t> changes;
  for (const log::v1::Posting& posting : record.postings()) {
    if (posting.partner() == partner) changes[posting.booking_day()] -= posting.amount();
  }
  return changes;
}

// What is on its way or has arrived is no account of the partner's; it is kept beside his balances, so that on every
// day what left them is what these two gained. By the payout's last record.
void AddMemo(const Payout& payout, int64_t partner, Day booking_day, int64_t in_transit, int64_t paid, Book& book) {
  Earner& earner = book.earners.EditOrCreate({payout.program, partner, payout.currency});
  earner.in_transit += in_transit;
  earner.paid += paid;
  earner.first_day = std::min(earner.first_day, booking_day);
  EarnerDay& day = book.earner_days.EditOrCreate({payout.program, booking_day, partner, payout.currency});
  day.in_transit += in_transit;
  day.paid += paid;
  if (paid == 0) return;
  book.balance_lines
      .EditOrCreate({payout.program, partner, payout.currency, BalanceLine::kPaid, payout.last_sequence, booking_day})
      .amount += paid;
}

Payout& Advance(const Record& record, int64_t batch, int64_t number, PayoutPhase phase, Book& book) {
  Payout& payout = book.payouts.Edit({record.program(), batch, number});
  payout.state = static_cast<int64_t>(phase);
  payout.last_sequence = record.sequence();
  payout.last_day = BookingDayOf(record);
  return payout;
}

void CloseIfDone(PayoutBatch& batch) {
  const bool done = batch.settled + batch.returned + batch.failed + batch.cancelled == batch.total;
  SetPhase(batch, done ? BatchPhase::kClosed : BatchPhase::kSettling);
}

void Apply(const Record& record, const log::v1::PayoutResult& result, Book& book) {
  PayoutBatch& batch = book.payout_batches.Edit({record.program(), result.batch()});
  const Payout& before = book.payouts.At({record.program(), result.batch(), result.payout()});
  const int64_t amount = before.amount;
  const bool had_failed = before.state == static_cast<int64_t>(PayoutPhase::kFailed);
  PayoutPhase phase = PayoutPhase::kUnknown;
  switch (result.outcome()) {
    case log::v1::PAYOUT_OUTCOME_SETTLED:
      phase = PayoutPhase::kSettled;
      batch.settled += amount;
      if (had_failed) batch.failed -= amount;
      break;
    case log::v1::PAYOUT_OUTCOME_FAILED:
      phase = PayoutPhase::kFailed;
      batch.failed += amount;
      break;
    case log::v1::PAYOUT_OUTCOME_RETURNED:
      phase = PayoutPhase::kReturned;
      batch.settled -= amount;
      batch.returned += amount;
      break;
    case log::v1::PAYOUT_OUTCOME_CANCELLED:
      phase = PayoutPhase::kCancelled;
      batch.cancelled += amount;
      break;
    default: break;
  }
  Payout& payout = Advance(record, result.batch(), result.payout(), phase, book);
  payout.evidence = result.evidence();
  for (const log::v1::Posting& posting : record.postings()) {
    const bool payable =
        posting.account() == static_cast<int32_t>(AccountKind::kCommissionPayable) && posting.amount() < 0;
    if (payable) payout.back_day = posting.booking_day();  // what settled a debt may be booked on another day
  }
  payout.after_failure = had_failed;
  const int64_t owner = OwnerOf(book, payout.program, payout.partner);
  if (phase == PayoutPhase::kSettled && !had_failed) {
    AddMemo(payout, owner, BookingDayOf(record), -amount, amount, book);
  }
  for (const auto& [day, change] : ChangeByDay(record, owner)) {
    if (phase == PayoutPhase::kFailed) AddMemo(payout, owner, day, -change, 0, book);
    if (phase == PayoutPhase::kReturned || had_failed) AddMemo(payout, owner, day, 0, -change, book);
  }
  if (phase != PayoutPhase::kCancelled) CloseIfDone(batch);
}

}  // namespace

void ProjectPayoutKinds(const Record& record, Book& book) {
  switch (record.kind_case()) {
    case Record::kPayoutBatchCreated: Apply(record, record.payout_batch_created(), book); break;
    case Record::kFxRateSet: Apply(record, record.fx_rate_set(), book); break;
    case Record::kPayoutReserved: Apply(record, record.payout_reserved(), book); break;
    case Record::kPayoutBatchSubmitted: Apply(record, record.payout_batch_submitted(), book); break;
    case Record::kPayoutBatchApproved: {
      PayoutBatch& batch = book.payout_batches.Edit({record.program(), record.payout_batch_approved().batch()});
      SetPhase(batch, BatchPhase::kApproved);
      batch.approver = record.actor();
      break;
    }
    case Record::kPayoutSent: {
      const Payout& payout =
          Advance(record, record.payout_sent().batch(), record.payout_sent().payout(), PayoutPhase::kSent, book);
      for (const auto& [day, change] : ChangeByDay(record, payout.partner)) {
        AddMemo(payout, payout.partner, day, -change, 0, book);
      }
      break;
    }
    case Record::kPayoutBatchExported:
      SetPhase(book.payout_batches.Edit({record.program(), record.payout_batch_exported().batch()}),
               BatchPhase::kExported);
      break;
    case Record::kPayoutResult: Apply(record, record.payout_result(), book); break;
    case Record::kPayoutBatchCancelled:
      SetPhase(book.payout_batches.Edit({record.program(), record.payout_batch_cancelled().batch()}),
               BatchPhase::kCancelled);
      break;
    default: break;
  }
}

}  // namespace trailbook
