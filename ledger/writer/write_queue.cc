#include "ledger/writer/write_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr size_t kMaxWaitingReaders = 10000;

absl::Status Stopping() {
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "the daemon is stopping; try again");
}

}  // namespace

void WriteQueue::Submit(WriteJob job) {
  absl::Status refusal;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      refusal = Stopping();
    } else if (queued_ > 0 && queued_ + job.weight > max_queued_) {
      refusal = QueueFull(absl::StrCat(queued_, " events wait already; nothing was recorded, try again in a moment"));
    } else {
      queued_ += job.weight;
      queue_.push_back(std::move(job));
    }
  }
  if (refusal.ok()) {
    work_.notify_one();
  } else {
    job.finish(refusal);
  }
}

void WriteQueue::WhenSaved(std::function<void(absl::Status)> then) {
  absl::Status now;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (recorded_ > saved_ && closed_) {
      now = Stopping();
    } else if (readers_.size() >= kMaxWaitingReaders) {
      now = QueueFull(absl::StrCat(readers_.size(), " reads wait already; try again in a moment"));
    } else if (recorded_ > saved_) {
      readers_.push_back({recorded_, std::move(then)});
      work_.notify_one();
      return;
    }
  }
  then(now);
}

void WriteQueue::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  work_.notify_all();
}

std::vector<WriteJob> WriteQueue::Next(const InHand& in_hand, int64_t least, absl::Duration longest) {
  std::vector<WriteJob> batch;
  std::unique_lock<std::mutex> lock(mutex_);
  const auto room = [&] {
    const int64_t all = queued_ + in_hand.decided + in_hand.passed_on;
    return std::clamp(all / 2, std::min(least, batch_weight_), batch_weight_) - in_hand.decided;
  };
  const auto ready = [&] {
    const bool takes_more = !queue_.empty() && room() > 0;
    return in_hand.under_way ? commit_ended_ || takes_more : stopped_ || takes_more || !readers_.empty();
  };
  work_.wait_for(lock, absl::ToChronoMilliseconds(longest), ready);
  commit_ended_ = false;
  const int64_t most = room();
  int64_t weight = 0;
  while (!queue_.empty() && most > 0 && (batch.empty() || weight + queue_.front().weight <= most)) {
    if (queue_.front().alone && !batch.empty()) break;
    weight += queue_.front().weight;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (batch.back().alone) break;
  }
  queued_ -= weight;
  return batch;
}

void WriteQueue::CommitEnded() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    commit_ended_ = true;
  }
  work_.notify_all();
}

bool WriteQueue::IsStoppedAndEmpty() {
  std::lock_guard<std::mutex> lock(mutex_);
  return stopped_ && queue_.empty();
}

void WriteQueue::RowsWait(int64_t records) {
  std::lock_guard<std::mutex> lock(mutex_);
  recorded_ += records;
}

int64_t WriteQueue::recorded() {
  std::lock_guard<std::mutex> lock(mutex_);
  return recorded_;
}

int64_t WriteQueue::unsaved() {
  std::lock_guard<std::mutex> lock(mutex_);
  return recorded_ - saved_;
}

void WriteQueue::SetUnsaved(int64_t records) {
  std::lock_guard<std::mutex> lock(mutex_);
  saved_ = recorded_ - records;
}

void WriteQueue::Saved(int64_t records) {
  std::vector<Reader> readers;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    saved_ = std::max(saved_, records);
    for (; !readers_.empty() && readers_.front().waits_for <= saved_; readers_.pop_front()) {
      readers.push_back(std::move(readers_.front()));
    }
  }
  for (const Reader& reader : readers) reader.then(absl::OkStatus());
}

bool WriteQueue::ReadersWait() {
  std::lock_guard<std::mutex> lock(mutex_);
  return !readers_.empty();
}

void WriteQueue::LetReadersIn(const absl::Status& status) {
  std::deque<Reader> readers;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    readers.swap(readers_);
  }
  for (const Reader& reader : readers) reader.then(status);
}

void WriteQueue::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
}

}  // namespace trailbook
