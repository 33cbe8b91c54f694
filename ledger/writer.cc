#include "ledger/writer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/status.h"
#include "ledger/replay.h"
#include "ledger/watermark.h"

namespace trailbook {
namespace {

constexpr size_t kMaxBookRows = 1000000;          // then the working set starts afresh
constexpr int kTries = 6;                           // of a batch, where the store is another machine
constexpr int kSettleTries = 12;
constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr std::chrono::milliseconds kIdle(500);   // then what is committed moves to its final place
constexpr absl::Duration kBetweenLooks = absl::Seconds(1);  // for rows that a daemon left unwritten
constexpr size_t kMaxWaitingReaders = 10000;

std::set<int64_t> ProgramsOf(const std::map<int64_t, int64_t>& watermarks) {
  std::set<int64_t> programs;
  for (const auto& [program, watermark] : watermarks) programs.insert(program);
  return programs;
}

absl::Status Unavailable(absl::string_view message) {
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", message);
}

}  // namespace

Writer::Writer(store::Engine* engine, Options options)
    : engine_(engine), options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<Writer>> Writer::Open(store::Engine* engine, Options options) {
  std::unique_ptr<Writer> writer(new Writer(engine, std::move(options)));
  TRAILBOOK_RETURN_IF_ERROR(writer->Start());
  return writer;
}

absl::Status Writer::Start() {
  TRAILBOOK_ASSIGN_OR_RETURN(db_, engine_->OpenWriter());
  repository_ = std::make_unique<store::Repository>(db_.get(), &book_, engine_->shared() ? 0 : options_.key_generation);
  TRAILBOOK_RETURN_IF_ERROR(repository_->LoadFreshKeys());
  log_ = std::make_unique<LogAppender>(db_.get());
  journal_ = std::make_unique<Journal>(&book_, log_.get());
  if (engine_->shared()) leases_ = std::make_unique<Leases>(db_.get(), options_.address);
  absl::Status loaded = LoadOrMakeCounters();
  // Another daemon may have made the secret at the same moment: then it is there now.
  if (!loaded.ok() && leases_ != nullptr) loaded = LoadOrMakeCounters();
  TRAILBOOK_RETURN_IF_ERROR(loaded);
  const absl::Status caught_up = CatchUp();
  // Damaged books can be looked at; nothing is written to them.
  if (!caught_up.ok() && !absl::IsDataLoss(caught_up)) return caught_up;
  current_ = caught_up.ok();
  SetHealth(caught_up);
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

absl::Status Writer::LoadOrMakeCounters() {
  TRAILBOOK_RETURN_IF_ERROR(db_->Begin(true));
  const absl::Status loaded = repository_->LoadCounters(true);
  if (loaded.ok()) return db_->Commit();
  db_->Rollback();
  return loaded;
}

Writer::~Writer() { Drain(); }

void Writer::Drain() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
  }
  work_.notify_all();
  if (thread_.joinable()) thread_.join();
  finisher_.Drain();
}

void Writer::Submit(WriteJob job) {
  absl::Status refusal;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (draining_) {
      refusal = Unavailable("the daemon is stopping; try again");
    } else if (queued_ > 0 && queued_ + job.weight > options_.max_queued) {
      refusal = QueueFull(absl::StrCat(queued_, " events wait already; nothing was recorded, try again in a moment"));
    } else {
      queued_ += job.weight;
      queue_.push_back(std::move(job));
    }
  }
  if (refusal.ok()) {
    work_.notify_one();
  } else {
    job.finish(refusal);
  }
}

absl::Status Writer::Health() {
  std::lock_guard<std::mutex> lock(mutex_);
  return health_;
}

void Writer::SetHealth(absl::Status status) {
  std::lock_guard<std::mutex> lock(mutex_);
  health_ = std::move(status);
}

std::vector<WriteJob> Writer::NextBatch() {
  std::vector<WriteJob> batch;
  std::unique_lock<std::mutex> lock(mutex_);
  const auto longest = unsaved_records_ > 0 ? std::min(kIdle, absl::ToChronoMilliseconds(options_.max_unsaved_time)) : kIdle;
  work_.wait_for(lock, longest, [this] { return draining_ || !queue_.empty() || !readers_.empty(); });
  int64_t weight = 0;
  while (!queue_.empty() && (batch.empty() || weight + queue_.front().weight <= options_.batch_weight)) {
    if (queue_.front().alone && !batch.empty()) break;
    weight += queue_.front().weight;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (batch.back().alone) break;
  }
  queued_ -= weight;
  return batch;
}

void Writer::Run() {
  while (true) {
    const bool rows_wait = !unsaved_.empty();
    std::vector<WriteJob> batch = NextBatch();
    const bool paused = batch.empty();
    if (!paused) Process(std::move(batch));
    const bool asked = ReadersWait();
    if (asked || RowsWaitedLong()) LetReadersIn(Save());
    if (paused) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (draining_ && queue_.empty()) break;
    }
    Housekeep(paused && !asked && !rows_wait);
  }
  const absl::Status saved = Save();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  LetReadersIn(saved);
  Housekeep(true);
  if (leases_ != nullptr) leases_->Release();
}

void Writer::Housekeep(bool idle) {
  if (leases_ != nullptr) {
    // Where the store is another machine it may come back without anybody writing.
    absl::Status reached = leases_->Renew();
    if (reached.ok() && idle && !Health().ok()) reached = Reset();
    if (reached.ok()) TakeOver();
    if (idle || !reached.ok()) SetHealth(reached);
  }
  (void)engine_->Checkpoint(*db_, idle);  // what fails is tried again
  if (book_.size() > kMaxBookRows && Save().ok()) (void)Reset();
}

// A daemon that was killed may have left records without their rows, and nobody need write to its programs again.
void Writer::TakeOver() {
  const absl::Time now = absl::Now();
  if (now - looked_ < kBetweenLooks) return;
  looked_ = now;
  const auto ranges = FindUnsaved(*db_);
  const auto in_force = leases_->InForce();
  if (!ranges.ok() || !in_force.ok()) return;
  bool found = false;
  for (const UnsavedRange& range : *ranges) {
    const bool gained = !in_force->contains(range.program) && leases_->Ensure(range.program).value_or(false);
    found = found || gained || (leases_->Holds(range.program) && !unsaved_.contains(range.program));
  }
  if (found && Reset().ok()) (void)Save();
}

void Writer::Finish(WriteJob job, absl::Status status) {
  std::vector<WriteJob> jobs;
  jobs.push_back(std::move(job));
  finisher_.Finish(std::move(jobs), std::move(status));
}

void Writer::DropExpired(std::vector<WriteJob>& batch) {
  const absl::Time now = absl::Now();  // what callers count by, whatever the books' clock says
  const auto expired = std::stable_partition(batch.begin(), batch.end(), [now](const WriteJob& job) { return job.deadline >= now; });
  std::vector<WriteJob> late(std::make_move_iterator(expired), std::make_move_iterator(batch.end()));
  batch.erase(expired, batch.end());
  finisher_.Finish(std::move(late), absl::DeadlineExceededError("the deadline passed before the work began; nothing was recorded"));
}

void Writer::Process(std::vector<WriteJob> batch) {
  DropExpired(batch);
  for (int tries = 0; !batch.empty();) {
    absl::Status failure = Admit(batch);
    if (batch.empty()) return;
    if (failure.ok() && !current_) failure = Reset();
    if (failure.ok() && batch.front().alone) failure = Save();
    // Everything within the transaction, what is read as well: to read outside of one is to begin one for every row.
    if (failure.ok()) {
      failure = db_->Begin(true);
      if (!failure.ok()) SetHealth(failure);
    }
    const int dropped = failure.ok() ? DecideAll(batch, &failure) : -1;
    if (dropped >= 0) {
      db_->Rollback();
      (void)Reset();
      Finish(std::move(batch[dropped]), failure);
      batch.erase(batch.begin() + dropped);
      continue;
    }
    if (failure.ok()) failure = Commit(SaveIsDue(batch));
    if (failure.ok()) return finisher_.Finish(std::move(batch), absl::OkStatus());

    db_->Rollback();
    const absl::Status reset = Reset();
    // A store that others share may be on its way to another machine: the whole batch again, a few times.
    if (leases_ != nullptr && absl::IsUnavailable(failure) && tries < kTries) {
      absl::SleepFor(kFirstPause * (1 << tries++));
      continue;
    }
    const bool hopeless = absl::IsResourceExhausted(failure) || absl::IsUnavailable(failure) || !reset.ok() || batch.size() == 1;
    if (hopeless) return finisher_.Finish(std::move(batch), failure);
    // One command of many may be what the database refuses: the others need not suffer.
    std::vector<WriteJob> second(std::make_move_iterator(batch.begin() + batch.size() / 2),
                                 std::make_move_iterator(batch.end()));
    batch.resize(batch.size() / 2);
    Process(std::move(batch));
    batch = std::move(second);
  }
}

absl::StatusOr<int64_t> Writer::LeaseOf(const WriteJob& job) {
  if (job.program_id.empty()) return kDirectoryLease;
  const auto known = programs_.find(job.program_id);
  if (known != programs_.end()) return known->second;
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select, db_->Prepare("SELECT program_id FROM program_slug WHERE slug = $1"));
  select->BindText(1, job.program_id);
  const auto there = select->Step();
  const int64_t program = there.ok() && *there ? select->ColumnInt(0) : -1;
  select->Reset();
  TRAILBOOK_RETURN_IF_ERROR(there.status());
  if (program > 0) programs_[job.program_id] = program;
  return program;
}

absl::Status Writer::Admit(std::vector<WriteJob>& batch) {
  if (leases_ == nullptr) return absl::OkStatus();
  batch_programs_.clear();
  bool gained_any = false;
  std::vector<WriteJob> admitted;
  absl::Status failure;
  for (WriteJob& job : batch) {
    const auto program = LeaseOf(job);
    absl::StatusOr<bool> gained = false;
    if (program.ok() && *program >= 0) gained = leases_->Ensure(*program);  // a program that is not there is refused later
    if (ReasonOf(gained.status()) == "HELD_ELSEWHERE") {
      Finish(std::move(job), gained.status());
      continue;
    }
    failure.Update(program.status());
    failure.Update(gained.status());
    if (program.ok() && *program >= 0) batch_programs_.insert(*program);
    gained_any = gained_any || (gained.ok() && *gained);
    admitted.push_back(std::move(job));
  }
  batch = std::move(admitted);
  if (gained_any) failure.Update(Reset());
  return failure;
}

void Writer::Prefetch(std::vector<WriteJob>& batch) {
  // What one round loads tells what the next must ask for; more rounds than this have nothing left to ask.
  constexpr int kRounds = 6;
  for (int round = 0; round < kRounds; ++round) {
    for (WriteJob& job : batch) {
      if (job.prefetch) job.prefetch(book_);
    }
    bool wants = !book_.wanted_due_days.empty() || !book_.wanted_parked.empty();
    book_.ForEach([&wants](auto& table) { wants = wants || !table.wanted().empty(); });
    if (!wants || !repository_->LoadWanted().ok()) return;
  }
}

int Writer::DecideAll(std::vector<WriteJob>& batch, absl::Status* failure) {
  last_micros_ = std::max(last_micros_, absl::ToUnixMicros(options_.clock()));
  Prefetch(batch);
  for (size_t at = 0; at < batch.size(); ++at) {
    journal_->SetContext(last_micros_, batch[at].actor);
    WriteContext context{&book_, journal_.get(), last_micros_ / 1000000};
    *failure = batch[at].decide(context);
    if (!failure->ok()) return static_cast<int>(at);
  }
  *failure = repository_->TakeError();
  failure->Update(log_->TakeError());
  return -1;
}

bool Writer::RowsWaitedLong() const { return !unsaved_.empty() && absl::Now() - unsaved_since_ >= options_.max_unsaved_time; }

bool Writer::SaveIsDue(const std::vector<WriteJob>& batch) {
  if (!std::all_of(batch.begin(), batch.end(), [](const WriteJob& job) { return job.rows_may_wait; })) return true;
  if (RowsWaitedLong() || !engine_->HasRoom()) return true;
  std::lock_guard<std::mutex> lock(mutex_);
  return !readers_.empty() || unsaved_records_ + static_cast<int64_t>(journal_->emitted().size()) >= options_.max_unsaved;
}

absl::Status Writer::Commit(bool save) {
  bool changed = !journal_->emitted().empty() || (save && !unsaved_.empty());
  book_.ForEachBesideLog([&changed](auto& table) { changed = changed || !table.dirty().empty(); });
  if (!changed) {
    db_->Rollback();
    return absl::OkStatus();
  }
  std::map<int64_t, int64_t> watermarks = unsaved_;
  absl::Status status = Write(save, watermarks);
  if (status.ok()) status = db_->Commit();
  if (!status.ok()) db_->Rollback();
  if (store::IsCommitUnknown(status)) status = SettleCommit(status);
  SetHealth(status);
  if (!status.ok()) return status;
  if (save) {
    RowsAreSaved();
  } else {
    book_.BesideLogCommitted();
    if (unsaved_.empty()) unsaved_since_ = absl::Now();
    unsaved_ = std::move(watermarks);
    std::lock_guard<std::mutex> lock(mutex_);
    unsaved_records_ += static_cast<int64_t>(journal_->emitted().size());
  }
  journal_->Clear();
  return absl::OkStatus();
}

absl::Status Writer::ConfirmLeases(const std::set<int64_t>& programs) {
  if (leases_ == nullptr) return absl::OkStatus();
  for (const int64_t program : programs) TRAILBOOK_RETURN_IF_ERROR(leases_->Confirm(program));
  return absl::OkStatus();
}

absl::Status Writer::Write(bool save, std::map<int64_t, int64_t>& watermarks) {
  std::set<int64_t> programs = batch_programs_;
  if (save) programs.merge(ProgramsOf(unsaved_));
  TRAILBOOK_RETURN_IF_ERROR(ConfirmLeases(programs));
  TRAILBOOK_ASSIGN_OR_RETURN(const auto old_sizes, log_->Append(journal_->emitted()));
  watermarks.insert(old_sizes.begin(), old_sizes.end());  // where rows wait already the watermark is lower
  return save ? WriteRows(watermarks) : repository_->SaveBesideLog();
}

absl::Status Writer::WriteRows(const std::map<int64_t, int64_t>& watermarks) {
  for (const auto& [program, watermark] : watermarks) {
    TRAILBOOK_RETURN_IF_ERROR(RaiseWatermark(*db_, program, watermark, log_->SizeOf(program)));
  }
  TRAILBOOK_RETURN_IF_ERROR(log_->TakeError());
  return repository_->SaveDirty();
}

void Writer::RowsAreSaved() {
  repository_->Committed();
  book_.Committed();
  unsaved_.clear();
  std::lock_guard<std::mutex> lock(mutex_);
  unsaved_records_ = 0;
}

absl::Status Writer::Save() {
  if (!current_) TRAILBOOK_RETURN_IF_ERROR(Reset());
  if (unsaved_.empty()) return absl::OkStatus();
  absl::Status status = db_->Begin(true);
  if (status.ok()) status = ConfirmLeases(ProgramsOf(unsaved_));
  if (status.ok()) status = WriteRows(unsaved_);
  if (status.ok()) status = db_->Commit();
  SetHealth(status);
  if (status.ok()) {
    RowsAreSaved();
    return status;
  }
  db_->Rollback();
  (void)Reset();  // whether a commit without an answer is there, the watermarks say
  return status;
}

bool Writer::ReadersWait() {
  std::lock_guard<std::mutex> lock(mutex_);
  return !readers_.empty();
}

void Writer::LetReadersIn(const absl::Status& status) {
  std::vector<std::function<void(absl::Status)>> readers;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    readers.swap(readers_);
  }
  for (const auto& then : readers) then(status);
}

void Writer::WhenSaved(std::function<void(absl::Status)> then) {
  absl::Status now;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (unsaved_records_ > 0 && stopped_) {
      now = Unavailable("the daemon is stopping; try again");
    } else if (readers_.size() >= kMaxWaitingReaders) {
      now = QueueFull(absl::StrCat(readers_.size(), " reads wait already; try again in a moment"));
    } else if (unsaved_records_ > 0) {
      readers_.push_back(std::move(then));
      work_.notify_one();
      return;
    }
  }
  then(now);
}

// Never repeated blindly: the head says what became of it. Where nothing was logged, clients repeat under the same ids.
absl::Status Writer::SettleCommit(const absl::Status& unknown) {
  const absl::Status undecided = Unavailable(unknown.message());
  if (journal_->emitted().empty()) return undecided;
  const int64_t program = journal_->emitted().back().program;
  for (int tries = 0; tries < kSettleTries; ++tries) {
    const auto stored = log_->IsStored(program);
    if (stored.ok() && !*stored) return undecided;
    // It is there; whether on every machine that it must be on, the answer to a later commit says.
    if (stored.ok() && leases_ != nullptr && leases_->Prove(program).ok()) return absl::OkStatus();
    absl::SleepFor(kFirstPause * (1 << std::min(tries, 4)));
  }
  return undecided;
}

absl::Status Writer::Reset() {
  journal_->Clear();
  book_.Clear();
  log_->Forget();
  repository_->Dropped();
  (void)log_->TakeError();
  (void)repository_->TakeError();
  absl::Status status = repository_->LoadCounters(false);
  if (status.ok()) status = CatchUp();
  current_ = status.ok();
  return status;
}

absl::Status Writer::CatchUp() {
  unsaved_.clear();
  TRAILBOOK_RETURN_IF_ERROR(db_->Begin(false));
  int64_t records = 0;
  const auto replay = [&]() -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<UnsavedRange> ranges, FindUnsaved(*db_));
    for (const UnsavedRange& range : ranges) {
      if (leases_ != nullptr && !leases_->Holds(range.program)) continue;
      TRAILBOOK_RETURN_IF_ERROR(Replay(*db_, range.program, range.watermark, range.size, *repository_, book_));
      unsaved_[range.program] = range.watermark;
      records += range.size - range.watermark;
    }
    return absl::OkStatus();
  };
  const absl::Status status = replay();
  db_->Rollback();
  TRAILBOOK_RETURN_IF_ERROR(status);
  unsaved_since_ = absl::Now();
  std::lock_guard<std::mutex> lock(mutex_);
  unsaved_records_ = records;
  return absl::OkStatus();
}

}  // namespace trailbook
