// One change of a recorded commission: what happened to its payment, turned into a record with its legs (RULES 4). Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_COMMISSION_CHANGE_H_
#define TRAILBOOK_LEDGER_DOMAIN_COMMISSION_CHANGE_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "ledger/domain/book.h"
#include "ledger/domain/journal.h"

namespace trailbook {

// The payable lines by which a commission became payable: its own, and the maturity that took it along.
std::vector<PayableLine> LinesOfCommission(Book& book, const Commission& commission);

// The part of a commission that became payable and that no live payout has taken.
int64_t UnpaidReleased(Book& book, const Commission& commission);

// Matures what is due by `event_day`, then moves the commission to where `after` (the commission with what was given back and disputed
// after the event) says it should stand. `fill` puts the kind into the record and gets the state to put beside it.
absl::Status ChangeCommission(Book& book, Journal& journal, const Commission& after, Day event_day,
                              const std::function<void(log::v1::Record&, const log::v1::CommissionState&)>& fill);

// Recomputes the held part of the commissions of a partner that open disputes hold, after a payout of his lines died.
absl::Status RecomputeHolds(Book& book, Journal& journal, int64_t program, int64_t partner,
                            const std::string& currency, Day day);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_COMMISSION_CHANGE_H_
