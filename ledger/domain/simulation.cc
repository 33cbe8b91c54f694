#include "ledger/domain/simulation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission.h"
#include "ledger/domain/money.h"
#include "ledger/domain/paying.h"
#include "ledger/domain/projector.h"
#include "ledger/domain/projector_terms.h"
#include "ledger/domain/rate.h"

namespace trailbook {
namespace {

using log::v1::Record;

// What an entry accrued, and reversed less what came back, as its postings say.
void AddPostings(const Record& record, int64_t* now) {
  for (const log::v1::Posting& posting : record.postings()) {
    const auto account = static_cast<AccountKind>(posting.account());
    if (account == AccountKind::kCommissionReversed) *now += posting.amount();
  }
}

int64_t AccruedBy(const Record& record) {
  int64_t accrued = 0;
  for (const log::v1::Posting& posting : record.postings()) {
    const auto account = static_cast<AccountKind>(posting.account());
    if (account == AccountKind::kCommissionExpense || account == AccountKind::kSignupBonusExpense) {
      accrued += posting.amount();
    }
  }
  return accrued;
}

absl::Status Dangling(const Record& record, absl::string_view what) {
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                absl::StrCat("record ", record.sequence(), " speaks of ", what, " that the log does not know"));
}

// The same share of another amount: all of it stays all of it.
int64_t ShareOf(int64_t amount, int64_t taken, int64_t whole) {
  if (taken == 0 || whole == 0) return 0;
  return MulDivHalfEven(amount, taken, whole).value_or(amount);
}

// The same shares of what a line would be were taken and left.
void SetForfeited(int64_t accrued, int64_t left, int64_t taken, int64_t booked, Commission& c) {
  c.forfeited_from = ShareOf(accrued, left, booked);
  c.forfeited = ShareOf(accrued, left + taken, booked) - c.forfeited_from;
}

// Adds what a line was and is. False if it does not fit.
bool Add(Simulation::Sums& sums, int64_t accrued, int64_t now, bool matured) {
  return CheckedAdd(sums.accrued, accrued, &sums.accrued) && CheckedAdd(sums.reversed, accrued - now, &sums.reversed) &&
         (!matured || CheckedAdd(sums.matured, now, &sums.matured));
}

}  // namespace

void Simulation::ReplaceFromNowOn(const Record& record) {
  Record published;
  published.set_program(record.program());
  published.set_record_micros(record.record_micros());
  log::v1::Terms* terms = nullptr;
  if (other_.grp == 0) {
    terms = published.mutable_terms_published();
  } else {
    const PartnerGroup* group = book_.partner_groups.Get({record.program(), other_.grp});
    if (group == nullptr) return;  // not founded yet
    published.mutable_group_terms_published()->set_group(other_.grp);
    terms = published.mutable_group_terms_published()->mutable_terms();
  }
  const int64_t version = other_.grp == 0 ? book_.programs.At({record.program()}).terms_version
                                          : book_.partner_groups.At({record.program(), other_.grp}).terms_version;
  *terms = *other_.terms;
  terms->set_version(static_cast<int32_t>(version + 1));
  terms->set_effective_day(other_.from);
  Project(published, book_);
  replaced_ = true;
}

void Simulation::TakeTerms(const Record& record, int64_t grp, const log::v1::Terms& terms) {
  if (!other_.terms.has_value() || grp != other_.grp) return Project(record, book_);
  // Once replaced, what was published later never came.
  if (terms.version() > 1) {
    if (!replaced_ && terms.effective_day() < other_.from) Project(record, book_);
    return;
  }
  Record first = record;
  if (other_.from == kFromEver) {
    log::v1::Terms& place =
        grp == 0 ? *first.mutable_program_created()->mutable_terms() : *first.mutable_group_created()->mutable_terms();
    place = *other_.terms;
    place.set_version(1);
    replaced_ = true;
  }
  Project(first, book_);
}

void Simulation::TakeSignUp(const Record& record) {
  Record anew = record;
  log::v1::ReferralBound& bound = *anew.mutable_referral_bound();
  const Promise promise = PromiseOn(book_, record.program(), bound.partner(), record.event_day());
  bound.set_terms_version(static_cast<int32_t>(promise.terms_version));
  bound.set_rate_bps(promise.rate_bps);
  bound.set_own_rate(promise.own_rate);
  bound.set_hold_days(static_cast<int32_t>(promise.hold_days));
  bound.set_group(promise.grp);
  Project(anew, book_);
}

absl::Status Simulation::TakePayment(const Record& record) {
  const log::v1::PaymentRecorded& payment = record.payment_recorded();
  const Referral* referral = book_.referrals.Get({record.program(), payment.customer()});
  if (referral == nullptr) return Dangling(record, "a referral");
  const Earning earning =
      EarningOf(book_, *referral, {payment.collected(), payment.base(), payment.currency(), record.event_day()});
  if (earning.first_paying) {
    PutPaying(book_, record.program(), payment.customer());
    CountPayingCustomers(book_.partners.Edit({record.program(), payment.partner()}), 1);
  }
  const auto [it, fresh] = earner_numbers_.try_emplace({payment.partner(), payment.currency()}, earners_.size());
  if (fresh) earners_.emplace_back(payment.partner(), payment.currency());
  Line line;
  line.number = record.sequence();
  line.customer = payment.customer();
  line.earner = line.bonus_earner = it->second;
  line.rate_bps = earning.rate_bps;
  line.collected = payment.collected();
  line.base = payment.base();
  line.accrued = earning.amount;
  line.bonus = earning.bonus;
  line.zero = earning.zero_reason != log::v1::ZERO_REASON_UNSPECIFIED;
  line.matures_on = earning.matures_on;
  line.booked_matures_on = payment.matures_on();
  line.booked = line.booked_now = AccruedBy(record);
  lines_.push_back(line);
  return absl::OkStatus();
}

Simulation::Line* Simulation::Find(int64_t number) {
  const auto moved = moved_lines_.find(number);
  if (moved != moved_lines_.end()) return &lines_[moved->second];
  const auto it = std::lower_bound(lines_.begin(), lines_.end(), number,
                                   [](const Line& line, int64_t wanted) { return line.number < wanted; });
  return it != lines_.end() && it->number == number ? &*it : nullptr;
}

absl::Status Simulation::TakeBonus(const Record& record) {
  Line* line = Find(record.bonus_accrued().commission());
  if (line == nullptr) return Dangling(record, "a payment");
  line->booked_bonus = line->booked_bonus_now = AccruedBy(record);
  bonus_lines_.emplace_back(record.sequence(), line - lines_.data());
  return absl::OkStatus();
}

// A reassigned referral promises what its sign-up day promised to customers of the new partner, under the other terms
// too.
absl::Status Simulation::TakeReassigned(const Record& record) {
  Record anew = record;
  log::v1::ReferralReassigned& reassigned = *anew.mutable_referral_reassigned();
  const Referral* referral = book_.referrals.Get({record.program(), reassigned.customer()});
  if (referral == nullptr) return Dangling(record, "a referral");
  const Promise promise = PromiseOn(book_, record.program(), reassigned.partner(), referral->sign_up_day);
  reassigned.set_terms_version(static_cast<int32_t>(promise.terms_version));
  reassigned.set_rate_bps(promise.rate_bps);
  reassigned.set_own_rate(promise.own_rate);
  reassigned.set_hold_days(static_cast<int32_t>(promise.hold_days));
  reassigned.set_group(promise.grp);
  reassigned.set_paying(IsPaying(book_, record.program(), referral->customer));
  Project(anew, book_);
  return absl::OkStatus();
}

// What moved counts for the partner who has it, in the books and in the simulation alike.
absl::Status Simulation::TakeTransfer(const Record& record) {
  const log::v1::CommissionTransferred& moved = record.commission_transferred();
  const auto [it, fresh] = earner_numbers_.try_emplace({moved.partner(), moved.currency()}, earners_.size());
  if (fresh) earners_.emplace_back(moved.partner(), moved.currency());
  if (Line* line = Find(moved.commission())) {
    line->earner = it->second;
    moved_lines_[record.sequence()] = static_cast<size_t>(line - lines_.data());
    return absl::OkStatus();
  }
  const int64_t bonus = FindBonus(moved.commission());
  if (bonus < 0) return Dangling(record, "a commission");
  lines_[bonus].bonus_earner = it->second;
  moved_bonuses_[record.sequence()] = static_cast<size_t>(bonus);
  return absl::OkStatus();
}

int64_t Simulation::FindBonus(int64_t number) const {
  const auto moved = moved_bonuses_.find(number);
  if (moved != moved_bonuses_.end()) return static_cast<int64_t>(moved->second);
  const auto it = std::lower_bound(bonus_lines_.begin(), bonus_lines_.end(), std::make_pair(number, size_t{0}));
  return it == bonus_lines_.end() || it->first != number ? -1 : static_cast<int64_t>(it->second);
}

absl::Status Simulation::TakeChange(const Record& record, int64_t number, const log::v1::CommissionState& state) {
  if (Line* line = Find(number)) {
    line->given_back = state.refunded() + state.over_refunded();
    line->forfeited = state.forfeited();
    line->forfeited_from = state.forfeited_from();
    AddPostings(record, &line->booked_now);
    return absl::OkStatus();
  }
  const int64_t bonus = FindBonus(number);
  if (bonus < 0) return Dangling(record, "a commission");
  lines_[bonus].forfeited_bonus = state.forfeited();
  lines_[bonus].forfeited_bonus_from = state.forfeited_from();
  AddPostings(record, &lines_[bonus].booked_bonus_now);
  return absl::OkStatus();
}

absl::Status Simulation::Take(const Record& record) {
  program_ = record.program();
  if (other_.terms.has_value() && !replaced_ && !record.has_program_created() &&
      DayOf(absl::FromUnixMicros(record.record_micros()), zone_) >= other_.from) {
    ReplaceFromNowOn(record);
  }
  switch (record.kind_case()) {
    case Record::kProgramCreated: TakeTerms(record, 0, record.program_created().terms()); break;
    case Record::kTermsPublished: TakeTerms(record, 0, record.terms_published()); break;
    case Record::kGroupCreated:
      TakeTerms(record, record.group_created().group(), record.group_created().terms());
      break;
    case Record::kGroupTermsPublished:
      TakeTerms(record, record.group_terms_published().group(), record.group_terms_published().terms());
      break;
    // What persons decided stays.
    case Record::kPartnerCreated:
    case Record::kPartnerRateSet:
    case Record::kPartnerGroupSet:
    case Record::kPartnerMerged:
    case Record::kRateLowered:
    case Record::kReviewDecided: Project(record, book_); break;
    case Record::kReferralBound: TakeSignUp(record); break;
    case Record::kReferralReassigned: return TakeReassigned(record);
    case Record::kCommissionTransferred: return TakeTransfer(record);
    case Record::kPaymentRecorded: return TakePayment(record);
    case Record::kBonusAccrued: return TakeBonus(record);
    case Record::kRefundRecorded:
      return TakeChange(record, record.refund_recorded().commission(), record.refund_recorded().state());
    case Record::kDisputeRecorded:
      return TakeChange(record, record.dispute_recorded().commission(), record.dispute_recorded().state());
    case Record::kBonusChanged:
      return TakeChange(record, record.bonus_changed().commission(), record.bonus_changed().state());
    case Record::kHoldRecomputed:
      return TakeChange(record, record.hold_recomputed().commission(), record.hold_recomputed().state());
    case Record::kCommissionForfeited:
      return TakeChange(record, record.commission_forfeited().commission(), record.commission_forfeited().state());
    case Record::kForfeitureUndone:
      return TakeChange(record, record.forfeiture_undone().commission(), record.forfeiture_undone().state());
    default: break;
  }
  return absl::OkStatus();
}

int64_t Simulation::Remaining(const Line& line, bool bonus) {
  // A rejected review took everything, and not even a refund that fails later brings anything back; where the books had
  // nothing, they have no record of it.
  const Referral& referral = book_.referrals.At({program_, line.customer});
  if ((bonus ? line.booked_bonus_now : line.booked_now) == 0 && referral.rejected) return 0;
  Commission c;
  c.collected = line.collected;
  c.base = line.base;
  c.rate_bps = line.rate_bps;
  c.given_back = line.given_back;
  if (bonus) {
    c.accrued = line.bonus;
    c.bonus_of = line.number;
    SetForfeited(line.bonus, line.forfeited_bonus_from, line.forfeited_bonus, line.booked_bonus, c);
  } else {
    c.zero_reason = line.zero ? 1 : 0;
    SetForfeited(line.accrued, line.forfeited_from, line.forfeited, line.booked, c);
  }
  return TargetOf(c);
}

absl::StatusOr<Simulation::Results> Simulation::Finish(Day today) {
  Results results;
  bool fits = true;
  for (const Line& line : lines_) {
    Result& result = results[earners_[line.earner]];
    Result& bonus = results[earners_[line.bonus_earner]];
    const bool booked_matured = line.booked_matures_on <= today;
    fits = fits && Add(result.booked, line.booked, line.booked_now, booked_matured) &&
           Add(bonus.booked, line.booked_bonus, line.booked_bonus_now, booked_matured);
    const bool matured = line.matures_on <= today;
    fits = fits && Add(result.simulated, line.accrued, Remaining(line, false), matured) &&
           Add(bonus.simulated, line.bonus, Remaining(line, true), matured);
  }
  if (fits) return results;
  return Refuse(absl::StatusCode::kOutOfRange, "OVERFLOW", "", "a sum would not fit into 64 bits");
}

}  // namespace trailbook
