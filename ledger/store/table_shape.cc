#include "ledger/store/table_shape.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace trailbook::store {
namespace {

// What comes after INSERT, for so many rows.
std::string IntoText(const TableShape& shape, size_t rows) {
  std::string values;
  size_t place = 0;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < shape.columns.size(); ++column) {
      absl::StrAppend(&values, column > 0 ? ", $" : row > 0 ? "), ($" : "($", ++place);
    }
  }
  return absl::StrCat(" INTO ", shape.table, " (", absl::StrJoin(shape.columns, ", "), ") VALUES ", values, ")");
}

std::string OnConflictText(const TableShape& shape) {
  const auto key_end = shape.columns.begin() + shape.key_columns;
  const std::string others = absl::StrJoin(
      key_end, shape.columns.end(), ", ",
      [](std::string* out, const std::string& column) { absl::StrAppend(out, column, " = excluded.", column); });
  return absl::StrCat(" ON CONFLICT (", absl::StrJoin(shape.columns.begin(), key_end, ", "), ") DO ",
                      others.empty() ? "NOTHING" : "UPDATE SET ", others);
}

std::string FindText(const TableShape& shape) {
  std::string where;
  for (int at = 0; at < shape.key_columns; ++at) {
    absl::StrAppend(&where, at == 0 ? " WHERE " : " AND ", shape.columns[static_cast<size_t>(at)], " = $", at + 1);
  }
  return absl::StrCat("SELECT ", absl::StrJoin(shape.columns, ", "), " FROM ", shape.table, where);
}

}  // namespace

TableShape::TableShape(std::string name, std::vector<std::string> names, int keys)
    : table(std::move(name)),
      columns(std::move(names)),
      key_columns(keys),
      insert("INSERT" + IntoText(*this, 1)),
      into_together(IntoText(*this, kRowsTogether)),
      on_conflict(OnConflictText(*this)),
      find(FindText(*this)) {
  upsert = absl::StrCat(insert, on_conflict);
}

}  // namespace trailbook::store
