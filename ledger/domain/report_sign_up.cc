// Sign-ups: the first recorded binding of a customer wins (RULES 6).
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/status.h"
#include "ledger/domain/attribution.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/outcomes.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/reporter.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

absl::Status CheckSignUp(const SignUpReport& report, int64_t now) {
  TRAILBOOK_RETURN_IF_ERROR(CheckExternalId("sign_up.customer_id", report.customer_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("sign_up.partner", report.partner_id, 255, false));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("sign_up.coupon_code", report.coupon_code, 255, false));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("sign_up.link_code", report.link_code, 255, false));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("sign_up.click_id", report.click_id, 255, false));
  if (report.other_codes.size() > 8) {
    return InvalidField("sign_up.other_codes", "has more than 8 values");
  }
  return CheckTime("sign_up.occur_time", report.time, now);
}

int64_t NewCustomer(Book& book, int64_t program, const std::string& customer_id) {
  const int64_t customer = book.programs.At({program}).customers + 1;
  CustomerIdentity identity;
  identity.program = program;
  identity.customer = customer;
  identity.customer_id = customer_id;
  book.customer_identities.PutNew(std::move(identity));
  CustomerKey key;
  key.program = program;
  key.id_key = ExternalIdKey(IdKind::kCustomer, customer_id);
  key.customer = customer;
  book.customer_keys.Put(std::move(key));
  return customer;
}

// The same partner again is a replay; another partner is kept as a losing touch, once.
ReportOutcome RivalClaim(Book& book, Journal& journal, const Referral& referral, Day day, const SignUpReport& report,
                         const std::vector<log::v1::Touch>& touches) {
  ReportOutcome outcome;
  const int64_t owner = OwnerOf(book, referral.program, referral.partner);
  outcome.partner_id = book.partner_identities.At({referral.program, owner}).partner_id;
  const int64_t claimed = touches[0].partner();
  if (claimed == owner) {
    outcome.kind = OutcomeKind::kRecorded;
    outcome.replayed = true;
    return outcome;
  }
  outcome.kind = OutcomeKind::kAlreadyReferred;
  outcome.message =
      absl::StrCat("the customer is bound to ", outcome.partner_id, " since ", FormatDay(referral.sign_up_day));
  if (book.losing_touches.Get({referral.program, referral.customer, claimed}) != nullptr) {
    outcome.replayed = true;
    return outcome;
  }
  log::v1::TouchLost& lost = *journal.Start(referral.program, day).mutable_touch_lost();
  lost.set_customer(referral.customer);
  lost.set_sign_up_time(report.time);
  for (const log::v1::Touch& touch : touches) *lost.add_touches() = touch;
  const auto emitted = journal.Emit();
  return emitted.ok() ? outcome : Refused(emitted.status());
}

}  // namespace

ReportOutcome Reporter::TakeOne(const SignUpReport& report) {
  if (absl::Status bad = CheckSignUp(report, now_); !bad.ok()) return Refused(std::move(bad));
  ReportOutcome outcome;
  if (Waits(report, &outcome)) return outcome;

  const Day day = DayOf(report.time, zone_);
  const auto [touches, unresolved] = ResolveTouches(*book_, program_, report, day);
  if (touches.empty()) {
    outcome.kind = OutcomeKind::kNoReferral;
    outcome.message =
        unresolved.empty() ? "the sign-up names no partner, coupon, click or link" : absl::StrJoin(unresolved, "; ");
    return outcome;
  }
  const CustomerKey* known = book_->customer_keys.Get({program_, ExternalIdKey(IdKind::kCustomer, report.customer_id)});
  if (known != nullptr) {
    return RivalClaim(*book_, *journal_, book_->referrals.At({program_, known->customer}), day, report, touches);
  }

  const int64_t partner = touches[0].partner();
  const Promise promise = PromiseOn(*book_, program_, partner, day);
  log::v1::ReferralBound& bound = *journal_->Start(program_, day).mutable_referral_bound();
  bound.set_customer(book_->programs.At({program_}).customers + 1);
  bound.set_partner(partner);
  bound.set_sign_up_time(report.time);
  for (const log::v1::Touch& touch : touches) *bound.add_touches() = touch;
  bound.set_terms_version(static_cast<int32_t>(promise.terms_version));
  bound.set_rate_bps(promise.rate_bps);
  bound.set_own_rate(promise.own_rate);
  bound.set_hold_days(static_cast<int32_t>(promise.hold_days));
  bound.set_group(promise.grp);
  bound.set_self_referral(IsSelfReferral(*book_, program_, partner, report));
  const bool review = bound.self_referral();
  NewCustomer(*book_, program_, report.customer_id);
  if (auto emitted = journal_->Emit(); !emitted.ok()) return Refused(emitted.status());

  outcome.kind = OutcomeKind::kRecorded;
  outcome.partner_id = book_->partner_identities.At({program_, partner}).partner_id;
  if (review) outcome.message = "looks like a self-referral: commissions are held for review";
  ReleaseFor(WaitForCustomer(report.customer_id));
  return outcome;
}

}  // namespace trailbook
