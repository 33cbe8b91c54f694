// Files of the user. Thread-safe: functions only.
#ifndef TRAILBOOK_CLI_FILES_H_
#define TRAILBOOK_CLI_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trailbook::cli {

// The whole file; "-" is standard input. NOT_FOUND names it and why.
absl::StatusOr<std::string> ReadFile(const std::string& path);
// Writes a file with mode 0600, wholly or not at all.
absl::Status WriteFile(const std::string& path, absl::string_view content);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_FILES_H_
