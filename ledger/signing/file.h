// Whole files. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_SIGNING_FILE_H_
#define TRAILBOOK_LEDGER_SIGNING_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trailbook {

// NOT_FOUND if it is not there; INTERNAL names it and why it cannot be read.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// Writes a file with mode 0600, wholly or not at all; on disk when it returns. INTERNAL names it and why not.
absl::Status WriteWholeFile(const std::string& path, absl::string_view content);

// Makes what was renamed or made in a directory last.
absl::Status SyncDirectoryOf(const std::string& path);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_SIGNING_FILE_H_
