#include "ledger/store/row_mapping.h"

#include "absl/strings/escaping.h"

namespace trailbook::store {

std::string ShowValue(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return absl::StrCat(*number);
  if (const auto* text = std::get_if<std::string>(&value)) {
    return absl::StrCat("\"", absl::Utf8SafeCEscape(*text), "\"");
  }
  if (const auto* blob = std::get_if<Blob>(&value)) return Hex(blob->bytes);
  return "NULL";
}

namespace {

absl::Status Damaged(const TableShape& shape, const Row& key, absl::string_view how) {
  std::string text;
  for (size_t at = 0; at < key.size(); ++at) {
    absl::StrAppend(&text, at == 0 ? "" : ", ", shape.columns[at], " ", ShowValue(key[at]));
  }
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                absl::StrCat("table ", shape.table, ", row (", text, "): ", how));
}

}  // namespace

absl::Status BrokenSeal(const TableShape& shape, const Statement& row) {
  Row key;
  for (int at = 0; at < shape.key_columns; ++at) key.push_back(row.Column(at));
  return Damaged(shape, key, "its seal does not fit: something else than Trailbook changed it");
}

absl::Status MissingRow(const TableShape& shape, const Row& key) {
  return Damaged(shape, key, "it is missing, though others lead to it");
}

}  // namespace trailbook::store
