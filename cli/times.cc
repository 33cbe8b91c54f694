#include "cli/times.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace trailbook::cli {

absl::StatusOr<int64_t> ParseTime(absl::string_view text) {
  if (text.empty()) return absl::ToUnixSeconds(absl::Now());
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error) ||
      absl::ParseTime("%Y-%m-%d", text, absl::UTCTimeZone(), &time, &error)) {
    return absl::ToUnixSeconds(time);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is not a time; write e.g. 2026-11-22T10:00:00Z or 2026-11-22"));
}

std::string FormatTime(int64_t seconds) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(seconds), absl::UTCTimeZone());
}

}  // namespace trailbook::cli
