// Who referred a customer, and under which terms (RULES 2.3, 3, 6). Reads the book; decides nothing else. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ATTRIBUTION_H_
#define TRAILBOOK_LEDGER_DOMAIN_ATTRIBUTION_H_

#include <vector>

#include "ledger/domain/book.h"
#include "ledger/domain/commands.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// Every way in which a sign-up names a partner and that resolves at its time, the deciding one first: partner, coupon, link, others.
std::vector<log::v1::Touch> ResolveTouches(Book& book, int64_t program, const SignUpReport& report);

// The terms in force on a day. REQUIRES: the program exists.
const Terms& TermsOn(Book& book, int64_t program, Day day);

// What a sign-up on a day promises a partner: his own rate if he has one in force, else the terms'.
struct Promise {
  int64_t terms_version = 0;
  int32_t rate_bps = 0;
  bool own_rate = false;
  int64_t hold_days = 0;
};
Promise PromiseOn(Book& book, int64_t program, int64_t partner, Day day);

// True if customer and partner look like the same person.
bool IsSelfReferral(Book& book, int64_t program, int64_t partner, const SignUpReport& report);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ATTRIBUTION_H_
