// A status that some threads set and others ask for. Thread-safe.
#ifndef TRAILBOOK_LEDGER_WRITER_SHARED_STATUS_H_
#define TRAILBOOK_LEDGER_WRITER_SHARED_STATUS_H_

#include <mutex>
#include <utility>

#include "absl/status/status.h"

namespace trailbook {

class SharedStatus {
 public:
  void Set(absl::Status status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    status_ = std::move(status);
  }
  absl::Status Get() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  absl::Status status_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_SHARED_STATUS_H_
