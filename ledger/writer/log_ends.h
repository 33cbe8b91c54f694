// Where logs end for whoever decides: after what is stored and what was passed on to be; and how far the tables follow
// them. Not thread-safe: belongs to the thread of its Database.
#ifndef TRAILBOOK_LEDGER_WRITER_LOG_ENDS_H_
#define TRAILBOOK_LEDGER_WRITER_LOG_ENDS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/domain/journal.h"
#include "ledger/store/sql.h"
#include "ledger/store/watermark.h"

namespace trailbook {

class LogEnds final : public LogSizes {
 public:
  explicit LogEnds(store::Database* db) : db_(db) {}
  void ReadFrom(store::Database* db) { db_ = db; }

  // The records of a log that are stored or on their way. Reads what is stored at the first call. An error gives 0;
  // whoever goes on from it asks TakeError first.
  int64_t SizeOf(int64_t program) override;
  absl::Status TakeError();
  // These are on their way.
  void PassOn(const std::vector<EmittedRecord>& records);
  // These are stored.
  void Arrived(const std::vector<EmittedRecord>& records);
  // The tables follow these logs up to their sizes now.
  void RowsArrived(const std::vector<store::UnsavedRange>& ranges);
  // The last record whose rows are known to be stored.
  int64_t WatermarkOf(int64_t program) const;
  // Whether it is known how much of a log is stored.
  bool Knows(int64_t program) const { return stored_.contains(program); }
  // Whether a database shows all of a log and its tables that is known to be stored: one behind another connection may
  // be another server. Not if that is not known. Errors of the driver.
  absl::StatusOr<bool> IsShownBy(store::Database& db, int64_t program) const;
  // What was on its way may not have arrived.
  void Forget() {
    sizes_.clear();
    stored_.clear();
    watermarks_.clear();
  }

 private:
  store::Database* db_;  // not owned
  std::map<int64_t, int64_t> sizes_, stored_, watermarks_;
  absl::Status error_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_LOG_ENDS_H_
