// The sign-up bonus of a referral (RULES 3): a line of its own beside the commission of the payment that it came with,
// which it follows through maturity, refunds, disputes, reviews and bans. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_BONUS_H_
#define TRAILBOOK_LEDGER_DOMAIN_BONUS_H_

#include <vector>

#include "absl/status/status.h"
#include "ledger/domain/book.h"
#include "ledger/domain/commission.h"
#include "ledger/domain/journal.h"

namespace trailbook {

// Expense to pending; under a review or a ban pending to held at once, no earlier than pending's latest booking day.
std::vector<Leg> AccrualLegs(AccountKind expense, int64_t amount, bool held, Day day, const Earner* earner);

// Refuses what would not fit after the commission was booked, so that both are booked or none. OUT_OF_RANGE, OVERFLOW.
absl::Status CheckBonusFits(Book& book, const Earner::Key& key, int64_t commission, int64_t bonus);

// Records the bonus that came with a payment. REQUIRES: the payment was just recorded.
absl::Status AccrueBonus(Book& book, Journal& journal, const Commission& payment, int64_t amount, bool held);

// After a refund or dispute of a payment was recorded: brings its bonus, if it has one, to where that says it should
// stand.
absl::Status MoveBonus(Book& book, Journal& journal, const Commission& payment, int64_t time, Day event_day);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_BONUS_H_
