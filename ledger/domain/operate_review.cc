// Partners that leave, and reviews of referrals (RULES 4, 6, 7). What is held stays held until a person decides.
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/forfeiture.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/validate.h"

namespace trailbook {

absl::StatusOr<int64_t> Operations::Do(const SetPartnerState& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, command.partner_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("reason", command.reason, 500, true));
  const int64_t before = book_->partners.At({place.program, partner}).state;
  const auto state = static_cast<int64_t>(command.state);
  if (before == state) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                  absl::StrCat(command.partner_id, " is in this state already"));
  }
  log::v1::PartnerStateSet& set = *journal_->Start(place.program, place.today).mutable_partner_state_set();
  set.set_partner(partner);
  set.set_state(static_cast<log::v1::PartnerState>(state));
  set.set_reason(command.reason);
  set.set_time(journal_->now_seconds());
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  // A ban holds what comes; lifting it is the decision of a person that releases what it held.
  if (before == static_cast<int64_t>(PartnerPhase::kBanned)) {
    TRAILBOOK_RETURN_IF_ERROR(RecomputeHolds(*book_, *journal_, {place.program, partner, "", 0}, place.today));
  }
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const DecideReview& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("reason", command.reason, 500, true));
  const CustomerKey* key =
      book_->customer_keys.Get({place.program, ExternalIdKey(IdKind::kCustomer, command.customer_id)});
  if (key == nullptr) return NotFound("referral of customer", command.customer_id);
  const Referral referral = book_->referrals.At({place.program, key->customer});
  if (!referral.in_review) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                  absl::StrCat("the referral of customer ", command.customer_id, " is not in review",
                               referral.rejected ? ": it was rejected" : ""));
  }
  log::v1::ReviewDecided& decided = *journal_->Start(place.program, place.today).mutable_review_decided();
  decided.set_customer(referral.customer);
  decided.set_rejected(command.reject);
  decided.set_reason(command.reason);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  const HeldCommissions held{place.program, OwnerOf(*book_, place.program, referral.partner), "", referral.customer};
  if (command.reject) {
    TRAILBOOK_RETURN_IF_ERROR(ForfeitHeld(*book_, *journal_, held, 0, place.today).status());
  } else {
    TRAILBOOK_RETURN_IF_ERROR(RecomputeHolds(*book_, *journal_, held, place.today));
  }
  return 0;
}

}  // namespace trailbook
