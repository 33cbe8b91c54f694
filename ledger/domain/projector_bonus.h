// The part of the projector that speaks of sign-up bonuses. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_BONUS_H_
#define TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_BONUS_H_

#include "ledger/domain/book.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

void ProjectBonus(const log::v1::Record& record, const log::v1::BonusAccrued& bonus, Book& book);

// What was given back and disputed of a payment stands in the row of its bonus as well. REQUIRES: it has one.
void CopyToBonus(const log::v1::Record& record, const Commission& payment, Book& book);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_BONUS_H_
