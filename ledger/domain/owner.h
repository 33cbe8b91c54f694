// Who has what a partner earned: himself, or, after a merge, the partner that goes on (RULES 7). Commissions keep the
// partner who earned them; what happens to them happens to the owner's balances. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_OWNER_H_
#define TRAILBOOK_LEDGER_DOMAIN_OWNER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/domain/book.h"

namespace trailbook {

// The partner who goes on for `partner`: the end of the merges, himself if there is none. REQUIRES: the partner exists.
int64_t OwnerOf(Book& book, int64_t program, int64_t partner);

// The owner's balances in a commission's currency.
Earner::Key OwnerOf(Book& book, const Commission& commission);

// The partner and whoever was merged into him, directly or by way of another, himself first.
std::vector<int64_t> FamilyOf(Book& book, int64_t program, int64_t partner);

// A partner who had a commission, and the record since which he had it: whoever earned it, then the owners after each
// merge.
struct Tenure {
  int64_t partner = 0;
  int64_t since = 0;
};
std::vector<Tenure> TenuresOf(Book& book, const Commission& commission);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_OWNER_H_
