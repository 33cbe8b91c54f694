// A connection that passes everything on to another; what differs is overridden.
#ifndef TRAILBOOK_TESTS_LEDGER_CHANGED_DATABASE_H_
#define TRAILBOOK_TESTS_LEDGER_CHANGED_DATABASE_H_

#include <memory>
#include <utility>

#include "ledger/store/sql.h"

namespace trailbook {

class ChangedDatabase : public store::Database {
 public:
  explicit ChangedDatabase(std::shared_ptr<store::Database> db) : db_(std::move(db)) {}

  using EachRow = absl::FunctionRef<absl::Status(size_t, const store::Statement&)>;

  absl::StatusOr<store::Statement*> Prepare(absl::string_view sql) override { return db_->Prepare(sql); }
  absl::StatusOr<store::Statement*> PrepareScan(absl::string_view sql) override { return db_->PrepareScan(sql); }
  store::Dialect dialect() const override { return db_->dialect(); }
  absl::Status Execute(absl::string_view sql) override { return db_->Execute(sql); }
  absl::Status Begin(bool write) override { return db_->Begin(write); }
  absl::Status Commit() override { return db_->Commit(); }
  void Rollback() override { db_->Rollback(); }
  void Defer() override { db_->Defer(); }
  absl::Status InsertMany(const store::TableShape& shape, size_t rows, BindRow bind) override {
    return db_->InsertMany(shape, rows, bind);
  }
  absl::Status UpsertMany(const store::TableShape& shape, size_t rows, BindRow bind) override {
    return db_->UpsertMany(shape, rows, bind);
  }
  absl::Status GetMany(absl::string_view sql, size_t keys, BindRow bind, EachRow sink) override {
    return db_->GetMany(sql, keys, bind, sink);
  }
  absl::Status Demand(absl::string_view sql, const store::Row& parameters, const absl::Status& otherwise) override {
    return db_->Demand(sql, parameters, otherwise);
  }
  absl::Status AskByKeys(const store::TableShape& shape, size_t keys, BindRow bind, RowSink sink) override {
    return db_->AskByKeys(shape, keys, bind, std::move(sink));
  }
  absl::Status Collect() override { return db_->Collect(); }
  int64_t PagesRead() const override { return db_->PagesRead(); }

 protected:
  const std::shared_ptr<store::Database> db_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_TESTS_LEDGER_CHANGED_DATABASE_H_
