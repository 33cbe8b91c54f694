// Rates between currencies, recorded by finance (RULES 2): each with its source and when it was quoted; a later one of
// the same pair replaces it for payouts submitted from then on. No past payout changes.
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/fx.h"
#include "ledger/domain/money.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/validate.h"

namespace trailbook {

absl::StatusOr<int64_t> Operations::Do(const SetFxRate& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckCurrency("fx_rate.from_currency_code", command.from_currency));
  TRAILBOOK_RETURN_IF_ERROR(CheckCurrency("fx_rate.to_currency_code", command.to_currency));
  if (command.from_currency == command.to_currency) {
    return InvalidField("fx_rate.to_currency_code",
                        "is the same as from_currency_code; a currency needs no rate to itself");
  }
  TRAILBOOK_RETURN_IF_ERROR(CheckFxRate("fx_rate.rate", command.rate));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("fx_rate.source", command.source, 200, true));
  const int64_t now = journal_->now_seconds();
  const int64_t time = command.quote_time == 0 ? now : command.quote_time;
  if (time > now) return InvalidField("fx_rate.quote_time", "is in the future");
  const int64_t number = book_->programs.At({place.program}).fx_rates + 1;
  log::v1::FxRateSet& set = *journal_->Start(place.program, place.today).mutable_fx_rate_set();
  set.set_rate_number(number);
  set.set_from_currency(command.from_currency);
  set.set_to_currency(command.to_currency);
  set.set_rate(command.rate);
  set.set_source(command.source);
  set.set_time(time);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return number;
}

}  // namespace trailbook
