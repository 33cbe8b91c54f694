#include "cli/files.h"

#include <iostream>
#include <sstream>

#include "ledger/signing/file.h"

namespace trailbook::cli {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  if (path != "-") return ReadWholeFile(path);
  std::ostringstream all;
  all << std::cin.rdbuf();
  return all.str();
}

absl::Status WriteFile(const std::string& path, absl::string_view content) { return WriteWholeFile(path, content); }

}  // namespace trailbook::cli
