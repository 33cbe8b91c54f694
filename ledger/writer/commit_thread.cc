#include "ledger/writer/commit_thread.h"

#include <utility>

namespace trailbook {

CommitThread::CommitThread(std::function<absl::Status(Transaction&)> commit, std::function<void()> done)
    : commit_(std::move(commit)), done_(std::move(done)), thread_([this] { Run(); }) {}

CommitThread::~CommitThread() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void CommitThread::Start(Transaction transaction) {
  under_way_ = true;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    given_ = std::move(transaction);
  }
  changed_.notify_all();
}

bool CommitThread::IsDone() {
  std::lock_guard<std::mutex> lock(mutex_);
  return outcome_.has_value();
}

CommitThread::Outcome CommitThread::Take() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return outcome_.has_value(); });
  under_way_ = false;
  return *std::exchange(outcome_, std::nullopt);
}

void CommitThread::Run() {
  while (true) {
    Outcome outcome;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return stopped_ || given_.has_value(); });
      if (!given_.has_value()) return;
      outcome.transaction = *std::exchange(given_, std::nullopt);
    }
    outcome.status = commit_(outcome.transaction);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      outcome_ = std::move(outcome);
    }
    changed_.notify_all();
    done_();
  }
}

}  // namespace trailbook
