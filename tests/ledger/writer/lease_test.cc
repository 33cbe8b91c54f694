// Two daemons on one PostgreSQL: who writes what, who takes over, and who finds out that he was paused.
#include "ledger/writer/lease.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/time/clock.h"
#include "ledger/base/status.h"
#include "ledger/store/migrations.h"
#include "tests/contract/stores.h"

namespace trailbook {
namespace {

class LeaseTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = store::NewPostgresStore();
    if (store_ == nullptr) GTEST_SKIP() << store::kNoPostgres;
    first_db_ = *store_->engine().OpenWriter();
    ASSERT_TRUE(store::Migrate(*first_db_).ok());
    second_engine_ = *store_->Open();
    second_db_ = *second_engine_->OpenWriter();
    first_ = std::make_unique<Leases>(first_db_.get(), "127.0.0.1:1");
    second_ = std::make_unique<Leases>(second_db_.get(), "127.0.0.1:2");
  }
  static bool KeepsIn(store::Database& db, Leases& leases, int64_t program) {
    EXPECT_TRUE(db.Begin(true).ok());
    const auto kept = KeepLease(db, leases.Of(program));
    EXPECT_TRUE(kept.ok()) << kept.status();
    EXPECT_TRUE(db.Commit().ok());
    return kept.value_or(false);
  }
  void LetTimePass() {
    EXPECT_TRUE(first_db_->Execute("UPDATE lease SET expire_time = now() - interval '1 second'").ok());
  }

  std::unique_ptr<store::EmptyStore> store_;
  std::unique_ptr<store::Engine> second_engine_;
  std::unique_ptr<store::Database> first_db_, second_db_;
  std::unique_ptr<Leases> first_, second_;
};

TEST_F(LeaseTest, TheFirstThatAsksHasItAndOthersHearWhere) {
  EXPECT_TRUE(*first_->Ensure(7)) << "gained";
  EXPECT_FALSE(*first_->Ensure(7)) << "held already";
  const absl::Status refused = second_->Ensure(7).status();
  EXPECT_EQ(ReasonOf(refused), "HELD_ELSEWHERE");
  EXPECT_EQ(HolderOf(refused), "127.0.0.1:1");
  EXPECT_TRUE(*second_->Ensure(8)) << "another program";
  EXPECT_TRUE(KeepsIn(*first_db_, *first_, 7));
  EXPECT_TRUE(KeepsIn(*second_db_, *second_, 8));
  EXPECT_FALSE(KeepsIn(*second_db_, *second_, 7));
}

TEST_F(LeaseTest, WhoLetsGoIsFollowedAtOnce) {
  EXPECT_TRUE(*first_->Ensure(7));
  first_->Release();
  EXPECT_TRUE(*second_->Ensure(7));
  EXPECT_EQ(HolderOf(first_->Ensure(7).status()), "127.0.0.1:2");
}

TEST_F(LeaseTest, WhoWasPausedPastHisLeaseFindsOutBeforeHeWrites) {
  EXPECT_TRUE(*first_->Ensure(7));
  LetTimePass();
  EXPECT_TRUE(*second_->Ensure(7));
  EXPECT_FALSE(KeepsIn(*first_db_, *first_, 7));
  EXPECT_TRUE(KeepsIn(*second_db_, *second_, 7));
}

TEST_F(LeaseTest, ALeaseThatEndedAndThatNobodyTookIsStillOnesOwn) {
  EXPECT_TRUE(*first_->Ensure(7));
  LetTimePass();
  EXPECT_TRUE(KeepsIn(*first_db_, *first_, 7));
  EXPECT_EQ(ReasonOf(second_->Ensure(7).status()), "HELD_ELSEWHERE") << "renewed";
}

TEST_F(LeaseTest, WhoComesBackAfterAnotherGainsItAnew) {
  EXPECT_TRUE(*first_->Ensure(7));
  LetTimePass();
  EXPECT_TRUE(*second_->Ensure(7));
  EXPECT_FALSE(KeepsIn(*first_db_, *first_, 7));
  second_->Release();
  EXPECT_TRUE(first_->RenewAll().ok());
  EXPECT_FALSE(first_->Holds(7));
  EXPECT_TRUE(*first_->Ensure(7)) << "what it knows of the program may be old";
  EXPECT_TRUE(KeepsIn(*first_db_, *first_, 7));
}

TEST_F(LeaseTest, NobodyTakesALeaseWhileItsRowIsHeldByACommit) {
  EXPECT_TRUE(*first_->Ensure(7));
  LetTimePass();
  ASSERT_TRUE(first_db_->Begin(true).ok());
  ASSERT_TRUE(*KeepLease(*first_db_, first_->Of(7)));
  ASSERT_TRUE(second_db_->Execute("SET lock_timeout = '200ms'").ok());
  EXPECT_TRUE(absl::IsUnavailable(second_->Ensure(7).status()));
  ASSERT_TRUE(first_db_->Commit().ok());
  EXPECT_EQ(ReasonOf(second_->Ensure(7).status()), "HELD_ELSEWHERE") << "the commit has renewed it";
}

TEST_F(LeaseTest, WhoIsPausedInTheMiddleOfACommitIsThrownOut) {
  EXPECT_TRUE(*first_->Ensure(7));
  ASSERT_TRUE(first_db_->Begin(true).ok());
  ASSERT_TRUE(*KeepLease(*first_db_, first_->Of(7)));
  absl::SleepFor(absl::Seconds(11));
  const auto taken = second_->Ensure(7);
  EXPECT_TRUE(taken.ok() && *taken) << taken.status();
  EXPECT_FALSE(first_db_->Commit().ok());
}

TEST_F(LeaseTest, WhatACommitKeepsNeedNotBeAskedFor) {
  EXPECT_FALSE(first_->IsFresh(7));
  EXPECT_EQ(first_->Of(7).epoch, 0);
  EXPECT_FALSE(KeepsIn(*first_db_, *first_, 7)) << "never taken";
  EXPECT_TRUE(*first_->Ensure(7));
  EXPECT_TRUE(first_->IsFresh(7));
  // Two seconds later it would have to be asked for again, had no commit kept it.
  absl::SleepFor(absl::Milliseconds(1300));
  ASSERT_TRUE(KeepsIn(*first_db_, *first_, 7));
  first_->WasKept(7, absl::Now());
  absl::SleepFor(absl::Milliseconds(1000));
  EXPECT_TRUE(first_->IsFresh(7));
  absl::SleepFor(absl::Milliseconds(1100));
  EXPECT_FALSE(first_->IsFresh(7));
  first_->WasKept(8, absl::Now());
  EXPECT_FALSE(first_->Holds(8)) << "no commit can have kept what was not held";
}

}  // namespace
}  // namespace trailbook
