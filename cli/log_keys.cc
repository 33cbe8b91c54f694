#include "cli/log_keys.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/files.h"
#include "ledger/base/status.h"

namespace trailbook::cli {

void KeyOptions::AddTo(CLI::App* verb) {
  verb->add_option("--key", keys, "Verifier key of the log, as `trailbook ledger key` shows it; may be repeated");
  verb->add_option("--key-file", file, "File with verifier keys, one a line");
}

absl::StatusOr<std::vector<log::VerifierKey>> KeyOptions::Read() const {
  std::vector<std::string> texts = keys;
  if (!file.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string content, ReadFile(file));
    for (absl::string_view line : absl::StrSplit(content, '\n')) {
      line = absl::StripAsciiWhitespace(line);
      if (!line.empty() && line[0] != '#') texts.emplace_back(line);
    }
  }
  if (texts.empty()) {
    return absl::InvalidArgumentError(
        "the log's key is missing: --key VKEY or --key-file FILE, from whom you trust, not from the file that is "
        "checked");
  }
  std::vector<log::VerifierKey> parsed;
  for (const std::string& text : texts) {
    TRAILBOOK_ASSIGN_OR_RETURN(log::VerifierKey key, log::VerifierKey::Parse(text));
    parsed.push_back(std::move(key));
  }
  return parsed;
}

}  // namespace trailbook::cli
