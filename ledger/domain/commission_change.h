// One change of a recorded commission: what happened to its payment, turned into a record with its legs (RULES 4). Not
// thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_COMMISSION_CHANGE_H_
#define TRAILBOOK_LEDGER_DOMAIN_COMMISSION_CHANGE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/domain/book.h"
#include "ledger/domain/journal.h"

namespace trailbook {

// What of a commission the maturity of its own day took to payable.
int64_t MaturedOf(Book& book, const Commission& commission);

// The payable lines by which a commission became payable: its own, and the maturity that took it along.
std::vector<PayableLine> LinesOfCommission(Book& book, const Commission& commission);

// Where a line's money is: in a live payout, unpaid, or (neither) gone to settle what the partner owed. A dead payout
// keeps its lines; its gross came back as one new line, and where that went is where they went.
struct LineMoney {
  const Payout* payout = nullptr;  // the live one
  bool unpaid = false;
};
LineMoney FollowLine(Book& book, PayableLine line);
// The line by which the gross of a dead payout came back; nullptr if it settled what the partner owed.
const PayableLine* CameBack(Book& book, const Payout& payout);

// The part of a commission that became payable and that no live payout has taken; below zero where a reversal took the
// partner's other money for what was paid.
int64_t UnpaidReleased(Book& book, const Commission& commission);

// Matures what is due by `event_day`, then moves the commission to where `after` (the commission with what was given
// back and disputed after the event) says it should stand. `fill` puts the kind into the record and gets the state to
// put beside it.
absl::Status ChangeCommission(Book& book, Journal& journal, const Commission& after, Day event_day,
                              const std::function<void(log::v1::Record&, const log::v1::CommissionState&)>& fill);

// Whether a review of its referral or a ban of its partner holds all of a commission.
bool HoldsAll(Book& book, const Commission& commission);

// Which held commissions a decision concerns.
struct HeldCommissions {
  int64_t program = 0, partner = 0;
  Currency currency;     // none: any
  int64_t customer = 0;  // 0: any
};
// These commissions, as they stand now. REQUIRES: the command runs alone.
std::vector<Commission> FindHeld(Book& book, const HeldCommissions& which);

// Recomputes the held part of commissions that have something held or an open dispute: after a payout of their lines
// died, a review was decided, or a ban lifted. REQUIRES: the command runs alone.
absl::Status RecomputeHolds(Book& book, Journal& journal, const HeldCommissions& which, Day day);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_COMMISSION_CHANGE_H_
