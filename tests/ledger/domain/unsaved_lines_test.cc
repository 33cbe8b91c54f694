// What the store may not show yet of payable lines, by what they came about by.
#include "ledger/domain/unsaved_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace trailbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kProgram = 1, kPartner = 7;

PayableLine Line(int64_t sequence, int64_t commission, Day matures_on, int64_t amount) {
  PayableLine line = PayableLine::WithKey({kProgram, kPartner, "EUR", sequence, 20});
  line.commission = commission;
  line.matures_on = matures_on;
  line.amount = amount;
  return line;
}

struct UnsavedLinesTest : testing::Test {
  Table<PayableLine> lines;
  UnsavedLines unsaved;

  std::vector<int64_t> AmountsOf(int64_t commission, Day matures_on, int64_t partner = kPartner) {
    std::vector<int64_t> amounts;
    unsaved.ForEachOf(lines, {kProgram, partner, commission, matures_on},
                      [&](const PayableLine& line) { amounts.push_back(line.amount); });
    return amounts;
  }
};

TEST_F(UnsavedLinesTest, AreFoundByTheirCommissionOrByTheDayOnWhichTheyMatured) {
  lines.PutNew(Line(1, 5, 0, 10));
  lines.PutNew(Line(2, 6, 0, 20));
  EXPECT_THAT(AmountsOf(5, 0), ElementsAre(10));
  lines.PutNew(Line(3, 0, 19, 30));
  lines.PutNew(Line(4, 5, 0, -10));
  EXPECT_THAT(AmountsOf(5, 0), ElementsAre(10, -10)) << "also what came after it was asked";
  EXPECT_THAT(AmountsOf(0, 19), ElementsAre(30));
  EXPECT_THAT(AmountsOf(0, 18), IsEmpty());
  EXPECT_THAT(AmountsOf(5, 0, kPartner + 1), IsEmpty());
}

TEST_F(UnsavedLinesTest, AreThoseOnTheirWayUntilTheyHaveArrived) {
  lines.PutNew(Line(1, 5, 0, 10));
  lines.TakeChanges();
  lines.PutNew(Line(2, 5, 0, 20));
  EXPECT_THAT(AmountsOf(5, 0), ElementsAre(10, 20));
  lines.Committed();
  EXPECT_THAT(AmountsOf(5, 0), ElementsAre(20));
  lines.TakeChanges();
  lines.Committed();
  EXPECT_THAT(AmountsOf(5, 0), IsEmpty());
}

TEST_F(UnsavedLinesTest, AStoredOneThatAPayoutTookIsToldAsItIsNow) {
  lines.Loaded(Line(1, 5, 0, 10));
  EXPECT_THAT(AmountsOf(5, 0), IsEmpty());
  lines.Edit(Line(1, 5, 0, 10).key()).batch = 3;
  int64_t batch = 0;
  unsaved.ForEachOf(lines, {kProgram, kPartner, 5, 0}, [&batch](const PayableLine& line) { batch = line.batch; });
  EXPECT_EQ(batch, 3);
}

TEST_F(UnsavedLinesTest, AreForgottenWithAFailedCommit) {
  lines.PutNew(Line(1, 5, 0, 10));
  EXPECT_THAT(AmountsOf(5, 0), ElementsAre(10));
  lines.Clear();
  EXPECT_THAT(AmountsOf(5, 0), IsEmpty());
}

}  // namespace
}  // namespace trailbook
