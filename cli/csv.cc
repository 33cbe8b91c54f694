#include "cli/csv.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace trailbook::cli {

absl::StatusOr<std::vector<CsvRow>> ParseCsv(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  std::vector<CsvRow> rows;
  CsvRow row;
  std::string field;
  bool quoted = false, was_quoted = false;
  int line = 1, quote_line = 0;
  row.line = 1;
  const auto end_field = [&] {
    row.fields.push_back(std::exchange(field, ""));
    was_quoted = false;
  };
  // Of a line that ends in CR LF; a quoted field may well end in one.
  const auto strip_return = [&] {
    if (!was_quoted && !field.empty() && field.back() == '\r') field.pop_back();
  };
  const auto end_row = [&] {
    const bool empty = row.fields.empty() && field.empty() && !was_quoted;
    end_field();
    if (!empty) rows.push_back(row);
    row = CsvRow{line + 1, {}};
  };
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '"' && at + 1 < text.size() && text[at + 1] == '"') {
        field += text[++at];
      } else if (c == '"') {
        quoted = false;
      } else {
        field += c;
      }
    } else if (c == '"' && field.empty()) {
      quoted = was_quoted = true;
      quote_line = line;
    } else if (c == ',') {
      end_field();
    } else if (c == '\n') {
      strip_return();
      end_row();
    } else {
      field += c;
    }
    if (c == '\n') ++line;
  }
  if (quoted) {
    return absl::InvalidArgumentError(absl::StrCat("line ", quote_line, ": a quote begins that never ends"));
  }
  if (!field.empty() || !row.fields.empty() || was_quoted) {
    strip_return();
    end_row();
  }
  return rows;
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t at = 0; at < fields.size(); ++at) {
    if (at > 0) line += ',';
    if (fields[at].find_first_of(",\"\r\n") == std::string::npos) {
      line += fields[at];
    } else {
      absl::StrAppend(&line, "\"", absl::StrReplaceAll(fields[at], {{"\"", "\"\""}}), "\"");
    }
  }
  return line + "\n";
}

}  // namespace trailbook::cli
