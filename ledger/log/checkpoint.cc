#include "ledger/log/checkpoint.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status.h"
#include "ledger/log/tiles.h"

namespace trailbook::log {
namespace {

absl::Status BadCheckpoint(absl::string_view what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "BAD_NOTE", "note", what);
}

}  // namespace

std::string HashText(const Sha256Digest& hash) { return absl::Base64Escape(AsView(hash)); }

absl::StatusOr<Sha256Digest> ParseHash(absl::string_view text) {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string bytes, FromBase64(text));
  if (bytes.size() != kHashSize) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a hash of 32 bytes"));
  }
  Sha256Digest hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

std::string Checkpoint::Text() const { return absl::StrCat(origin, "\n", size, "\n", HashText(root), "\n"); }

absl::StatusOr<Checkpoint> Checkpoint::Parse(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 4 || lines[0].empty()) return BadCheckpoint("a checkpoint is three lines: origin, size, root");
  Checkpoint checkpoint;
  checkpoint.origin = std::string(lines[0]);
  // One spelling a number: no sign, no spaces, no leading zero.
  if (!absl::SimpleAtoi(lines[1], &checkpoint.size) || checkpoint.size < 0 ||
      absl::StrCat(checkpoint.size) != lines[1]) {
    return BadCheckpoint(absl::StrCat("\"", lines[1], "\" is not the size of a log"));
  }
  const auto root = ParseHash(lines[2]);
  if (!root.ok()) return BadCheckpoint(root.status().message());
  checkpoint.root = *root;
  return checkpoint;
}

absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, absl::Span<const VerifierKey> keys) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Note parsed, Note::Parse(note));
  TRAILBOOK_ASSIGN_OR_RETURN(const Checkpoint checkpoint, Checkpoint::Parse(parsed.text));
  std::vector<VerifierKey> of_the_log;
  for (const VerifierKey& key : keys) {
    if (key.kind == KeyKind::kLog && key.name == checkpoint.origin) of_the_log.push_back(key);
  }
  if (of_the_log.empty()) {
    return BadCheckpoint(absl::StrCat("it is of the log ", checkpoint.origin, ", of which no key was given"));
  }
  TRAILBOOK_RETURN_IF_ERROR(CheckSignatures(parsed, of_the_log).status());
  return checkpoint;
}

}  // namespace trailbook::log
