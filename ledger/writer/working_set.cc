#include "ledger/writer/working_set.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"
#include "ledger/base/status.h"
#include "ledger/store/counters.h"
#include "ledger/store/replay.h"

namespace trailbook {
namespace {

constexpr size_t kPackedPart = 128;  // of the rows in memory: customers are packed when as many came

}  // namespace

absl::StatusOr<std::unique_ptr<WorkingSet>> WorkingSet::Open(store::Engine* engine, store::Database* db,
                                                             const store::FreshKeys* fresh_keys, Clock clock) {
  std::unique_ptr<WorkingSet> set(new WorkingSet(engine, db, fresh_keys, std::move(clock)));
  TRAILBOOK_ASSIGN_OR_RETURN(set->reader_, engine->OpenReader());
  absl::Status loaded = store::LoadOrMakeCounters(*db, set->book_);
  // Another daemon may have made the secret at the same moment: then it is there now.
  if (!loaded.ok() && engine->shared()) loaded = store::LoadOrMakeCounters(*db, set->book_);
  TRAILBOOK_RETURN_IF_ERROR(loaded);
  return set;
}

void WorkingSet::ReadFrom(store::Database* db) {
  repository_.ReadFrom(db);
  ends_.ReadFrom(db);
}

void WorkingSet::Load(std::vector<WriteJob>& batch) {
  ReadFrom(db_);
  LoadWhatIsWanted(batch);
}

absl::Status WorkingSet::LoadBeside(std::vector<WriteJob>& batch, const std::set<int64_t>& programs) {
  const std::lock_guard<std::mutex> lock(window_);
  ReadFrom(reader_.get());
  TRAILBOOK_RETURN_IF_ERROR(reader_->Begin(false));
  const absl::Status shown = CheckReader(programs);
  if (shown.ok()) LoadWhatIsWanted(batch);
  reader_->Rollback();
  return shown;
}

absl::Status WorkingSet::CheckReader(const std::set<int64_t>& programs) {
  for (const int64_t program : programs) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool shown, ends_.IsShownBy(*reader_, program));
    if (shown) continue;
    TRAILBOOK_ASSIGN_OR_RETURN(reader_, engine_->OpenReader());
    ReadFrom(reader_.get());
    return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "",
                  "the database that was read from is behind; try again");
  }
  return absl::OkStatus();
}

void WorkingSet::LoadWhatIsWanted(std::vector<WriteJob>& batch) {
  // What one round loads tells what the next must ask for; more rounds than this have nothing left to ask.
  constexpr int kRounds = 6;
  for (int round = 0; round < kRounds; ++round) {
    for (WriteJob& job : batch) {
      if (job.prefetch) job.prefetch(book_, round == 0);
    }
    bool wants = !book_.wanted_parked.empty();
    book_.ForEach([&wants](auto& table) { wants = wants || !table.wanted().empty(); });
    if (!wants || !repository_.LoadWanted().ok()) return;
  }
}

int WorkingSet::DecideAll(std::vector<WriteJob>& batch, absl::Status* failure) {
  last_micros_ = std::max(last_micros_, absl::ToUnixMicros(clock_()));
  int dropped = -1;
  for (size_t at = 0; at < batch.size() && dropped < 0; ++at) {
    journal_.SetContext(last_micros_, batch[at].actor);
    WriteContext context{&book_, &journal_, last_micros_ / 1000000};
    *failure = batch[at].decide(context);
    if (!failure->ok()) dropped = static_cast<int>(at);
  }
  const absl::Status unread = TakeReadError();
  if (unread.ok()) return dropped;
  *failure = unread;
  return -1;
}

absl::Status WorkingSet::TakeReadError() {
  absl::Status status = repository_.TakeError();
  status.Update(ends_.TakeError());
  return status;
}

std::vector<EmittedRecord> WorkingSet::TakeRecords() {
  std::vector<EmittedRecord> records = std::exchange(journal_.emitted(), {});
  ends_.PassOn(records);
  return records;
}

void WorkingSet::RecordsArrived(const std::vector<EmittedRecord>& records) {
  ends_.Arrived(records);
  book_.BesideLogCommitted();
}

void WorkingSet::RowsArrived(const std::vector<store::UnsavedRange>& ranges) {
  ends_.RowsArrived(ranges);
  book_.ProjectionsCommitted();
}

void WorkingSet::Forget() {
  journal_.Clear();
  book_.Clear();
  ends_.Forget();
  ReadFrom(db_);
  (void)TakeReadError();
}

absl::Status WorkingSet::ReadCounters() { return store::LoadCounters(*db_, book_, false); }

absl::StatusOr<std::map<int64_t, store::UnsavedRange>> WorkingSet::CatchUp(absl::FunctionRef<bool(int64_t)> mine) {
  TRAILBOOK_RETURN_IF_ERROR(db_->Begin(false));
  std::map<int64_t, store::UnsavedRange> unsaved;
  const auto replay = [&]() -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<store::UnsavedRange> ranges, store::FindUnsaved(*db_));
    for (const store::UnsavedRange& range : ranges) {
      if (!mine(range.program)) continue;
      TRAILBOOK_RETURN_IF_ERROR(store::Replay(*db_, range.program, range.watermark, range.size, repository_, book_));
      unsaved[range.program] = range;
    }
    return absl::OkStatus();
  };
  const absl::Status status = replay();
  db_->Rollback();
  TRAILBOOK_RETURN_IF_ERROR(status);
  return unsaved;
}

void WorkingSet::KeepSmall(size_t rows) {
  book_.PackCustomers(rows / kPackedPart);
  if (book_.size() <= rows) return;
  book_.earner_days.ForgetUnchanged();
  // So many partners that they fill it: then it starts afresh.
  if (book_.size() > rows / 4 * 3) book_.ForgetUnchanged();
}

}  // namespace trailbook
