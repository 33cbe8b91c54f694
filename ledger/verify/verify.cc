#include "ledger/verify/verify.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/hash.h"
#include "ledger/base/priority.h"
#include "ledger/base/status.h"
#include "ledger/store/packed_scratch.h"
#include "ledger/store/row_mapping.h"
#include "ledger/store/watermark.h"
#include "ledger/verify/beside_log.h"
#include "ledger/verify/ids.h"
#include "ledger/verify/log_check.h"
#include "ledger/verify/tables.h"

namespace trailbook {
namespace {

// What makes the tables anew takes longest, with the log that it waits for: what reads the stored ones gets half of its
// share. Not less, as the moment that it reads is held open meanwhile, and the WAL grows.
constexpr int kBehindRebuild = kBehindCallers + 3;

absl::StatusOr<TableFingerprints> FingerprintStored(store::Database& db, int64_t program, const ShortHashKey& key,
                                                    absl::FunctionRef<bool()> wanted) {
  TableFingerprints stored;
  TRAILBOOK_ASSIGN_OR_RETURN(stored.tables, FingerprintTables(db, program, key, wanted));
  TRAILBOOK_ASSIGN_OR_RETURN(stored.ids, FingerprintIds(db, program, key));
  return stored;
}

// All that is stored but the log. What is wrong with one of these may be why the others cannot be read, so that each
// has its own end.
struct StoredFindings {
  absl::StatusOr<TableFingerprints> fingerprints;
  absl::StatusOr<RowsBesideLog> beside_log;
  absl::StatusOr<std::string> damage;
};

// Looks for nothing more once `wanted` says no.
StoredFindings LookAtStored(store::Database& db, int64_t program, const ShortHashKey& key,
                            absl::FunctionRef<bool()> wanted) {
  StoredFindings found;
  found.fingerprints = FingerprintStored(db, program, key, wanted);
  if (!wanted()) return found;
  found.beside_log = ReadBesideLog(db, program);
  found.damage = db.FindDamage();
  return found;
}

// That some table is not what the log makes of it is known: which, and its first row that is not.
absl::Status NameDifference(store::Database& db, store::Engine& engine, int64_t program, int64_t watermark,
                            VerifyReport& report) {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::unique_ptr<store::Database> scratch, engine.OpenScratch());
  Rebuild rebuild(*scratch, watermark, RandomShortHashKey(), Rebuild::Memory());
  VerifyReport again;
  LogCheck log(program, watermark, again);
  TRAILBOOK_RETURN_IF_ERROR(log.CheckRecords(
      db, watermark, [&](std::unique_ptr<RecordChunk> chunk) { return rebuild.Give(std::move(chunk)); }));
  TRAILBOOK_RETURN_IF_ERROR(rebuild.Finish().status());
  report.rows_compared = 0;
  TRAILBOOK_RETURN_IF_ERROR(CompareTables(db, *scratch, program, report));
  return report.problem.empty()
             ? Internal("the tables have other fingerprints than those that the log makes, and no row differs")
             : absl::OkStatus();
}

// What no table shows: an index that leads elsewhere, a page that two tables share, a trigger that is gone.
// `damage`: what the store says of itself.
absl::StatusOr<std::string> FindProblemOfStore(const std::string& damage, store::Database& db,
                                               store::Database& scratch) {
  if (!damage.empty()) return absl::StrCat("the store itself is damaged: ", damage);
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string stored, db.Schema());
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string made, scratch.Schema());
  if (stored == made || stored.empty()) return std::string();  // a driver that cannot tell says nothing
  const std::vector<absl::string_view> left = absl::StrSplit(stored, '\n'), right = absl::StrSplit(made, '\n');
  const auto [at, wanted] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return absl::StrCat("the store's schema was changed: it has \"", at == left.end() ? "nothing" : *at,
                      "\" where this program makes \"", wanted == right.end() ? "nothing" : *wanted, "\"");
}

}  // namespace

absl::StatusOr<VerifyReport> VerifyProgram(store::Database& db, store::Engine& engine, int64_t program,
                                           const Rebuild::Memory& memory) {
  VerifyReport report;
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t watermark, store::WatermarkOf(db, program));
  TRAILBOOK_ASSIGN_OR_RETURN(std::unique_ptr<store::Database> plain, engine.OpenScratch());
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::unique_ptr<store::PackedScratch> scratch,
      store::PackScratch(std::move(plain), {&store::ShapeOf<Commission>(), &store::ShapeOf<Referral>()}));
  TRAILBOOK_ASSIGN_OR_RETURN(const std::unique_ptr<store::Database> records, engine.OpenReader());
  TRAILBOOK_RETURN_IF_ERROR(records->Begin(false));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t last, LastRecordOf(db, program));
  const ShortHashKey key = RandomShortHashKey();
  Rebuild rebuild(*scratch, watermark, key, memory);
  LogCheck log(program, watermark, report, memory.records);
  std::atomic<bool> found_wrong = false;
  std::future<absl::Status> checked = std::async(std::launch::async, [&] {
    GiveWay(kBehindCallers);
    const absl::Status status = log.CheckRecords(
        *records, last, [&](std::unique_ptr<RecordChunk> chunk) { return rebuild.Give(std::move(chunk)); });
    found_wrong = !status.ok() || !report.problem.empty();
    return status;
  });
  const StoredFindings stored = std::async(std::launch::async, [&] {
                                  GiveWay(kBehindRebuild);
                                  return LookAtStored(db, program, key, [&found_wrong] { return !found_wrong; });
                                }).get();
  TRAILBOOK_RETURN_IF_ERROR(checked.get());
  if (report.problem.empty()) TRAILBOOK_RETURN_IF_ERROR(log.CheckEdge(db));
  if (!report.problem.empty()) return report;
  if (watermark > report.records) {
    report.problem = absl::StrCat("table watermark: the rows of ", watermark,
                                  " records are said to be written, but the log has ", report.records);
    return report;
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const Rebuild::Result rebuilt, rebuild.Finish());
  report.problem = rebuilt.problem;
  if (!report.problem.empty()) return report;
  TRAILBOOK_RETURN_IF_ERROR(stored.fingerprints.status());
  report.rows_compared = stored.fingerprints->rows();
  if (*stored.fingerprints != rebuilt.at_watermark) {
    TRAILBOOK_RETURN_IF_ERROR(NameDifference(db, engine, program, watermark, report));
    return report;
  }
  TRAILBOOK_RETURN_IF_ERROR(stored.beside_log.status());
  report.problem = stored.beside_log->problem;
  // What stands beside the log is written with its record, ahead of rows that wait: it is counted against the whole
  // log.
  if (report.problem.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(report.problem, FindWrongCount(*stored.beside_log, *scratch, program));
  }
  TRAILBOOK_RETURN_IF_ERROR(stored.damage.status());
  if (report.problem.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(report.problem, FindProblemOfStore(*stored.damage, db, *scratch));
  }
  report.ok = report.problem.empty();
  return report;
}

}  // namespace trailbook
