// Puts records at the end of the logs, with their tiles and heads. It knows the trees of the logs that it has appended
// to, so that nothing is read before the next append. Not thread-safe: belongs to the thread of its Database.
#ifndef TRAILBOOK_LEDGER_WRITER_LOG_APPENDER_H_
#define TRAILBOOK_LEDGER_WRITER_LOG_APPENDER_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/hash.h"
#include "ledger/domain/journal.h"
#include "ledger/log/tiles.h"
#include "ledger/store/sql.h"

namespace trailbook {

class LogAppender final {
 public:
  explicit LogAppender(store::Database* db) : db_(db) {}

  // Appends records. REQUIRES: an open write transaction. UNAVAILABLE if the head is not where this appender knew it,
  // or the records do not go on from there: somebody else wrote.
  absl::Status Append(const std::vector<EmittedRecord>& records);
  // Whether the stored log is what was appended last; UNAVAILABLE if somebody wrote on from it. In a transaction of its
  // own.
  absl::StatusOr<bool> IsStored(int64_t program);
  // After a transaction that was not committed: what is known may not be what is stored.
  void Forget() { trees_.clear(); }

 private:
  absl::StatusOr<log::TileTree*> TreeOf(int64_t program);
  absl::Status Restore(int64_t program, log::TileTree& tree);
  absl::Status MoveHead(int64_t program, int64_t old_size, const log::TileTree& tree);

  store::Database* db_;  // not owned
  std::map<int64_t, log::TileTree> trees_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_LOG_APPENDER_H_
