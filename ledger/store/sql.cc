#include "ledger/store/sql.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::store {

constexpr char kCommitUnknown[] = "trailbook/commit-unknown";

void Binder::Bind(int index, const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    BindInt(index, *number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    BindText(index, *text);
  } else if (const auto* blob = std::get_if<Blob>(&value)) {
    BindBlob(index, blob->bytes);
  } else {
    BindNull(index);
  }
}

void Binder::BindAll(const Row& row) {
  for (size_t at = 0; at < row.size(); ++at) Bind(static_cast<int>(at) + 1, row[at]);
}

absl::Status Database::InsertMany(const TableShape& shape, const std::vector<Row>& rows) {
  return InsertMany(shape, rows.size(), [&rows](size_t at, Binder& binder) { binder.BindAll(rows[at]); });
}

absl::Status Database::UpsertMany(const TableShape& shape, const std::vector<Row>& rows) {
  return UpsertMany(shape, rows.size(), [&rows](size_t at, Binder& binder) { binder.BindAll(rows[at]); });
}

absl::Status Database::GetMany(absl::string_view sql, const std::vector<Row>& keys,
                               absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) {
  return GetMany(
      sql, keys.size(), [&keys](size_t at, Binder& binder) { binder.BindAll(keys[at]); }, sink);
}

absl::Status Database::AskByKeys(const TableShape& shape, size_t keys, BindRow bind, RowSink sink) {
  return GetMany(shape.find, keys, bind, sink);
}

absl::StatusOr<int64_t> SelectInt(Database& db, absl::string_view sql, const Row& parameters) {
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * statement, db.Prepare(sql));
  statement->BindAll(parameters);
  int64_t first = 0;
  absl::StatusOr<bool> row = statement->Step();
  if (row.ok() && *row) first = statement->ColumnIsNull(0) ? 0 : statement->ColumnInt(0);
  while (row.ok() && *row) row = statement->Step();
  statement->Reset();
  TRAILBOOK_RETURN_IF_ERROR(row.status());
  return first;
}

absl::Status CommitUnknown(absl::string_view why) {
  absl::Status status = Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "",
                               absl::StrCat("nobody said whether the commit succeeded: ", why));
  status.SetPayload(kCommitUnknown, absl::Cord());
  return status;
}

bool IsCommitUnknown(const absl::Status& status) { return status.GetPayload(kCommitUnknown).has_value(); }

}  // namespace trailbook::store
