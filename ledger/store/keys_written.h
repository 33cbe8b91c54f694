// Which keys a store's tables have rows of, or had, as far as a filter of some megabytes tells: one that was never
// written is not looked for in vain. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_STORE_KEYS_WRITTEN_H_
#define TRAILBOOK_LEDGER_STORE_KEYS_WRITTEN_H_

#include <cstddef>

#include "ledger/base/bloom_filter.h"
#include "ledger/base/hash.h"
#include "ledger/store/row_bytes.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class KeysWritten {
 public:
  void Add(const TableShape& shape, size_t rows, Database::BindRow bind);
  // False: the key that is bound was never added, alone or with its row.
  bool MayHold(const TableShape& shape, size_t at, Database::BindRow bind);

 private:
  static constexpr size_t kBytes = 4 << 20;  // for some three million keys

  Hash128 HashOf(const TableShape& shape, size_t at, Database::BindRow bind);

  const ShortHashKey hash_key_ = RandomShortHashKey();
  RowBytes bytes_;
  BloomFilter filter_{kBytes};
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_KEYS_WRITTEN_H_
