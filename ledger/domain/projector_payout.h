// The projector's part for payouts; see projector.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_PAYOUT_H_
#define TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_PAYOUT_H_

#include "ledger/domain/book.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

void ProjectPayoutKinds(const log::v1::Record& record, Book& book);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_PAYOUT_H_
