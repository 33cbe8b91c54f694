// Writes the rows that follow from the log on a connection and a thread of their own, where a store takes two that
// write: log and rows of what was decided before are written side by side, and a partner's balance for more records at
// once. Thread safety: belongs to the thread that decides.
#ifndef TRAILBOOK_LEDGER_WRITER_ROW_SAVER_H_
#define TRAILBOOK_LEDGER_WRITER_ROW_SAVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "absl/status/status.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/sql.h"
#include "ledger/writer/commit_thread.h"
#include "ledger/writer/committer.h"

namespace trailbook {

class RowSaver {
 public:
  // `saved` is told of rows that are stored, `done` of each end. Both are called on another thread.
  RowSaver(std::unique_ptr<store::Database> db, std::function<void(const Transaction&)> saved,
           std::function<void()> done);

  // Rows of records that are on their way into the log, with their watermarks. REQUIRES: not busy.
  void Hold(Transaction rows);
  // The log has the records of what is held: that is written now. Nothing if nothing is held.
  void LogArrived();
  // Whether something is held, or was begun and not taken back.
  bool IsBusy() const { return held_.has_value() || thread_.UnderWay(); }
  bool IsDone() { return thread_.UnderWay() && thread_.IsDone(); }
  // Whether rows of a program are among what keeps it busy.
  bool Has(int64_t program) const { return programs_.contains(program); }
  // Waits for the end of what was begun and gives it back. REQUIRES: something was. What fails has changed nothing.
  CommitThread::Outcome Take();
  // Forgets what is held, and waits for the end of what was begun, however that is.
  void Drop();

 private:
  std::unique_ptr<store::Database> db_;
  store::FreshKeys ids_;
  Committer committer_;
  std::optional<Transaction> held_;
  std::set<int64_t> programs_;
  CommitThread thread_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_ROW_SAVER_H_
