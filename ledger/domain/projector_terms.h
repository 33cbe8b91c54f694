// The part of the projector that speaks of terms, groups of partners and lowerings. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_TERMS_H_
#define TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_TERMS_H_

#include "ledger/domain/book.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// A version of the program's terms.
void PutProgramTerms(const log::v1::Record& record, const log::v1::Terms& terms, Book& book);

// A partner belongs to a group (0: none) from a day on.
void PutMember(const log::v1::Record& record, int64_t partner, int64_t grp, Day effective, Book& book);

// A partner got (or, when a referral moved away, lost) paying customers; the highest number ever stays.
void CountPayingCustomers(Partner& partner, int64_t change);

// Does nothing for other kinds.
void ProjectTermsKinds(const log::v1::Record& record, Book& book);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PROJECTOR_TERMS_H_
