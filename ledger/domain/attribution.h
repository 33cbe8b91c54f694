// Who referred a customer (RULES 6). Reads the book; decides nothing else. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ATTRIBUTION_H_
#define TRAILBOOK_LEDGER_DOMAIN_ATTRIBUTION_H_

#include <vector>

#include "ledger/domain/book.h"
#include "ledger/domain/commands.h"
#include "ledger/domain/rate.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// Every way in which a sign-up names a partner and that resolves at its time, the deciding one first: partner, coupon, link, others.
std::vector<log::v1::Touch> ResolveTouches(Book& book, int64_t program, const SignUpReport& report);

// True if customer and partner look like the same person.
bool IsSelfReferral(Book& book, int64_t program, int64_t partner, const SignUpReport& report);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ATTRIBUTION_H_
