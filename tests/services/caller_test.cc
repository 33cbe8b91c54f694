#include "services/caller.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace trailbook::services {
namespace {

TEST(RequestIds, NoTwoCallsGetTheSame) {
  RequestIds ids;
  std::vector<std::vector<std::string>> taken(4);
  std::vector<std::thread> threads;
  for (std::vector<std::string>& mine : taken) {
    threads.emplace_back([&] {
      for (int call = 0; call < 1000; ++call) mine.push_back(ids.Next());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const std::vector<std::string>& mine : taken) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4000u);
  for (const std::string& id : all) {
    EXPECT_EQ(id.size(), 16u) << id;
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos) << id;
  }
}

TEST(RequestIds, AnotherDaemonCountsFromElsewhere) {
  EXPECT_NE(RequestIds().Next().substr(0, 8), RequestIds().Next().substr(0, 8));
}

}  // namespace
}  // namespace trailbook::services
