// Maturity (RULES 5): what is due moves from pending to payable, booked on the day it was due, once.
#ifndef TRAILBOOK_LEDGER_DOMAIN_MATURITY_H_
#define TRAILBOOK_LEDGER_DOMAIN_MATURITY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "ledger/domain/journal.h"

namespace trailbook {

// What matures on one of an earner's days that are due. DATA_LOSS with LEDGER_DAMAGED if the row of the day is missing.
absl::StatusOr<int64_t> MaturingOn(Book& book, const Earner& earner, Day day);

// Matures everything of a partner and currency that is due on or before `through`; one entry a day. Returns how many
// entries. DATA_LOSS as MaturingOn.
absl::StatusOr<int64_t> MatureThrough(Book& book, Journal& journal, const Earner::Key& earner, Day through);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_MATURITY_H_
