// From records of corrections to rows; part of the projector. Decides nothing. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_CORRECTION_H_
#define TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_CORRECTION_H_

#include "ledger/domain/book.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// What a forfeiture took of a commission; its balances follow elsewhere.
void ProjectForfeited(const log::v1::Record& record, const log::v1::CommissionForfeited& forfeited, Book& book);

// Ignores records of other kinds.
void ProjectCorrectionKinds(const log::v1::Record& record, Book& book);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_CORRECTION_H_
