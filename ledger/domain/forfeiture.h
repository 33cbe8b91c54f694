// Forfeiture (RULES 7, 8): unpaid money is taken for good, commission by commission, so that a refund of the same
// payment later takes nothing a second time. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_FORFEITURE_H_
#define TRAILBOOK_LEDGER_DOMAIN_FORFEITURE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "ledger/domain/book.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/journal.h"

namespace trailbook {

// Takes what is held of commissions. `correction`: the forfeiture; 0 for a rejected review. Returns how much (minor
// units). REQUIRES: the command runs alone.
absl::StatusOr<int64_t> ForfeitHeld(Book& book, Journal& journal, const HeldCommissions& which, int64_t correction,
                                    Day day);

// Takes what of a partner's commissions became payable and nobody was paid, newest first, as far as it is still
// payable. Returns how much. DATA_LOSS with LEDGER_DAMAGED if a commission is missing.
absl::StatusOr<int64_t> ForfeitPayable(Book& book, Journal& journal, const Earner::Key& earner, int64_t correction,
                                       Day day);

// Gives commissions back what a forfeiture took of them, to whoever has them now; what was refunded meanwhile does not
// come back. REQUIRES: the command runs alone.
struct ForfeitureReturned {
  int64_t taken = 0;  // what it had taken of commissions
  int64_t back = 0;   // what came back of that
};
absl::StatusOr<ForfeitureReturned> ReturnForfeited(Book& book, Journal& journal, int64_t program, int64_t correction,
                                                   Day day);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_FORFEITURE_H_
