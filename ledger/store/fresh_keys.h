// The outside ids of the latest records, on their way to their table.
//
// Ids are random, so in a table of all of them (external_key) each one changes a page of its own, once the table is
// large: for a payment that is as much as all else together. Here they are written twice instead, in order both times:
// with their records, in the order in which they come, to `fresh_key`; and later, a whole generation of them sorted by
// id, to external_key, a slice with every commit, so that neighbours share a page. What is in fresh_key is in memory
// too, where ids are looked up first.
//
// Invariants. Every id of a record is in fresh_key or external_key, by the transaction that wrote the record; so a
// crash at any moment loses none, and nothing is replayed. Rows of fresh_key go when the last id of their generation is
// in external_key, in one transaction. A row's number says of which generation it is, and the row how many of the
// generation before, in their order, were in external_key with its transaction: whoever starts goes on there, however
// short the time between two starts. At most two generations are in memory, 48 to 96 bytes an id. What a transaction
// did is not believed before Committed(); Dropped() forgets it.
// With a generation of 0 ids go straight to their table, and what waited before with the first commit. Not thread-safe,
// but that Find may be asked while another thread is in Save.
#ifndef TRAILBOOK_LEDGER_STORE_FRESH_KEYS_H_
#define TRAILBOOK_LEDGER_STORE_FRESH_KEYS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/domain/rows.h"
#include "ledger/store/settled_ids.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class FreshKeys {
 public:
  // Large enough that a slice finds several ids a page in a table of ten million; small enough for memory.
  static constexpr int64_t kGeneration = 500000;

  FreshKeys(Database* db, int64_t generation) : db_(db), generation_(generation) {}

  // Reads what waits in the store. DATA_LOSS with LEDGER_DAMAGED if it is not what was written.
  absl::Status Load();
  // Begins to learn which ids are in external_key, where nobody else writes it.
  absl::Status LearnSettled(Engine& engine);
  // The commission that an id names; nullptr if the id does not wait here.
  const int64_t* Find(const ExternalKey::Key& key) const;
  // Whether an id that does not wait here may be in its table. False: it is new, without a look.
  bool MayBeSettled(const ExternalKey::Key& key) const { return settled_ == nullptr || settled_->MayHold(key); }
  // Writes the ids of new records, sorted by key, and moves a slice of older ones. REQUIRES: an open write transaction.
  absl::Status Save(const std::vector<ExternalKey>& keys);
  void Committed();
  void Dropped();

  size_t size() const { return growing_.size() + leaving_.size(); }

 private:
  using Entry = std::pair<ExternalKey::Key, int64_t>;

  // Those of a number: the generation that grows, or one that is leaving.
  void Take(int64_t generation, const std::vector<Entry>& ids);
  // The number of a program's next row.
  int64_t NextRow(int64_t program) const;
  // How many of those that are leaving go along with so many new ones.
  size_t SliceBeside(size_t added) const;
  absl::Status MoveSlice(size_t count);
  absl::Status DropRows();
  // Starts to move what has gathered.
  void Turn();
  // The last number that a row of those that are leaving may have.
  int64_t LastLeaving() const;

  Database* db_;
  int64_t generation_;
  std::unique_ptr<SettledIds> settled_;  // null before LearnSettled
  int64_t gathering_ = 0;                // the number of the generation that is growing
  absl::flat_hash_map<ExternalKey::Key, int64_t> growing_, leaving_;
  std::vector<Entry> order_;             // leaving_, sorted
  size_t moved_ = 0;                     // of order_
  std::map<int64_t, int64_t> last_row_;  // of fresh_key, by program
  // What the open transaction did.
  std::vector<Entry> added_;
  std::map<int64_t, int64_t> added_rows_;
  size_t moving_ = 0;
};

// Moves all that waits to its table, in a transaction of its own: afterwards fresh_key is empty.
absl::Status SettleFreshKeys(Database& db);

// The rows of fresh_key.
const TableShape& FreshKeyShape();
// The ids in a row of fresh_key, which stands in a question for all of its columns. DATA_LOSS with LEDGER_DAMAGED if
// its seal does not fit.
absl::StatusOr<std::vector<ExternalKey>> KeysInRow(const Statement& row);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_FRESH_KEYS_H_
