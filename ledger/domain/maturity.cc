#include "ledger/domain/maturity.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission.h"

namespace trailbook {

absl::StatusOr<int64_t> MaturingOn(Book& book, const Earner& earner, Day day) {
  const EarnerDay* row = book.earner_days.Get({earner.program, day, earner.partner, earner.currency});
  if (row != nullptr) return row->maturing;
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                absl::StrCat("table earner_day: the row of partner ", earner.partner, " of program ", earner.program,
                             ", ", earner.currency.code(), ", ", FormatDay(day), " is missing or cannot be read"));
}

absl::StatusOr<int64_t> MatureThrough(Book& book, Journal& journal, const Earner::Key& key, Day through) {
  const Earner* earner = book.earners.Get(key);
  if (earner == nullptr || earner->next_due > through) return 0;
  const auto& [program, partner, currency] = key;
  const std::vector<Day> days = earner->due_days.Between(kFromEver, through);
  for (Day day : days) {
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t amount, MaturingOn(book, *earner, day));
    int64_t recouped = 0;
    const std::vector<Leg> legs = Mature(*earner, amount, day, &recouped);
    log::v1::Matured& matured = *journal.Start(program, day).mutable_matured();
    matured.set_partner(partner);
    matured.set_currency(currency);
    matured.set_matures_on(day);
    matured.set_amount(amount);
    matured.set_recouped(recouped);
    journal.AddLegs(legs, {partner, currency});
    TRAILBOOK_RETURN_IF_ERROR(journal.Emit().status());
  }
  return static_cast<int64_t>(days.size());
}

}  // namespace trailbook
