// Reassigning a referral (RULES 6): its future, and on request its unpaid past by transfer entries. What was paid,
// wholly or in part, or went to settle what a partner owed, stays where it was earned.
#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/maturity.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/paying.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/projector.h"
#include "ledger/domain/rate.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

absl::Status CannotMove(absl::string_view why) {
  return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", why);
}

// Moves what an unpaid commission holds. False if it stays, because it was paid.
absl::StatusOr<bool> Transfer(Book& book, Journal& journal, int64_t number, int64_t program, int64_t to, Day day) {
  const Commission c = book.commissions.At({program, number});
  const Earner::Key from_key = OwnerOf(book, c), to_key{program, to, c.currency};
  TRAILBOOK_RETURN_IF_ERROR(MatureThrough(book, journal, from_key, day).status());
  TRAILBOOK_RETURN_IF_ERROR(MatureThrough(book, journal, to_key, day).status());
  const int64_t pending = HasMatured(book, c) ? 0 : c.pending;
  const int64_t released = c.booked - pending - c.held;
  if (UnpaidReleased(book, c) != released || released > book.earners.At(from_key).payable) return false;

  log::v1::CommissionTransferred& transferred = *journal.Start(program, day).mutable_commission_transferred();
  transferred.set_commission(number);
  transferred.set_from_partner(std::get<1>(from_key));
  transferred.set_partner(to);
  transferred.set_currency(c.currency);
  transferred.mutable_state()->set_booked(c.booked);
  transferred.mutable_state()->set_pending(pending);
  transferred.mutable_state()->set_held(c.held);
  transferred.mutable_state()->set_refunded(std::min(c.given_back, c.collected));
  transferred.mutable_state()->set_over_refunded(std::max<int64_t>(c.given_back - c.collected, 0));
  transferred.mutable_state()->set_forfeited(c.forfeited);
  transferred.mutable_state()->set_forfeited_from(c.forfeited_from);
  const Earner* stored = book.earners.Get(to_key);
  std::vector<Leg> legs;
  if (pending > 0) legs.push_back({AccountKind::kCommissionPending, AccountKind::kCommissionPending, pending, day});
  if (c.held > 0) legs.push_back({AccountKind::kCommissionHeld, AccountKind::kCommissionHeld, c.held, day});
  if (released > 0) {
    const Earner earner = stored == nullptr ? Earner::WithKey(to_key) : *stored;
    for (const Leg& leg : CreditPayable(earner, AccountKind::kCommissionPayable, released, day)) legs.push_back(leg);
  }
  journal.AddTransfer(legs, {std::get<1>(from_key), c.currency}, {to, c.currency});
  TRAILBOOK_RETURN_IF_ERROR(journal.Emit().status());
  return true;
}

}  // namespace

absl::StatusOr<int64_t> Operations::Do(const ReassignReferral& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("reason", command.reason, 500, true));
  const CustomerKey* key =
      book_->customer_keys.Get({place.program, ExternalIdKey(IdKind::kCustomer, command.customer_id)});
  if (key == nullptr) return NotFound("referral of customer", command.customer_id);
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, command.partner_id));
  const Referral referral = book_->referrals.At({place.program, key->customer});
  const int64_t owner = OwnerOf(*book_, place.program, referral.partner);
  if (owner == partner) {
    return CannotMove(absl::StrCat("customer ", command.customer_id, " is bound to ", command.partner_id, " already"));
  }
  if (referral.in_review || referral.rejected) {
    return CannotMove(absl::StrCat("the referral of customer ", command.customer_id,
                                   referral.rejected ? " was rejected" : " is in review; decide the review first"));
  }
  if (book_->partners.At({place.program, partner}).state != static_cast<int64_t>(PartnerPhase::kActive)) {
    return CannotMove(absl::StrCat(command.partner_id, " is not active and takes no referrals"));
  }
  std::vector<Commission> past;
  if (command.unpaid_past) {
    past =
        book_->lists->CommissionsOfCustomer(place.program, referral.customer, FamilyOf(*book_, place.program, owner));
  }

  const Promise promise = PromiseOn(*book_, place.program, partner, referral.sign_up_day);
  log::v1::ReferralReassigned& reassigned = *journal_->Start(place.program, place.today).mutable_referral_reassigned();
  reassigned.set_customer(referral.customer);
  reassigned.set_from_partner(referral.partner);
  reassigned.set_partner(partner);
  reassigned.set_reason(command.reason);
  reassigned.set_unpaid_past(command.unpaid_past);
  reassigned.set_terms_version(static_cast<int32_t>(promise.terms_version));
  reassigned.set_rate_bps(promise.rate_bps);
  reassigned.set_own_rate(promise.own_rate);
  reassigned.set_hold_days(static_cast<int32_t>(promise.hold_days));
  reassigned.set_group(promise.grp);
  reassigned.set_paying(IsPaying(*book_, place.program, referral.customer));
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());

  int64_t moved = 0;
  for (const Commission& c : past) {
    if (c.accrued == 0 || c.moved_to != 0) continue;
    TRAILBOOK_ASSIGN_OR_RETURN(const bool went,
                               Transfer(*book_, *journal_, c.number, place.program, partner, place.today));
    moved += went ? 1 : 0;
  }
  return moved;
}

}  // namespace trailbook
