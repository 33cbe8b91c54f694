// Sets of days: what goes in comes out in order, and comes back from bytes as it was.
#include "ledger/base/day_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>

namespace trailbook {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr Day kFirst = std::numeric_limits<Day>::min(), kLast = std::numeric_limits<Day>::max();

DaySet SetOf(std::initializer_list<Day> days) {
  DaySet set;
  for (const Day day : days) set.Insert(day);
  return set;
}

TEST(DaySet, KeepsDaysInOrderWhicheverCameFirst) {
  const DaySet set = SetOf({20779, -1, kLast, 0, kFirst, 20778});
  EXPECT_THAT(set.Between(kFirst, kLast), ElementsAre(kFirst, -1, 0, 20778, 20779, kLast));
  EXPECT_EQ(set.first(), kFirst);
  EXPECT_EQ(set, SetOf({kFirst, -1, 0, 20778, 20779, kLast})) << "the same days are the same bytes";
}

TEST(DaySet, BetweenTakesBothEnds) {
  const DaySet set = SetOf({10, 12, 14});
  EXPECT_THAT(set.Between(10, 12), ElementsAre(10, 12));
  EXPECT_THAT(set.Between(11, 13), ElementsAre(12));
  EXPECT_THAT(set.Between(15, kLast), IsEmpty());
  EXPECT_THAT(set.Between(kFirst, 9), IsEmpty());
  EXPECT_THAT(set.Between(14, 10), IsEmpty());
}

TEST(DaySet, ADayIsThereOnceAndGoesOnce) {
  DaySet set = SetOf({5, 5, 7});
  EXPECT_EQ(set.bytes().size(), 8u);
  set.Erase(6);
  EXPECT_THAT(set.Between(kFirst, kLast), ElementsAre(5, 7));
  set.Erase(5);
  set.Erase(5);
  EXPECT_THAT(set.Between(kFirst, kLast), ElementsAre(7));
  set.Erase(7);
  EXPECT_TRUE(set.empty());
}

TEST(DaySet, ComesBackFromItsBytes) {
  const DaySet set = SetOf({-20000, 3, 20779});
  EXPECT_EQ(DaySet::FromBytes(set.bytes()), set);
  EXPECT_TRUE(DaySet::FromBytes("").empty());
  const std::string cut(set.bytes().substr(0, 7));
  EXPECT_THAT(DaySet::FromBytes(cut).Between(kFirst, kLast), ElementsAre(-20000)) << "half a day is none";
}

TEST(DaySet, DoesAsASetDoes) {
  std::mt19937 random(7);
  DaySet set;
  std::set<Day> model;
  for (int step = 0; step < 20000; ++step) {
    const Day day = static_cast<Day>(random() % 60) - 30;
    if (random() % 2 == 0) {
      set.Insert(day);
      model.insert(day);
    } else {
      set.Erase(day);
      model.erase(day);
    }
    ASSERT_THAT(set.Between(kFirst, kLast), ElementsAreArray(model)) << "step " << step;
    ASSERT_EQ(set.empty(), model.empty());
    if (!model.empty()) {
      ASSERT_EQ(set.first(), *model.begin());
    }
  }
}

}  // namespace
}  // namespace trailbook
