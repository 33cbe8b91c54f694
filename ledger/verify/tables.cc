#include "ledger/verify/tables.h"

#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/status.h"
#include "ledger/domain/book.h"
#include "ledger/store/row_mapping.h"
#include "ledger/verify/ids.h"

namespace trailbook {
namespace {

template <typename R>
R RowTypeOf(const Table<R>&);

// A program's rows in the order of their keys, which is the order in which they lie.
template <typename R>
std::string SelectInOrder() {
  const store::TableShape& shape = store::ShapeOf<R>();
  const std::vector<std::string> key(shape.columns.begin(), shape.columns.begin() + shape.key_columns);
  return store::SelectFrom<R>(absl::StrCat("WHERE program_id = $1 ORDER BY ", absl::StrJoin(key, ", ")));
}

absl::Status AddAll(store::Database& db, const std::string& select_rows, int64_t program,
                    absl::FunctionRef<bool()> wanted, store::Fingerprint& sum) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select, db.PrepareScan(select_rows));
  select->BindInt(1, program);
  absl::StatusOr<bool> more = select->Step();
  for (; more.ok() && *more && wanted(); more = select->Step()) sum.Add(*select);
  select->Reset();
  TRAILBOOK_RETURN_IF_ERROR(more.status());
  return *more ? absl::CancelledError("nobody wants the fingerprints any more") : absl::OkStatus();
}

template <typename R>
absl::Status CompareTable(store::Database& db, store::Database& scratch, int64_t program, VerifyReport& report) {
  const store::TableShape& shape = store::ShapeOf<R>();
  const std::string sql = SelectInOrder<R>();
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * stored, db.PrepareScan(sql));
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * replayed, scratch.PrepareScan(sql));
  stored->BindInt(1, program);
  replayed->BindInt(1, program);
  const auto key_of = [&shape](const store::Statement& row) {
    std::string key;
    for (int at = 0; at < shape.key_columns; ++at) {
      absl::StrAppend(&key, at == 0 ? "" : ", ", shape.columns[at], " ", store::ShowValue(row.Column(at)));
    }
    return key;
  };
  while (report.problem.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool left, stored->Step());
    TRAILBOOK_ASSIGN_OR_RETURN(const bool right, replayed->Step());
    if (!left && !right) break;
    ++report.rows_compared;
    if (left != right || key_of(*stored) != key_of(*replayed)) {
      report.problem = absl::StrCat(
          "table ", shape.table, ": ",
          left ? absl::StrCat("row (", key_of(*stored), ") is there, ") : "no row is left, ",
          right ? absl::StrCat("the log says row (", key_of(*replayed), ")") : "the log knows no such row");
      break;
    }
    for (int at = 0; at < stored->ColumnCount(); ++at) {
      if (stored->Column(at) == replayed->Column(at)) continue;
      report.problem =
          absl::StrCat("table ", shape.table, ", row (", key_of(*stored), "): ", shape.columns[at], " is ",
                       store::ShowValue(stored->Column(at)), ", the log says ", store::ShowValue(replayed->Column(at)));
      break;
    }
  }
  stored->Reset();
  replayed->Reset();
  return absl::OkStatus();
}

}  // namespace

int64_t TableFingerprints::rows() const {
  int64_t rows = ids.has_value() ? ids->rows() : 0;
  for (const auto& [table, fingerprint] : tables) rows += fingerprint.rows();
  return rows;
}

absl::StatusOr<FingerprintByTable> FingerprintTables(store::Database& db, int64_t program, const ShortHashKey& key,
                                                     absl::FunctionRef<bool()> wanted) {
  FingerprintByTable fingerprints;
  absl::Status status;
  Book shapes;
  shapes.ForEachProjection([&]<typename R>(Table<R>&) {
    if (!status.ok() || std::is_same_v<R, ExternalKey>) return;
    status = AddAll(db, SelectInOrder<R>(), program, wanted, fingerprints.try_emplace(R::kTable, key).first->second);
  });
  TRAILBOOK_RETURN_IF_ERROR(status);
  return fingerprints;
}

absl::Status CompareTables(store::Database& db, store::Database& scratch, int64_t program, VerifyReport& report) {
  absl::Status status;
  Book shapes;
  shapes.ForEachProjection([&](auto& table) {
    using R = decltype(RowTypeOf(table));
    if (!status.ok() || !report.problem.empty()) return;
    if constexpr (std::is_same_v<R, ExternalKey>) {
      status = CompareIds(db, scratch, program, report);
    } else {
      status = CompareTable<R>(db, scratch, program, report);
    }
  });
  return status;
}

}  // namespace trailbook
