// The readers: a small pool of threads, each with its own read-only connection. Each piece of work gets one read
// transaction: every answer in it is of the same moment. Thread-safe.
#ifndef TRAILBOOK_LEDGER_QUERIES_READERS_H_
#define TRAILBOOK_LEDGER_QUERIES_READERS_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/base/day.h"
#include "ledger/queries/queries.h"
#include "ledger/store/sql.h"

namespace trailbook {

class Readers {
 public:
  using Work = std::function<void(absl::StatusOr<Queries*>)>;

  static absl::StatusOr<std::unique_ptr<Readers>> Open(store::Engine* engine, int threads, Clock clock);
  ~Readers();

  // UNAVAILABLE (through the work) when too much waits or the pool is stopped.
  void Run(Work work);
  // Finishes what waits. Idempotent.
  void Drain();

 private:
  Readers(store::Engine* engine, Clock clock) : engine_(engine), clock_(std::move(clock)) {}
  void Loop(store::Database* db);

  store::Engine* engine_;  // not owned
  Clock clock_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Work> queue_;
  bool stopped_ = false;
  std::vector<std::unique_ptr<store::Database>> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_QUERIES_READERS_H_
