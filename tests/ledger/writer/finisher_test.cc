// Answers: in order, all of them, and never more waiting than two batches.
#include "ledger/writer/finisher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <latch>
#include <thread>
#include <utility>
#include <vector>

namespace trailbook {
namespace {

std::vector<WriteJob> Jobs(std::vector<std::function<void(absl::Status)>> finishes) {
  std::vector<WriteJob> jobs;
  for (auto& finish : finishes) {
    WriteJob job;
    job.finish = std::move(finish);
    jobs.push_back(std::move(job));
  }
  return jobs;
}

TEST(Finisher, AnswersInOrderAndEverythingBeforeItEnds) {
  std::vector<int> heard;
  Finisher finisher;
  for (int n = 0; n < 50; ++n) {
    const auto hear = [&heard, n](int part) {
      return [&heard, n, part](absl::Status) { heard.push_back(2 * n + part); };
    };
    finisher.Finish(Jobs({hear(0), hear(1)}), absl::OkStatus());
  }
  finisher.Drain();
  ASSERT_EQ(heard.size(), 100u);
  for (int n = 0; n < 100; ++n) EXPECT_EQ(heard[n], n);
  finisher.Drain();  // again: nothing
}

TEST(Finisher, PassesTheStatusOn) {
  absl::Status first, second;
  {
    Finisher finisher;
    finisher.Finish(Jobs({[&first](absl::Status status) { first = std::move(status); }}),
                    absl::InternalError("broken"));
    finisher.Finish({}, absl::InternalError("nobody hears this"));
    finisher.Finish(Jobs({[&second](absl::Status status) { second = std::move(status); }}), absl::OkStatus());
  }
  EXPECT_EQ(first, absl::InternalError("broken"));
  EXPECT_TRUE(second.ok());
}

TEST(Finisher, MakesTheWriterWaitForSlowAnswers) {
  Finisher finisher;
  std::latch go(1);
  std::atomic<int> taken{0}, heard{0};
  std::thread writer([&] {
    for (int n = 0; n < 5; ++n) {
      finisher.Finish(Jobs({[&](absl::Status) {
                        go.wait();
                        ++heard;
                      }}),
                      absl::OkStatus());
      ++taken;
    }
  });
  // One is being answered and two wait: the fourth cannot be handed over.
  for (int waited = 0; taken < 3 && waited < 5000; ++waited) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(taken, 3);
  EXPECT_EQ(heard, 0);
  go.count_down();
  writer.join();
  finisher.Drain();
  EXPECT_EQ(heard, 5);
}

}  // namespace
}  // namespace trailbook
