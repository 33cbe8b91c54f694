// Times as people write them. Thread-safe: functions only.
#ifndef TRAILBOOK_CLI_TIMES_H_
#define TRAILBOOK_CLI_TIMES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trailbook::cli {

// "2026-11-22T10:00:00Z" (RFC 3339), "2026-11-22" (its beginning in UTC), or empty for now. Seconds since the epoch.
absl::StatusOr<int64_t> ParseTime(absl::string_view text);
std::string FormatTime(int64_t seconds);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_TIMES_H_
