// What shows that history was changed, kept as a file for whoever has to be convinced. Thread-safe: functions only.
#ifndef TRAILBOOK_CLI_EVIDENCE_H_
#define TRAILBOOK_CLI_EVIDENCE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/log/checkpoint.h"
#include "ledger/log/proof.h"

namespace trailbook::cli {

// Two signed checkpoints of one log that cannot both be of an honest one, and what was said for them.
struct Evidence {
  std::string older_note, newer_note;
  std::string what;  // in words
  log::Proof proof;  // the consistency proof that failed; may be empty
};

// OK if `older` is the beginning of `newer`: the same root for the same size, or a proof that leads from one to the
// other. INVALID_ARGUMENT says how history was changed.
absl::Status CheckHistory(const log::Checkpoint& older, const log::Checkpoint& newer,
                          absl::Span<const Sha256Digest> proof);

// Writes the evidence and says loudly what it is; the exit code.
int AccuseAndKeep(const Evidence& evidence, const std::string& file);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_EVIDENCE_H_
