// What commands are decided on: the working set of rows and the journal, where the logs end, and the connections from
// which rows are loaded. Deciding changes all of it at once, in memory; what was decided leaves as values (records,
// changed rows) to be committed, on whatever thread, and is told of its arrival. Until then the set keeps what left it,
// so that the next commands see it whatever a connection shows. Not thread-safe, but for LetReadEnd: belongs to the
// thread that decides.
#ifndef TRAILBOOK_LEDGER_WRITER_WORKING_SET_H_
#define TRAILBOOK_LEDGER_WRITER_WORKING_SET_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/day.h"
#include "ledger/domain/book.h"
#include "ledger/domain/journal.h"
#include "ledger/store/changes.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/repository.h"
#include "ledger/store/sql.h"
#include "ledger/store/watermark.h"
#include "ledger/writer/log_ends.h"
#include "ledger/writer/write_job.h"

namespace trailbook {

class WorkingSet {
 public:
  // `db` is the connection that writes, `fresh_keys` the outside ids on their way to their table. Nothing is owned, and
  // all outlives the set. Makes the store's counters and secret if there are none. Errors of the driver.
  static absl::StatusOr<std::unique_ptr<WorkingSet>> Open(store::Engine* engine, store::Database* db,
                                                          const store::FreshKeys* fresh_keys, Clock clock);

  // Loads what the jobs of a batch say that they need. REQUIRES: an open transaction of the connection that writes; to
  // read outside of one is to begin one for every row. What cannot be read is DecideAll's failure.
  void Load(std::vector<WriteJob>& batch);
  // The same while that connection commits on another thread, from another one. UNAVAILABLE if that does not show all
  // of the logs of `programs` that is stored: after a failover the two may lead to two servers for a while.
  absl::Status LoadBeside(std::vector<WriteJob>& batch, const std::set<int64_t>& programs);
  // Decides every job of a batch, until one fails after it had recorded something. Its index, or -1; and in `failure`
  // why, also if rows could not be read: what was decided on those says nothing.
  int DecideAll(std::vector<WriteJob>& batch, absl::Status* failure);

  // How many records were decided and have not left.
  int64_t decided_records() { return static_cast<int64_t>(journal_.emitted().size()); }
  std::vector<EmittedRecord> TakeRecords();
  // REQUIRES: what left of these tables before has arrived.
  store::Changes TakeRows(store::Changes::Of of) { return store::Changes::Take(book_, of); }
  // Records that left are stored, and with them what stands beside the log.
  void RecordsArrived(const std::vector<EmittedRecord>& records);
  // Rows that left are, as of these ranges.
  void RowsArrived(const std::vector<store::UnsavedRange>& ranges);

  // Forgets everything that did not arrive, and all that was known of a store that may be another now.
  void Forget();
  // Reads the store's counters again. After Forget. Errors of the driver.
  absl::Status ReadCounters();
  // Replays what is in the logs and not in the tables, of programs that are `mine`: which these are. After Open or
  // ReadCounters. DATA_LOSS with LEDGER_DAMAGED for damaged books; errors of the driver.
  absl::StatusOr<std::map<int64_t, store::UnsavedRange>> CatchUp(absl::FunctionRef<bool(int64_t)> mine);
  // Packs or forgets rows that need not be in memory, so that it has no more than `rows`.
  void KeepSmall(size_t rows);

  LogEnds& ends() { return ends_; }
  // Waits until no read beside a commit sees a moment before this one. Any thread.
  void LetReadEnd() { const std::lock_guard<std::mutex> lock(window_); }

 private:
  WorkingSet(store::Engine* engine, store::Database* db, const store::FreshKeys* fresh_keys, Clock clock)
      : engine_(engine),
        db_(db),
        clock_(clock),
        repository_(db, &book_, fresh_keys),
        ends_(db),
        journal_(&book_, &ends_) {}

  void ReadFrom(store::Database* db);
  absl::Status CheckReader(const std::set<int64_t>& programs);
  void LoadWhatIsWanted(std::vector<WriteJob>& batch);
  // The first error of any reading since the last call.
  absl::Status TakeReadError();

  store::Engine* engine_;
  store::Database* db_;                      // writes
  std::unique_ptr<store::Database> reader_;  // reads while that commits
  std::mutex window_;                        // held while reader_ reads
  const Clock clock_;
  Book book_;
  store::Repository repository_;
  LogEnds ends_;
  Journal journal_;
  int64_t last_micros_ = 0;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_WORKING_SET_H_
