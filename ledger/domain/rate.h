// What a sign-up promises, and what a payment earns by it (RULES 2.2, 2.3, 3): own rate, group's terms, program's
// terms, then the tier within those terms; newer terms that are followed; what a person lowered; the duration; the
// sign-up bonus. Reads the book; changes nothing. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_RATE_H_
#define TRAILBOOK_LEDGER_DOMAIN_RATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "ledger/domain/book.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// The program's terms in force on a day. REQUIRES: the program exists.
const Terms& TermsOn(Book& book, int64_t program, Day day);

// The group that a partner belongs to on a day; 0 for none.
int64_t GroupOn(Book& book, int64_t program, int64_t partner, Day day);

// What a sign-up on a day promises a partner: the terms of his group if he is in one, else the program's; his own rate
// if he has one in force. `rate_bps` is the rate before any tier.
struct Promise {
  int64_t terms_version = 0;
  int32_t rate_bps = 0;
  bool own_rate = false;
  int64_t hold_days = 0;
  int64_t grp = 0;  // whose terms; 0: the program's
};
Promise PromiseOn(Book& book, int64_t program, int64_t partner, Day day);

// The terms that a referral is pinned to.
const Terms& PinnedTerms(Book& book, const Referral& referral);

// The rate that terms (of group `grp`; 0: the program's) pay a partner with so many paying customers: that of the last
// tier reached, else the terms' own.
int64_t TierRate(Book& book, const Terms& terms, int64_t grp, int64_t paying_customers);

// The first day on which a referral earns no more; kNever for 0 months. Where the last month lacks the day, the whole
// of that month still counts.
Day EndOfDuration(Day sign_up_day, int64_t months);

// The amount of "EUR=500;USD=600" in a currency; 0 if it names none.
int64_t AmountIn(absl::string_view amounts, absl::string_view currency);

struct PaymentFacts {
  int64_t collected = 0, base = 0;
  Currency currency;
  Day day = 0;
};

// What a payment earns and why.
struct Earning {
  int32_t rate_bps = 0;
  log::v1::ZeroReason zero_reason = log::v1::ZERO_REASON_UNSPECIFIED;
  int64_t amount = 0;  // the commission; 0 for a zero_reason
  Day matures_on = 0;
  bool first_paying = false;  // it makes its customer a paying one
  int64_t bonus = 0;          // the sign-up bonus that comes with it
  // Where the rate came from, if not from the pinned terms or own rate alone.
  int64_t tier_customers = 0;
  std::optional<Day> followed_day;
  int64_t lowering = 0;
  bool lowered_for_all = false;
};
Earning EarningOf(Book& book, const Referral& referral, const PaymentFacts& payment);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_RATE_H_
