// What moves from one partner to another: referrals, commissions with them (RULES 6), and all that a merged partner has
// (RULES 7). Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_TRANSFER_H_
#define TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_TRANSFER_H_

#include "ledger/domain/book.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// Refunds and disputes of a commission that moved stay under the number that its payment had first.
int64_t OriginOf(const Commission& commission);

// Where a commission that moved is now. REQUIRES: it exists.
const Commission& CurrentCommission(Book& book, const Commission& commission);

void ProjectReassigned(const log::v1::Record& record, const log::v1::ReferralReassigned& reassigned, Book& book);
void ProjectTransferred(const log::v1::Record& record, const log::v1::CommissionTransferred& transferred, Book& book);
void ProjectMerged(const log::v1::Record& record, const log::v1::PartnerMerged& merged, Book& book);
void ProjectBalances(const log::v1::Record& record, const log::v1::BalancesTransferred& moved, Book& book);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_TRANSFER_H_
