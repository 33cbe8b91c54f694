#include "ledger/verify/rebuild.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/priority.h"
#include "ledger/base/status.h"
#include "ledger/domain/postings.h"
#include "ledger/domain/projector.h"
#include "ledger/store/migrations.h"
#include "ledger/store/write_rows.h"

namespace trailbook {
namespace {

// Rows of these kinds are made once and hardly ever change, and of most there are many.
template <typename R>
constexpr bool kHardlyChanges = (requires { R::kSeldomReadAgain; }) || (requires { R::kOfManyCustomers; });

constexpr size_t kWrittenAtOnce = 4096;  // rows, which are copied for it

}  // namespace

Rebuild::Rebuild(store::Database& scratch, store::PackedScratch* packed, int64_t watermark, const ShortHashKey& key,
                 const Memory& memory)
    : scratch_(scratch), watermark_(watermark), memory_(memory), repository_(&scratch, &book_) {
  book_.ForEachProjection([&]<typename R>(Table<R>& table) {
    store::Fingerprint& sum = elsewhere_.try_emplace(R::kTable, key).first->second;
    table.TellLoaded([](void* of_table, const R& row) { static_cast<store::Fingerprint*>(of_table)->Remove(row); },
                     &sum);
  });
  if (packed != nullptr) {
    PassOnNewRows(*packed);
    days_.emplace(packed, &passed_on_).Serve(book_.earner_days);
  }
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
  if (absl::IsDataLoss(status_) || absl::IsFailedPrecondition(status_)) {
    return absl::OkStatus();  // the log's, not the storage's
  }
  if (!absl::IsResourceExhausted(status_)) return status_;
  return Refuse(absl::StatusCode::kResourceExhausted, "DISK_FULL", "",
                "there is no room for the tables that verification writes anew: start the daemon with a SQLITE_TMPDIR "
                "that has more; the ledger itself goes on");
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
  GiveWay(kBehindCallers);
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
  if (days_.has_value()) TRAILBOOK_RETURN_IF_ERROR(days_->Make());
  if (watermark_ == 0) TakeFingerprints();
  while (const std::unique_ptr<RecordChunk> chunk = Next()) {
    // The scratch store is in this process: nothing is gained by asking it for many rows at once.
    for (const log::v1::Record* record : chunk->records) Take(*record);
    TRAILBOOK_RETURN_IF_ERROR(repository_.TakeError());
    TRAILBOOK_RETURN_IF_ERROR(passed_on_);
    if (!result_.problem.empty()) return absl::OkStatus();
    const bool at_watermark = chunk->records.back()->sequence() == watermark_;
    TRAILBOOK_RETURN_IF_ERROR(Save(at_watermark));
    if (at_watermark) TakeFingerprints();
  }
  TRAILBOOK_RETURN_IF_ERROR(Save(true));
  return scratch_.Commit();
}

void Rebuild::Take(const log::v1::Record& record) {
  if (result_.problem.empty()) {
    const std::string wrong = FindMisposting(record, book_);
    if (!wrong.empty()) result_.problem = absl::StrCat("record ", record.sequence(), ": ", wrong);
  }
  Project(record, book_);
}

void Rebuild::PassOnNewRows(store::PackedScratch& packed) {
  const auto pass_on = [this]<typename R>(std::optional<NewRows<R>>& rows, Table<R>& table, store::PackedScratch* to) {
    rows.emplace(&elsewhere_.at(R::kTable), to, &passed_on_).TakeFrom(table);
  };
  pass_on(commissions_, book_.commissions, &packed);
  pass_on(referrals_, book_.referrals, &packed);
  pass_on(ids_, book_.external_keys, nullptr);
}

void Rebuild::TakeFingerprints() {
  TableFingerprints& made = result_.at_watermark;
  made.tables = elsewhere_;
  made.ids = made.tables.extract(ExternalKey::kTable).mapped();
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
  book_.ForEachProjection([&](auto& table) {
    if (status.ok()) status = Save(table, all);
  });
  return status;
}

template <typename R>
absl::Status Rebuild::Save(Table<R>& table, bool all) {
  const size_t many = kHardlyChanges<R> ? memory_.rows_that_hardly_change : memory_.rows_that_change;
  if (!all && table.size() < many) return absl::OkStatus();
  if (!all && !kHardlyChanges<R>) {
    // What did not change since it was written the last time is not likely to.
    Forget(table);
    return table.size() < many / 2 ? absl::OkStatus() : Write(table);
  }
  TRAILBOOK_RETURN_IF_ERROR(Write(table));
  Forget(table);
  return absl::OkStatus();
}

template <typename R>
absl::Status Rebuild::Write(Table<R>& table) {
  absl::Status status;
  table.StoreChanges(kWrittenAtOnce, [&](const RowChanges<R>& changes) {
    if (status.ok()) status = Store(changes);
  });
  return status;
}

template <typename R>
absl::Status Rebuild::Store(const RowChanges<R>& changes) {
  return store::WriteRows(scratch_, changes);
}

absl::Status Rebuild::Store(const RowChanges<EarnerDay>& days) {
  return days_.has_value() ? days_->Write(days) : store::WriteRows(scratch_, days);
}

template <typename R>
void Rebuild::Forget(Table<R>& table) {
  store::Fingerprint& sum = elsewhere_.at(R::kTable);
  table.ForgetUnchanged([&sum](const R& row) { sum.Add(row); });
}

}  // namespace trailbook
