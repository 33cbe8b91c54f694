#include "ledger/domain/projector.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ledger/base/hash.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/paying.h"
#include "ledger/domain/projector_bonus.h"
#include "ledger/domain/projector_correction.h"
#include "ledger/domain/projector_payout.h"
#include "ledger/domain/projector_terms.h"
#include "ledger/domain/projector_transfer.h"

namespace trailbook {
namespace {

using log::v1::Record;

int64_t Seconds(const Record& record) { return record.record_micros() / 1000000; }

// ---- balances ----

// A further record on a partner's day. Every so many are marked, so that a page in the middle of a busy day is found
// without reading the day.
void CountOnDay(const Record& record, EarnerDay& day, Book& book) {
  day.last_sequence = record.sequence();
  ++day.lines;
  if (day.lines % StatementMark::kEvery != 0) return;
  StatementMark mark;
  mark.program = day.program;
  mark.partner = day.partner;
  mark.currency = day.currency;
  mark.day = day.day;
  mark.ordinal = day.lines / StatementMark::kEvery;
  mark.sequence = record.sequence();
  book.statement_marks.PutNew(std::move(mark));
}

void ProjectReceivable(const Record& record, const log::v1::Posting& posting, Book& book) {
  if (posting.amount() == 0) return;
  book.balance_lines
      .EditOrCreate({record.program(), posting.partner(), posting.currency(), posting.account(), record.sequence(),
                     posting.booking_day()})
      .amount += posting.amount();
}

void ProjectPosting(const Record& record, const log::v1::Posting& posting, Book& book) {
  const auto kind = static_cast<AccountKind>(posting.account());
  const Account::Key control{record.program(), posting.account(), posting.currency(), posting.detail()};
  book.accounts.EditOrCreate(control).balance += posting.amount();
  book.account_days
      .EditOrCreate({record.program(), posting.account(), posting.currency(), posting.detail(), posting.booking_day()})
      .change += posting.amount();
  if (!IsPartnerAccount(kind)) return;

  const int64_t change = kind == AccountKind::kPartnerReceivable ? posting.amount() : -posting.amount();
  Earner& earner = book.earners.EditOrCreate({record.program(), posting.partner(), posting.currency()});
  BalanceOf(earner, kind) += change;
  Day& latest = LatestDayOf(earner, kind);
  latest = std::max(latest, posting.booking_day());
  earner.first_day = std::min(earner.first_day, posting.booking_day());
  EarnerDay& day =
      book.earner_days.EditOrCreate({record.program(), posting.booking_day(), posting.partner(), posting.currency()});
  BalanceOf(day, kind) += change;
  if (kind == AccountKind::kPartnerReceivable) ProjectReceivable(record, posting, book);
  if (day.last_sequence != record.sequence()) CountOnDay(record, day, book);
}

// What a record posts to a partner's payable account is a line that a payout can take; a reservation takes lines
// instead. A maturity that went into a receivable altogether leaves a line of nothing, by which its commissions know
// that it took them along.
void ProjectLines(const Record& record, int64_t commission, Day matures_on, Book& book) {
  if (record.has_matured() && record.matured().recouped() == record.matured().amount() && !record.postings().empty()) {
    PayableLine line;
    line.program = record.program();
    line.partner = record.matured().partner();
    line.currency = record.matured().currency();
    line.sequence = record.sequence();
    line.day = record.postings(0).booking_day();
    line.matures_on = matures_on;
    book.payable_lines.PutNew(std::move(line));
  }
  for (const log::v1::Posting& posting : record.postings()) {
    if (posting.account() != static_cast<int32_t>(AccountKind::kCommissionPayable)) continue;
    PayableLine line;
    line.program = record.program();
    line.partner = posting.partner();
    line.currency = posting.currency();
    line.sequence = record.sequence();
    line.day = posting.booking_day();
    line.amount = -posting.amount();
    const log::v1::CommissionTransferred& moved = record.commission_transferred();
    line.commission = posting.partner() == moved.from_partner() ? moved.commission() : commission;
    line.matures_on = matures_on;
    line.from_batch = record.payout_result().batch();
    line.from_payout = record.payout_result().payout();
    if (line.amount != 0) book.payable_lines.PutNew(std::move(line));
  }
}

// ---- programs, partners, codes ----

void Apply(const Record& record, const log::v1::ProgramCreated& created, Book& book) {
  Program program;
  program.program = record.program();
  program.program_id = created.program_id();
  program.display_name = created.display_name();
  program.zone = created.book_time_zone();
  program.create_time = Seconds(record);
  book.programs.Put(std::move(program));
  PutProgramTerms(record, created.terms(), book);
}

void PutRate(const Record& record, int64_t partner, Day effective, int32_t bps, Book& book) {
  PartnerRate rate;
  rate.program = record.program();
  rate.partner = partner;
  rate.ordinal = ++book.partners.Edit({record.program(), partner}).rates;
  rate.effective_day = effective;
  rate.rate_bps = bps;
  book.partner_rates.Put(std::move(rate));
}

void Apply(const Record& record, const log::v1::PartnerCreated& created, Book& book) {
  Partner partner;
  partner.program = record.program();
  partner.partner = created.partner();
  partner.create_time = Seconds(record);
  book.partners.PutNew(std::move(partner));
  book.programs.Edit({record.program()}).partners = created.partner();
  if (created.has_rate_bps()) {
    PutRate(record, created.partner(), kFromEver, created.rate_bps(), book);
  }
  if (created.group() != 0) PutMember(record, created.partner(), created.group(), kFromEver, book);
}

void Apply(const Record& record, const log::v1::CodeCreated& created, Book& book) {
  Code code;
  code.program = record.program();
  code.code = created.code();
  code.partner = created.partner();
  code.coupon = created.coupon();
  code.create_time = Seconds(record);
  book.codes.PutNew(std::move(code));
  book.programs.Edit({record.program()}).codes = created.code();
}

// That a sign-up has touches is the writer's business. A record that it did not write ends no daemon.
const log::v1::Touch& FirstOf(const google::protobuf::RepeatedPtrField<log::v1::Touch>& touches) {
  return touches.empty() ? log::v1::Touch::default_instance() : touches.Get(0);
}

void Apply(const Record& record, const log::v1::ReferralBound& bound, Book& book) {
  Referral referral;
  referral.program = record.program();
  referral.customer = bound.customer();
  referral.partner = bound.partner();
  referral.sign_up_time = bound.sign_up_time();
  referral.sign_up_day = record.event_day();
  const log::v1::Touch& touch = FirstOf(bound.touches());
  referral.touch_kind = touch.kind();
  referral.code = touch.code();
  referral.terms_version = bound.terms_version();
  referral.rate_bps = bound.rate_bps();
  referral.own_rate = bound.own_rate();
  referral.hold_days = bound.hold_days();
  referral.in_review = bound.self_referral();
  referral.sequence = record.sequence();
  referral.grp = bound.group();
  book.referrals.PutNew(std::move(referral));
  Program& program = book.programs.Edit({record.program()});
  BeginPaying(book, record.program(), bound.customer(), program.customers);
  program.customers = bound.customer();
}

void Apply(const Record& record, const log::v1::TouchLost& lost, Book& book) {
  LosingTouch touch;
  touch.program = record.program();
  touch.customer = lost.customer();
  touch.partner = FirstOf(lost.touches()).partner();
  touch.sign_up_time = lost.sign_up_time();
  touch.sequence = record.sequence();
  book.losing_touches.Put(std::move(touch));
}

void Apply(const Record& record, const log::v1::PartnerStateSet& set, Book& book) {
  Partner& partner = book.partners.Edit({record.program(), set.partner()});
  partner.state = set.state();
  partner.state_reason = set.reason();
  const bool refers = set.state() == log::v1::PARTNER_STATE_ACTIVE || set.state() == log::v1::PARTNER_STATE_BANNED;
  partner.deactivate_time = refers ? 0 : set.time();
}

void Apply(const Record& record, const log::v1::ReviewDecided& decided, Book& book) {
  Referral& referral = book.referrals.Edit({record.program(), decided.customer()});
  referral.in_review = false;
  referral.rejected = decided.rejected();
}

// ---- commissions ----

void PutExternalKey(const Record& record, IdKind kind, const std::string& id, int64_t commission, Book& book) {
  ExternalKey key;
  key.program = record.program();
  key.id_key = ExternalIdKey(kind, id);
  key.commission = commission;
  book.external_keys.PutNew(std::move(key));
}

// A change of what matures for a partner on a day.
void AddMaturing(int64_t change, EarnerDay& day, Earner& earner) {
  day.maturing += change;
  if (day.maturing != 0) {
    earner.due_days.Insert(day.day);
  } else {
    earner.due_days.Erase(day.day);
  }
  earner.next_due = earner.due_days.empty() ? kNever : earner.due_days.first();
}

}  // namespace

void KeepOpenHold(const Record& record, const Commission& c, Book& book) {
  const OpenHold::Key key{c.program, c.partner, c.number};
  const bool open = c.open_disputes > 0 || c.held > 0;
  const bool known = book.open_holds.Get(key) != nullptr;
  if (open && !known) book.open_holds.EditOrCreate(key).since = Seconds(record);
  if (!open && known) book.open_holds.Erase(key);
}

void FlagOverRefunded(Commission& c) {
  c.flags = (c.flags & ~kFlagOverRefunded) | (c.given_back > c.collected ? kFlagOverRefunded : 0);
}

void BeginCommission(const Record& record, Commission& c, Book& book) {
  Earner& earner = book.earners.EditOrCreate({c.program, c.partner, c.currency});
  c.previous = earner.last_commission;
  earner.last_commission = c.number;
  if (c.accrued != 0 || c.pending != 0) {
    EarnerDay& day = book.earner_days.EditOrCreate({c.program, c.matures_on, c.partner, c.currency});
    if (c.accrued != 0) c.due_previous = std::exchange(day.last_due, c.number);
    if (c.pending != 0) AddMaturing(c.pending, day, earner);
  }
  if (c.held != 0 || c.open_disputes != 0) KeepOpenHold(record, c, book);
}

namespace {

void Apply(const Record& record, const log::v1::PaymentRecorded& payment, Book& book) {
  Commission c;
  c.program = record.program();
  c.number = record.sequence();
  c.partner = payment.partner();
  c.customer = payment.customer();
  c.payment_id = payment.payment_id();
  c.currency = payment.currency();
  c.collected = payment.collected();
  c.base = payment.base();
  c.rate_bps = payment.rate_bps();
  c.payment_time = payment.time();
  c.event_day = record.event_day();
  c.matures_on = payment.matures_on();
  c.zero_reason = payment.zero_reason();
  c.flags = payment.old_debit() ? kFlagOldDebit : 0;
  c.accrued = payment.state().booked();
  c.booked = payment.state().booked();
  c.pending = payment.state().pending();
  c.held = payment.state().held();
  BeginCommission(record, c, book);
  PutExternalKey(record, IdKind::kPayment, payment.payment_id(), c.number, book);
  for (const std::string& alias : payment.alias_ids()) {
    PutExternalKey(record, IdKind::kPayment, alias, c.number, book);
  }
  book.commissions.PutNew(std::move(c));
  if (payment.first_paying()) {
    PutPaying(book, record.program(), payment.customer());
    CountPayingCustomers(book.partners.Edit({record.program(), payment.partner()}), 1);
  }
}

}  // namespace

void PutState(const Record& record, int64_t number, const log::v1::CommissionState& state, Book& book) {
  const bool matured = HasMatured(book, book.commissions.At({record.program(), number}));
  Commission& c = book.commissions.Edit({record.program(), number});
  const int64_t was_maturing = matured ? 0 : c.pending;
  if (state.pending() != was_maturing) {
    SetMaturing(book, c.program, OwnerOf(book, c.program, c.partner), c.currency, c.matures_on,
                state.pending() - was_maturing);
  }
  c.booked = state.booked();
  c.pending = state.pending();
  c.held = state.held();
  c.matured = state.matured();
  c.forfeited = state.forfeited();
  c.forfeited_from = state.forfeited_from();
  KeepOpenHold(record, c, book);
  FlagOverRefunded(c);
  CommissionEvent event;
  event.program = c.program;
  event.commission = c.number;
  event.sequence = record.sequence();
  book.commission_events.PutNew(std::move(event));
  if (c.bonus_line != 0) CopyToBonus(record, c, book);
}

namespace {

void Apply(const Record& record, const log::v1::AliasRecorded& alias, Book& book) {
  PutExternalKey(record, IdKind::kPayment, alias.alias_id(), alias.commission(), book);
}

void Apply(const Record& record, const log::v1::RefundRecorded& refund, Book& book) {
  const int64_t origin = OriginOf(book.commissions.At({record.program(), refund.commission()}));
  const Refund::Key key{record.program(), origin, ExternalIdKey(IdKind::kRefund, refund.refund_id())};
  if (book.refunds.Get(key) == nullptr) {
    PutExternalKey(record, IdKind::kRefund, refund.refund_id(), origin, book);
  }
  Refund& row = book.refunds.EditOrCreate(key);
  Commission& c = book.commissions.Edit({record.program(), refund.commission()});
  if (row.counted) c.given_back -= row.amount;
  row.amount = refund.amount();
  row.failed = refund.failed();
  row.counted = !refund.failed();
  if (row.counted) c.given_back += row.amount;
  PutState(record, refund.commission(), refund.state(), book);
}

void Apply(const Record& record, const log::v1::DisputeRecorded& dispute, Book& book) {
  const int64_t origin = OriginOf(book.commissions.At({record.program(), dispute.commission()}));
  const Dispute::Key key{record.program(), origin, ExternalIdKey(IdKind::kDispute, dispute.dispute_id())};
  if (book.disputes.Get(key) == nullptr) {
    PutExternalKey(record, IdKind::kDispute, dispute.dispute_id(), origin, book);
  }
  Dispute& row = book.disputes.EditOrCreate(key);
  Commission& c = book.commissions.Edit({record.program(), dispute.commission()});
  if (row.state == log::v1::DISPUTE_STATE_OPEN) {
    c.open_disputed -= row.amount;
    --c.open_disputes;
  }
  row.amount = dispute.amount();
  row.state = dispute.dispute_state();
  if (row.state == log::v1::DISPUTE_STATE_OPEN) {
    c.open_disputed += row.amount;
    ++c.open_disputes;
  }
  if (row.state == log::v1::DISPUTE_STATE_LOST) c.given_back += row.amount;
  PutState(record, dispute.commission(), dispute.state(), book);
}

void Apply(const Record& record, const log::v1::Matured& matured, Book& book) {
  SetMaturing(book, record.program(), matured.partner(), matured.currency(), matured.matures_on(), -matured.amount());
  book.earner_days.Edit({record.program(), matured.matures_on(), matured.partner(), matured.currency()})
      .matured_sequence = record.sequence();
}

}  // namespace

Day& LatestDayOf(Earner& earner, AccountKind kind) {
  switch (kind) {
    case AccountKind::kCommissionPending: return earner.pending_day;
    case AccountKind::kCommissionHeld: return earner.held_day;
    case AccountKind::kCommissionPayable: return earner.payable_day;
    case AccountKind::kPayoutReserved: return earner.reserved_day;
    case AccountKind::kTaxReserved: return earner.tax_reserved_day;
    default: return earner.receivable_day;
  }
}

bool HasMatured(Book& book, const Commission& c) {
  for (const Tenure& tenure : TenuresOf(book, c)) {
    const EarnerDay* day = book.earner_days.Get({c.program, c.matures_on, tenure.partner, c.currency});
    if (day != nullptr && day->matured_sequence > tenure.since) return true;
  }
  return false;
}

void SetMaturing(Book& book, int64_t program, int64_t partner, Currency currency, Day day, int64_t change) {
  AddMaturing(change, book.earner_days.EditOrCreate({program, day, partner, currency}),
              book.earners.EditOrCreate({program, partner, currency}));
}

void Project(const Record& record, Book& book) {
  int64_t commission = 0;
  Day matures_on = 0;
  for (const log::v1::Posting& posting : record.postings()) ProjectPosting(record, posting, book);
  switch (record.kind_case()) {
    case Record::kProgramCreated: Apply(record, record.program_created(), book); break;
    case Record::kTermsPublished: PutProgramTerms(record, record.terms_published(), book); break;
    case Record::kPartnerCreated: Apply(record, record.partner_created(), book); break;
    case Record::kPartnerRateSet:
      PutRate(record, record.partner_rate_set().partner(), record.partner_rate_set().effective_day(),
              record.partner_rate_set().rate_bps(), book);
      break;
    case Record::kPayoutMethodSet: break;  // bank details are not in the log; the record says who changed them
    case Record::kCodeCreated: Apply(record, record.code_created(), book); break;
    case Record::kCodeDisabled:
      book.codes.Edit({record.program(), record.code_disabled().code()}).disable_time = record.code_disabled().time();
      break;
    case Record::kReferralBound: Apply(record, record.referral_bound(), book); break;
    case Record::kTouchLost: Apply(record, record.touch_lost(), book); break;
    case Record::kPaymentRecorded:
      commission = record.sequence();
      Apply(record, record.payment_recorded(), book);
      break;
    case Record::kAliasRecorded: Apply(record, record.alias_recorded(), book); break;
    case Record::kRefundRecorded:
      commission = record.refund_recorded().commission();
      Apply(record, record.refund_recorded(), book);
      break;
    case Record::kDisputeRecorded:
      commission = record.dispute_recorded().commission();
      Apply(record, record.dispute_recorded(), book);
      break;
    case Record::kHoldRecomputed:
      commission = record.hold_recomputed().commission();
      PutState(record, commission, record.hold_recomputed().state(), book);
      break;
    case Record::kPeriodClosed:
      book.programs.Edit({record.program()}).closed_through = record.period_closed().through_day();
      break;
    case Record::kParkedPurged: break;  // what waits beside the ledger is no view of it
    case Record::kPartnerStateSet: Apply(record, record.partner_state_set(), book); break;
    case Record::kReviewDecided: Apply(record, record.review_decided(), book); break;
    case Record::kCommissionForfeited:
      commission = record.commission_forfeited().commission();
      PutState(record, commission, record.commission_forfeited().state(), book);
      ProjectForfeited(record, record.commission_forfeited(), book);
      break;
    case Record::kForfeitureUndone:
      commission = record.forfeiture_undone().commission();
      PutState(record, commission, record.forfeiture_undone().state(), book);
      break;
    case Record::kMatured:
      matures_on = record.matured().matures_on();
      Apply(record, record.matured(), book);
      break;
    case Record::kReferralReassigned: ProjectReassigned(record, record.referral_reassigned(), book); break;
    case Record::kCommissionTransferred:
      commission = record.sequence();
      ProjectTransferred(record, record.commission_transferred(), book);
      break;
    case Record::kPartnerMerged: ProjectMerged(record, record.partner_merged(), book); break;
    case Record::kBalancesTransferred: ProjectBalances(record, record.balances_transferred(), book); break;
    case Record::kBonusAccrued:
      commission = record.sequence();
      ProjectBonus(record, record.bonus_accrued(), book);
      break;
    case Record::kBonusChanged:
      commission = record.bonus_changed().commission();
      PutState(record, commission, record.bonus_changed().state(), book);
      break;
    default:
      ProjectTermsKinds(record, book);
      ProjectPayoutKinds(record, book);
      ProjectCorrectionKinds(record, book);
      break;
  }
  if (!record.has_payout_reserved()) ProjectLines(record, commission, matures_on, book);
}

}  // namespace trailbook
