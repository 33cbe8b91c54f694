#include "ledger/writer/writer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr int kTries = 6;  // of a batch, where the store is another machine
constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr absl::Duration kIdle = absl::Milliseconds(500);  // then what is committed moves to its final place
constexpr int64_t kSomeRecords = 64;                       // whose rows are worth a save of their own
constexpr int64_t kMostSets = 32;  // of max_unsaved records, whose rows wait while those of others are written

}  // namespace

Writer::Writer(store::Engine* engine, Options options)
    : engine_(engine), options_(std::move(options)), queue_(options_.max_queued, options_.batch_weight) {}

absl::StatusOr<std::unique_ptr<Writer>> Writer::Open(store::Engine* engine, Options options) {
  std::unique_ptr<Writer> writer(new Writer(engine, std::move(options)));
  TRAILBOOK_RETURN_IF_ERROR(writer->Start());
  return writer;
}

absl::Status Writer::Start() {
  TRAILBOOK_ASSIGN_OR_RETURN(db_, engine_->OpenWriter());
  fresh_keys_ = std::make_unique<store::FreshKeys>(db_.get(), engine_->shared() ? 0 : options_.key_generation);
  TRAILBOOK_RETURN_IF_ERROR(fresh_keys_->Load());
  TRAILBOOK_ASSIGN_OR_RETURN(set_, WorkingSet::Open(engine_, db_.get(), fresh_keys_.get(), options_.clock));
  auto leases = engine_->shared() ? std::make_unique<Leases>(db_.get(), options_.address) : nullptr;
  admission_ = std::make_unique<Admission>(std::move(leases), &set_->ends());
  committer_ = std::make_unique<Committer>(db_.get(), fresh_keys_.get());
  const absl::Status caught_up = CatchUp();
  // Damaged books can be looked at; nothing is written to them.
  if (!caught_up.ok() && !absl::IsDataLoss(caught_up)) return caught_up;
  current_ = caught_up.ok();
  health_.Set(caught_up);
  commits_ = std::make_unique<CommitThread>([this](Transaction& transaction) { return Commit(transaction); },
                                            [this] { queue_.CommitEnded(); });
  TRAILBOOK_ASSIGN_OR_RETURN(std::unique_ptr<store::Database> second, engine_->OpenSecondWriter());
  if (second != nullptr) {
    saver_ = std::make_unique<RowSaver>(
        std::move(second), [this](const Transaction& rows) { queue_.Saved(rows.saved); },
        [this] { queue_.CommitEnded(); });
  }
  TRAILBOOK_RETURN_IF_ERROR(fresh_keys_->LearnSettled(*engine_));
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

Writer::~Writer() { Drain(); }

void Writer::Drain() {
  queue_.Stop();
  if (thread_.joinable()) thread_.join();
  finisher_.Drain();
}

void Writer::Run() {
  while (true) {
    const bool rows_wait = !waiting_rows_.empty();
    const WriteQueue::InHand in_hand{decided_weight_, passed_weight_, commits_->UnderWay() || RowsUnderWay()};
    std::vector<WriteJob> batch =
        queue_.Next(in_hand, options_.handover_weight, rows_wait ? std::min(kIdle, RowsMayWait()) : kIdle);
    const bool paused = batch.empty();
    if (!paused) Process(std::move(batch));
    const bool idle = paused && !rows_wait && !RowsUnderWay() && decided_.empty() && !queue_.ReadersWait();
    PassOn();
    set_->KeepSmall(options_.max_book_rows);
    if (commits_->UnderWay() || RowsUnderWay()) {
      if (!admission_->LookIsDue()) continue;
      Land();
    }
    if (paused && queue_.IsStoppedAndEmpty()) break;
    Housekeep(idle);
  }
  const absl::Status saved = Save();
  queue_.Close();
  queue_.LetReadersIn(saved);
  Housekeep(true);
  admission_->Release();
}

void Writer::Housekeep(bool idle) {
  // There may be room again, or another machine be back, without anybody writing.
  const bool may_be_well = idle && !health_.Get().ok();
  if (admission_->OthersMayWrite() || may_be_well) {
    absl::Status reached = admission_->Renew();
    if (reached.ok() && may_be_well) reached = Reset();  // first, so that nothing is written to damaged books
    if (reached.ok() && may_be_well) reached = engine_->TryWrite(*db_);
    if (reached.ok()) TakeOver();
    if (idle || !reached.ok()) health_.Set(reached);
  }
  if (idle) Checkpoint(true);
}

void Writer::Checkpoint(bool idle) {
  // Until it ends nothing is committed: nobody who reads should need rows meanwhile.
  if (queue_.unsaved() > 0 || !engine_->CheckpointIsDue(*db_, idle)) return;
  // Who reads an older moment keeps what came later from moving, and what was moved from being written anew.
  set_->LetReadEnd();
  (void)engine_->Checkpoint(*db_);  // what fails is tried again
  set_->LetReadEnd();
}

void Writer::TakeOver() {
  if (!admission_->LookIsDue()) return;
  const auto on_their_way = [this](int64_t program) {
    return waiting_rows_.Has(program) || (saver_ != nullptr && saver_->Has(program));
  };
  if (admission_->TakesOver(*db_, on_their_way) && Save().ok() && Reset().ok()) (void)Save();
}

void Writer::DropExpired(std::vector<WriteJob>& batch) {
  const absl::Time now = absl::Now();  // what callers count by, whatever the books' clock says
  const auto expired =
      std::stable_partition(batch.begin(), batch.end(), [now](const WriteJob& job) { return job.deadline >= now; });
  std::vector<WriteJob> late(std::make_move_iterator(expired), std::make_move_iterator(batch.end()));
  batch.erase(expired, batch.end());
  finisher_.Finish(std::move(late),
                   absl::DeadlineExceededError("the deadline passed before the work began; nothing was recorded"));
}

void Writer::Process(std::vector<WriteJob> batch) {
  DropExpired(batch);
  if (batch.empty()) return;
  if (batch.front().alone || !current_ || !admission_->AdmitsAhead(batch)) {
    if (current_) (void)Save();  // what fails is answered
    return ProcessNow(std::move(batch));
  }
  absl::Status failure = Prefetch(batch);
  if (failure.ok()) (void)set_->DecideAll(batch, &failure);
  const bool decided = failure.ok();
  if (!decided) Land();  // takes along what was decided, if it failed
  for (WriteJob& job : batch) decided_weight_ += job.weight;
  std::move(batch.begin(), batch.end(), std::back_inserter(decided_));
  if (decided) return;
  // Part of it is in the working set: all that was decided and not passed on is decided again.
  (void)Reset();
  decided_weight_ = 0;
  ProcessNow(std::exchange(decided_, {}));
}

void Writer::ProcessNow(std::vector<WriteJob> batch) {
  for (int tries = 0; !batch.empty();) {
    absl::Status failure = Admit(batch);
    if (batch.empty()) return;
    if (failure.ok() && !current_) failure = Reset();
    if (failure.ok() && batch.front().alone) failure = Save();
    if (failure.ok()) {
      failure = Prefetch(batch);
      if (!failure.ok()) health_.Set(failure);
    }
    if (failure.ok()) {
      // What is decided ahead later must know them; an error waits for DecideAll.
      for (const int64_t program : admission_->needed()) (void)set_->ends().SizeOf(program);
    }
    const int dropped = failure.ok() ? set_->DecideAll(batch, &failure) : -1;
    if (dropped >= 0) {
      (void)Reset();
      finisher_.FinishOne(std::move(batch[dropped]), failure);
      batch.erase(batch.begin() + dropped);
      continue;
    }
    if (failure.ok()) {
      decided_ = std::move(batch);
      Transaction transaction = Pack(SaveIsDue() ? Rows::kTogether : Rows::kWait);
      failure = Commit(transaction);
      if (failure.ok()) return Arrived(transaction);
      batch = std::move(transaction.jobs);
    }
    const absl::Status reset = Reset();
    // A store that others share may be on its way to another machine: the whole batch again, a few times.
    if (admission_->OthersMayWrite() && absl::IsUnavailable(failure) && tries < kTries) {
      absl::SleepFor(kFirstPause * (1 << tries++));
      continue;
    }
    return Retry(std::move(batch), failure, reset);
  }
}

void Writer::Retry(std::vector<WriteJob> batch, const absl::Status& failure, const absl::Status& reset) {
  const bool hopeless =
      absl::IsResourceExhausted(failure) || absl::IsUnavailable(failure) || !reset.ok() || batch.size() == 1;
  if (hopeless) return finisher_.Finish(std::move(batch), failure);
  // One command of many may be what the database refuses: the others need not suffer.
  std::vector<WriteJob> second(std::make_move_iterator(batch.begin() + batch.size() / 2),
                               std::make_move_iterator(batch.end()));
  batch.resize(batch.size() / 2);
  ProcessNow(std::move(batch));
  ProcessNow(std::move(second));
}

absl::Status Writer::Admit(std::vector<WriteJob>& batch) {
  const auto refuse = [this](WriteJob job, const absl::Status& why) { finisher_.FinishOne(std::move(job), why); };
  TRAILBOOK_ASSIGN_OR_RETURN(const bool gained, admission_->Admit(batch, refuse));
  return gained ? Reset() : absl::OkStatus();
}

absl::Status Writer::Prefetch(std::vector<WriteJob>& batch) {
  if (commits_->UnderWay()) return set_->LoadBeside(batch, admission_->needed());
  TRAILBOOK_RETURN_IF_ERROR(committer_->Begin());
  set_->Load(batch);
  return absl::OkStatus();
}

bool Writer::IsWaitedFor() {
  return queue_.ReadersWait() ||
         std::any_of(decided_.begin(), decided_.end(), [](const WriteJob& job) { return !job.rows_may_wait; });
}

// On the one connection all callers wait for rows that are written: a little at a time, unless it is hardly anything.
absl::Duration Writer::RowsMayWait() {
  return saver_ == nullptr && Unsaved() >= kSomeRecords ? options_.max_unsaved_time / 5 : options_.max_unsaved_time;
}

bool Writer::SaveIsDue() {
  if (waiting_rows_.HaveWaited(RowsMayWait()) || IsWaitedFor() || Unsaved() >= options_.max_unsaved) return true;
  return !decided_.empty() && !engine_->HasRoom();
}

Writer::Rows Writer::PlaceOfRows() {
  if (!SaveIsDue()) return Rows::kWait;
  if (saver_ == nullptr || IsWaitedFor()) return Rows::kTogether;
  return RowsUnderWay() ? Rows::kWait : Rows::kApart;
}

void Writer::PassOn() {
  if (commits_->UnderWay() && !commits_->IsDone()) return;
  Land();
  if (RowsUnderWay() && (saver_->IsDone() || IsWaitedFor() || queue_.unsaved() > kMostSets * options_.max_unsaved)) {
    LandRows();
  }
  if (decided_.empty()) {
    if (!RowsUnderWay() && SaveIsDue()) SaveWhatWaits();
    return;
  }
  Transaction transaction = Pack(PlaceOfRows());
  if (passed_weight_ >= options_.handover_weight) return commits_->Start(std::move(transaction));
  const absl::Status status = Commit(transaction);
  Landed(std::move(transaction), status);
}

void Writer::SaveWhatWaits() {
  if (saver_ == nullptr || !current_ || waiting_rows_.empty()) return queue_.LetReadersIn(Save());
  HoldRows(0);
  saver_->LogArrived();
}

void Writer::AddWatermarks(Transaction& transaction, size_t packed) {
  transaction.watermarks = waiting_rows_.Take();
  transaction.saved = queue_.recorded() + static_cast<int64_t>(packed);
}

void Writer::HoldRows(size_t packed) {
  Transaction transaction;
  transaction.rows = set_->TakeRows(store::Changes::Of::kProjections);
  AddWatermarks(transaction, packed);
  saver_->Hold(std::move(transaction));
}

Transaction Writer::Pack(Rows rows) {
  Transaction transaction;
  transaction.jobs = std::exchange(decided_, {});
  passed_weight_ = std::exchange(decided_weight_, 0);
  transaction.records = set_->TakeRecords();
  transaction.packed = absl::Now();
  transaction.rows =
      set_->TakeRows(rows == Rows::kTogether ? store::Changes::Of::kEveryTable : store::Changes::Of::kBesideLog);
  if (rows == Rows::kTogether) {
    // A program whose rows are written holds its lease; one that is made now has none yet.
    for (const auto& [program, range] : waiting_rows_.by_program()) admission_->Need(program);
  }
  transaction.leases = admission_->TakeNeeded();
  waiting_rows_.Add(transaction.records);
  if (rows == Rows::kTogether) AddWatermarks(transaction, transaction.records.size());
  if (rows == Rows::kApart) HoldRows(transaction.records.size());
  return transaction;
}

absl::Status Writer::Commit(Transaction& transaction) {
  const absl::Status status = committer_->Commit(transaction);
  if (!transaction.empty() || !status.ok()) health_.Set(status);
  if (!status.ok()) return status;
  queue_.RowsWait(static_cast<int64_t>(transaction.records.size()));
  if (!transaction.watermarks.empty()) queue_.Saved(transaction.saved);
  finisher_.Finish(std::move(transaction.jobs), absl::OkStatus());
  Checkpoint(false);
  return status;
}

void Writer::Land() {
  if (!commits_->UnderWay()) return;
  CommitThread::Outcome outcome = commits_->Take();
  Landed(std::move(outcome.transaction), outcome.status);
}

void Writer::Landed(Transaction transaction, const absl::Status& status) {
  passed_weight_ = 0;
  if (status.ok()) return Arrived(transaction);
  // What was decided since was decided on what is not there.
  std::vector<WriteJob> later = std::exchange(decided_, {});
  decided_weight_ = 0;
  (void)Reset();  // what fails is tried again
  ProcessNow(std::move(transaction.jobs));
  ProcessNow(std::move(later));
}

void Writer::Arrived(const Transaction& transaction) {
  set_->RecordsArrived(transaction.records);
  admission_->WereKept(transaction.leases, transaction.packed);
  fresh_keys_->Committed();
  if (!RowsUnderWay()) set_->RowsArrived(transaction.watermarks);
  if (saver_ != nullptr) saver_->LogArrived();
}

void Writer::LandRows() {
  const CommitThread::Outcome outcome = saver_->Take();
  if (outcome.status.ok()) return set_->RowsArrived(outcome.transaction.watermarks);
  health_.Set(outcome.status);
  (void)Reset();  // what fails is tried again
  decided_weight_ = 0;
  ProcessNow(std::exchange(decided_, {}));
  queue_.LetReadersIn(Save());
}

absl::Status Writer::Save() {
  Land();
  if (RowsUnderWay()) LandRows();
  if (!current_) TRAILBOOK_RETURN_IF_ERROR(Reset());
  if (decided_.empty() && waiting_rows_.empty()) return absl::OkStatus();
  Transaction transaction = Pack(Rows::kTogether);
  const absl::Status status = Commit(transaction);
  Landed(std::move(transaction), status);
  return status;
}

absl::Status Writer::Reset() {
  if (saver_ != nullptr) saver_->Drop();
  set_->Forget();
  committer_->Drop();
  absl::Status status = admission_->RenewAll();
  if (status.ok()) status = set_->ReadCounters();
  if (status.ok()) status = CatchUp();
  current_ = status.ok();
  return status;
}

absl::Status Writer::CatchUp() {
  waiting_rows_.Set({});
  TRAILBOOK_ASSIGN_OR_RETURN(auto unsaved, set_->CatchUp([this](int64_t program) { return admission_->Has(program); }));
  int64_t records = 0;
  for (const auto& [program, range] : unsaved) records += range.size - range.watermark;
  waiting_rows_.Set(std::move(unsaved));
  queue_.SetUnsaved(records);
  return absl::OkStatus();
}

}  // namespace trailbook
