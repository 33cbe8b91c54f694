#include "ledger/verify_rebuild.h"

#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/replay.h"
#include "ledger/store/migrations.h"
#include "ledger/store/row_mapping.h"
#include "ledger/store/write_rows.h"

namespace trailbook {
Rebuild::Rebuild(store::Database& scratch, int64_t program, int64_t watermark, const ShortHashKey& key, Ids ids, const Memory& memory)
    : scratch_(scratch), program_(program), watermark_(watermark), key_(key), ids_(ids), memory_(memory), repository_(&scratch, &book_) {
  book_.ForEachProjection([&]<typename R>(Table<R>&) {
    if (kHardlyChanges<R>) followed_.try_emplace(R::kTable, key);
  });
  thread_ = std::thread([this] { Run(); });
}

Rebuild::~Rebuild() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    given_ = nullptr;
  }
  End();
}

absl::Status Rebuild::Give(std::unique_ptr<RecordChunk> chunk) {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return given_ == nullptr || stopped_; });
    if (stopped_) return StorageError();
    given_ = std::move(chunk);
  }
  changed_.notify_all();
  return absl::OkStatus();
}

absl::StatusOr<Rebuild::Result> Rebuild::Finish() {
  End();
  if (absl::IsDataLoss(status_)) {
    result_.problem = absl::StrCat("a record of the log changes what none made: ", status_.message());
    return std::move(result_);
  }
  if (absl::IsFailedPrecondition(status_)) {
    result_.problem = absl::StrCat("a record of the log makes what no table takes: ", status_.message());
    return std::move(result_);
  }
  TRAILBOOK_RETURN_IF_ERROR(StorageError());
  return std::move(result_);
}

absl::Status Rebuild::StorageError() const {
  if (absl::IsDataLoss(status_) || absl::IsFailedPrecondition(status_)) return absl::OkStatus();  // the log's, not the storage's
  if (!absl::IsResourceExhausted(status_)) return status_;
  return Refuse(absl::StatusCode::kResourceExhausted, "DISK_FULL", "",
                "there is no room for the tables that verification writes anew: start the daemon with a SQLITE_TMPDIR that has more; the ledger itself goes on");
}

void Rebuild::End() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Rebuild::Run() {
  absl::Status done = ProjectGiven();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    status_ = std::move(done);
    stopped_ = true;
  }
  changed_.notify_all();
}

absl::Status Rebuild::ProjectGiven() {
  TRAILBOOK_RETURN_IF_ERROR(store::Migrate(scratch_));
  // One transaction: what fits into its cache is never written to the scratch file.
  TRAILBOOK_RETURN_IF_ERROR(scratch_.Begin(true));
  if (watermark_ == 0) TRAILBOOK_RETURN_IF_ERROR(TakeFingerprints());
  while (const std::unique_ptr<RecordChunk> chunk = Next()) {
    TRAILBOOK_RETURN_IF_ERROR(ProjectAll(chunk->records, repository_, book_));
    const bool at_watermark = chunk->records.back()->sequence() == watermark_;
    TRAILBOOK_RETURN_IF_ERROR(Save(at_watermark));
    if (at_watermark) TRAILBOOK_RETURN_IF_ERROR(TakeFingerprints());
  }
  TRAILBOOK_RETURN_IF_ERROR(Save(true));
  return scratch_.Commit();
}

absl::Status Rebuild::TakeFingerprints() {
  TableFingerprints& made = result_.at_watermark;
  TRAILBOOK_ASSIGN_OR_RETURN(made.tables, FingerprintTables(scratch_, program_, key_, Tables::kChanging, [] { return true; }));
  made.tables.insert(followed_.begin(), followed_.end());
  made.ids = made.tables.extract(ExternalKey::kTable).mapped();
  return absl::OkStatus();
}

std::unique_ptr<RecordChunk> Rebuild::Next() {
  std::unique_ptr<RecordChunk> next;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return given_ != nullptr || ended_; });
    next = std::move(given_);
  }
  changed_.notify_all();
  return next;
}

absl::Status Rebuild::Save(bool all) {
  absl::Status status;
  book_.ForEachProjection([&]<typename R>(Table<R>& table) {
    if (!status.ok() || (!all && table.size() < (kHardlyChanges<R> ? memory_.rows_that_hardly_change : memory_.rows_that_change))) return;
    status = Write(table.TakeChanges());
    table.Clear();
  });
  return status;
}

template <typename R>
absl::Status Rebuild::Write(const RowChanges<R>& changes) {
  if constexpr (kHardlyChanges<R>) TRAILBOOK_RETURN_IF_ERROR(Follow(changes));
  if (std::is_same_v<R, ExternalKey> && ids_ == Ids::kFingerprintOnly) return absl::OkStatus();
  return store::WriteRows(scratch_, changes);
}

template <typename R>
absl::Status Rebuild::Follow(const RowChanges<R>& changes) {
  store::Fingerprint& sum = followed_.at(R::kTable);
  std::vector<typename R::Key> before = changes.erased;
  for (const R& row : changes.made) sum.Add(row);
  for (const R& row : changes.changed) {
    sum.Add(row);
    before.push_back(row.key());
  }
  const absl::Status asked = scratch_.AskByKeys(
      store::ShapeOf<R>(), before.size(), [&before](size_t at, store::Binder& binder) { store::BindKey<R>(before[at], binder); },
      [&sum](size_t, const store::Statement& row) {
        sum.Remove(row);
        return absl::OkStatus();
      });
  TRAILBOOK_RETURN_IF_ERROR(asked);
  return scratch_.Collect();
}

}  // namespace trailbook
