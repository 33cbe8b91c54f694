#include "ledger/ledger.h"

#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/maturity.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/reporter.h"
#include "ledger/queries/readers.h"
#include "ledger/writer/prefetch.h"
#include "ledger/writer/writer.h"

namespace trailbook {
namespace {

constexpr int kEarnersAChunk = 500;

// A program found by a command, with its zone. NOT_FOUND.
struct FoundProgram {
  int64_t program = 0;
  absl::TimeZone zone;
};

absl::StatusOr<FoundProgram> FindProgram(Book& book, const std::string& program_id) {
  const ProgramSlug* slug = book.program_slugs.Get({program_id});
  if (slug == nullptr) return NotFound("program", program_id);
  TRAILBOOK_ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone(book.programs.At({slug->program}).zone));
  return FoundProgram{slug->program, zone};
}

// Payout commands ask for lists of what is stored, so nothing may be changed before them.
bool RunsAlone(const Mutation& mutation) {
  return std::holds_alternative<SubmitPayoutBatch>(mutation) ||
         std::holds_alternative<ApprovePayoutBatch>(mutation) ||
         std::holds_alternative<ExportPayoutBatch>(mutation) ||
         std::holds_alternative<CancelPayoutBatch>(mutation) ||
         std::holds_alternative<RecordPayoutResult>(mutation) ||
         std::holds_alternative<SetPartnerState>(mutation) ||
         std::holds_alternative<DecideReview>(mutation) ||
         std::holds_alternative<DecideCorrection>(mutation) ||
         std::holds_alternative<ClosePeriod>(mutation) ||
         std::holds_alternative<PurgeParked>(mutation) ||
         std::holds_alternative<ReassignReferral>(mutation) ||
         std::holds_alternative<MergePartner>(mutation);
}

std::string ProgramOf(const Mutation& mutation) {
  return std::visit([](const auto& command) { return command.program_id; }, mutation);
}

// What a mutation answers, shared between its decision and its end.
struct MutationState {
  Mutation mutation;
  RequestKey key;
  absl::StatusOr<MutationReply> reply = MutationReply();
};

// The first answer under a request id, or a refusal if the content is another. nullopt: the id is free.
std::optional<absl::StatusOr<MutationReply>> Replay(Book& book, const Request::Key& key,
                                                    const std::string& content_hash,
                                                    const std::string& request_id) {
  const Request* request = book.requests.Get(key);
  if (request == nullptr) return std::nullopt;
  if (request->content_hash.bytes == content_hash) return MutationReply{request->number, true};
  return Refuse(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED", "request_id",
                absl::StrCat("request_id \"", request_id,
                             "\" was used before with other content; nothing was changed"));
}

absl::Status DecideMutation(MutationState& state, WriteContext& context) {
  Book& book = *context.book;
  int64_t program = 0;  // requests that create a program have none yet
  if (!std::holds_alternative<CreateProgram>(state.mutation)) {
    const auto found = FindProgram(book, ProgramOf(state.mutation));
    if (!found.ok()) {
      state.reply = found.status();
      return absl::OkStatus();
    }
    program = found->program;
  }
  const Request::Key key{program, ExternalIdKey(IdKind::kRequest, state.key.request_id)};
  const std::string content_hash = KeyedHash(book.secret, state.key.content);
  if (auto replay = Replay(book, key, content_hash, state.key.request_id)) {
    state.reply = *std::move(replay);
    return absl::OkStatus();
  }
  const size_t before = context.journal->emitted().size();
  Operations operations(&book, context.journal);
  const absl::StatusOr<int64_t> number =
      std::visit([&operations](const auto& command) { return operations.Do(command); }, state.mutation);
  if (!number.ok()) {
    state.reply = number.status();
    const bool recorded = context.journal->emitted().size() > before;
    return recorded ? number.status() : absl::OkStatus();
  }
  Request request;
  request.program = program;
  request.id_key = std::get<1>(key);
  request.content_hash.bytes = content_hash;
  request.number = *number;
  book.requests.Put(std::move(request));
  state.reply = MutationReply{*number, false};
  return absl::OkStatus();
}

// A sweep on its way: chunk by chunk, other commands between them.
struct Sweep {
  std::string program_id, through_date, actor;
  absl::Time deadline;  // of the first chunk: once begun it goes on to its end
  std::function<void(absl::StatusOr<MaturityReply>)> done;
  absl::StatusOr<MaturityReply> reply = MaturityReply();
  MaturityReply before;  // what earlier chunks did
  int64_t after_partner = 0, next_partner = 0;
  std::string after_currency, next_currency;
  bool first = true, more = false;
  bool again = false;  // the first part has more to do
  int64_t click_retention_days = 0;
};

constexpr int64_t kSecondsADay = 86400;
constexpr int64_t kLateSignUpDays = 35;
constexpr int kClicksAChunk = 5000;

// Drops clicks that no sign-up may name any more. True: there may be more of them.
bool DropOldClicks(Book& book, int64_t program, int64_t retention_days, int64_t now) {
  int64_t window = 0;
  for (int64_t version = book.programs.At({program}).terms_version; version > 0; --version) {
    window = std::max(window, book.terms.At({program, version}).window_days);
  }
  const int64_t days = retention_days == 0 ? window + kLateSignUpDays : std::max(window, retention_days);
  const std::vector<Click> old = book.lists->ClicksBefore(program, now - days * kSecondsADay, kClicksAChunk);
  for (const Click& click : old) book.clicks.Erase(click.key());
  return old.size() == kClicksAChunk;
}

absl::StatusOr<Day> ThroughDay(const Sweep& sweep, Day today) {
  if (sweep.through_date.empty()) return today;
  const auto day = ParseDay(sweep.through_date);
  if (!day.ok()) return InvalidField("through_date", day.status().message());
  if (*day > today) {
    return InvalidField("through_date", absl::StrCat(sweep.through_date, " is after today, ", FormatDay(today)));
  }
  return *day;
}

absl::Status SweepChunk(Sweep& sweep, WriteContext& context) {
  Book& book = *context.book;
  sweep.reply = sweep.before;
  sweep.more = false;
  const auto found = FindProgram(book, sweep.program_id);
  const auto through = found.ok() ? ThroughDay(sweep, DayOf(context.now_seconds, found->zone))
                                  : absl::StatusOr<Day>(found.status());
  if (!through.ok()) {
    sweep.reply = through.status();
    return absl::OkStatus();
  }
  sweep.reply->through_date = FormatDay(*through);
  if (sweep.first) {
    const int64_t taken = Reporter(&book, context.journal, found->program, found->zone, context.now_seconds).TakeDue();
    const bool more_clicks = DropOldClicks(book, found->program, sweep.click_retention_days, context.now_seconds);
    sweep.again = more_clicks;
    // What was taken is due to nobody that the store knows of yet: the next chunk matures.
    sweep.more = taken > 0 || more_clicks;
    if (sweep.more) return absl::OkStatus();
  }
  const std::vector<Earner> due = book.lists->DueEarners(found->program, *through, sweep.after_partner,
                                                         sweep.after_currency, kEarnersAChunk);
  // What maturing asks of each, in bulk.
  for (const Earner& earner : due) {
    book.earners.Want(earner.key());
    book.partners.Want({earner.program, earner.partner});
    for (const Day day : earner.due_days.Between(kFromEver, *through)) {
      book.earner_days.Want({earner.program, day, earner.partner, earner.currency});
    }
  }
  book.lists->LoadWantedRows();
  for (const Earner& earner : due) {
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t entries,
                               MatureThrough(book, *context.journal, earner.key(), *through));
    sweep.reply->entries += entries;
    ++sweep.reply->earners;
    sweep.next_partner = earner.partner;
    sweep.next_currency = earner.currency;
  }
  sweep.more = due.size() == kEarnersAChunk;
  return absl::OkStatus();
}

absl::StatusOr<Day> LastRecordedDay(Queries& queries, const std::string& program_id, absl::TimeZone zone) {
  TRAILBOOK_ASSIGN_OR_RETURN(const LogHeadView head, queries.GetLogHead(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const RecordView last, queries.GetRecord(program_id, head.size));
  return DayOf(absl::FromUnixMicros(last.record_micros), zone);
}

class LedgerImpl final : public Ledger {
 public:
  LedgerImpl(std::unique_ptr<store::Engine> engine, Options options)
      : engine_(std::move(engine)), options_(std::move(options)) {}
  ~LedgerImpl() override { Drain(); }

  absl::Status Start() {
    TRAILBOOK_ASSIGN_OR_RETURN(
        writer_, Writer::Open(engine_.get(), {.clock = options_.clock,
                                              .max_queued = options_.max_queued,
                                              .handover_weight = options_.handover_events,
                                              .address = options_.address,
                                              .key_generation = options_.id_buffer,
                                              .max_unsaved = options_.max_unsaved,
                                              .max_unsaved_time = options_.max_unsaved_time,
                                              .max_book_rows = options_.max_book_rows}));
    TRAILBOOK_ASSIGN_OR_RETURN(readers_, Readers::Open(engine_.get(), options_.reader_threads, options_.clock));
    return absl::OkStatus();
  }

  void Mutate(Mutation mutation, RequestKey key, Requester requester,
              std::function<void(absl::StatusOr<MutationReply>)> done) override {
    auto state = std::make_shared<MutationState>();
    state->mutation = std::move(mutation);
    state->key = std::move(key);
    WriteJob job;
    if (!std::holds_alternative<CreateProgram>(state->mutation)) job.program_id = ProgramOf(state->mutation);
    job.alone = RunsAlone(state->mutation);
    job.actor = std::move(requester.actor);
    job.deadline = requester.deadline;
    job.decide = [state](WriteContext& context) { return DecideMutation(*state, context); };
    job.finish = [state, done = std::move(done)](absl::Status status) {
      done(status.ok() ? std::move(state->reply) : status);
    };
    writer_->Submit(std::move(job));
  }

  void Report(std::string program_id, std::vector<trailbook::Report> reports, Requester requester,
              std::function<void(absl::StatusOr<std::vector<ReportOutcome>>)> done) override {
    struct State {
      std::string program_id;
      std::vector<trailbook::Report> reports;
      std::unique_ptr<ReportPrefetch> prefetch;
      absl::StatusOr<std::vector<ReportOutcome>> outcomes = std::vector<ReportOutcome>();
    };
    auto state = std::make_shared<State>();
    state->program_id = std::move(program_id);
    state->reports = std::move(reports);
    WriteJob job;
    job.program_id = state->program_id;
    job.weight = static_cast<int64_t>(state->reports.size());
    job.rows_may_wait = true;
    job.actor = std::move(requester.actor);
    job.deadline = requester.deadline;
    state->prefetch = std::make_unique<ReportPrefetch>(state->reports);
    job.prefetch = [state](Book& book, bool anew) { state->prefetch->Want(book, state->program_id, anew); };
    job.decide = [state](WriteContext& context) {
      const auto found = FindProgram(*context.book, state->program_id);
      if (!found.ok()) {
        state->outcomes = found.status();
        return absl::OkStatus();
      }
      Reporter reporter(context.book, context.journal, found->program, found->zone, context.now_seconds);
      state->outcomes = std::vector<ReportOutcome>();
      state->outcomes->reserve(state->reports.size());
      for (const trailbook::Report& report : state->reports) {
        state->outcomes->push_back(reporter.Take(report));
      }
      return absl::OkStatus();
    };
    job.finish = [state, done = std::move(done)](absl::Status status) {
      done(status.ok() ? std::move(state->outcomes) : status);
    };
    writer_->Submit(std::move(job));
  }

  void ImportPartners(std::string program_id, std::vector<PartnerSpec> rows, Requester requester,
                      std::function<void(absl::StatusOr<std::vector<ImportRowOutcome>>)> done) override {
    struct State {
      std::string program_id;
      std::vector<PartnerSpec> rows;
      absl::StatusOr<std::vector<ImportRowOutcome>> outcomes = std::vector<ImportRowOutcome>();
    };
    auto state = std::make_shared<State>();
    state->program_id = std::move(program_id);
    state->rows = std::move(rows);
    WriteJob job;
    job.program_id = state->program_id;
    job.weight = static_cast<int64_t>(state->rows.size());
    job.actor = std::move(requester.actor);
    job.deadline = requester.deadline;
    job.prefetch = [state](Book& book, bool) { WantPartners(book, state->program_id, state->rows); };
    job.decide = [state](WriteContext& context) {
      const auto found = FindProgram(*context.book, state->program_id);
      if (!found.ok()) {
        state->outcomes = found.status();
        return absl::OkStatus();
      }
      state->outcomes = std::vector<ImportRowOutcome>();
      Operations operations(context.book, context.journal);
      for (const PartnerSpec& row : state->rows) {
        state->outcomes->push_back(operations.Import(state->program_id, row));
      }
      return absl::OkStatus();
    };
    job.finish = [state, done = std::move(done)](absl::Status status) {
      done(status.ok() ? std::move(state->outcomes) : status);
    };
    writer_->Submit(std::move(job));
  }

  void RunMaturity(std::string program_id, std::string through_date, Requester requester,
                   std::function<void(absl::StatusOr<MaturityReply>)> done) override {
    auto sweep = std::make_shared<Sweep>();
    sweep->program_id = std::move(program_id);
    sweep->through_date = std::move(through_date);
    sweep->actor = std::move(requester.actor);
    sweep->deadline = requester.deadline;
    sweep->done = std::move(done);
    sweep->click_retention_days = options_.click_retention_days;
    SubmitChunk(std::move(sweep));
  }

  void Read(std::function<void(absl::StatusOr<Queries*>)> work) override {
    writer_->WhenSaved([this, work = std::move(work)](absl::Status saved) mutable {
      if (!saved.ok()) return work(saved);
      readers_->Run(std::move(work));
    });
  }

  void SweepAtDayChange() override {
    Read([this](absl::StatusOr<Queries*> queries) {
      if (!queries.ok()) return;
      PageRequest page{1000, ""};
      do {
        const auto programs = (*queries)->ListPrograms(page);
        if (!programs.ok()) return;
        for (const ProgramView& program : programs->items) SweepIfNewDay(**queries, program);
        page.cursor = programs->next;
      } while (!page.cursor.empty());
    });
  }

  absl::Status WriteHealth() override { return writer_->Health(); }

  void Drain() override {
    if (writer_ != nullptr) writer_->Drain();
    if (readers_ != nullptr) readers_->Drain();
  }

 private:
  void SubmitChunk(std::shared_ptr<Sweep> sweep) {
    WriteJob job;
    job.program_id = sweep->program_id;
    job.alone = true;
    job.actor = sweep->actor;
    job.deadline = sweep->deadline;
    job.decide = [sweep](WriteContext& context) { return SweepChunk(*sweep, context); };
    job.finish = [this, sweep](absl::Status status) {
      if (!status.ok()) return sweep->done(status);
      if (!sweep->reply.ok() || !sweep->more) return sweep->done(std::move(sweep->reply));
      sweep->before = *sweep->reply;
      sweep->deadline = absl::InfiniteFuture();
      sweep->after_partner = sweep->next_partner;
      sweep->after_currency = sweep->next_currency;
      sweep->first = sweep->again;
      SubmitChunk(sweep);
    };
    writer_->Submit(std::move(job));
  }

  void SweepIfNewDay(Queries& queries, const ProgramView& program) {
    const auto zone = LoadZone(program.book_time_zone);
    if (!zone.ok()) return;
    const Day today = DayOf(options_.clock(), *zone);
    {
      std::lock_guard<std::mutex> lock(days_mutex_);
      const auto [it, fresh] = last_days_.try_emplace(program.program_id, today);
      // After a start the day of the last record tells whether a day began since: a restart in the middle of an import books nothing by
      // itself, one after a stop of weeks does.
      if (fresh) it->second = LastRecordedDay(queries, program.program_id, *zone).value_or(today);
      if (it->second >= today) return;
      it->second = today;
    }
    RunMaturity(program.program_id, "", "trailbookd", [](const absl::StatusOr<MaturityReply>&) {});
  }

  std::unique_ptr<store::Engine> engine_;
  Options options_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Readers> readers_;
  std::mutex days_mutex_;
  std::map<std::string, Day> last_days_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(std::unique_ptr<store::Engine> engine, Options options) {
  auto ledger = std::make_unique<LedgerImpl>(std::move(engine), std::move(options));
  TRAILBOOK_RETURN_IF_ERROR(ledger->Start());
  return ledger;
}

}  // namespace trailbook
