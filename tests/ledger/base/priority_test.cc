#include "ledger/base/priority.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <thread>

namespace trailbook {
namespace {

int NiceOfThisThread() { return getpriority(PRIO_PROCESS, 0); }

TEST(PriorityTest, AThreadGivesWayAloneAndByTheStepsThatItSays) {
  const int before = NiceOfThisThread();
  if (before > 9) {
    GTEST_SKIP() << "these tests run with a niceness of " << before << ", which leaves no ten steps below 19";
  }
  int given_way = 0, further = 0, started_by_it = 0;
  std::thread([&] {
    GiveWay(4);
    given_way = NiceOfThisThread();
    std::thread([&] { started_by_it = NiceOfThisThread(); }).join();
    GiveWay(6);
    further = NiceOfThisThread();
  }).join();
  EXPECT_EQ(given_way, before + 4);
  EXPECT_EQ(started_by_it, before + 4);
  EXPECT_EQ(further, before + 10);
  EXPECT_EQ(NiceOfThisThread(), before);
}

TEST(PriorityTest, ThereIsNothingBehindTheLast) {
  int last = 0;
  std::thread([&] {
    GiveWay(19);
    GiveWay(19);
    last = NiceOfThisThread();
  }).join();
  EXPECT_EQ(last, 19);
}

}  // namespace
}  // namespace trailbook
