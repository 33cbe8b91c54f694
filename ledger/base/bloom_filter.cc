#include "ledger/base/bloom_filter.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>

namespace trailbook {
namespace {

constexpr size_t kBlockWords = 8;  // a cache line
constexpr int kBits = 6;           // set for a hash
constexpr int kBitWidth = 9;       // of a bit's number within its block

// Calls f with the numbers of a hash's words and their masks, until it gives false. One half of the hash says which
// block, the other which bits of it.
template <typename F>
bool ForEachBit(const Hash128& hash, size_t blocks, F f) {
  std::array<uint64_t, 2> halves;
  std::memcpy(halves.data(), hash.bytes.data(), sizeof(halves));
  const size_t block = static_cast<size_t>(halves[0] % blocks) * kBlockWords;
  uint64_t bits = halves[1];
  for (int n = 0; n < kBits; ++n, bits >>= kBitWidth) {
    const uint64_t bit = bits % (kBlockWords * 64);
    if (!f(block + bit / 64, uint64_t{1} << bit % 64)) return false;
  }
  return true;
}

}  // namespace

void BloomFilter::Free::operator()(void* memory) const { std::free(memory); }

BloomFilter::BloomFilter(size_t bytes)
    : blocks_(bytes / sizeof(uint64_t) / kBlockWords),
      words_(static_cast<uint64_t*>(std::calloc(blocks_ * kBlockWords, sizeof(uint64_t)))) {}

void BloomFilter::Add(const Hash128& hash) {
  ForEachBit(hash, blocks_, [this](size_t word, uint64_t mask) {
    std::atomic_ref<uint64_t>(words_[word]).fetch_or(mask, std::memory_order_relaxed);
    return true;
  });
}

bool BloomFilter::MayHold(const Hash128& hash) const {
  return ForEachBit(hash, blocks_, [this](size_t word, uint64_t mask) {
    return (std::atomic_ref<uint64_t>(words_[word]).load(std::memory_order_relaxed) & mask) != 0;
  });
}

}  // namespace trailbook
