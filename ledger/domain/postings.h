// What an entry posts, and whether that is what its record says: the journal asks before it seals one, a verification
// of each that is stored. Functions of a record and of the book that it comes to; the thread of the book.
#ifndef TRAILBOOK_LEDGER_DOMAIN_POSTINGS_H_
#define TRAILBOOK_LEDGER_DOMAIN_POSTINGS_H_

#include <string>

#include "ledger/domain/book.h"
#include "ledger/domain/chart.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// What an entry debits (or, below zero, credits) to an account in all. Minor units; wide, as a record may be anybody's.
__int128 PostedTo(const log::v1::Record& record, AccountKind account);

// Empty if what the entry posts is what its record says (RULES 8), as far as that can be seen from it alone: a new
// commission or bonus costs what is booked of it, a maturity takes from pending what matured, and a record that names
// no commission costs none, a correction apart. Else what does not agree.
std::string FindMisposting(const log::v1::Record& record);
// The same beside what was booked before, too: what commissions cost changes as the commission does that the record
// names, by postings to the partner whose commission that is. REQUIRES: `book` stands where the record before left it.
std::string FindMisposting(const log::v1::Record& record, Book& book);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_POSTINGS_H_
