// Where lists go on: the cursors inside page tokens. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_QUERIES_CURSOR_H_
#define TRAILBOOK_LEDGER_QUERIES_CURSOR_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trailbook {

// INVALID_ARGUMENT, BAD_PAGE_TOKEN: the token is of another list, or of none.
absl::Status BadPageToken();

// The number of a cursor; `first` for the first page.
absl::StatusOr<int64_t> NumberCursor(const std::string& cursor, int64_t first);

// Two numbers, as "12|34"; `first` for the first page.
struct Pair {
  int64_t first = 0, second = 0;
};
absl::StatusOr<Pair> PairCursor(const std::string& cursor, Pair first);
std::string ToCursor(Pair pair);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_QUERIES_CURSOR_H_
