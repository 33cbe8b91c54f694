// What verification can say of the rows beside the log, which follow from nothing: that nobody but Trailbook wrote them, that names and numbers
// belong to each other, and that no name of a number that the log gave is missing.
#ifndef TRAILBOOK_LEDGER_VERIFY_BESIDE_LOG_H_
#define TRAILBOOK_LEDGER_VERIFY_BESIDE_LOG_H_

#include <string>

#include "absl/status/statusor.h"
#include "ledger/store/sql.h"

namespace trailbook {

// The first wrong place, in words; empty if there is none. Reads every row beside the log, of all programs: a row may say that it is of another.
// `rebuilt` has the tables that follow from the program's whole log. Belongs to the thread of the databases.
absl::StatusOr<std::string> FindProblemBesideLog(store::Database& db, store::Database& rebuilt, int64_t program);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_BESIDE_LOG_H_
