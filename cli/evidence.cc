#include "cli/evidence.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "cli/session.h"

namespace trailbook::cli {

absl::Status CheckHistory(const log::Checkpoint& older, const log::Checkpoint& newer,
                          absl::Span<const Sha256Digest> proof) {
  if (older.origin != newer.origin) {
    return absl::InvalidArgumentError(
        absl::StrCat("the checkpoints are of two logs, ", older.origin, " and ", newer.origin));
  }
  if (newer.size < older.size) {
    return absl::InvalidArgumentError(
        absl::StrCat("HISTORY WAS CUT: the log had ", older.size, " records and has ", newer.size, " now"));
  }
  if (newer.size == older.size) {
    if (newer.root == older.root) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("HISTORY WAS REWRITTEN: two roots were signed for ", older.size, " records"));
  }
  const absl::Status checked = log::CheckConsistency(older.size, newer.size, older.root, newer.root, proof);
  if (checked.ok()) return checked;
  return absl::InvalidArgumentError(absl::StrCat("HISTORY WAS REWRITTEN: the first ", older.size, " of the ",
                                                 newer.size, " records are not those that were signed before (",
                                                 checked.message(), ")"));
}

int AccuseAndKeep(const Evidence& evidence, const std::string& file) {
  std::string text = absl::StrCat(evidence.what, "\n\n== The checkpoint that was signed first\n", evidence.older_note,
                                  "\n== The checkpoint that was signed later\n", evidence.newer_note,
                                  "\n== The consistency proof that came with it (base64)\n");
  for (const Sha256Digest& hash : evidence.proof) absl::StrAppend(&text, log::HashText(hash), "\n");
  const absl::Status written = WriteFile(file, text);
  std::cerr << "trailbook: " << evidence.what << ".\n";
  if (written.ok()) {
    std::cerr << "trailbook: the evidence, both signed checkpoints, is in " << file
              << ". Show it to whoever you trust.\n";
  } else {
    std::cerr << "trailbook: the evidence could not be written (" << written.message() << "); here it is:\n" << text;
  }
  return kFailure;
}

}  // namespace trailbook::cli
