// The writer: ONE thread that takes whatever waits as one batch, and decides each command on the working set; and a
// second one that commits what was decided, log and tree, and the changed rows with them or for several batches at once
// (see store/watermark.h): when many records wait for theirs, when a command is no report, when somebody wants to read,
// or when there is nothing else to do. While one transaction commits the next is decided, on a working set that has the
// first one's changes already, so that transactions grow with the load by themselves. A refusal is decided in memory
// and never reaches SQL. A commit that fails takes along what was decided after it: all of that is decided again, one
// after the other, the commands of the failed one in halves. A short queue is committed by the thread that decides.
//
// Where a store takes two connections that write (PostgreSQL), rows that may wait are written on the second one, while
// the log goes on (see row_saver.h): those of all records up to a transaction of the log, once that is stored. They
// need no lease, since the watermark moves only from where it was left: if another daemon has written rows meanwhile,
// these are not.
//
// Where other daemons may write, a command is decided while the lease of its program is held, and committed if it was
// held all the time (see admission.h).
// Thread-safe. Callbacks run after the commit, on a thread that only answers (see finisher.h), and must not block.
#ifndef TRAILBOOK_LEDGER_WRITER_WRITER_H_
#define TRAILBOOK_LEDGER_WRITER_WRITER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/base/day.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/sql.h"
#include "ledger/writer/admission.h"
#include "ledger/writer/commit_thread.h"
#include "ledger/writer/committer.h"
#include "ledger/writer/finisher.h"
#include "ledger/writer/row_saver.h"
#include "ledger/writer/shared_status.h"
#include "ledger/writer/waiting_rows.h"
#include "ledger/writer/working_set.h"
#include "ledger/writer/write_job.h"
#include "ledger/writer/write_queue.h"

namespace trailbook {

class Writer final {
 public:
  struct Options {
    Clock clock = absl::Now;
    int64_t max_queued = 200000;
    int64_t batch_weight = 16384;
    int64_t handover_weight = 128;  // events: less is committed sooner by the thread that decided it
    std::string address = {};       // where this daemon answers, for others that share its store
    int64_t key_generation = store::FreshKeys::kGeneration;  // where nobody else writes; see store/fresh_keys.h
    int64_t max_unsaved = 2048;  // records whose rows wait; then they are written with the next commit, or after it
    absl::Duration max_unsaved_time =
        absl::Milliseconds(50);     // or a fifth of it, where one connection writes and it is not only a few
    size_t max_book_rows = 500000;  // of the working set, some 200 bytes each
  };

  static absl::StatusOr<std::unique_ptr<Writer>> Open(store::Engine* engine, Options options);
  ~Writer();

  // Queues a job. RESOURCE_EXHAUSTED with QUEUE_FULL at once (through finish) if too much waits, UNAVAILABLE if the
  // writer drains.
  void Submit(WriteJob job) { queue_.Submit(std::move(job)); }
  // Why the last commit failed; OK after one that succeeded.
  absl::Status Health() const { return health_.Get(); }
  // Calls `then` once the tables show every record that was answered before: at once, or after the next save on the
  // writer's thread. Not OK: they cannot be written. RESOURCE_EXHAUSTED with QUEUE_FULL if too many wait. `then` must
  // not block.
  void WhenSaved(std::function<void(absl::Status)> then) { queue_.WhenSaved(std::move(then)); }
  // Finishes what waits and stops. Idempotent.
  void Drain();

 private:
  explicit Writer(store::Engine* engine, Options options);
  absl::Status Start();
  void Run();
  // Decides a batch, to be committed with what was decided before.
  void Process(std::vector<WriteJob> batch);
  // Decides and commits a batch by itself; what fails is tried again in halves. REQUIRES: nothing is decided or under
  // way.
  void ProcessNow(std::vector<WriteJob> batch);
  // What fits into the answer to a failure: the same again in halves, or the failure.
  void Retry(std::vector<WriteJob> batch, const absl::Status& failure, const absl::Status& reset);
  // Answers the jobs whose callers have stopped waiting, and leaves the others.
  void DropExpired(std::vector<WriteJob>& batch);
  // Answers the jobs of programs that another daemon writes, and leaves the others.
  absl::Status Admit(std::vector<WriteJob>& batch);
  // Loads what a batch needs: within the transaction that will write, or beside the one that is under way.
  absl::Status Prefetch(std::vector<WriteJob>& batch);

  // Commits what was decided, or starts to, unless a commit is under way.
  void PassOn();
  // Whether somebody wants the rows that wait, or the result of a command that is no report.
  bool IsWaitedFor();
  bool SaveIsDue();
  // Of how many records the rows wait, and for how long they may.
  int64_t Unsaved() { return queue_.unsaved() + set_->decided_records(); }
  absl::Duration RowsMayWait();
  // Where the rows that wait go: nowhere yet, into the transaction, or after it, on their own connection.
  enum class Rows { kWait, kTogether, kApart };
  Rows PlaceOfRows();
  // Writes the rows that wait, or starts to. REQUIRES: nothing is decided or under way.
  void SaveWhatWaits();
  // What was decided, as a transaction. REQUIRES: no rows are on their way, unless these wait.
  Transaction Pack(Rows rows);
  // That a transaction writes the rows of all that is recorded, and of as many records as were `packed` and are not
  // stored yet.
  void AddWatermarks(Transaction& transaction, size_t packed);
  // The rows that wait leave the book, to be written on their own connection, with those of `packed` records. REQUIRES:
  // there is one, and it is not busy.
  void HoldRows(size_t packed);
  // Commits and answers; on the thread that decides, or another while that does not commit.
  absl::Status Commit(Transaction& transaction);
  // Waits for the commit that is under way, if there is one.
  void Land();
  void Landed(Transaction transaction, const absl::Status& status);
  // What was passed on is stored.
  void Arrived(const Transaction& transaction);
  bool RowsUnderWay() const { return saver_ != nullptr && saver_->IsBusy(); }
  // Waits for rows that are on their way. REQUIRES: some are, and their log has arrived. If they failed, all that was
  // decided is decided again, and the rows are written with it.
  void LandRows();
  // Commits what was decided, with all rows.
  absl::Status Save();

  // Forgets everything that was not committed, and replays what is in the log and not in the tables.
  absl::Status Reset();
  absl::Status CatchUp();
  void Housekeep(bool idle);
  // Writes the rows of records that a daemon left without them when it was killed, if it is time to look: nobody need
  // write to its programs again.
  void TakeOver();
  void Checkpoint(bool idle);

  store::Engine* engine_;  // not owned
  Options options_;
  std::unique_ptr<store::Database> db_;  // writes
  std::unique_ptr<store::FreshKeys> fresh_keys_;
  std::unique_ptr<WorkingSet> set_;
  std::unique_ptr<Admission> admission_;
  std::unique_ptr<Committer> committer_;
  bool current_ = false;           // the working set is what the logs say
  std::vector<WriteJob> decided_;  // and not passed on
  int64_t decided_weight_ = 0, passed_weight_ = 0;
  WaitingRows waiting_rows_;
  Finisher finisher_;
  WriteQueue queue_;
  SharedStatus health_;
  std::unique_ptr<CommitThread> commits_;
  std::unique_ptr<RowSaver> saver_;  // null where one connection writes
  std::thread thread_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_WRITER_H_
