#include "ledger/store/changes.h"

#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/store/row_mapping.h"

namespace trailbook::store {
namespace {

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

}  // namespace

template <typename R>
class Changes::Rows final : public Changes::OfTable {
 public:
  explicit Rows(RowChanges<R> changes) : changes_(std::move(changes)) {}
  absl::Status Write(Database& db, FreshKeys& ids) const override {
    if constexpr (std::is_same_v<R, ExternalKey>) {
      if (!changes_.changed.empty() || !changes_.erased.empty()) return Internal("an outside id would come to name something else");
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
