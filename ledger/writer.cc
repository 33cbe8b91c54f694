#include "ledger/writer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr size_t kMaxBookRows = 1000000;          // then the working set starts afresh
constexpr int kTries = 6;                           // of a batch, where the store is another machine
constexpr int kSettleTries = 12;
constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr std::chrono::milliseconds kIdle(500);   // then what is committed moves to its final place

const store::TableShape& RecordShape() {
  static const auto* shape =
      new store::TableShape{"log_record", {"program_id", "sequence", "body"}, 2};
  return *shape;
}

const store::TableShape& TileShape() {
  static const auto* shape =
      new store::TableShape{"log_tile", {"program_id", "level", "tile", "hashes"}, 3};
  return *shape;
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
  journal_ = std::make_unique<Journal>(&book_, this);
  if (engine_->shared()) leases_ = std::make_unique<Leases>(db_.get(), options_.address);
  absl::Status loaded = LoadOrMakeCounters();
  // Another daemon may have made the secret at the same moment: then it is there now.
  if (!loaded.ok() && leases_ != nullptr) loaded = LoadOrMakeCounters();
  TRAILBOOK_RETURN_IF_ERROR(loaded);
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
  work_.wait_for(lock, kIdle, [this] { return draining_ || !queue_.empty(); });
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
    std::vector<WriteJob> batch = NextBatch();
    if (!batch.empty()) {
      Process(std::move(batch));
      Housekeep(false);
      continue;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (draining_ && queue_.empty()) break;
    }
    Housekeep(true);
  }
  Housekeep(true);
  if (leases_ != nullptr) leases_->Release();
}

void Writer::Housekeep(bool idle) {
  if (leases_ != nullptr) {
    // Where the store is another machine it may come back without anybody writing.
    absl::Status reached = leases_->Renew();
    if (reached.ok() && idle && !Health().ok()) reached = Reset();
    if (idle || !reached.ok()) SetHealth(reached);
  }
  (void)engine_->Checkpoint(*db_, idle);  // what fails is tried again
  if (book_.size() > kMaxBookRows) (void)Reset();
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
    if (failure.ok()) failure = Commit();
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
    bool wants = !book_.wanted_due_days.empty();
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
  failure->Update(std::exchange(tree_error_, absl::OkStatus()));
  return -1;
}

absl::Status Writer::Commit() {
  bool changed = !journal_->emitted().empty();
  book_.ForEach([&changed](auto& table) { changed = changed || !table.dirty().empty(); });
  if (!changed) {
    db_->Rollback();
    return absl::OkStatus();
  }
  absl::Status status = Write();
  if (status.ok()) status = db_->Commit();
  if (!status.ok()) db_->Rollback();
  if (store::IsCommitUnknown(status)) status = SettleCommit(status);
  SetHealth(status);
  if (!status.ok()) return status;
  journal_->Clear();
  repository_->Committed();
  book_.Committed();
  return absl::OkStatus();
}

absl::Status Writer::Write() {
  for (const int64_t program : batch_programs_) TRAILBOOK_RETURN_IF_ERROR(leases_->Confirm(program));
  TRAILBOOK_RETURN_IF_ERROR(WriteLog());
  return repository_->SaveDirty();
}

absl::StatusOr<bool> Writer::IsStored(int64_t program, int64_t size, const Sha256Digest& root) {
  TRAILBOOK_RETURN_IF_ERROR(db_->Begin(false));
  const auto head = db_->Prepare("SELECT size, root FROM log_head WHERE program_id = $1");
  absl::Status status = head.status();
  int64_t stored_size = 0;
  std::string stored_root;
  if (head.ok()) {
    (*head)->BindInt(1, program);
    const auto there = (*head)->Step();
    status = there.status();
    if (there.ok() && *there) {
      stored_size = (*head)->ColumnInt(0);
      stored_root = std::string((*head)->ColumnBlob(1));
    }
    (*head)->Reset();
  }
  db_->Rollback();
  TRAILBOOK_RETURN_IF_ERROR(status);
  // Nobody else writes while the lease is ours; if it was lost, whoever wrote on began from what is stored.
  if (stored_size <= size) return stored_size == size && stored_root == AsView(root);
  return Unavailable("another daemon has written since");
}

// Never repeated blindly: the head says what became of it. Where nothing was logged, clients repeat under the same ids.
absl::Status Writer::SettleCommit(const absl::Status& unknown) {
  const absl::Status undecided = Unavailable(unknown.message());
  if (journal_->emitted().empty()) return undecided;
  const int64_t program = journal_->emitted().back().program;
  const log::TileTree& tree = trees_[program];
  for (int tries = 0; tries < kSettleTries; ++tries) {
    const auto stored = IsStored(program, tree.size(), tree.Root());
    if (stored.ok() && !*stored) return undecided;
    // It is there; whether on every machine that it must be on, the answer to a later commit says.
    if (stored.ok() && leases_ != nullptr && leases_->Prove(program).ok()) return absl::OkStatus();
    absl::SleepFor(kFirstPause * (1 << std::min(tries, 4)));
  }
  return undecided;
}

absl::Status Writer::WriteLog() {
  std::vector<store::Row> records;
  records.reserve(journal_->emitted().size());
  std::map<int64_t, int64_t> old_sizes;
  for (EmittedRecord& record : journal_->emitted()) {
    TRAILBOOK_ASSIGN_OR_RETURN(log::TileTree * tree, TreeOf(record.program));
    old_sizes.try_emplace(record.program, tree->size());
    tree->Append(log::LeafHash(record.body));
    records.push_back({record.program, record.sequence, store::Blob{std::move(record.body)}});
  }
  TRAILBOOK_RETURN_IF_ERROR(db_->InsertMany(RecordShape(), records));
  std::vector<store::Row> tiles;
  for (const auto& [program, old_size] : old_sizes) {
    log::TileTree& tree = trees_[program];
    for (auto& [place, hashes] : tree.TakeChanged()) {
      tiles.push_back({program, place.first, place.second, store::Blob{std::move(hashes)}});
    }
    TRAILBOOK_RETURN_IF_ERROR(WriteHead(program, old_size, tree));
  }
  return db_->UpsertMany(TileShape(), tiles);
}

// The head moves only from where this writer knew it: no row changed means that somebody else wrote.
absl::Status Writer::WriteHead(int64_t program, int64_t old_size, const log::TileTree& tree) {
  const Sha256Digest root = tree.Root();
  TRAILBOOK_ASSIGN_OR_RETURN(
      store::Statement * statement,
      db_->Prepare(old_size == 0
                       ? "INSERT INTO log_head (program_id, size, root) VALUES ($1, $2, $3) "
                         "ON CONFLICT DO NOTHING RETURNING size"
                       : "UPDATE log_head SET size = $2, root = $3 WHERE program_id = $1 AND size = $4 "
                         "RETURNING size"));
  statement->BindInt(1, program);
  statement->BindInt(2, tree.size());
  statement->BindBlob(3, AsView(root));
  if (old_size != 0) statement->BindInt(4, old_size);
  TRAILBOOK_ASSIGN_OR_RETURN(bool moved, statement->Step());
  while (moved) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool more, statement->Step());
    if (!more) break;
  }
  statement->Reset();
  return moved ? absl::OkStatus() : Unavailable("somebody else wrote to this ledger; try again");
}

absl::StatusOr<log::TileTree*> Writer::TreeOf(int64_t program) {
  const auto known = trees_.find(program);
  if (known != trees_.end()) return &known->second;
  log::TileTree& tree = trees_[program];
  const auto load = [&]() -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * head,
                               db_->Prepare("SELECT size FROM log_head WHERE program_id = $1"));
    head->BindInt(1, program);
    TRAILBOOK_ASSIGN_OR_RETURN(const bool known, head->Step());
    const int64_t size = known ? head->ColumnInt(0) : 0;
    head->Reset();
    std::vector<std::string> edge;
    for (const auto& [level, tile] : log::TileTree::EdgeOf(size)) {
      TRAILBOOK_ASSIGN_OR_RETURN(
          store::Statement * select,
          db_->Prepare("SELECT hashes FROM log_tile WHERE program_id = $1 AND level = $2 AND tile = $3"));
      select->BindInt(1, program);
      select->BindInt(2, level);
      select->BindInt(3, tile);
      TRAILBOOK_ASSIGN_OR_RETURN(const bool there, select->Step());
      edge.emplace_back(there ? std::string(select->ColumnBlob(0)) : std::string());
      select->Reset();
    }
    return tree.Restore(size, std::move(edge));
  };
  const absl::Status loaded = load();
  if (loaded.ok()) return &tree;
  trees_.erase(program);
  return loaded;
}

int64_t Writer::SizeOf(int64_t program) {
  const auto tree = TreeOf(program);
  if (tree.ok()) return (*tree)->size();
  tree_error_.Update(tree.status());
  return 0;
}

absl::Status Writer::Reset() {
  journal_->Clear();
  book_.Clear();
  trees_.clear();
  repository_->Dropped();
  (void)repository_->TakeError();
  return repository_->LoadCounters(false);
}

}  // namespace trailbook
