// From records to rows: the one way in which a record changes the tables, for live writing and for a rebuild alike. It
// decides nothing. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_H_
#define TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_H_

#include "ledger/domain/book.h"
#include "ledger/domain/chart.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// Of an Earner the balance of a partner account in its natural sign; of an EarnerDay what the day changed in it.
template <typename Row>
auto& BalanceOf(Row& row, AccountKind kind) {
  switch (kind) {
    case AccountKind::kCommissionPending: return row.pending;
    case AccountKind::kCommissionHeld: return row.held;
    case AccountKind::kCommissionPayable: return row.payable;
    case AccountKind::kPayoutReserved: return row.reserved;
    case AccountKind::kTaxReserved: return row.tax_reserved;
    default: return row.receivable;
  }
}
Day& LatestDayOf(Earner& earner, AccountKind kind);

// True once the maturity of a commission's day has run over it.
bool HasMatured(Book& book, const Commission& commission);

// Changes what matures on a day, and with it the days that are due.
void SetMaturing(Book& book, int64_t program, int64_t partner, Currency currency, Day day, int64_t change);

// Commissions with something held, or that a dispute may hold again, are few: they have a list of their own.
void KeepOpenHold(const log::v1::Record& record, const Commission& commission, Book& book);

// Says of a commission whether more was given back than was collected.
void FlagOverRefunded(Commission& commission);

// A new commission: joins the chains of its partner and of its maturity day, and the lists of what is held and what
// matures.
void BeginCommission(const log::v1::Record& record, Commission& commission, Book& book);

// Where a commission stands after a record that concerns it.
void PutState(const log::v1::Record& record, int64_t commission, const log::v1::CommissionState& state, Book& book);

// REQUIRES: the record is balanced and its sequence is the next one.
void Project(const log::v1::Record& record, Book& book);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_H_
