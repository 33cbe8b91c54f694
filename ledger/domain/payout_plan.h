// Who a payout batch pays, and who is left out and why (RULES 9). Reads the book; changes nothing. Shared by preview
// and submission. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PAYOUT_PLAN_H_
#define TRAILBOOK_LEDGER_DOMAIN_PAYOUT_PLAN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/domain/book.h"

namespace trailbook {

struct PlannedPayout {
  int64_t partner = 0;
  int64_t amount = 0;                               // gross
  std::vector<PayableLine> lines;                   // unpaid lines booked up to the cutoff, and every negative one
  Currency settlement_currency;                     // what arrives, where that is another currency; else none
  int64_t settlement_amount = 0;                    // in it
  int64_t fx_rate = 0;                              // the rate's number
  int64_t retry_of_batch = 0, retry_of_payout = 0;  // the latest dead payout whose money is paid again; 0: none
  std::string left_out;                             // empty: it is paid; else why not, e.g. "BELOW_MINIMUM"
  std::string why;                                  // in words
};

// Everyone with something payable in the currency, by partner. What is due by the cutoff counts as payable, but has no
// line before it matures: submission matures first. DATA_LOSS with LEDGER_DAMAGED if a row of what is due is missing.
absl::StatusOr<std::vector<PlannedPayout>> PlanPayouts(Book& book, int64_t program, Currency currency, Day cutoff,
                                                       Day today);

// The least amount that a payout in a currency pays, from the terms in force on a day; 1 if none is set.
int64_t MinimumPayout(Book& book, int64_t program, Currency currency, Day day);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PAYOUT_PLAN_H_
