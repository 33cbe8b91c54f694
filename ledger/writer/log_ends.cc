#include "ledger/writer/log_ends.h"

#include <utility>

#include "ledger/base/status.h"

namespace trailbook {

int64_t LogEnds::SizeOf(int64_t program) {
  const auto known = sizes_.find(program);
  if (known != sizes_.end()) return known->second;
  const auto stored = store::LogSizeOf(*db_, program);
  const auto followed = store::WatermarkOf(*db_, program);
  error_.Update(stored.status());
  error_.Update(followed.status());
  if (!stored.ok() || !followed.ok()) return 0;
  watermarks_[program] = *followed;
  return sizes_[program] = stored_[program] = *stored;
}

absl::Status LogEnds::TakeError() { return std::exchange(error_, absl::OkStatus()); }

void LogEnds::PassOn(const std::vector<EmittedRecord>& records) {
  for (const EmittedRecord& record : records) sizes_[record.program] = record.sequence;
}

void LogEnds::Arrived(const std::vector<EmittedRecord>& records) {
  for (const EmittedRecord& record : records) stored_[record.program] = record.sequence;
}

void LogEnds::RowsArrived(const std::vector<store::UnsavedRange>& ranges) {
  for (const store::UnsavedRange& range : ranges) watermarks_[range.program] = range.size;
}

int64_t LogEnds::WatermarkOf(int64_t program) const {
  const auto known = watermarks_.find(program);
  return known == watermarks_.end() ? 0 : known->second;
}

absl::StatusOr<bool> LogEnds::IsShownBy(store::Database& db, int64_t program) const {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t size, store::LogSizeOf(db, program));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t watermark, store::WatermarkOf(db, program));
  const auto known = stored_.find(program);
  return known != stored_.end() && size >= known->second && watermark >= WatermarkOf(program);
}

}  // namespace trailbook
