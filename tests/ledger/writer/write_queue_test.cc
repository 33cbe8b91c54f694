// What waits for the writer: how much it is given at once, and when it is woken.
#include "ledger/writer/write_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr absl::Duration kNoWait = absl::ZeroDuration();
constexpr absl::Duration kLong = absl::Seconds(30);

WriteJob Job(std::string actor, int64_t weight = 1, bool alone = false) {
  WriteJob job;
  job.actor = std::move(actor);
  job.weight = weight;
  job.alone = alone;
  return job;
}

std::string Actors(const std::vector<WriteJob>& jobs) {
  std::string actors;
  for (const WriteJob& job : jobs) actors += job.actor;
  return actors;
}

TEST(WriteQueue, GivesHalfOfAllThereIsSoThatBothThreadsHaveWork) {
  WriteQueue queue(1000, 100);
  for (const char* actor : {"a", "b", "c", "d"}) queue.Submit(Job(actor, 10));
  EXPECT_EQ(Actors(queue.Next({}, 1, kNoWait)), "ab");
  EXPECT_EQ(Actors(queue.Next({.passed_on = 20, .under_way = true}, 1, kNoWait)), "cd")
      << "the other half is being committed";
  for (const char* actor : {"e", "f", "g", "h"}) queue.Submit(Job(actor, 10));
  EXPECT_EQ(Actors(queue.Next({.decided = 30, .under_way = true}, 1, kNoWait)), "e")
      << "not much more than is decided already: " << 35 - 30;
  EXPECT_EQ(Actors(queue.Next({.decided = 60, .under_way = true}, 1, kNoWait)), "") << "enough is decided";
}

TEST(WriteQueue, GivesLittleWholeAndMuchInPieces) {
  WriteQueue queue(1000, 100);
  for (const char* actor : {"a", "b", "c"}) queue.Submit(Job(actor, 10));
  EXPECT_EQ(Actors(queue.Next({}, 64, kNoWait)), "abc") << "less than is worth a second thread";
  for (int n = 0; n < 50; ++n) queue.Submit(Job("x", 10));
  EXPECT_EQ(queue.Next({}, 64, kNoWait).size(), 10u) << "no more than a batch";
  queue.Submit(Job("large", 400));
  while (queue.Next({}, 64, kNoWait).size() > 1) {
  }
  EXPECT_EQ(Actors(queue.Next({}, 64, kNoWait)), "") << "one that is larger than a batch came too";
}

TEST(WriteQueue, WhatRunsAloneComesAlone) {
  WriteQueue queue(1000, 100);
  queue.Submit(Job("a"));
  queue.Submit(Job("!", 1, true));
  queue.Submit(Job("b"));
  EXPECT_EQ(Actors(queue.Next({}, 64, kNoWait)), "a");
  EXPECT_EQ(Actors(queue.Next({}, 64, kNoWait)), "!");
  EXPECT_EQ(Actors(queue.Next({}, 64, kNoWait)), "b");
}

TEST(WriteQueue, RefusesWhatIsTooMuchAndWhatComesAfterItsEnd) {
  WriteQueue queue(10, 100);
  std::vector<std::string> reasons;
  const auto submit = [&](int64_t weight) {
    WriteJob job = Job("a", weight);
    job.finish = [&reasons](absl::Status status) { reasons.push_back(ReasonOf(status)); };
    queue.Submit(std::move(job));
  };
  submit(50);
  EXPECT_TRUE(reasons.empty()) << "one is taken, however large";
  submit(1);
  queue.Stop();
  submit(1);
  EXPECT_EQ(reasons, (std::vector<std::string>{"QUEUE_FULL", "UNAVAILABLE"}));
  EXPECT_FALSE(queue.IsStoppedAndEmpty());
  EXPECT_EQ(queue.Next({}, 64, kNoWait).size(), 1u);
  EXPECT_TRUE(queue.IsStoppedAndEmpty());
}

TEST(WriteQueue, WaitsForWorkOrTheEndOfACommitOrReaders) {
  WriteQueue queue(1000, 100);
  const auto after = [&queue](const WriteQueue::InHand& in_hand, auto event) {
    const absl::Time start = absl::Now();
    std::thread other([&event] {
      absl::SleepFor(absl::Milliseconds(20));
      event();
    });
    const size_t jobs = queue.Next(in_hand, 64, kLong).size();
    other.join();
    EXPECT_LT(absl::Now() - start, kLong / 2);
    return jobs;
  };
  EXPECT_EQ(after({}, [&queue] { queue.Submit(Job("a")); }), 1u);
  EXPECT_EQ(after({.passed_on = 1, .under_way = true}, [&queue] { queue.CommitEnded(); }), 0u);
  queue.RowsWait(1);
  absl::Status read = absl::UnknownError("not called");
  EXPECT_EQ(after({}, [&] { queue.WhenSaved([&read](absl::Status status) { read = status; }); }), 0u);
  // While a commit is under way readers have to wait for its end; the end of the one before does not count for it.
  const absl::Time start = absl::Now();
  EXPECT_EQ(queue.Next({.passed_on = 1, .under_way = true}, 64, absl::Milliseconds(30)).size(), 0u);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(25));
  EXPECT_TRUE(absl::IsUnknown(read));
  queue.SetUnsaved(0);
  queue.LetReadersIn(absl::OkStatus());
  EXPECT_TRUE(read.ok());
}

TEST(WriteQueue, ReadersComeInAtOnceUnlessRowsWait) {
  WriteQueue queue(1000, 100);
  int in = 0;
  std::string refused;
  const auto read = [&](absl::Status status) {
    if (status.ok()) ++in;
    if (!status.ok()) refused = ReasonOf(status);
  };
  queue.WhenSaved(read);
  EXPECT_EQ(in, 1);
  queue.RowsWait(3);
  queue.WhenSaved(read);
  EXPECT_TRUE(in == 1 && queue.ReadersWait());
  queue.LetReadersIn(absl::OkStatus());
  EXPECT_TRUE(in == 2 && !queue.ReadersWait());
  queue.Close();
  queue.WhenSaved(read);
  EXPECT_EQ(refused, "UNAVAILABLE") << "nobody will write these rows any more";
}

TEST(WriteQueue, AReaderWaitsForTheRowsOfWhatWasRecordedBeforeHeCame) {
  WriteQueue queue(1000, 100);
  std::string in;
  const auto reader = [&in](char name) {
    return [&in, name](absl::Status status) { in += status.ok() ? std::string(1, name) : "refused"; };
  };
  queue.RowsWait(3);
  queue.WhenSaved(reader('a'));
  queue.RowsWait(4);
  EXPECT_EQ(queue.recorded(), 7);
  queue.WhenSaved(reader('b'));
  queue.Saved(2);
  EXPECT_EQ(in, "");
  EXPECT_EQ(queue.unsaved(), 5);
  queue.Saved(3);
  EXPECT_EQ(in, "a");
  queue.Saved(1);
  EXPECT_EQ(queue.unsaved(), 4) << "what is saved stays saved";
  queue.Saved(7);
  EXPECT_EQ(in, "ab");
  queue.WhenSaved(reader('c'));
  EXPECT_EQ(in, "abc") << "nothing waits";
  // Replayed from the log: their rows wait again.
  queue.SetUnsaved(2);
  queue.WhenSaved(reader('d'));
  EXPECT_EQ(in, "abc");
  queue.Saved(7);
  EXPECT_EQ(in, "abcd");
}

}  // namespace
}  // namespace trailbook
