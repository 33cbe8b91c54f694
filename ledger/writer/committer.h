// Commits what was decided: log, tree and head, the changed rows, and the watermarks, in one transaction of the
// connection that writes. Not thread-safe: one thread at a time.
#ifndef TRAILBOOK_LEDGER_WRITER_COMMITTER_H_
#define TRAILBOOK_LEDGER_WRITER_COMMITTER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/domain/journal.h"
#include "ledger/store/changes.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/sql.h"
#include "ledger/store/watermark.h"
#include "ledger/writer/lease.h"
#include "ledger/writer/log_appender.h"
#include "ledger/writer/write_job.h"

namespace trailbook {

// What is committed at once, or not at all.
struct Transaction {
  std::vector<WriteJob> jobs;  // whose answers wait for it
  std::vector<EmittedRecord> records;
  store::Changes rows;
  std::vector<store::UnsavedRange>
      watermarks;  // to be raised, each to the size of its log: the tables follow all logs up to here then; or none
  std::vector<Lease> leases;  // that must be held, where other daemons can write
  absl::Time packed;          // when it was made
  int64_t saved = 0;          // as many records of the writer have their rows then, if watermarks are raised

  bool empty() const { return records.empty() && rows.empty() && watermarks.empty(); }
};

class Committer {
 public:
  // Nothing is owned.
  Committer(store::Database* db, store::FreshKeys* ids) : db_(db), ids_(ids), log_(db) {}

  // Begins the transaction early, so that what is decided is read in it too.
  absl::Status Begin();
  // Commits. What fails has changed nothing. A commit whose answer was lost is looked for, never repeated:
  // UNAVAILABLE if nobody can say. Errors of the driver.
  absl::Status Commit(const Transaction& transaction);
  // Ends what has begun, and forgets what was known of a store that may be another now.
  void Drop();

 private:
  absl::Status Write(const Transaction& transaction);
  absl::Status Settle(const Transaction& transaction, const absl::Status& unknown);

  store::Database* db_;
  store::FreshKeys* ids_;
  LogAppender log_;
  bool begun_ = false;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_COMMITTER_H_
