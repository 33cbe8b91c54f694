// Which hashes were added to a set: a Bloom filter whose bits for one hash share a cache line (Putze, Sanders, Singler:
// "Cache-, Hash- and Space-Efficient Bloom Filters", 2007).
//
// Invariant: a hash that was added may always be there. Of others one of some ten thousand may too while there are 26
// bits to a hash, one of twenty with seven, every other with three. Thread-safe: Add and MayHold from any thread.
#ifndef TRAILBOOK_LEDGER_BASE_BLOOM_FILTER_H_
#define TRAILBOOK_LEDGER_BASE_BLOOM_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ledger/base/hash.h"

namespace trailbook {

class BloomFilter {
 public:
  // A page of the bytes is taken from the system when a hash falls on it.
  explicit BloomFilter(size_t bytes);

  void Add(const Hash128& hash);
  bool MayHold(const Hash128& hash) const;

 private:
  struct Free {
    void operator()(void* memory) const;
  };

  const size_t blocks_;
  std::unique_ptr<uint64_t[], Free> words_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_BASE_BLOOM_FILTER_H_
