#include "ledger/writer/waiting_rows.h"

#include <utility>

#include "absl/time/clock.h"

namespace trailbook {

void WaitingRows::Add(const std::vector<EmittedRecord>& records) {
  if (empty()) since_ = absl::Now();
  for (const EmittedRecord& record : records) {
    by_program_.try_emplace(record.program, store::UnsavedRange{record.program, record.sequence - 1, 0})
        .first->second.size = record.sequence;
  }
}

void WaitingRows::Set(std::map<int64_t, store::UnsavedRange> by_program) {
  by_program_ = std::move(by_program);
  since_ = absl::Now();
}

std::vector<store::UnsavedRange> WaitingRows::Take() {
  std::vector<store::UnsavedRange> taken;
  for (const auto& [program, range] : std::exchange(by_program_, {})) taken.push_back(range);
  return taken;
}

}  // namespace trailbook
