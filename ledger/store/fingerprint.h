// Whether two sets of rows are the same, whatever their order: a sum of keyed hashes, one a row (MSet-Add-Hash of
// Clarke, Devadas, van Dijk, Gassend and Suh, "Incremental Multiset Hash Functions and Their Application to Memory
// Integrity Checking", ASIACRYPT 2003). Each side is read on its own, in its own order and on its own thread. Not
// thread-safe; a key may be shared.
#ifndef TRAILBOOK_LEDGER_STORE_FINGERPRINT_H_
#define TRAILBOOK_LEDGER_STORE_FINGERPRINT_H_

#include <cstdint>

#include "ledger/base/hash.h"
#include "ledger/store/row_bytes.h"
#include "ledger/store/row_mapping.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class Fingerprint {
 public:
  // Sets that differ have the same fingerprint by one chance in 2^128, provided that both stood before `key` was drawn
  // at random: nobody can choose rows for a key that he does not know. The sides of a comparison use the same key.
  explicit Fingerprint(const ShortHashKey& key) : key_(key) {}

  // A row of a statement, with all of its columns: their types as well as their values.
  void Add(const Statement& row);
  // A row as it would be stored, without a seal.
  template <typename R>
  void Add(const R& row) {
    bytes_.Clear();
    BindRow(row, bytes_);
    AddBytes(bytes_.bytes());
  }
  // The same as RowBytes has it.
  void AddBytes(absl::string_view row);
  // Takes back such a row.
  template <typename R>
  void Remove(const R& row) {
    bytes_.Clear();
    BindRow(row, bytes_);
    RemoveBytes(bytes_.bytes());
  }

  int64_t rows() const { return rows_; }
  friend bool operator==(const Fingerprint& a, const Fingerprint& b) {
    return a.rows_ == b.rows_ && a.low_ == b.low_ && a.high_ == b.high_;
  }

 private:
  void RemoveBytes(absl::string_view row);

  ShortHashKey key_;
  RowBytes bytes_;
  int64_t rows_ = 0;
  uint64_t low_ = 0, high_ = 0;  // sums modulo 2^64 of the halves of the hashes
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_FINGERPRINT_H_
