// A commit whose answer is lost is settled by what is stored, and never repeated.
#include "ledger/committer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "ledger/base/status.h"
#include "ledger/store/migrations.h"
#include "tests/contract/stores.h"

namespace trailbook {
namespace {

// A connection that loses the answer to its next commit.
class LosesAnAnswer final : public store::Database {
 public:
  enum class Lost { kNothing, kTheAnswer, kTheCommit, kTheAnswerAndTheLease };
  explicit LosesAnAnswer(store::Database* db) : db_(db) {}
  void Lose(Lost what) { lost_ = what; }

  absl::StatusOr<store::Statement*> Prepare(absl::string_view sql) override { return db_->Prepare(sql); }
  store::Dialect dialect() const override { return db_->dialect(); }
  absl::Status Execute(absl::string_view sql) override { return db_->Execute(sql); }
  absl::Status Begin(bool write) override { return db_->Begin(write); }
  absl::Status Commit() override {
    const Lost lost = std::exchange(lost_, Lost::kNothing);
    if (lost == Lost::kTheCommit) db_->Rollback();
    const absl::Status done = lost == Lost::kTheCommit ? absl::OkStatus() : db_->Commit();
    if (lost == Lost::kTheAnswerAndTheLease) EXPECT_TRUE(db_->Execute("UPDATE lease SET epoch = epoch + 1, holder = 'another'").ok());
    return lost == Lost::kNothing ? done : store::CommitUnknown("cut off");
  }
  void Rollback() override { db_->Rollback(); }
  absl::Status InsertMany(const store::TableShape& shape, size_t rows, BindRow bind) override { return db_->InsertMany(shape, rows, bind); }
  absl::Status UpsertMany(const store::TableShape& shape, size_t rows, BindRow bind) override { return db_->UpsertMany(shape, rows, bind); }
  absl::Status GetMany(absl::string_view sql, size_t keys, BindRow bind, absl::FunctionRef<absl::Status(size_t, const store::Statement&)> sink) override {
    return db_->GetMany(sql, keys, bind, sink);
  }

 private:
  store::Database* db_;
  Lost lost_ = Lost::kNothing;
};

class CommitterTest : public testing::Test {
 protected:
  using Lost = LosesAnAnswer::Lost;
  void SetUp() override {
    store_ = store::NewPostgresStore();
    if (store_ == nullptr) GTEST_SKIP() << store::kNoPostgres;
    plain_ = *store_->engine().OpenWriter();
    ASSERT_TRUE(store::Migrate(*plain_).ok());
    db_ = std::make_unique<LosesAnAnswer>(plain_.get());
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
    db_->Lose(lost);
    return committer_->Commit(transaction);
  }
  int64_t Size() { return *LogSizeOf(*plain_, 7); }

  std::unique_ptr<store::EmptyStore> store_;
  std::unique_ptr<store::Database> plain_;
  std::unique_ptr<LosesAnAnswer> db_;
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
  EXPECT_TRUE(absl::IsUnavailable(Commit(1, Lost::kTheAnswerAndTheLease))) << "it is there, but no later commit has proved it";
  EXPECT_EQ(Size(), 1);
}

TEST_F(CommitterTest, WhoLostHisLeaseWritesNothing) {
  EXPECT_TRUE(Commit(1, Lost::kNothing).ok());
  ASSERT_TRUE(plain_->Execute("UPDATE lease SET epoch = epoch + 1, holder = 'another'").ok());
  EXPECT_TRUE(absl::IsUnavailable(Commit(2, Lost::kNothing)));
  EXPECT_EQ(Size(), 1);
}

}  // namespace
}  // namespace trailbook
