// One connection of the PostgreSQL driver: statements that are known to the server by name, bulk reads and writes as
// arrays, and a pipeline of what was sent and is not answered yet. A connection that was lost is made again, but never
// within a transaction.
#ifndef TRAILBOOK_LEDGER_STORE_POSTGRES_DATABASE_H_
#define TRAILBOOK_LEDGER_STORE_POSTGRES_DATABASE_H_

#include <libpq-fe.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/store/postgres_connection.h"
#include "ledger/store/postgres_pipeline.h"
#include "ledger/store/postgres_statement.h"
#include "ledger/store/postgres_values.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class PostgresDatabase final : public Database {
 public:
  // `writer_open` is not owned: false again when the connection goes.
  PostgresDatabase(std::string url, bool writer, std::atomic<bool>* writer_open)
      : url_(std::move(url)), writer_(writer), writer_open_(writer_open) {}
  ~PostgresDatabase() override;
  PostgresDatabase(const PostgresDatabase&) = delete;

  Dialect dialect() const override { return Dialect::kPostgres; }

  // Anew, if it was connected before: what was prepared is prepared again when it is used.
  absl::Status Connect();

  absl::StatusOr<Statement*> Prepare(absl::string_view sql) override { return PrepareOwn(sql, false); }
  absl::StatusOr<Statement*> PrepareScan(absl::string_view sql) override { return PrepareOwn(sql, true); }

  absl::Status Execute(absl::string_view sql) override;
  absl::Status Begin(bool write) override;
  absl::Status Commit() override;
  void Rollback() override;
  void Defer() override { deferring_ = in_transaction_; }
  absl::Status Collect() override;
  absl::Status Demand(absl::string_view sql, const Row& parameters, const absl::Status& otherwise) override;

  using Database::GetMany;
  using Database::InsertMany;
  using Database::UpsertMany;
  absl::Status InsertMany(const TableShape& shape, size_t rows, BindRow bind) override {
    return WriteMany(shape, rows, bind, "");
  }
  absl::Status UpsertMany(const TableShape& shape, size_t rows, BindRow bind) override {
    return WriteMany(shape, rows, bind, shape.on_conflict);
  }
  absl::Status GetMany(absl::string_view sql, size_t keys, BindRow bind,
                       absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) override;
  // All keys in one statement, an array a column, each with its number.
  absl::Status AskByKeys(const TableShape& shape, size_t keys, BindRow bind, RowSink sink) override;

  // ---- for statements ----

  // Connects again if the connection was lost, but never within a transaction.
  absl::Status Reach();
  // What a result that is not good means.
  absl::Status Failed(const PGresult* result, absl::string_view doing);
  // The statement is known to the server under its name.
  absl::Status MakeKnown(PostgresStatement& statement);
  // Its result, whole.
  absl::StatusOr<Result> Run(PostgresStatement& statement);
  // The same for a text with parameters that is not kept.
  absl::StatusOr<Result> RunText(const std::string& sql, const Arguments& arrays);
  bool in_transaction() const { return in_transaction_; }

 private:
  void Disconnect();
  absl::Status TryBegin(bool write);
  // Sends a statement with what is bound to it.
  absl::Status Send(PostgresStatement& statement, Pipeline::Sink sink);
  absl::Status SendText(const char* sql) { return End(pipeline_->SendText(sql, nullptr)); }
  // Without its end the server may answer nothing: what was sent by half is given up with its connection.
  absl::Status End(absl::Status sent);
  // Sends a statement that writes, and waits for its answer unless that is deferred.
  absl::Status Write(PostgresStatement& statement, Pipeline::Sink sink);
  absl::StatusOr<PostgresStatement*> PrepareOwn(absl::string_view sql, bool scan);
  // The types of a table's columns, in the order of the shape.
  absl::StatusOr<const std::vector<Oid>*> TypesOf(const TableShape& shape);
  // All rows in one statement: an array a column, so that the number of round trips does not grow with the batch.
  absl::Status WriteMany(const TableShape& shape, size_t rows, BindRow bind, const std::string& conflict);
  // Sends every key, and then takes the answers.
  absl::Status RunPipeline(PostgresStatement& statement, size_t first, size_t end, BindRow bind,
                           absl::FunctionRef<absl::Status(size_t, const Statement&)> sink);

  const std::string url_;
  const bool writer_;
  std::atomic<bool>* writer_open_;  // not owned; nullptr but for the writer
  PGconn* connection_ = nullptr;
  std::optional<Pipeline> pipeline_;  // of the connection
  bool in_transaction_ = false, deferring_ = false;
  int64_t generation_ = 0;
  absl::node_hash_map<std::string, std::unique_ptr<PostgresStatement>> statements_;
  absl::node_hash_map<std::string, std::vector<Oid>> types_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_POSTGRES_DATABASE_H_
