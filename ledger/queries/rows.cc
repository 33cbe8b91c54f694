// Reads beside a daemon that writes elsewhere: what it answered may be in the log and not yet in the tables (see
// store/watermark.h).
#include "absl/time/clock.h"
#include "ledger/base/status.h"
#include "ledger/queries/queries.h"
#include "ledger/store/watermark.h"

namespace trailbook {
namespace {

// A daemon under load writes rows after 50 ms at the latest; what one that was killed left, another one writes once its
// lease is over.
constexpr absl::Duration kLongest = absl::Seconds(3);
constexpr absl::Duration kBetween = absl::Milliseconds(5);

}  // namespace

absl::Status Queries::AwaitRows(int64_t program) {
  if (!engine_->shared() || !awaited_.insert(program).second) return absl::OkStatus();
  int64_t wanted = -1;
  for (const absl::Time end = absl::Now() + kLongest; absl::Now() < end;) {
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t size, store::LogSizeOf(*db_, program));
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t watermark, store::WatermarkOf(*db_, program));
    if (wanted < 0) wanted = size;
    if (watermark >= wanted) return absl::OkStatus();
    absl::SleepFor(kBetween);
    TRAILBOOK_RETURN_IF_ERROR(Renew());
  }
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "",
                "the latest records are not in the tables yet: the daemon that wrote them does not go on, and another "
                "takes over in seconds; try again");
}

}  // namespace trailbook
