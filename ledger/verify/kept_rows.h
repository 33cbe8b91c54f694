// Rows of a rebuild that change again and again and are asked for by their keys alone, where memory has no room for
// them: each is kept in the scratch store as the bytes of its key and of itself, which costs less than its columns do.
// To SQL no such row is there, nor does any CHECK see it. Not thread-safe: belongs to the thread of the rebuild.
#ifndef TRAILBOOK_LEDGER_VERIFY_KEPT_ROWS_H_
#define TRAILBOOK_LEDGER_VERIFY_KEPT_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/row_changes.h"
#include "ledger/domain/table.h"
#include "ledger/store/packed_scratch.h"
#include "ledger/store/row_bytes.h"
#include "ledger/store/row_mapping.h"
#include "ledger/store/sql.h"

namespace trailbook {

template <typename R>
class KeptRows {
 public:
  // `status` gets the first error of a row that is looked for, or DATA_LOSS of one that must be there and is not. None
  // is owned.
  KeptRows(store::PackedScratch* scratch, absl::Status* status) : scratch_(scratch), status_(status) {}

  // Errors of the driver.
  absl::Status Make() { return scratch_->MakeTableOfBytes(shape_); }
  // Loads the rows of this table from now on. This one stays where it is.
  void Serve(Table<R>& table) {
    table.SetLoader(
        [](void* self, Table<R>& asked, const typename R::Key& key) { static_cast<KeptRows*>(self)->Load(asked, key); },
        [](void* self, const typename R::Key& key) {
          static_cast<KeptRows*>(self)->status_->Update(store::MissingRowOf<R>(key));
        },
        this);
  }
  // What changed in it. Errors of the driver; INTERNAL if a row was erased, which none of those that are kept ever is.
  absl::Status Write(const RowChanges<R>& changes) {
    if (!changes.erased.empty()) return Internal(absl::StrCat("a row of ", R::kTable, " was erased, and it is kept"));
    const auto bind = [](const std::vector<std::string>& bytes) {
      return [&bytes](size_t at, store::Binder& binder) {
        binder.BindBlob(1, bytes[2 * at]);
        binder.BindBlob(2, bytes[2 * at + 1]);
      };
    };
    const std::vector<std::string> made = BytesOf(changes.made), changed = BytesOf(changes.changed);
    TRAILBOOK_RETURN_IF_ERROR(scratch_->InsertMany(shape_, changes.made.size(), bind(made)));
    return scratch_->UpsertMany(shape_, changes.changed.size(), bind(changed));
  }

 private:
  void Load(Table<R>& table, const typename R::Key& key) {
    status_->Update(scratch_->AskByKeys(
        shape_, 1, [this, &key](size_t, store::Binder& binder) { binder.BindBlob(1, BytesOf(key)); },
        [&table](size_t, const store::Statement& row) {
          table.Loaded(store::FromBytes<R>(row.ColumnBlob(1)));
          return absl::OkStatus();
        }));
    status_->Update(scratch_->Collect());
    table.LoadedAbsent(key);
  }
  // Each row's key, and the row.
  std::vector<std::string> BytesOf(const std::vector<R>& rows) {
    std::vector<std::string> bytes;
    bytes.reserve(2 * rows.size());
    for (const R& row : rows) {
      bytes.emplace_back(BytesOf(row.key()));
      bytes_.Clear();
      store::BindRow(row, bytes_);
      bytes.emplace_back(bytes_.bytes());
    }
    return bytes;
  }
  // Valid until the next call.
  absl::string_view BytesOf(const typename R::Key& key) {
    key_.Clear();
    store::BindKey<R>(key, key_);
    return key_.bytes();
  }

  store::PackedScratch* const scratch_;
  absl::Status* const status_;
  const store::TableShape shape_{absl::StrCat("kept_", R::kTable), {"key", "bytes"}, 1};
  store::RowBytes key_, bytes_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_KEPT_ROWS_H_
