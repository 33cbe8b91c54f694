// Which payable lines changed and may not be in the store yet, by what they came about by: whoever asks the store for
// the lines of a commission finds those with it without going through all that changed since. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_UNSAVED_LINES_H_
#define TRAILBOOK_LEDGER_DOMAIN_UNSAVED_LINES_H_

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ledger/domain/rows_payout.h"
#include "ledger/domain/table.h"

namespace trailbook {

class UnsavedLines {
 public:
  // Of a commission, with matures_on 0; or of the maturities of a day, with commission 0.
  struct Cause {
    int64_t program = 0, partner = 0, commission = 0;
    Day matures_on = 0;
  };

  // Calls f with every such line of `lines`, always the same table; with one that changed again on its way twice.
  template <typename F>
  void ForEachOf(const Table<PayableLine>& lines, const Cause& cause, F&& f) {
    CatchUp(lines);
    const auto found =
        by_cause_.find(ByCause::key_type(cause.program, cause.partner, cause.commission, cause.matures_on));
    if (found == by_cause_.end()) return;
    for (const Table<PayableLine>::Slot* slot : found->second) {
      if (slot->present) f(slot->row);
    }
  }

 private:
  using ByCause =
      absl::flat_hash_map<std::tuple<int64_t, int64_t, int64_t, Day>, std::vector<const Table<PayableLine>::Slot*>>;

  void CatchUp(const Table<PayableLine>& lines) {
    if (turn_ != lines.turn()) {
      by_cause_.clear();
      leaving_ = dirty_ = 0;
      turn_ = lines.turn();
    }
    for (; leaving_ < lines.leaving().size(); ++leaving_) Keep(lines.leaving()[leaving_]);
    for (; dirty_ < lines.dirty().size(); ++dirty_) Keep(lines.dirty()[dirty_]);
  }
  void Keep(const Table<PayableLine>::Slot* changed) {
    const PayableLine& line = changed->row;
    by_cause_[{line.program, line.partner, line.commission, line.matures_on}].push_back(changed);
  }

  ByCause by_cause_;
  size_t leaving_ = 0, dirty_ = 0;  // how many of each are in it
  int64_t turn_ = 0;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_UNSAVED_LINES_H_
