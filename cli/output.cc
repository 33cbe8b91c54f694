#include "cli/output.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/csv.h"
#include "ledger/base/currency.h"

namespace trailbook::cli {
namespace {

// Characters, not bytes: continuation bytes of UTF-8 take no room.
size_t WidthOf(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

void AddCell(const std::string& text, size_t width, bool right, bool last, std::string* line) {
  const std::string fill(width - std::min(width, WidthOf(text)), ' ');
  absl::StrAppend(line, right ? fill : "", text, right || last ? "" : fill, last ? "" : "  ");
}

}  // namespace

// What a spreadsheet would take for a formula gets a quote before it in CSV: names come from outside.
Cell Text(absl::string_view text) {
  const bool formula = !text.empty() && absl::StrContains("=+-@\t\r", text.substr(0, 1));
  return {std::string(text), absl::StrCat(formula ? "'" : "", text), false};
}
Cell Number(int64_t value) { return {absl::StrCat(value), absl::StrCat(value), true}; }
Cell Money(int64_t minor_units, absl::string_view currency) {
  return {FormatMinor(minor_units, currency), absl::StrCat(minor_units), true};
}

std::string ToTable(const Sheet& sheet) {
  const size_t columns = sheet.columns.size();
  std::vector<size_t> widths(columns);
  for (size_t at = 0; at < columns; ++at) {
    widths[at] = WidthOf(sheet.columns[at]);
    for (const auto& row : sheet.rows) widths[at] = std::max(widths[at], WidthOf(row[at].shown));
  }
  std::string out;
  for (size_t at = 0; at < columns; ++at) {
    const bool right = !sheet.rows.empty() && sheet.rows[0][at].right;
    AddCell(sheet.columns[at], widths[at], right, at + 1 == columns, &out);
  }
  out += "\n";
  for (const auto& row : sheet.rows) {
    for (size_t at = 0; at < columns; ++at) AddCell(row[at].shown, widths[at], row[at].right, at + 1 == columns, &out);
    out += "\n";
  }
  return out;
}

std::string ToCsv(const Sheet& sheet) {
  std::string out = CsvLine(sheet.columns);
  for (const auto& row : sheet.rows) {
    std::vector<std::string> fields;
    for (const Cell& cell : row) fields.push_back(cell.plain);
    out += CsvLine(fields);
  }
  return out;
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;  // MessageToJsonString appends
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return json;
}

std::string Last(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == absl::string_view::npos ? name : name.substr(slash + 1));
}

}  // namespace trailbook::cli
