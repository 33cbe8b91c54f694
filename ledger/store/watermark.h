// How far the tables follow the log. A record is durable, and answered, once it is in the log; its rows may be written
// with a later commit, for many records at once. The watermark of a program is the last record whose rows are in the
// tables; it moves in the transaction that writes them. Whoever begins to write replays what lies above it (see
// replay.h), so that a crash between the two loses nothing.
//
// Invariants: the tables that follow from the log are exactly the projection of the records up to the watermark; it
// never passes the head of the log and never falls. What does not follow from the log (names, bank details, parked
// reports) is written with its record. Functions only; the thread of the Database.
#ifndef TRAILBOOK_LEDGER_STORE_WATERMARK_H_
#define TRAILBOOK_LEDGER_STORE_WATERMARK_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// A program whose tables do not show all of its log.
struct UnsavedRange {
  int64_t program = 0;
  int64_t watermark = 0;
  int64_t size = 0;  // of the log
};

// How far the tables of a program follow its log; 0 for a program without records.
absl::StatusOr<int64_t> WatermarkOf(Database& db, int64_t program);
// How many records its log has.
absl::StatusOr<int64_t> LogSizeOf(Database& db, int64_t program);
// Every program whose watermark is below the head of its log.
absl::StatusOr<std::vector<UnsavedRange>> FindUnsaved(Database& db);
// Moves a watermark, in the transaction that writes the rows. UNAVAILABLE if it is not `from`, since somebody else
// wrote, or if the database does not show the log as far as `to`.
absl::Status RaiseWatermark(Database& db, int64_t program, int64_t from, int64_t to);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_WATERMARK_H_
