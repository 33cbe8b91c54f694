#include "ledger/log_ends.h"

#include <utility>

#include "ledger/base/status.h"
#include "ledger/watermark.h"

namespace trailbook {

int64_t LogEnds::SizeOf(int64_t program) {
  const auto known = sizes_.find(program);
  if (known != sizes_.end()) return known->second;
  const auto stored = LogSizeOf(*db_, program);
  error_.Update(stored.status());
  return stored.ok() ? sizes_[program] = stored_[program] = *stored : 0;
}

absl::Status LogEnds::TakeError() { return std::exchange(error_, absl::OkStatus()); }

void LogEnds::PassOn(const std::vector<EmittedRecord>& records) {
  for (const EmittedRecord& record : records) sizes_[record.program] = record.sequence;
}

void LogEnds::Arrived(const std::vector<EmittedRecord>& records) {
  for (const EmittedRecord& record : records) stored_[record.program] = record.sequence;
}

absl::StatusOr<bool> LogEnds::IsShownBy(store::Database& db, int64_t program) const {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t shown, LogSizeOf(db, program));
  return shown >= stored_.at(program);
}

}  // namespace trailbook
