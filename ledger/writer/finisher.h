// Answers callers on a thread of its own, in the order in which it was told: while they hear of one batch the writer
// works on the next. Thread-safe. Callbacks must not block.
#ifndef TRAILBOOK_LEDGER_WRITER_FINISHER_H_
#define TRAILBOOK_LEDGER_WRITER_FINISHER_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "ledger/writer/write_job.h"

namespace trailbook {

class Finisher {
 public:
  Finisher();
  ~Finisher() { Drain(); }

  // Answers every job with a status. Waits while two batches are still to be answered, so that answers cannot pile up.
  void Finish(std::vector<WriteJob> jobs, absl::Status status);
  void FinishOne(WriteJob job, absl::Status status);
  // Answers what is left and ends. Idempotent.
  void Drain();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<std::vector<WriteJob>, absl::Status>> batches_;
  bool draining_ = false;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_FINISHER_H_
