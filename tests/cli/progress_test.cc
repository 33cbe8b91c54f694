#include "cli/progress.h"

#include "gtest/gtest.h"

namespace trailbook::cli {
namespace {

TEST(ProgressLine, FillsWithWhatIsDone) {
  EXPECT_EQ(ProgressLine(0, 10, "x"), "[..............................]   0 %  x");
  EXPECT_EQ(ProgressLine(5, 10, "x"), "[###############...............]  50 %  x");
  EXPECT_EQ(ProgressLine(10, 10, "x"), "[##############################] 100 %  x");
  EXPECT_EQ(ProgressLine(11, 10, "x"), ProgressLine(10, 10, "x"));
}

TEST(ProgressLine, OfAnUnknownTotalSaysOnlyWhat) { EXPECT_EQ(ProgressLine(5, 0, "12 events"), "12 events"); }

}  // namespace
}  // namespace trailbook::cli
