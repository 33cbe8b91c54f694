// What a command prints on standard output: a table for people, CSV in minor units, or the API's own messages as JSON.
// Thread-safe: values.
#ifndef TRAILBOOK_CLI_OUTPUT_H_
#define TRAILBOOK_CLI_OUTPUT_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace trailbook::cli {

enum class Format { kTable, kJson, kCsv };

// A cell: what a table shows and what a CSV file says; they differ for money.
struct Cell {
  std::string shown, plain;
  bool right = false;
};
Cell Text(absl::string_view text);
Cell Number(int64_t value);
// A decimal in tables, minor units in CSV.
Cell Money(int64_t minor_units, absl::string_view currency);

struct Sheet {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

std::string ToTable(const Sheet& sheet);
std::string ToCsv(const Sheet& sheet);

// A message as JSON, with every field. int64 are strings, as protobuf's JSON has them.
std::string ToJson(const google::protobuf::Message& message);

// The last part of a resource name.
std::string Last(absl::string_view name);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_OUTPUT_H_
