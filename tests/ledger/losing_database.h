// A connection that loses answers to commits, or the commits.
#ifndef TRAILBOOK_TESTS_LEDGER_LOSING_DATABASE_H_
#define TRAILBOOK_TESTS_LEDGER_LOSING_DATABASE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "ledger/store/sql.h"

namespace trailbook {

enum class Lost { kNothing, kTheAnswer, kTheCommit, kTheAnswerAndTheLease };

class LosingDatabase final : public store::Database {
 public:
  // `next` says what the next commit loses.
  LosingDatabase(std::shared_ptr<store::Database> db, std::function<Lost()> next) : db_(std::move(db)), next_(std::move(next)) {}

  absl::StatusOr<store::Statement*> Prepare(absl::string_view sql) override { return db_->Prepare(sql); }
  store::Dialect dialect() const override { return db_->dialect(); }
  absl::Status Execute(absl::string_view sql) override { return db_->Execute(sql); }
  absl::Status Begin(bool write) override { return db_->Begin(write); }
  absl::Status Commit() override {
    const Lost lost = next_();
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
  void Defer() override { db_->Defer(); }
  absl::Status Demand(absl::string_view sql, const store::Row& parameters, const absl::Status& otherwise) override {
    return db_->Demand(sql, parameters, otherwise);
  }
  absl::Status AskByKeys(const store::TableShape& shape, size_t keys, BindRow bind, RowSink sink) override {
    return db_->AskByKeys(shape, keys, bind, std::move(sink));
  }
  absl::Status Collect() override { return db_->Collect(); }

 private:
  const std::shared_ptr<store::Database> db_;
  const std::function<Lost()> next_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_TESTS_LEDGER_LOSING_DATABASE_H_
