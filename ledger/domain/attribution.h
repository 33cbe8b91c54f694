// Who referred a customer (RULES 6). Reads the book; decides nothing else. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ATTRIBUTION_H_
#define TRAILBOOK_LEDGER_DOMAIN_ATTRIBUTION_H_

#include <vector>

#include "ledger/domain/book.h"
#include "ledger/domain/commands.h"
#include "ledger/domain/rate.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// What a sign-up names. `touches`: what resolves at its time, the deciding one first: partner, coupon, click, link,
// others. `unresolved`: why the rest does not, in words.
struct Resolved {
  std::vector<log::v1::Touch> touches;
  std::vector<std::string> unresolved;
};
// `day` is the sign-up's.
Resolved ResolveTouches(Book& book, int64_t program, const SignUpReport& report, Day day);

// True if customer and partner, or one who was merged into him, look like the same person.
bool IsSelfReferral(Book& book, int64_t program, int64_t partner, const SignUpReport& report);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ATTRIBUTION_H_
