#include "ledger/readers.h"

#include <utility>

#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr size_t kMaxWaiting = 10000;

absl::Status Busy() {
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "",
                "too many reads wait or the daemon is stopping; try again");
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
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!stopped_ && queue_.size() < kMaxWaiting) {
      queue_.push_back(std::move(work));
      work = nullptr;
    }
  }
  if (work) {
    work(Busy());
  } else {
    ready_.notify_one();
  }
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
