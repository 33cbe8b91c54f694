// What verification can say of the rows beside the log, which follow from nothing: that nobody but Trailbook wrote
// them, that names and numbers belong to each other, and that no name of a number that the log gave is missing.
#ifndef TRAILBOOK_LEDGER_VERIFY_BESIDE_LOG_H_
#define TRAILBOOK_LEDGER_VERIFY_BESIDE_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/store/sql.h"

namespace trailbook {

struct RowsBesideLog {
  struct Count {
    const char* table;
    int64_t rows;
  };
  std::string problem;  // the first wrong place, in words; empty if there is none
  // Of a program: names of partners, codes and customers, each by number and by name; and destinations of payouts.
  std::vector<Count> counts;
};

// Reads the program's names, which are counted; and every other row beside the log, of all programs: one may say that
// it is of another. The thread of the Database.
absl::StatusOr<RowsBesideLog> ReadBesideLog(store::Database& db, int64_t program);

// Whether there are as many as the log says; else which are not, in words. `rebuilt` has the tables that follow from
// the program's whole log.
absl::StatusOr<std::string> FindWrongCount(const RowsBesideLog& found, store::Database& rebuilt, int64_t program);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_BESIDE_LOG_H_
