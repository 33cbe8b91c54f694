// Two daemons on one PostgreSQL: who writes what, who takes over, and who finds out that he was paused.
#include "ledger/lease.h"

#include <gtest/gtest.h>

#include <memory>

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
  static absl::Status ConfirmIn(store::Database& db, Leases& leases, int64_t program) {
    EXPECT_TRUE(db.Begin(true).ok());
    const absl::Status confirmed = leases.Confirm(program);
    if (confirmed.ok()) EXPECT_TRUE(db.Commit().ok());
    if (!confirmed.ok()) db.Rollback();
    return confirmed;
  }
  void LetTimePass() { EXPECT_TRUE(first_db_->Execute("UPDATE lease SET expire_time = now() - interval '1 second'").ok()); }

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
  EXPECT_TRUE(ConfirmIn(*first_db_, *first_, 7).ok());
  EXPECT_TRUE(ConfirmIn(*second_db_, *second_, 8).ok());
  EXPECT_FALSE(ConfirmIn(*second_db_, *second_, 7).ok());
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
  const absl::Status late = ConfirmIn(*first_db_, *first_, 7);
  EXPECT_TRUE(absl::IsUnavailable(late)) << late;
  EXPECT_TRUE(ConfirmIn(*second_db_, *second_, 7).ok());
}

TEST_F(LeaseTest, ALeaseThatEndedAndThatNobodyTookIsStillOnesOwn) {
  EXPECT_TRUE(*first_->Ensure(7));
  LetTimePass();
  EXPECT_TRUE(ConfirmIn(*first_db_, *first_, 7).ok());
  EXPECT_TRUE(first_->Prove(7).ok());
  EXPECT_EQ(ReasonOf(second_->Ensure(7).status()), "HELD_ELSEWHERE") << "renewed";
}

TEST_F(LeaseTest, WhoComesBackAfterAnotherGainsItAnew) {
  EXPECT_TRUE(*first_->Ensure(7));
  LetTimePass();
  EXPECT_TRUE(*second_->Ensure(7));
  EXPECT_FALSE(ConfirmIn(*first_db_, *first_, 7).ok());
  second_->Release();
  EXPECT_TRUE(*first_->Ensure(7)) << "what it knows of the program may be old";
  EXPECT_TRUE(ConfirmIn(*first_db_, *first_, 7).ok());
}

TEST_F(LeaseTest, NobodyTakesALeaseWhileItsRowIsHeldByACommit) {
  EXPECT_TRUE(*first_->Ensure(7));
  LetTimePass();
  ASSERT_TRUE(first_db_->Begin(true).ok());
  ASSERT_TRUE(first_->Confirm(7).ok());
  ASSERT_TRUE(second_db_->Execute("SET lock_timeout = '200ms'").ok());
  EXPECT_TRUE(absl::IsUnavailable(second_->Ensure(7).status()));
  ASSERT_TRUE(first_db_->Commit().ok());
  EXPECT_TRUE(*second_->Ensure(7));
}

}  // namespace
}  // namespace trailbook
