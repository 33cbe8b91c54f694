// The records of a writer that are in the log, or on their way there, and whose rows are not in the tables: of which
// programs, and since when they wait (see store/watermark.h). Not thread-safe: belongs to the thread that decides.
#ifndef TRAILBOOK_LEDGER_WRITER_WAITING_ROWS_H_
#define TRAILBOOK_LEDGER_WRITER_WAITING_ROWS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"
#include "ledger/domain/journal.h"
#include "ledger/store/watermark.h"

namespace trailbook {

class WaitingRows {
 public:
  bool empty() const { return by_program_.empty(); }
  bool Has(int64_t program) const { return by_program_.contains(program); }
  const std::map<int64_t, store::UnsavedRange>& by_program() const { return by_program_; }
  // Whether some have waited for so long.
  bool HaveWaited(absl::Duration longest) const { return !empty() && absl::Now() - since_ >= longest; }

  // More records, in the order of their log.
  void Add(const std::vector<EmittedRecord>& records);
  // These, and no others: what was found in the store.
  void Set(std::map<int64_t, store::UnsavedRange> by_program);
  // All of them leave to be written.
  std::vector<store::UnsavedRange> Take();

 private:
  std::map<int64_t, store::UnsavedRange> by_program_;
  absl::Time since_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_WAITING_ROWS_H_
