#include "ledger/store/row_mapping.h"

#include "absl/strings/escaping.h"

namespace trailbook::store {

std::string ShowValue(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return absl::StrCat(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return absl::StrCat("\"", absl::Utf8SafeCEscape(*text), "\"");
  if (const auto* blob = std::get_if<Blob>(&value)) return Hex(blob->bytes);
  return "NULL";
}

absl::Status BrokenSeal(const TableShape& shape, const Statement& row) {
  std::string key;
  for (int at = 0; at < shape.key_columns; ++at) {
    absl::StrAppend(&key, at == 0 ? "" : ", ", shape.columns[static_cast<size_t>(at)], " ", ShowValue(row.Column(at)));
  }
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                absl::StrCat("table ", shape.table, ", row (", key, "): its seal does not fit: something else than Trailbook changed it"));
}

}  // namespace trailbook::store
