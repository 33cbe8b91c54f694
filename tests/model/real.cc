#include "tests/model/real.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <latch>

#include "ledger/store/migrations.h"
#include "ledger/store/row_mapping.h"
#include "ledger/store/sqlite.h"

namespace trailbook::model {

namespace {

// A test that cannot even open a ledger has nothing to compare.
void Must(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, std::string(status.message()).c_str());
  std::abort();
}

std::string NewDir() {
  // Memory, where there is some: the disk's promises are other tests' business.
  const char* chosen = std::getenv("TEST_TMPDIR");
  std::error_code none;
  std::string base = chosen != nullptr ? chosen
                     : std::filesystem::is_directory("/dev/shm", none)
                         ? "/dev/shm"
                         : std::filesystem::temp_directory_path().string();
  base += "/trailbook-model-XXXXXX";
  if (mkdtemp(base.data()) == nullptr) Must(absl::InternalError("mkdtemp"), base.c_str());
  return base;
}

// The schema, and the same secret in every ledger: what is logged of names hangs on it.
void Prepare(store::Database& db) {
  Must(store::Migrate(db), "migrate");
  const std::string secret(32, 's');
  Must(db.InsertMany(
           {"secret", {"name", "value", store::kSealColumn}, 1},
           {{std::string(store::kSecretName), store::Blob{secret}, store::ToValue(store::SealOfSecret(secret))}}),
       "secret");
}

// Making the schema takes longer than most sequences, so it is made once and copied.
class EmptyLedger {
 public:
  EmptyLedger() : dir_(NewDir()) {
    auto engine = store::OpenSqlite(path());
    Must(engine.status(), "open");
    auto db = (*engine)->OpenWriter();
    Must(db.status(), "writer");
    Prepare(**db);
    Must((*engine)->Checkpoint(**db), "checkpoint");
  }
  ~EmptyLedger() { std::filesystem::remove_all(dir_); }
  std::string path() const { return dir_ + "/empty.db"; }

 private:
  std::string dir_;
};

}  // namespace

Real::Real(int64_t now, bool postgres, int outages)
    : now_(std::make_shared<std::atomic<int64_t>>(now)), dir_(NewDir()), outages_per_mille_(outages) {
  if (outages > 0) outages_ = std::make_shared<Outages>(static_cast<uint64_t>(now));
  if (postgres) {
    postgres_ = store::NewPostgresStore();
    Prepare(**postgres_->engine().OpenWriter());
  } else {
    static const EmptyLedger empty;
    std::filesystem::copy_file(empty.path(), dir_ + "/trailbook.db");
  }
  Open();
}

Real::~Real() {
  ledger_->Drain();
  ledger_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

void Real::Open() {
  auto engine = postgres_ != nullptr ? postgres_->Open() : store::OpenSqlite(dir_ + "/trailbook.db");
  Must(engine.status(), "open");
  if (outages_ != nullptr) {
    outages_->SetPerMille(0);  // a ledger that opens finds its store
    engine = std::make_unique<FlakyEngine>(*std::move(engine), outages_);
  }
  Ledger::Options options;
  options.clock = [now = now_] { return absl::FromUnixSeconds(*now); };
  options.reader_threads = 1;
  options.id_buffer = 7;     // so that ids are at every step of their way to their table
  options.max_unsaved = 40;  // and rows wait for a while, if nobody reads
  options.max_unsaved_time = absl::Hours(1);
  options.max_book_rows = 100;  // so that rows are packed and forgotten all the time
  auto ledger = Ledger::Open(*std::move(engine), options);
  Must(ledger.status(), "ledger");
  ledger_ = *std::move(ledger);
  if (outages_ != nullptr) outages_->SetPerMille(static_cast<uint64_t>(outages_per_mille_));
}

void Real::Reopen() {
  ledger_->Drain();
  ledger_.reset();
  Open();
}

std::unique_ptr<store::Engine> Real::OpenEngine() const {
  auto engine = store::OpenSqlite(dir_ + "/trailbook.db");
  Must(engine.status(), "open");
  return *std::move(engine);
}

void Real::Kill() {
  const std::string left = dir_, now = NewDir();
  // The pages that are committed beside the file first: it changes only when they are moved.
  for (const char* name : {"/trailbook.db-wal", "/trailbook.db"}) std::filesystem::copy_file(left + name, now + name);
  ledger_.reset();
  std::filesystem::remove_all(left);
  dir_ = now;
  Open();
}

void Real::Read(const std::function<void(Queries&)>& work) {
  for (bool read = false; !read;) {
    std::latch done(1);
    ledger_->Read([&](absl::StatusOr<Queries*> queries) {
      read = queries.ok();
      if (outages_ == nullptr || !absl::IsUnavailable(queries.status())) Must(queries.status(), "read");
      if (read) work(**queries);
      done.count_down();
    });
    done.wait();
  }
}

Mutation Real::Completed(Mutation mutation) {
  auto* approve = std::get_if<ApprovePayoutBatch>(&mutation);
  if (approve == nullptr || approve->content_hash_hex == "another") return mutation;
  approve->content_hash_hex.clear();
  Read([&](Queries& queries) {
    const auto batch = queries.GetBatch(approve->program_id, approve->batch);
    if (batch.ok()) approve->content_hash_hex = batch->content_hash_hex;
  });
  return mutation;
}

// One by one: what was refused together may be taken in another order.
RealAnswer Real::ApplyUntilTaken(const Command& command) {
  for (int tries = 0;; ++tries) {
    RealAnswer answer = ApplyTogether({command})[0];
    if (!absl::IsUnavailable(answer.status) || tries == 1000) return answer;
  }
}

std::vector<RealAnswer> Real::Apply(const std::vector<Command>& commands) {
  if (outages_ == nullptr) return ApplyTogether(commands);
  std::vector<RealAnswer> answers;
  for (const Command& command : commands) answers.push_back(ApplyUntilTaken(command));
  return answers;
}

std::vector<RealAnswer> Real::ApplyTogether(const std::vector<Command>& commands) {
  std::vector<RealAnswer> answers(commands.size());
  std::vector<Mutation> mutations;
  for (const Command& command : commands) mutations.push_back(Completed(command.mutation));
  std::latch done(static_cast<std::ptrdiff_t>(commands.size()));
  for (size_t at = 0; at < commands.size(); ++at) {
    const Command& command = commands[at];
    RealAnswer& answer = answers[at];
    switch (command.kind) {
      case Command::Kind::kReports:
        ledger_->Report("p", command.reports, "reporter", [&](absl::StatusOr<std::vector<ReportOutcome>> outcomes) {
          answer.status = outcomes.status();
          if (outcomes.ok()) answer.outcomes = *std::move(outcomes);
          done.count_down();
        });
        break;
      case Command::Kind::kMutation:
        ledger_->Mutate(mutations[at], {command.request_id, ContentOf(command.mutation)}, command.actor,
                        [&](absl::StatusOr<MutationReply> reply) {
                          answer.status = reply.status();
                          if (reply.ok()) answer.reply = *reply;
                          done.count_down();
                        });
        break;
      case Command::Kind::kSweep:
        ledger_->RunMaturity("p", command.through, "sweeper", [&](absl::StatusOr<MaturityReply> reply) {
          answer.status = reply.status();
          done.count_down();
        });
        break;
      case Command::Kind::kClock:
        *now_ += command.seconds;
        done.count_down();
        break;
    }
  }
  done.wait();
  return answers;
}

}  // namespace trailbook::model
