// A connection that loses answers to commits, or the commits.
#ifndef TRAILBOOK_TESTS_LEDGER_LOSING_DATABASE_H_
#define TRAILBOOK_TESTS_LEDGER_LOSING_DATABASE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "tests/ledger/changed_database.h"

namespace trailbook {

enum class Lost { kNothing, kTheAnswer, kTheCommit, kTheAnswerAndTheLease };

class LosingDatabase final : public ChangedDatabase {
 public:
  // `next` says what the next commit loses.
  LosingDatabase(std::shared_ptr<store::Database> db, std::function<Lost()> next)
      : ChangedDatabase(std::move(db)), next_(std::move(next)) {}

  absl::Status Commit() override {
    const Lost lost = next_();
    if (lost == Lost::kTheCommit) db_->Rollback();
    const absl::Status done = lost == Lost::kTheCommit ? absl::OkStatus() : db_->Commit();
    if (lost == Lost::kTheAnswerAndTheLease) {
      EXPECT_TRUE(db_->Execute("UPDATE lease SET epoch = epoch + 1, holder = 'another'").ok());
    }
    return lost == Lost::kNothing ? done : store::CommitUnknown("cut off");
  }

 private:
  const std::function<Lost()> next_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_TESTS_LEDGER_LOSING_DATABASE_H_
