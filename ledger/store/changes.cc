#include "ledger/store/changes.h"

#include <type_traits>
#include <utility>

#include "ledger/base/status.h"
#include "ledger/domain/row_changes.h"
#include "ledger/store/write_rows.h"

namespace trailbook::store {

template <typename R>
class Changes::Rows final : public Changes::OfTable {
 public:
  explicit Rows(RowChanges<R> changes) : changes_(std::move(changes)) {}
  absl::Status Write(Database& db, FreshKeys& ids) const override {
    if constexpr (std::is_same_v<R, ExternalKey>) {
      if (!changes_.changed.empty() || !changes_.erased.empty()) {
        return Internal("an outside id would come to name something else");
      }
      return ids.Save(changes_.made);
    } else {
      return WriteRows(db, changes_);
    }
  }

 private:
  RowChanges<R> changes_;
};

Changes Changes::Take(Book& book, Of of) {
  Changes taken;
  const auto take = [&taken]<typename R>(Table<R>& table) {
    if (table.dirty().empty()) return;
    auto changes = table.TakeChanges();
    if (!changes.empty()) taken.tables_.push_back(std::make_unique<Rows<R>>(std::move(changes)));
  };
  if (of != Of::kBesideLog) book.ForEachProjection(take);
  if (of != Of::kProjections) book.ForEachBesideLog(take);
  return taken;
}

absl::Status Changes::Write(Database& db, FreshKeys& ids) const {
  for (const auto& table : tables_) TRAILBOOK_RETURN_IF_ERROR(table->Write(db, ids));
  return absl::OkStatus();
}

}  // namespace trailbook::store
