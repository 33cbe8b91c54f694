// Merging a partner into another (RULES 7): the old id becomes an alias, balances move by transfer entries with what is
// owed netted, tier counts add up. Nothing is re-owned in place: commissions stay with who earned them, what happens to
// them happens to the partner that goes on.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission.h"
#include "ledger/domain/maturity.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

absl::Status CannotMerge(absl::string_view why) {
  return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", why);
}

// What goes from the one to the other: his own free money first settles what the other owes, then both together what he
// owes himself.
struct Transfers {
  std::vector<Leg> gives;  // debit the one, credit the other
  std::vector<Leg> owes;   // debit the other, credit the one
};
Transfers TransfersOf(const Earner& from, Earner to, Day day) {
  Transfers out;
  if (from.pending > 0) {
    out.gives.push_back({AccountKind::kCommissionPending, AccountKind::kCommissionPending, from.pending, day});
  }
  if (from.held > 0) out.gives.push_back({AccountKind::kCommissionHeld, AccountKind::kCommissionHeld, from.held, day});
  if (from.payable > 0) {
    for (const Leg& leg : CreditPayable(to, AccountKind::kCommissionPayable, from.payable, day)) {
      out.gives.push_back(leg);
    }
    const int64_t recouped = std::min(from.payable, to.receivable);
    to.receivable -= recouped;
    to.payable += from.payable - recouped;
  }
  if (from.receivable > 0) out.owes = TakePayable(to, AccountKind::kPartnerReceivable, from.receivable, day);
  return out;
}

absl::Status CheckStates(const Partner& from, const Partner& into, const MergePartner& command) {
  const auto is = [](const Partner& partner, PartnerPhase phase) {
    return partner.state == static_cast<int64_t>(phase);
  };
  if (from.partner == into.partner) {
    return CannotMerge(absl::StrCat(command.partner_id, " cannot be merged into itself"));
  }
  if (is(from, PartnerPhase::kBanned)) {
    return CannotMerge(absl::StrCat(command.partner_id, " is banned; lift the ban or forfeit first"));
  }
  if (!is(into, PartnerPhase::kActive)) return CannotMerge(absl::StrCat(command.into_partner_id, " is not active"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> Operations::Do(const MergePartner& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t from, FindPartner(place, command.partner_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t into, FindPartner(place, command.into_partner_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("reason", command.reason, 500, true));
  TRAILBOOK_RETURN_IF_ERROR(
      CheckStates(book_->partners.At({place.program, from}), book_->partners.At({place.program, into}), command));
  const std::vector<Earner> earners = book_->lists->EarnersOf(place.program, from);
  for (const Earner& earner : earners) {
    if (earner.reserved == 0 && earner.tax_reserved == 0 && earner.in_transit == 0) continue;
    return CannotMerge(absl::StrCat("a payout of ", command.partner_id, " in ", earner.currency.code(),
                                    " is on its way; merge when every payout has a result"));
  }
  // The balances move first: until they have, what is due matures where it was earned.
  for (const Earner& earner : earners) TRAILBOOK_RETURN_IF_ERROR(MoveBalances(place, earner.key(), into));
  log::v1::PartnerMerged& merged = *journal_->Start(place.program, place.today).mutable_partner_merged();
  merged.set_partner(from);
  merged.set_into_partner(into);
  merged.set_reason(command.reason);
  merged.set_time(journal_->now_seconds());
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

absl::Status Operations::MoveBalances(const Place& place, const Earner::Key& from_key, int64_t into) {
  const auto& [program, from, currency] = from_key;
  const Earner::Key into_key{program, into, currency};
  TRAILBOOK_RETURN_IF_ERROR(MatureThrough(*book_, *journal_, from_key, place.today).status());
  TRAILBOOK_RETURN_IF_ERROR(MatureThrough(*book_, *journal_, into_key, place.today).status());
  const Earner* stored = book_->earners.Get(into_key);
  const Transfers transfers =
      TransfersOf(book_->earners.At(from_key), stored == nullptr ? Earner::WithKey(into_key) : *stored, place.today);
  log::v1::BalancesTransferred& moved = *journal_->Start(program, place.today).mutable_balances_transferred();
  moved.set_from_partner(from);
  moved.set_partner(into);
  moved.set_currency(currency);
  const Earner& giver = book_->earners.At(from_key);
  for (Day day : giver.due_days.Between(kFromEver, kNever)) {
    log::v1::MaturingPart& part = *moved.add_maturing();
    part.set_matures_on(day);
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t amount, MaturingOn(*book_, giver, day));
    part.set_amount(amount);
  }
  journal_->AddTransfer(transfers.gives, {from, currency}, {into, currency});
  journal_->AddTransfer(transfers.owes, {into, currency}, {from, currency});
  return journal_->Emit().status();
}

}  // namespace trailbook
