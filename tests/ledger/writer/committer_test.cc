// A commit whose answer is lost is settled by what is stored, and never repeated.
#include "ledger/writer/committer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "ledger/base/status.h"
#include "ledger/store/migrations.h"
#include "tests/contract/stores.h"
#include "tests/ledger/losing_database.h"

namespace trailbook {
namespace {

class CommitterTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = store::NewPostgresStore();
    if (store_ == nullptr) GTEST_SKIP() << store::kNoPostgres;
    plain_ = *store_->engine().OpenWriter();
    ASSERT_TRUE(store::Migrate(*plain_).ok());
    db_ = std::make_unique<LosingDatabase>(plain_, [this] { return std::exchange(lost_, Lost::kNothing); });
    ids_ = std::make_unique<store::FreshKeys>(db_.get(), 0);
    committer_ = std::make_unique<Committer>(db_.get(), ids_.get());
    leases_ = std::make_unique<Leases>(plain_.get(), "127.0.0.1:1");
    ASSERT_TRUE(*leases_->Ensure(7));
  }
  // Commits the next record of the log.
  absl::Status Commit(int64_t sequence, Lost lost) {
    Transaction transaction;
    transaction.records.push_back({7, sequence, "a record"});
    transaction.leases.push_back(leases_->Of(7));
    lost_ = lost;
    return committer_->Commit(transaction);
  }
  int64_t Size() { return *LogSizeOf(*plain_, 7); }

  std::unique_ptr<store::EmptyStore> store_;
  std::shared_ptr<store::Database> plain_;
  Lost lost_ = Lost::kNothing;  // with the next commit
  std::unique_ptr<LosingDatabase> db_;
  std::unique_ptr<store::FreshKeys> ids_;
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<Leases> leases_;
};

TEST_F(CommitterTest, WhatIsThereIsCommittedWhoeverLostTheAnswer) {
  EXPECT_TRUE(Commit(1, Lost::kNothing).ok());
  EXPECT_TRUE(Commit(2, Lost::kTheAnswer).ok());
  EXPECT_EQ(Size(), 2) << "once";
  EXPECT_TRUE(Commit(3, Lost::kNothing).ok());
}

TEST_F(CommitterTest, WhatIsNotThereIsLeftToWhoeverAsked) {
  EXPECT_TRUE(Commit(1, Lost::kNothing).ok());
  EXPECT_TRUE(absl::IsUnavailable(Commit(2, Lost::kTheCommit)));
  EXPECT_EQ(Size(), 1);
  committer_->Drop();
  EXPECT_TRUE(Commit(2, Lost::kNothing).ok());
}

TEST_F(CommitterTest, WithoutTheLeaseNobodyCanSayThatItIsSafe) {
  EXPECT_TRUE(absl::IsUnavailable(Commit(1, Lost::kTheAnswerAndTheLease)))
      << "it is there, but no later commit has proved it";
  EXPECT_EQ(Size(), 1);
}

TEST_F(CommitterTest, NothingIsWrittenWhereTheRowsAreMissingThatItWasDecidedOn) {
  EXPECT_TRUE(Commit(1, Lost::kNothing).ok());
  Transaction transaction;
  transaction.records.push_back({7, 2, "a record"});
  transaction.leases.push_back(leases_->Of(7));
  transaction.leases.back().watermark = 1;
  EXPECT_TRUE(absl::IsUnavailable(committer_->Commit(transaction)));
  EXPECT_EQ(Size(), 1);
  committer_->Drop();
  ASSERT_TRUE(RaiseWatermark(*plain_, 7, 0, 1).ok());
  EXPECT_TRUE(committer_->Commit(transaction).ok());
  EXPECT_EQ(Size(), 2);
}

TEST_F(CommitterTest, WhoLostHisLeaseWritesNothing) {
  EXPECT_TRUE(Commit(1, Lost::kNothing).ok());
  ASSERT_TRUE(plain_->Execute("UPDATE lease SET epoch = epoch + 1, holder = 'another'").ok());
  EXPECT_TRUE(absl::IsUnavailable(Commit(2, Lost::kNothing)));
  EXPECT_EQ(Size(), 1);
}

}  // namespace
}  // namespace trailbook
