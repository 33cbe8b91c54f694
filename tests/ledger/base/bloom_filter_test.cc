// What was added may be there, always; of what was not, hardly any.
#include "ledger/base/bloom_filter.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"

namespace trailbook {
namespace {

Hash128 Nth(int n) { return IdKey('t', absl::StrCat(n)); }

int HeldOf(const BloomFilter& filter, int from, int to) {
  int held = 0;
  for (int n = from; n < to; ++n) held += filter.MayHold(Nth(n)) ? 1 : 0;
  return held;
}

TEST(BloomFilterTest, HoldsNothingAtFirst) { EXPECT_EQ(HeldOf(BloomFilter(1 << 16), 0, 1000), 0); }

TEST(BloomFilterTest, HoldsAllThatWasAddedHoweverMuchThatIs) {
  BloomFilter filter(1 << 16);
  for (int n = 0; n < 200000; ++n) {
    filter.Add(Nth(n));
    ASSERT_TRUE(filter.MayHold(Nth(n)));
  }
  EXPECT_EQ(HeldOf(filter, 0, 200000), 200000);
}

TEST(BloomFilterTest, TakesFewForOthersAsLongAsThereIsRoom) {
  constexpr int kBits = 8 << 16;
  BloomFilter filter(kBits / 8);
  int added = 0;
  const auto add_to = [&](int all) {
    for (; added < all; ++added) filter.Add(Nth(added));
  };
  add_to(kBits / 26);
  EXPECT_LT(HeldOf(filter, 1000000, 1100000), 30);
  add_to(kBits / 7);
  EXPECT_LT(HeldOf(filter, 1000000, 1010000), 800);
  add_to(kBits / 3);
  EXPECT_LT(HeldOf(filter, 1000000, 1010000), 6000);
}

}  // namespace
}  // namespace trailbook
