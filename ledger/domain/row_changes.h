// What a table hands to who stores it.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROW_CHANGES_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROW_CHANGES_H_

#include <vector>

namespace trailbook {

// Changed rows of a table on their way to the store, each kind in the order of its keys.
template <typename R>
struct RowChanges {
  std::vector<R> made, changed;
  std::vector<typename R::Key> erased;

  bool empty() const { return made.empty() && changed.empty() && erased.empty(); }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROW_CHANGES_H_
