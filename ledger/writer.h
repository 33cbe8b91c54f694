// The writer: ONE thread that takes whatever waits as one batch, decides each command on the working set, and commits log, tree and changed
// rows in one transaction. A refusal is decided in memory and never reaches SQL; an SQL error aborts the batch, which is tried again in
// halves. While a batch commits the next gathers, so that batches grow with the load by themselves; there is no timer.
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
#include "ledger/base/day.h"
#include "ledger/domain/book.h"
#include "ledger/domain/journal.h"
#include "ledger/finisher.h"
#include "ledger/lease.h"
#include "ledger/log/tiles.h"
#include "ledger/store/repository.h"
#include "ledger/store/sql.h"
#include "ledger/write_job.h"

namespace trailbook {

class Writer final : public LogSizes {
 public:
  struct Options {
    Clock clock = absl::Now;
    int64_t max_queued = 200000;
    int64_t batch_weight = 16384;
    std::string address;  // where this daemon answers, for others that share its store
    int64_t key_generation = store::FreshKeys::kGeneration;  // where nobody else writes; see store/fresh_keys.h
  };

  static absl::StatusOr<std::unique_ptr<Writer>> Open(store::Engine* engine, Options options);
  ~Writer() override;

  // Queues a job. RESOURCE_EXHAUSTED with QUEUE_FULL at once (through finish) if too much waits, UNAVAILABLE if the writer drains.
  void Submit(WriteJob job);
  // Why the last commit failed; OK after one that succeeded.
  absl::Status Health();
  // Finishes what waits and stops. Idempotent.
  void Drain();

  int64_t SizeOf(int64_t program) override;

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
  absl::StatusOr<bool> IsStored(int64_t program, int64_t size, const Sha256Digest& root);
  // Decides every job of a batch. Returns the index of a job that must be dropped, or -1.
  int DecideAll(std::vector<WriteJob>& batch, absl::Status* failure);
  void Prefetch(std::vector<WriteJob>& batch);
  absl::Status Commit();
  absl::Status Write();
  absl::Status WriteLog();
  absl::Status WriteHead(int64_t program, int64_t old_size, const log::TileTree& tree);
  absl::StatusOr<log::TileTree*> TreeOf(int64_t program);
  // Forgets everything that is not stored.
  absl::Status Reset();
  void Housekeep(bool idle);
  void SetHealth(absl::Status status);

  store::Engine* engine_;  // not owned
  Options options_;
  std::unique_ptr<store::Database> db_;
  Book book_;
  std::unique_ptr<store::Repository> repository_;
  std::unique_ptr<Journal> journal_;
  std::map<int64_t, log::TileTree> trees_;
  absl::Status tree_error_;
  int64_t last_micros_ = 0;
  std::unique_ptr<Leases> leases_;           // null where no other daemon can write
  std::map<std::string, int64_t> programs_;  // numbers by id, where others may have made them
  std::set<int64_t> batch_programs_;         // whose leases the batch needs
  Finisher finisher_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<WriteJob> queue_;
  int64_t queued_ = 0;
  bool draining_ = false;
  absl::Status health_;
  std::thread thread_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_H_
