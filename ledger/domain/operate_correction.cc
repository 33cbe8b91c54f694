// Corrections by people (RULES 4, 7, 8): somebody proposes, a second person books or rejects. A booked correction is
// undone by another one that names it, once.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/forfeiture.h"
#include "ledger/domain/maturity.h"
#include "ledger/domain/money.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

constexpr char kDefaultCash[] = "main";

bool IsKind(const Correction& correction, CorrectionKind kind) { return correction.kind == static_cast<int64_t>(kind); }

absl::Status AmountMust(absl::string_view what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "AMOUNT_OUT_OF_RANGE", "correction.amount.minor_units",
                absl::StrCat("correction.amount.minor_units: ", what));
}

absl::Status WrongCorrection(absl::string_view message) {
  return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", message);
}

// The legs of what is no forfeiture and undoes none. `amount` is negative when an adjustment takes or a correction is
// undone.
std::vector<Leg> LegsOf(const Earner& earner, CorrectionKind kind, int64_t amount, Day day) {
  const Day owes_day = std::max(day, earner.receivable_day);
  switch (kind) {
    case CorrectionKind::kWriteOff:
      if (amount < 0) return {{AccountKind::kPartnerReceivable, AccountKind::kBadDebtExpense, -amount, day}};
      return {{AccountKind::kBadDebtExpense, AccountKind::kPartnerReceivable, amount, owes_day}};
    case CorrectionKind::kRepayment:
      if (amount < 0) return {{AccountKind::kPartnerReceivable, AccountKind::kCash, -amount, day}};
      return {{AccountKind::kCash, AccountKind::kPartnerReceivable, amount, owes_day}};
    default:
      if (amount < 0) return TakePayable(earner, AccountKind::kAdjustmentExpense, -amount, day);
      return CreditPayable(earner, AccountKind::kAdjustmentExpense, amount, day);
  }
}

}  // namespace

absl::Status Operations::CheckCorrection(const Place& place, const ProposeCorrection& command, Correction* row) {
  TRAILBOOK_RETURN_IF_ERROR(CheckText("correction.reason", command.reason, 500, true));
  if (command.kind == CorrectionKind::kReversal) {
    const Correction* undone = book_->corrections.Get({place.program, command.reverses});
    if (undone == nullptr) return NotFound("correction", absl::StrCat(command.reverses));
    if (undone->state != static_cast<int64_t>(CorrectionPhase::kBooked) || IsKind(*undone, CorrectionKind::kReversal)) {
      return WrongCorrection(absl::StrCat("correction ", command.reverses, " is not a booked correction"));
    }
    if (undone->reversed_by != 0) {
      return WrongCorrection(
          absl::StrCat("correction ", command.reverses, " was undone by correction ", undone->reversed_by));
    }
    row->partner = undone->partner;
    row->currency = undone->currency;
    row->amount = -undone->amount;
    row->cash_account = undone->cash_account;
    return absl::OkStatus();
  }
  TRAILBOOK_ASSIGN_OR_RETURN(row->partner, FindPartner(place, command.partner_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckCurrency("correction.amount.currency_code", command.currency));
  row->currency = command.currency;
  row->amount = command.amount;
  const Earner* earner = book_->earners.Get({place.program, row->partner, row->currency});
  switch (command.kind) {
    case CorrectionKind::kForfeiture:
      if (book_->partners.At({place.program, row->partner}).state != static_cast<int64_t>(PartnerPhase::kBanned)) {
        return WrongCorrection(
            absl::StrCat(command.partner_id, " is not banned; only a banned partner's money is forfeited"));
      }
      row->amount = 0;
      return absl::OkStatus();
    case CorrectionKind::kWriteOff:
    case CorrectionKind::kRepayment: {
      const int64_t owed = earner == nullptr ? 0 : earner->receivable;
      if (row->amount <= 0) return AmountMust("must be above 0");
      if (row->amount > owed) {
        return AmountMust(absl::StrCat(FormatMoney(row->amount, row->currency), " is above the ",
                                       FormatMoney(owed, row->currency), " that the partner owes"));
      }
      row->cash_account = command.cash_account.empty() ? kDefaultCash : command.cash_account;
      return CheckResourceId("correction.cash_account", row->cash_account, 40);
    }
    default: return row->amount == 0 ? AmountMust("must not be 0") : absl::OkStatus();
  }
}

absl::StatusOr<int64_t> Operations::Do(const ProposeCorrection& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  Correction row;
  TRAILBOOK_RETURN_IF_ERROR(CheckCorrection(place, command, &row));
  const int64_t number = book_->programs.At({place.program}).corrections + 1;
  log::v1::CorrectionProposed& proposed = *journal_->Start(place.program, place.today).mutable_correction_proposed();
  proposed.set_correction(number);
  proposed.set_correction_kind(static_cast<log::v1::CorrectionKind>(command.kind));
  proposed.set_partner(row.partner);
  proposed.set_currency(row.currency);
  proposed.set_amount(row.amount);
  proposed.set_reason(command.reason);
  proposed.set_reverses(command.reverses);
  proposed.set_cash_account(row.cash_account);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return number;
}

// What is held and payable of a banned partner's commissions one by one, then what is payable besides (adjustments) in
// one sum.
absl::Status Operations::BookForfeiture(const Place& place, const Correction& correction) {
  const Earner::Key key{place.program, correction.partner, correction.currency};
  const Earner before = book_->earners.At(key);
  int64_t most = 0;
  if (!CheckedAdd(before.pending, before.held, &most) || !CheckedAdd(most, before.payable, &most)) {
    return Refuse(
        absl::StatusCode::kOutOfRange, "OVERFLOW", "",
        absl::StrCat(
            "what the partner has in ", correction.currency.code(),
            " together would not fit into 64 bits; take a part by an adjustment first, then forfeit the rest"));
  }
  const HeldCommissions which{place.program, correction.partner, correction.currency};
  TRAILBOOK_RETURN_IF_ERROR(RecomputeHolds(*book_, *journal_, which, place.today));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t held,
                             ForfeitHeld(*book_, *journal_, which, correction.correction, place.today));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t payable,
                             ForfeitPayable(*book_, *journal_, key, correction.correction, place.today));
  const Earner& earner = book_->earners.At(key);
  const int64_t rest = earner.payable;
  log::v1::CorrectionBooked& booked = *journal_->Start(place.program, place.today).mutable_correction_booked();
  booked.set_correction(correction.correction);
  booked.set_amount(held + payable + rest);
  journal_->AddLegs(TakePayable(earner, AccountKind::kCommissionReversed, rest, place.today),
                    {correction.partner, correction.currency});
  return journal_->Emit().status();
}

// Each commission gets back what was taken of it, the partner the rest.
absl::Status Operations::UndoForfeiture(const Place& place, const Correction& correction) {
  const Correction forfeiture = book_->corrections.At({place.program, correction.reverses});
  TRAILBOOK_ASSIGN_OR_RETURN(const ForfeitureReturned returned,
                             ReturnForfeited(*book_, *journal_, place.program, forfeiture.correction, place.today));
  const Earner& earner = book_->earners.At({place.program, correction.partner, correction.currency});
  const int64_t rest = forfeiture.amount - returned.taken;
  if (rest < 0) {
    return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                  absl::StrCat("table forfeited_part: the parts of correction ", forfeiture.correction,
                               " come to more than it took"));
  }
  log::v1::CorrectionBooked& booked = *journal_->Start(place.program, place.today).mutable_correction_booked();
  booked.set_correction(correction.correction);
  booked.set_amount(-(returned.back + rest));
  journal_->AddLegs(CreditPayable(earner, AccountKind::kCommissionReversed, rest, place.today),
                    {correction.partner, correction.currency});
  return journal_->Emit().status();
}

absl::Status Operations::BookCorrection(const Place& place, const Correction& correction) {
  const Earner::Key key{place.program, correction.partner, correction.currency};
  TRAILBOOK_RETURN_IF_ERROR(MatureThrough(*book_, *journal_, key, place.today).status());
  const Earner* stored = book_->earners.Get(key);
  const Earner earner = stored != nullptr ? *stored : Earner::WithKey(key);
  auto kind = static_cast<CorrectionKind>(correction.kind);
  if (kind == CorrectionKind::kForfeiture) {
    if (stored == nullptr) return WrongCorrection("the partner has nothing in this currency");
    return BookForfeiture(place, correction);
  }
  if (kind == CorrectionKind::kReversal) {
    kind = static_cast<CorrectionKind>(book_->corrections.At({place.program, correction.reverses}).kind);
    if (kind == CorrectionKind::kForfeiture) return UndoForfeiture(place, correction);
  }
  const bool lowers_debt = kind == CorrectionKind::kWriteOff || kind == CorrectionKind::kRepayment;
  if (lowers_debt && correction.amount > earner.receivable) {
    return WrongCorrection(
        absl::StrCat("the partner owes only ", FormatMoney(earner.receivable, correction.currency), " by now"));
  }
  log::v1::CorrectionBooked& booked = *journal_->Start(place.program, place.today).mutable_correction_booked();
  booked.set_correction(correction.correction);
  booked.set_amount(correction.amount);
  journal_->AddLegs(LegsOf(earner, kind, correction.amount, place.today), {correction.partner, correction.currency},
                    correction.cash_account, correction.cash_account);
  return journal_->Emit().status();
}

absl::StatusOr<int64_t> Operations::Do(const DecideCorrection& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  const Correction* found = book_->corrections.Get({place.program, command.correction});
  if (found == nullptr) return NotFound("correction", absl::StrCat(command.correction));
  Correction correction = *found;
  correction.partner = OwnerOf(*book_, place.program, correction.partner);
  if (correction.state != static_cast<int64_t>(CorrectionPhase::kProposed)) {
    return WrongCorrection(absl::StrCat("correction ", command.correction, " is decided already"));
  }
  if (!command.approve) {
    TRAILBOOK_RETURN_IF_ERROR(CheckText("reason", command.reason, 500, true));
    log::v1::CorrectionRejected& rejected = *journal_->Start(place.program, place.today).mutable_correction_rejected();
    rejected.set_correction(command.correction);
    rejected.set_reason(command.reason);
    TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
    return 0;
  }
  if (correction.proposer == journal_->actor()) {
    return Refuse(absl::StatusCode::kPermissionDenied, "SAME_PERSON", "",
                  absl::StrCat(journal_->actor(), " proposed this correction; another person must approve"));
  }
  if (correction.reverses != 0 && book_->corrections.At({place.program, correction.reverses}).reversed_by != 0) {
    return WrongCorrection(absl::StrCat("correction ", correction.reverses, " was undone meanwhile"));
  }
  TRAILBOOK_RETURN_IF_ERROR(BookCorrection(place, correction));
  return 0;
}

}  // namespace trailbook
