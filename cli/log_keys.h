// The keys of a log, as every verb takes them that checks something signed. Not thread-safe.
#ifndef TRAILBOOK_CLI_LOG_KEYS_H_
#define TRAILBOOK_CLI_LOG_KEYS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/log/note.h"

namespace trailbook::cli {

struct KeyOptions {
  std::vector<std::string> keys;
  std::string file;  // a key a line; # begins a remark

  void AddTo(CLI::App* verb);
  bool empty() const { return keys.empty() && file.empty(); }
  // INVALID_ARGUMENT if there is none or one is wrong.
  absl::StatusOr<std::vector<log::VerifierKey>> Read() const;
};

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_LOG_KEYS_H_
