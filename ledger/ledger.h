// The ledger: the facade over writer, store and queries. One thread decides every command, grouped: whatever waits
// becomes one transaction, which a second thread commits if it is large. Callbacks run after the commit (or the
// refusal), on a thread that only answers, and must not block. Reads run on a small pool with their own read-only
// connections. Thread-safe.
#ifndef TRAILBOOK_LEDGER_LEDGER_H_
#define TRAILBOOK_LEDGER_LEDGER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/base/day.h"
#include "ledger/domain/commands.h"
#include "ledger/jobs/mutation_job.h"
#include "ledger/jobs/partner_import_job.h"
#include "ledger/jobs/report_job.h"
#include "ledger/jobs/requester.h"
#include "ledger/queries/queries.h"
#include "ledger/store/sql.h"

namespace trailbook {

// What every command must answer besides its own refusals: UNAVAILABLE (draining, lost write), RESOURCE_EXHAUSTED with
// QUEUE_FULL (too much waits: later) or DISK_FULL, DEADLINE_EXCEEDED (not begun), INTERNAL. An OK means: on disk.
class Ledger {
 public:
  struct Options {
    Clock clock = absl::Now;
    int reader_threads = 2;
    // Commands (a batch of reports counts its events) that may wait before callers get QUEUE_FULL.
    int64_t max_queued = 200000;
    // How long clicks are kept; never less than the longest attribution window of a program's terms. 0: that and 35
    // days, for sign-ups that are reported late.
    int64_t click_retention_days = 0;
    // How many outside ids gather in memory before they are sorted into their table (48 to 96 bytes each, twice as many
    // at most); 0: none. With PostgreSQL none do.
    int64_t id_buffer = 500000;
    // How many records may be durable in the log before their rows are written; see ledger/store/watermark.h. At most
    // 1: each with its rows.
    int64_t max_unsaved = 2048;
    // How long they may wait.
    absl::Duration max_unsaved_time = absl::Milliseconds(50);
    // How many events, decided at once, a thread of its own commits while the next are decided; fewer are committed at
    // once.
    int64_t handover_events = 128;
    // How many rows the working set may have, some 200 bytes each.
    size_t max_book_rows = 500000;
    // Where this daemon answers (HOST:PORT), for others that share its store.
    std::string address;
  };

  // Takes a store whose schema is current (see store/migrations.h).
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(std::unique_ptr<store::Engine> engine, Options options);
  virtual ~Ledger() = default;

  // Writes.
  virtual void Mutate(Mutation mutation, RequestKey key, Requester requester, MutationDone done) = 0;
  // One outcome per report, in order; a refused report does not touch the others. The status is that of the whole call
  // (NOT_FOUND for the program, UNAVAILABLE, ...).
  virtual void Report(std::string program_id, std::vector<trailbook::Report> reports, Requester requester,
                      ReportsDone done) = 0;
  virtual void ImportPartners(std::string program_id, std::vector<PartnerSpec> rows, Requester requester,
                              PartnersDone done) = 0;
  // Matures everything due through a date (empty: today), in chunks between other commands.
  virtual void RunMaturity(std::string program_id, std::string through_date, Requester requester,
                           std::function<void(absl::StatusOr<MaturityReply>)> done) = 0;

  // Reads. `work` runs on a reader thread, or is called with UNAVAILABLE if the ledger drains, with QUEUE_FULL if too
  // many wait.
  virtual void Read(std::function<void(absl::StatusOr<Queries*>)> work) = 0;

  // Sweeps every program whose day has changed since the last call (after a start: since its last record); the daemon
  // calls it every few seconds.
  virtual void SweepAtDayChange() = 0;

  // Empty while writes succeed; else why they do not (for readiness), e.g. the disk is full.
  virtual absl::Status WriteHealth() = 0;

  // Takes no more commands, finishes those that wait, joins every thread. Idempotent.
  virtual void Drain() = 0;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_LEDGER_H_
