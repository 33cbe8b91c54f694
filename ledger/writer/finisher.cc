#include "ledger/writer/finisher.h"

namespace trailbook {
namespace {

constexpr size_t kMostBatches = 2;

}  // namespace

Finisher::Finisher() : thread_([this] { Run(); }) {}

void Finisher::Finish(std::vector<WriteJob> jobs, absl::Status status) {
  if (jobs.empty()) return;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return batches_.size() < kMostBatches; });
    batches_.emplace_back(std::move(jobs), std::move(status));
  }
  changed_.notify_all();
}

void Finisher::FinishOne(WriteJob job, absl::Status status) {
  std::vector<WriteJob> jobs;
  jobs.push_back(std::move(job));
  Finish(std::move(jobs), std::move(status));
}

void Finisher::Drain() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Finisher::Run() {
  while (true) {
    std::pair<std::vector<WriteJob>, absl::Status> batch;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return draining_ || !batches_.empty(); });
      if (batches_.empty()) return;
      batch = std::move(batches_.front());
      batches_.pop_front();
    }
    changed_.notify_all();
    for (WriteJob& job : batch.first) job.finish(batch.second);
  }
}

}  // namespace trailbook
