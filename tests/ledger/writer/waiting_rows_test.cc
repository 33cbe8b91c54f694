#include "ledger/writer/waiting_rows.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "absl/time/clock.h"

namespace trailbook {
namespace {

EmittedRecord RecordOf(int64_t program, int64_t sequence) {
  EmittedRecord record;
  record.program = program;
  record.sequence = sequence;
  return record;
}

TEST(WaitingRowsTest, RangesBeginBeforeTheFirstRecordOfEachLogAndEndWithItsLast) {
  WaitingRows rows;
  EXPECT_TRUE(rows.empty());
  rows.Add({RecordOf(7, 5), RecordOf(8, 1), RecordOf(7, 6)});
  rows.Add({RecordOf(7, 7)});
  EXPECT_TRUE(rows.Has(7));
  EXPECT_FALSE(rows.Has(9));
  const std::vector<store::UnsavedRange> taken = rows.Take();
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].program, 7);
  EXPECT_EQ(taken[0].watermark, 4);
  EXPECT_EQ(taken[0].size, 7);
  EXPECT_EQ(taken[1].program, 8);
  EXPECT_EQ(taken[1].watermark, 0);
  EXPECT_EQ(taken[1].size, 1);
  EXPECT_TRUE(rows.empty()) << "what was taken waits no more";
}

TEST(WaitingRowsTest, TheyHaveWaitedSinceTheFirstOfThem) {
  WaitingRows rows;
  EXPECT_FALSE(rows.HaveWaited(absl::ZeroDuration())) << "nothing waits";
  rows.Add({RecordOf(7, 1)});
  EXPECT_FALSE(rows.HaveWaited(absl::Hours(1)));
  const absl::Time added = absl::Now();
  while (absl::Now() - added < absl::Milliseconds(2)) absl::SleepFor(absl::Milliseconds(1));
  rows.Add({RecordOf(7, 2)});
  EXPECT_TRUE(rows.HaveWaited(absl::Milliseconds(2))) << "what comes later does not begin the wait anew";
  rows.Take();
  rows.Add({RecordOf(7, 3)});
  EXPECT_FALSE(rows.HaveWaited(absl::Hours(1)));
}

TEST(WaitingRowsTest, WhatWasFoundInTheStoreGoesOnWithWhatComes) {
  WaitingRows rows;
  rows.Add({RecordOf(9, 1)});
  rows.Set({{7, {7, 3, 10}}});
  EXPECT_FALSE(rows.Has(9));
  rows.Add({RecordOf(7, 11)});
  const std::vector<store::UnsavedRange> taken = rows.Take();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].watermark, 3);
  EXPECT_EQ(taken[0].size, 11);
}

}  // namespace
}  // namespace trailbook
