// Changed rows of one table, as they left its Table, into the database. Thread-safe: a function only; the thread of the
// Database.
#ifndef TRAILBOOK_LEDGER_STORE_WRITE_ROWS_H_
#define TRAILBOOK_LEDGER_STORE_WRITE_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/row_changes.h"
#include "ledger/store/row_mapping.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// In bulk. REQUIRES: an open write transaction. Errors of the driver, also if a row that was made is there already.
template <typename R>
absl::Status WriteRows(Database& db, const RowChanges<R>& changes) {
  const std::vector<Hash128> made_seals = SealsOf(changes.made), changed_seals = SealsOf(changes.changed);
  const auto bind = [](const std::vector<R>& rows, const std::vector<Hash128>& seals) {
    return [&rows, &seals](size_t at, Binder& binder) {
      BindRow(rows[at], binder);
      if (!seals.empty()) BindField(binder, static_cast<int>(ShapeOf<R>().columns.size()), seals[at]);
    };
  };
  TRAILBOOK_RETURN_IF_ERROR(db.InsertMany(ShapeOf<R>(), changes.made.size(), bind(changes.made, made_seals)));
  TRAILBOOK_RETURN_IF_ERROR(db.UpsertMany(ShapeOf<R>(), changes.changed.size(), bind(changes.changed, changed_seals)));
  if (changes.erased.empty()) return absl::OkStatus();
  static const std::string* erase = new std::string(absl::StrCat("DELETE FROM ", R::kTable, " ", WhereKey<R>()));
  return db.GetMany(
      *erase, changes.erased.size(), [&changes](size_t at, Binder& binder) { BindKey<R>(changes.erased[at], binder); },
      [](size_t, const Statement&) { return absl::OkStatus(); });
}

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_WRITE_ROWS_H_
