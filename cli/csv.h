// RFC 4180, read and written. Thread-safe: functions only.
#ifndef TRAILBOOK_CLI_CSV_H_
#define TRAILBOOK_CLI_CSV_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trailbook::cli {

struct CsvRow {
  int line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
};

// Every row of a file: quotes, CRLF, newlines in quotes, a byte order mark. Empty lines are skipped. INVALID_ARGUMENT
// names the line of a quote that never ends.
absl::StatusOr<std::vector<CsvRow>> ParseCsv(absl::string_view text);

std::string CsvLine(const std::vector<std::string>& fields);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_CSV_H_
