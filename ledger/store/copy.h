// Moves all that a store holds into another one, of whatever engine, and proves that both hold the same. Stops and goes
// on: what is there stays. Not thread-safe: both connections belong to the caller's thread.
#ifndef TRAILBOOK_LEDGER_STORE_COPY_H_
#define TRAILBOOK_LEDGER_STORE_COPY_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// Every table that holds books, the heads of the logs last: a store whose heads are missing is not finished.
std::vector<TableShape> AllTables();

// Copies row by row in the order of the keys, some thousand in a transaction; begins where an earlier copy stopped.
// `progress` hears of each transaction. REQUIRES: nobody writes to `from` meanwhile. Errors of the drivers; NOT_FOUND
// if `from` holds nothing; ALREADY_EXISTS if `to` holds books of its own.
absl::Status CopyRows(Database& from, Database& to,
                      const std::function<void(const std::string& table, int64_t rows)>& progress);

// The first row that differs, in words; empty if both stores hold the same in every table.
absl::StatusOr<std::string> FindDifference(Database& from, Database& to);

// True if a copy into this store began and did not end.
absl::StatusOr<bool> IsHalfCopied(Database& db);

// What a store holds, for people: "program acme: 5417 records, root b398...".
absl::StatusOr<std::vector<std::string>> DescribeLogs(Database& db);

// Where the daemon answers that holds a lease which has not ended; empty if there is none. REQUIRES: a shared store.
absl::StatusOr<std::string> WriterOf(Database& db);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_COPY_H_
