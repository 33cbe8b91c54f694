// The file that holds a log's signing keys: a line a key, the newest first; lines with # are remarks. All of them sign,
// so that readers of checkpoints can change from one key to the next. Not thread-safe: the file belongs to one process.
#ifndef TRAILBOOK_LEDGER_SIGNING_KEY_FILE_H_
#define TRAILBOOK_LEDGER_SIGNING_KEY_FILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/log/note.h"

namespace trailbook::log {

// The keys of a file, at least one. NOT_FOUND; FAILED_PRECONDITION if others than its owner may read it, if a line is
// no key, or if the keys are not of one origin.
absl::StatusOr<std::vector<SigningKey>> ReadKeyFile(const std::string& path);

// The same; a file that is not there is made (mode 0600) with a fresh key. `origin` empty: the file's, or for a new
// file one that is made up. FAILED_PRECONDITION if the file is of another origin.
absl::StatusOr<std::vector<SigningKey>> OpenKeyFile(const std::string& path, absl::string_view origin);

// Puts a fresh key of the same origin before the others.
absl::Status AddKey(const std::string& path);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_SIGNING_KEY_FILE_H_
