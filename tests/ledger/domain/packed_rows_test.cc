// Rows packed are the rows they were, or gone: never others.
#include "ledger/domain/packed_rows.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/domain/rows.h"

namespace trailbook {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max(), kLeast = std::numeric_limits<int64_t>::min();

// All fields of a row in words.
template <typename R>
std::string Show(const R& row) {
  std::string shown;
  const auto append = [&shown](const char* name, const auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Hash128>) {
      absl::StrAppend(&shown, name, " ", Hex(value.view()), "; ");
    } else {
      absl::StrAppend(&shown, name, " ", value, "; ");
    }
  };
  R::Visit(row, append);
  return shown;
}

Referral ReferralOf(int64_t customer) {
  Referral row = Referral::WithKey({1, customer});
  row.partner = customer * 7;
  return row;
}

TEST(PackedRows, ARowComesBackAsItWas) {
  PackedRows<Referral> rows;
  Referral row = Referral::WithKey({kMost, kLeast});
  int64_t n = 0;
  Referral::Visit(row, [&n]<typename Field>(const char* name, Field& field) {
    if (std::string(name) == "program_id" || std::string(name) == "customer") return;
    constexpr int64_t kValues[] = {-1, kMost, kLeast, 300, 0, -129};
    field = static_cast<Field>(kValues[n++ % 6]);
  });
  row.own_rate = row.in_review = true;
  rows.Put(row);
  rows.Put(ReferralOf(5));
  ASSERT_TRUE(rows.Find({kMost, kLeast}).has_value());
  EXPECT_EQ(Show(*rows.Find({kMost, kLeast})), Show(row));
  EXPECT_EQ(Show(*rows.Find({1, 5})), Show(ReferralOf(5)));
  EXPECT_FALSE(rows.Find({1, 6}).has_value());
}

TEST(PackedRows, HashesComeBackToo) {
  PackedRows<CustomerKey> rows;
  for (int64_t n = 0; n < 100; ++n) {
    CustomerKey row = CustomerKey::WithKey({n % 3, IdKey('C', absl::StrCat(n))});
    row.customer = n;
    rows.Put(row);
  }
  for (int64_t n = 0; n < 100; ++n) {
    const auto found = rows.Find({n % 3, IdKey('C', absl::StrCat(n))});
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->customer, n);
    EXPECT_FALSE(rows.Find({3, IdKey('C', absl::StrCat(n))}).has_value()) << "another program's";
  }
}

TEST(PackedRows, WhatIsErasedOrClearedIsGone) {
  PackedRows<Referral> rows;
  rows.Put(ReferralOf(1));
  rows.Put(ReferralOf(2));
  rows.Erase({1, 1});
  rows.Erase({1, 3});
  EXPECT_FALSE(rows.Find({1, 1}).has_value());
  EXPECT_TRUE(rows.Find({1, 2}).has_value());
  Referral changed = ReferralOf(1);
  changed.partner = 99;
  rows.Put(changed);
  EXPECT_EQ(rows.Find({1, 1})->partner, 99);
  rows.Clear();
  EXPECT_EQ(rows.size(), 0u);
  EXPECT_FALSE(rows.Find({1, 2}).has_value());
  rows.Put(ReferralOf(2));
  EXPECT_EQ(rows.Find({1, 2})->partner, 14);
}

TEST(PackedRows, TheOldestMakeRoomForTheNewest) {
  PackedRows<Referral> rows(3);
  constexpr int64_t kRows = 300000;
  for (int64_t n = 1; n <= kRows; ++n) rows.Put(ReferralOf(n));
  // Of rows of some twenty bytes, three chunks hold between twenty and forty thousand.
  EXPECT_GT(rows.size(), 20000u);
  EXPECT_LT(rows.size(), 60000u);
  int64_t oldest = kRows;
  for (int64_t n = kRows; n > 0; --n) {
    const auto found = rows.Find({1, n});
    if (!found.has_value()) continue;
    ASSERT_EQ(found->partner, n * 7);
    oldest = n;
  }
  EXPECT_LT(kRows - oldest, 60000) << "none is kept that came before others that are gone";
  EXPECT_TRUE(rows.Find({1, kRows}).has_value());
  EXPECT_GE(static_cast<int64_t>(rows.size()), (kRows - oldest) * 999 / 1000) << "but for a few that share a tag";
}

TEST(PackedRows, ARowThatIsThereTakesNoMoreRoom) {
  PackedRows<Referral> rows(1);
  rows.Put(ReferralOf(1));
  for (int64_t n = 0; n < 100000; ++n) rows.Put(ReferralOf(2));
  EXPECT_TRUE(rows.Find({1, 1}).has_value());
}

TEST(PackedRows, OfManyNoneIsAnother) {
  PackedRows<Referral> rows;
  constexpr int64_t kRows = 500000;
  for (int64_t n = 1; n <= kRows; ++n) rows.Put(ReferralOf(n));
  int64_t found = 0;
  for (int64_t n = 1; n <= 2 * kRows; ++n) {
    const auto row = rows.Find({1, n});
    if (!row.has_value()) continue;
    ++found;
    ASSERT_TRUE(n <= kRows && row->partner == n * 7) << n;
  }
  EXPECT_GE(found, kRows * 999 / 1000);
}

}  // namespace
}  // namespace trailbook
