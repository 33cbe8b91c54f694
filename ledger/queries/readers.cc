#include "ledger/queries/readers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr size_t kMaxWaiting = 10000;

absl::Status Stopping() {
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "the daemon is stopping; try again");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Readers>> Readers::Open(store::Engine* engine, int threads, Clock clock) {
  std::unique_ptr<Readers> readers(new Readers(engine, std::move(clock)));
  for (int n = 0; n < threads; ++n) {
    TRAILBOOK_ASSIGN_OR_RETURN(std::unique_ptr<store::Database> db, engine->OpenReader());
    readers->connections_.push_back(std::move(db));
  }
  for (auto& db : readers->connections_) {
    readers->threads_.emplace_back([pool = readers.get(), raw = db.get()] { pool->Loop(raw); });
  }
  return readers;
}

Readers::~Readers() { Drain(); }

void Readers::Run(Work work) {
  absl::Status refusal;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      refusal = Stopping();
    } else if (queue_.size() >= kMaxWaiting) {
      refusal = QueueFull(absl::StrCat(queue_.size(), " reads wait already; try again in a moment"));
    } else {
      queue_.push_back(std::move(work));
    }
  }
  if (!refusal.ok()) return work(refusal);
  ready_.notify_one();
}

void Readers::Drain() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Readers::Loop(store::Database* db) {
  while (true) {
    Work work;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      ready_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    const absl::Status begun = db->Begin(false);
    if (!begun.ok()) {
      work(begun);
      continue;
    }
    Queries queries(engine_, db, clock_());
    work(&queries);
    db->Rollback();
  }
}

}  // namespace trailbook
