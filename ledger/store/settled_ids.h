// Which outside ids may be in external_key: a Bloom filter, so that an id that is new, as nearly all are, needs no look
// at a page of its own in a table of all of them.
//
// Derived from the table, and kept nowhere: after a start a thread reads it, a slice in a transaction, while everything
// else goes on; until it has read all, every id may be there. Invariant: an id that was added, or was in the table when
// Fill was called, may always be there. Of others, with ten million ids in the table, one of some ten thousand may too;
// with forty million one of twenty, with a hundred every other.
//
// Thread safety: Add and MayHold from any thread; Fill once.
#ifndef TRAILBOOK_LEDGER_STORE_SETTLED_IDS_H_
#define TRAILBOOK_LEDGER_STORE_SETTLED_IDS_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>

#include "ledger/base/bloom_filter.h"
#include "ledger/domain/rows.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class SettledIds {
 public:
  static constexpr size_t kBytes = 32 << 20;

  SettledIds() = default;
  // Stops reading.
  ~SettledIds();
  SettledIds(const SettledIds&) = delete;

  void Add(const ExternalKey::Key& key);
  // False: the id is not in the table, and never was added.
  bool MayHold(const ExternalKey::Key& key) const;
  // Reads the table on a thread of its own. REQUIRES: from now on, what is written to the table is added before it is
  // committed. If it cannot be read, ids are looked for there, as before.
  void Fill(std::unique_ptr<Database> reader);
  // Whether all was read.
  bool complete() const { return complete_.load(std::memory_order_acquire); }

 private:
  absl::Status Read(Database& reader);

  BloomFilter filter_{kBytes};
  std::atomic<bool> complete_{false}, stopped_{false};
  std::thread filler_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SETTLED_IDS_H_
