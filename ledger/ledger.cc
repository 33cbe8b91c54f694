#include "ledger/ledger.h"

#include <map>
#include <mutex>
#include <utility>

#include "ledger/base/status.h"
#include "ledger/jobs/sweep.h"
#include "ledger/queries/readers.h"
#include "ledger/writer/writer.h"

namespace trailbook {
namespace {

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
    TRAILBOOK_ASSIGN_OR_RETURN(writer_, Writer::Open(engine_.get(), {.clock = options_.clock,
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

  void Mutate(Mutation mutation, RequestKey key, Requester requester, MutationDone done) override {
    writer_->Submit(MutationJob(std::move(mutation), std::move(key), std::move(requester), std::move(done)));
  }

  void Report(std::string program_id, std::vector<trailbook::Report> reports, Requester requester,
              ReportsDone done) override {
    writer_->Submit(ReportJob(std::move(program_id), std::move(reports), std::move(requester), std::move(done)));
  }

  void ImportPartners(std::string program_id, std::vector<PartnerSpec> rows, Requester requester,
                      PartnersDone done) override {
    writer_->Submit(PartnerImportJob(std::move(program_id), std::move(rows), std::move(requester), std::move(done)));
  }

  void RunMaturity(std::string program_id, std::string through_date, Requester requester,
                   std::function<void(absl::StatusOr<MaturityReply>)> done) override {
    StartSweep(
        {std::move(program_id), std::move(through_date), options_.click_retention_days}, std::move(requester),
        [this](WriteJob job) { writer_->Submit(std::move(job)); }, std::move(done));
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
  void SweepIfNewDay(Queries& queries, const ProgramView& program) {
    const auto zone = LoadZone(program.book_time_zone);
    if (!zone.ok()) return;
    const Day today = DayOf(options_.clock(), *zone);
    {
      std::lock_guard<std::mutex> lock(days_mutex_);
      const auto [it, fresh] = last_days_.try_emplace(program.program_id, today);
      // After a start the day of the last record tells whether a day began since: a restart in the middle of an import
      // books nothing by itself, one after a stop of weeks does.
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
