// Commits on a thread of its own, one transaction at a time, while the next is decided. Thread safety: Start, UnderWay,
// IsDone and Take belong to one thread, the one that decides.
#ifndef TRAILBOOK_LEDGER_WRITER_COMMIT_THREAD_H_
#define TRAILBOOK_LEDGER_WRITER_COMMIT_THREAD_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/status/status.h"
#include "ledger/writer/committer.h"

namespace trailbook {

class CommitThread {
 public:
  struct Outcome {
    Transaction transaction;
    absl::Status status;
  };

  // `commit` commits; `done` is told each time that it has. Both run on the thread.
  CommitThread(std::function<absl::Status(Transaction&)> commit, std::function<void()> done);
  // Waits for what is under way.
  ~CommitThread();

  // REQUIRES: nothing is under way.
  void Start(Transaction transaction);
  // Whether something was started and not taken back yet.
  bool UnderWay() const { return under_way_; }
  bool IsDone();
  // Waits for the end of what is under way and gives it back. REQUIRES: something is.
  Outcome Take();

 private:
  void Run();

  const std::function<absl::Status(Transaction&)> commit_;
  const std::function<void()> done_;
  bool under_way_ = false;  // of the thread that decides

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Transaction> given_;
  std::optional<Outcome> outcome_;
  bool stopped_ = false;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_COMMIT_THREAD_H_
