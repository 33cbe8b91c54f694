// The writer: ONE thread that takes whatever waits as one batch, decides each command on the working set, and commits log and tree, and the
// changed rows with them or for several batches at once (see watermark.h): when many records wait for theirs, when a command is no report,
// when somebody wants to read, or when there is nothing else to do. A refusal is decided in memory and never reaches SQL; an SQL error aborts
// the batch, which is tried again in halves. While a batch commits the next gathers, so that batches grow with the load by themselves.
// Thread-safe. Callbacks run after the commit, on a thread that only answers (see finisher.h), and must not block.
#ifndef TRAILBOOK_LEDGER_WRITER_H_
#define TRAILBOOK_LEDGER_WRITER_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/base/day.h"
#include "ledger/domain/book.h"
#include "ledger/domain/journal.h"
#include "ledger/finisher.h"
#include "ledger/lease.h"
#include "ledger/log_appender.h"
#include "ledger/store/repository.h"
#include "ledger/store/sql.h"
#include "ledger/write_job.h"

namespace trailbook {

class Writer final {
 public:
  struct Options {
    Clock clock = absl::Now;
    int64_t max_queued = 200000;
    int64_t batch_weight = 16384;
    std::string address;  // where this daemon answers, for others that share its store
    int64_t key_generation = store::FreshKeys::kGeneration;  // where nobody else writes; see store/fresh_keys.h
    int64_t max_unsaved = 1024;  // records whose rows wait; then they are written with the next commit
    absl::Duration max_unsaved_time = absl::Milliseconds(50);
  };

  static absl::StatusOr<std::unique_ptr<Writer>> Open(store::Engine* engine, Options options);
  ~Writer();

  // Queues a job. RESOURCE_EXHAUSTED with QUEUE_FULL at once (through finish) if too much waits, UNAVAILABLE if the writer drains.
  void Submit(WriteJob job);
  // Why the last commit failed; OK after one that succeeded.
  absl::Status Health();
  // Calls `then` once the tables show every record that was answered before: at once, or after the next save on the writer's thread. Not OK:
  // they cannot be written. RESOURCE_EXHAUSTED with QUEUE_FULL if too many wait. `then` must not block.
  void WhenSaved(std::function<void(absl::Status)> then);
  // Finishes what waits and stops. Idempotent.
  void Drain();

 private:
  explicit Writer(store::Engine* engine, Options options);
  absl::Status Start();
  absl::Status LoadOrMakeCounters();
  void Run();
  std::vector<WriteJob> NextBatch();
  void Process(std::vector<WriteJob> batch);
  void Finish(WriteJob job, absl::Status status);
  // Answers the jobs whose callers have stopped waiting, and leaves the others.
  void DropExpired(std::vector<WriteJob>& batch);
  // Answers the jobs of programs that another daemon writes, and leaves the others.
  absl::Status Admit(std::vector<WriteJob>& batch);
  absl::StatusOr<int64_t> LeaseOf(const WriteJob& job);
  // Whether a commit whose answer was lost is there.
  absl::Status SettleCommit(const absl::Status& unknown);
  // Decides every job of a batch. Returns the index of a job that must be dropped, or -1.
  int DecideAll(std::vector<WriteJob>& batch, absl::Status* failure);
  void Prefetch(std::vector<WriteJob>& batch);
  // Commits what was decided; with `save` the rows as well, those that waited with them.
  absl::Status Commit(bool save);
  absl::Status Write(bool save, std::map<int64_t, int64_t>& watermarks);
  // Raises the watermarks to the heads of their logs and writes every changed row.
  absl::Status WriteRows(const std::map<int64_t, int64_t>& watermarks);
  absl::Status ConfirmLeases(const std::set<int64_t>& programs);
  bool SaveIsDue(const std::vector<WriteJob>& batch);
  // Writes the rows that wait, in a transaction of their own.
  absl::Status Save();
  bool RowsWaitedLong() const;
  void RowsAreSaved();
  void LetReadersIn(const absl::Status& status);
  bool ReadersWait();
  // Forgets everything that was not committed, and replays what is in the log and not in the tables.
  absl::Status Reset();
  absl::Status CatchUp();
  void Housekeep(bool idle);
  void TakeOver();
  void SetHealth(absl::Status status);

  store::Engine* engine_;  // not owned
  Options options_;
  std::unique_ptr<store::Database> db_;
  Book book_;
  std::unique_ptr<store::Repository> repository_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<LogAppender> log_;
  int64_t last_micros_ = 0;
  bool current_ = false;                 // the working set is what the logs say
  std::map<int64_t, int64_t> unsaved_;   // watermarks of the programs whose rows wait
  absl::Time unsaved_since_;
  absl::Time looked_ = absl::InfinitePast();
  std::unique_ptr<Leases> leases_;           // null where no other daemon can write
  std::map<std::string, int64_t> programs_;  // numbers by id, where others may have made them
  std::set<int64_t> batch_programs_;         // whose leases the batch needs
  Finisher finisher_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<WriteJob> queue_;
  int64_t queued_ = 0;
  bool draining_ = false;
  int64_t unsaved_records_ = 0;
  std::vector<std::function<void(absl::Status)>> readers_;  // who wait for the rows
  bool stopped_ = false;
  absl::Status health_;
  std::thread thread_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_H_
