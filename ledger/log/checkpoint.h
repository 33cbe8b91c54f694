// Checkpoints: what a log was at a moment, as a text that gets signed (C2SP tlog-checkpoint): origin, size and root, a
// line each. Thread-safe: values and functions only.
#ifndef TRAILBOOK_LEDGER_LOG_CHECKPOINT_H_
#define TRAILBOOK_LEDGER_LOG_CHECKPOINT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/base/hash.h"
#include "ledger/log/note.h"

namespace trailbook::log {

struct Checkpoint {
  std::string origin;  // which log of the world it is; also the name of the keys that sign it
  int64_t size = 0;    // records
  Sha256Digest root{};

  std::string Text() const;
  // INVALID_ARGUMENT with BAD_NOTE. Extension lines are passed over.
  static absl::StatusOr<Checkpoint> Parse(absl::string_view text);
  bool operator==(const Checkpoint&) const = default;
};

// The checkpoint in a note that one of the keys of a log has signed under the checkpoint's origin. INVALID_ARGUMENT
// with BAD_NOTE or BAD_SIGNATURE.
absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, absl::Span<const VerifierKey> keys);

// A hash as checkpoints and receipts write it, in base64. INVALID_ARGUMENT unless it is of 32 bytes.
std::string HashText(const Sha256Digest& hash);
absl::StatusOr<Sha256Digest> ParseHash(absl::string_view text);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_LOG_CHECKPOINT_H_
