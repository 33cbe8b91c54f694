#include "ledger/domain/forfeiture.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/projector_transfer.h"

namespace trailbook {
namespace {

absl::Status Take(Book& book, Journal& journal, Commission after, int64_t amount, int64_t correction, Day day) {
  Forfeit(amount, after);
  return ChangeCommission(book, journal, after, day,
                          [&](log::v1::Record& record, const log::v1::CommissionState& state) {
                            log::v1::CommissionForfeited& forfeited = *record.mutable_commission_forfeited();
                            forfeited.set_commission(after.number);
                            *forfeited.mutable_state() = state;
                            forfeited.set_correction(correction);
                            forfeited.set_amount(amount);
                          });
}

absl::Status Missing(int64_t number) {
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                absl::StrCat("table commission: the row of commission ", number, " is missing or cannot be read"));
}

}  // namespace

absl::StatusOr<int64_t> ForfeitHeld(Book& book, Journal& journal, const HeldCommissions& which, int64_t correction,
                                    Day day) {
  int64_t taken = 0;
  for (const Commission& c : FindHeld(book, which)) {
    if (c.held == 0) continue;
    TRAILBOOK_RETURN_IF_ERROR(Take(book, journal, c, c.held, correction, day));
    taken += c.held;
  }
  return taken;
}

absl::StatusOr<int64_t> ForfeitPayable(Book& book, Journal& journal, const Earner::Key& key, int64_t correction,
                                       Day day) {
  const auto& [program, owner, currency] = key;
  const auto payable = [&] { return book.earners.At(key).payable; };
  int64_t taken = 0;
  for (const int64_t partner : FamilyOf(book, program, owner)) {
    const Earner* earner = book.earners.Get({program, partner, currency});
    // What is payable is mostly of the newest commissions: the old ones, paid long ago, are seldom looked at.
    for (int64_t number = earner == nullptr ? 0 : earner->last_commission; number != 0 && payable() > 0;) {
      const Commission* stored = book.commissions.Get({program, number});
      if (stored == nullptr) return Missing(number);
      const Commission c = *stored;
      number = c.previous;
      if (c.booked == 0) continue;
      const int64_t amount = std::min(UnpaidReleased(book, c), payable());
      if (amount <= 0) continue;
      TRAILBOOK_RETURN_IF_ERROR(Take(book, journal, c, amount, correction, day));
      taken += amount;
    }
  }
  return taken;
}

absl::StatusOr<ForfeitureReturned> ReturnForfeited(Book& book, Journal& journal, int64_t program, int64_t correction,
                                                   Day day) {
  ForfeitureReturned returned;
  for (const ForfeitedPart& part : book.lists->ForfeitedParts(program, correction)) {
    const Commission* forfeited = book.commissions.Get({program, part.commission});
    if (forfeited == nullptr) return Missing(part.commission);
    Commission after = CurrentCommission(book, *forfeited);
    const int64_t before = after.booked;
    UndoForfeiture(part.amount, after);
    TRAILBOOK_RETURN_IF_ERROR(ChangeCommission(
        book, journal, after, day, [&](log::v1::Record& record, const log::v1::CommissionState& state) {
          log::v1::ForfeitureUndone& undone = *record.mutable_forfeiture_undone();
          undone.set_commission(after.number);
          *undone.mutable_state() = state;
          undone.set_correction(correction);
        }));
    returned.taken += part.amount;
    returned.back += book.commissions.At(after.key()).booked - before;
  }
  return returned;
}

}  // namespace trailbook
