#include "ledger/store/postgres.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "absl/container/node_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "ledger/base/status.h"
#include "ledger/store/postgres_connection.h"
#include "ledger/store/postgres_pipeline.h"
#include "ledger/store/postgres_values.h"
#include "ledger/store/sqlite.h"

namespace trailbook::store {
namespace {

constexpr int kScanRows = 2000;  // a scan fetches so many at a time

class PostgresDatabase;

// Values of a statement's parameters: numbers and texts as text, which suits whatever type the server gave the parameter; blobs as they are.
class Parameters {
 public:
  void Set(int index, std::string value, bool binary) {
    const auto at = static_cast<size_t>(index - 1);
    if (at >= values_.size()) values_.resize(at + 1);
    values_[at] = {std::move(value), binary, true};
  }
  void SetNull(int index) { Set(index, "", false), values_[static_cast<size_t>(index - 1)].present = false; }
  void Clear() { values_.clear(); }

  Arguments For(int count) const {
    Arguments arrays;
    for (size_t at = 0; at < static_cast<size_t>(count); ++at) {
      const bool present = at < values_.size() && values_[at].present;
      arrays.values.push_back(present ? values_[at].bytes.c_str() : nullptr);
      arrays.lengths.push_back(present ? static_cast<int>(values_[at].bytes.size()) : 0);
      arrays.formats.push_back(present && values_[at].binary ? 1 : 0);
    }
    return arrays;
  }

 private:
  struct OneValue {
    std::string bytes;
    bool binary = false, present = false;
  };
  std::vector<OneValue> values_;
};

// A prepared statement. Its result is fetched whole by the first Step, a scan's in parts.
class PostgresStatement final : public Statement {
 public:
  PostgresStatement(PostgresDatabase* db, std::string sql, std::string name, bool scan)
      : db_(db), sql_(std::move(sql)), name_(std::move(name)), scan_(scan) {}

  void BindInt(int index, int64_t value) override { parameters_.Set(index, absl::StrCat(value), false); }
  void BindText(int index, absl::string_view value) override { parameters_.Set(index, std::string(value), false); }
  void BindBlob(int index, absl::string_view value) override { parameters_.Set(index, std::string(value), true); }
  void BindNull(int index) override { parameters_.SetNull(index); }

  absl::StatusOr<bool> Step() override;
  void Reset() override {
    Rewind();
    parameters_.Clear();
  }
  void Rewind();
  int ColumnCount() const override { return PQnfields(result_.get()); }
  bool ColumnIsNull(int index) const override { return PQgetisnull(result_.get(), row_, index) == 1; }
  int64_t ColumnInt(int index) const override { return IntFromBinary(Bytes(index)); }
  absl::string_view ColumnText(int index) const override { return Bytes(index); }
  absl::string_view ColumnBlob(int index) const override { return Bytes(index); }
  Value Column(int index) const override {
    if (ColumnIsNull(index)) return std::monostate();
    const Oid type = PQftype(result_.get(), index);
    if (IsIntType(type)) return ColumnInt(index);
    if (type == kByteaOid) return Blob{std::string(Bytes(index))};
    return std::string(Bytes(index));
  }

  const std::string& sql() const { return sql_; }
  const std::string& name() const { return name_; }
  const Parameters& parameters() const { return parameters_; }
  // Shows each row of a result that came by another way than Step, until `sink` fails.
  absl::Status ShowEach(Result result, absl::FunctionRef<absl::Status()> sink) {
    result_ = std::move(result);
    absl::Status status;
    for (row_ = 0; row_ < PQntuples(result_.get()) && status.ok(); ++row_) status = sink();
    Rewind();
    return status;
  }
  int64_t prepared_on = -1;  // the connection's generation
  int parameter_count = 0;

 private:
  absl::string_view Bytes(int index) const {
    return absl::string_view(PQgetvalue(result_.get(), row_, index), static_cast<size_t>(PQgetlength(result_.get(), row_, index)));
  }
  absl::StatusOr<bool> NextOfScan();

  PostgresDatabase* db_;
  std::string sql_, name_;
  bool scan_, open_ = false;
  Parameters parameters_;
  Result result_;
  int row_ = -1;
};

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(std::string url, bool writer, std::atomic<bool>* writer_open)
      : url_(std::move(url)), writer_(writer), writer_open_(writer_open) {}
  ~PostgresDatabase() override {
    statements_.clear();
    Disconnect();
    if (writer_open_ != nullptr) *writer_open_ = false;
  }
  PostgresDatabase(const PostgresDatabase&) = delete;

  Dialect dialect() const override { return Dialect::kPostgres; }

  absl::Status Connect() {
    Disconnect();
    in_transaction_ = deferring_ = false;
    ++generation_;
    types_.clear();
    TRAILBOOK_ASSIGN_OR_RETURN(connection_, OpenConnection(url_, writer_));
    pipeline_.emplace(connection_, [this](const PGresult* result, absl::string_view sql) { return Failed(result, sql); });
    return absl::OkStatus();
  }

  absl::StatusOr<Statement*> Prepare(absl::string_view sql) override { return PrepareOwn(sql, false); }
  absl::StatusOr<Statement*> PrepareScan(absl::string_view sql) override { return PrepareOwn(sql, true); }

  absl::Status Execute(absl::string_view sql) override {
    TRAILBOOK_RETURN_IF_ERROR(Collect());
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    const Result result(PQexec(connection_, std::string(sql).c_str()));
    return IsGood(result.get()) ? absl::OkStatus() : Failed(result.get(), sql.substr(0, 60));
  }

  absl::Status Begin(bool write) override {
    absl::Status begun = TryBegin(write);
    // A connection that was cut while nobody used it shows that only now.
    if (!begun.ok() && PQstatus(connection_) != CONNECTION_OK) begun = TryBegin(write);
    in_transaction_ = begun.ok();
    return begun;
  }

  absl::Status Commit() override {
    // What has failed is known before the transaction may end in anything else.
    const absl::Status written = Collect();
    if (!written.ok()) {
      Rollback();
      return written;
    }
    const Result result(PQexec(connection_, "COMMIT"));
    in_transaction_ = deferring_ = false;
    if (!IsGood(result.get())) {
      const bool lost = PQstatus(connection_) != CONNECTION_OK || absl::StartsWith(StateOf(result.get()), "40003") ||
                        absl::StartsWith(StateOf(result.get()), "57P");
      absl::Status status = Failed(result.get(), "COMMIT");
      Rollback();
      return lost ? CommitUnknown(status.message()) : status;
    }
    // A transaction that had failed is rolled back by COMMIT, which calls that a success.
    return absl::string_view(PQcmdStatus(result.get())) == "COMMIT" ? absl::OkStatus() : Internal("COMMIT: the transaction had failed before");
  }

  void Rollback() override {
    // First: whoever asked may be gone.
    if (pipeline_.has_value()) pipeline_->Drop();
    for (auto& [sql, statement] : statements_) statement->Reset();
    in_transaction_ = deferring_ = false;
    if (PQstatus(connection_) == CONNECTION_OK && PQtransactionStatus(connection_) != PQTRANS_IDLE) (void)Result(PQexec(connection_, "ROLLBACK"));
  }

  void Defer() override { deferring_ = in_transaction_; }

  absl::Status Collect() override {
    if (!pipeline_.has_value() || pipeline_->empty()) return absl::OkStatus();
    return pipeline_->Collect();
  }

  absl::Status Demand(absl::string_view sql, const Row& parameters, const absl::Status& otherwise) override {
    TRAILBOOK_ASSIGN_OR_RETURN(PostgresStatement * statement, PrepareOwn(sql, false));
    for (size_t at = 0; at < parameters.size(); ++at) statement->Bind(static_cast<int>(at) + 1, parameters[at]);
    return Write(*statement, [otherwise](Result result) { return PQntuples(result.get()) > 0 ? absl::OkStatus() : otherwise; });
  }

  using Database::GetMany;
  using Database::InsertMany;
  using Database::UpsertMany;

  absl::Status InsertMany(const TableShape& shape, size_t rows, BindRow bind) override { return WriteMany(shape, rows, bind, ""); }

  absl::Status UpsertMany(const TableShape& shape, size_t rows, BindRow bind) override {
    const auto key_end = shape.columns.begin() + shape.key_columns;
    std::string conflict = absl::StrCat(" ON CONFLICT (", absl::StrJoin(shape.columns.begin(), key_end, ", "), ") DO ");
    if (key_end == shape.columns.end()) {
      absl::StrAppend(&conflict, "NOTHING");
    } else {
      absl::StrAppend(&conflict, "UPDATE SET ", absl::StrJoin(key_end, shape.columns.end(), ", ", [](std::string* out, const std::string& column) {
                        absl::StrAppend(out, column, " = excluded.", column);
                      }));
    }
    return WriteMany(shape, rows, bind, conflict);
  }

  absl::Status GetMany(absl::string_view sql, size_t keys, BindRow bind, absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) override {
    if (keys == 0) return absl::OkStatus();
    TRAILBOOK_ASSIGN_OR_RETURN(PostgresStatement * statement, PrepareOwn(sql, false));
    absl::Status status;
    for (size_t first = 0; first < keys && status.ok(); first += kPipelined) {
      status = RunPipeline(*statement, first, std::min(keys, first + kPipelined), bind, sink);
    }
    statement->Reset();
    return status;
  }

  // All keys in one statement, an array a column, each with its number.
  absl::Status AskByKeys(const TableShape& shape, size_t keys, BindRow bind, RowSink sink) override {
    if (keys == 0) return absl::OkStatus();
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<Oid>* types, TypesOf(shape));
    ColumnArrays columns(std::vector<Oid>(types->begin(), types->begin() + shape.key_columns));
    for (size_t key = 0; key < keys; ++key) {
      columns.StartRow();
      bind(key, columns);
    }
    TRAILBOOK_RETURN_IF_ERROR(columns.status());
    std::string places, names, joined;
    for (int at = 0; at < shape.key_columns; ++at) {
      const std::string& column = shape.columns[static_cast<size_t>(at)];
      absl::StrAppend(&places, at == 0 ? "" : ", ", "$", at + 1, "::", ArrayTypeName((*types)[static_cast<size_t>(at)]));
      absl::StrAppend(&names, column, ", ");
      absl::StrAppend(&joined, at == 0 ? "" : " AND ", shape.table, ".", column, " = asked.", column);
    }
    const std::string selected = absl::StrJoin(shape.columns, ", ", [&shape](std::string* out, const std::string& column) {
      absl::StrAppend(out, shape.table, ".", column);
    });
    const std::string sql = absl::StrCat("SELECT ", selected, ", asked.place FROM unnest(", places, ") WITH ORDINALITY AS asked (", names,
                                         "place) JOIN ", shape.table, " ON ", joined);
    TRAILBOOK_ASSIGN_OR_RETURN(PostgresStatement * statement, PrepareOwn(sql, false));
    const std::vector<std::string> arrays = std::move(columns).Encode();
    for (size_t at = 0; at < arrays.size(); ++at) statement->BindBlob(static_cast<int>(at) + 1, arrays[at]);
    const absl::Status sent = Send(*statement, [statement, place = static_cast<int>(shape.columns.size()), sink = std::move(sink)](Result result) {
      return statement->ShowEach(std::move(result), [&] { return sink(static_cast<size_t>(statement->ColumnInt(place)) - 1, *statement); });
    });
    statement->Reset();
    return sent;
  }

  // ---- for statements ----

  // Connects again if the connection was lost, but never within a transaction.
  absl::Status Reach() {
    if (connection_ != nullptr && PQstatus(connection_) == CONNECTION_OK) return absl::OkStatus();
    if (in_transaction_) return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "the connection to the database was lost");
    return Connect();
  }
  absl::Status Failed(const PGresult* result, absl::string_view doing) {
    // Whoever may only read has done wrong; whoever writes has met a server that became a standby.
    if (!writer_ && StateOf(result) == "25006") return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", "a reader cannot write");
    return ErrorOf(connection_, result, absl::StrCat("\"", doing, "\""));
  }
  // The statement is known to the server under its name.
  absl::Status MakeKnown(PostgresStatement& statement) {
    if (statement.prepared_on == generation_ && PQstatus(connection_) == CONNECTION_OK) return absl::OkStatus();
    TRAILBOOK_RETURN_IF_ERROR(Collect());
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    if (statement.prepared_on == generation_) return absl::OkStatus();
    const Result made(PQprepare(connection_, statement.name().c_str(), statement.sql().c_str(), 0, nullptr));
    if (!IsGood(made.get())) return Failed(made.get(), statement.sql());
    const Result described(PQdescribePrepared(connection_, statement.name().c_str()));
    if (!IsGood(described.get())) return Failed(described.get(), statement.sql());
    statement.parameter_count = PQnparams(described.get());
    statement.prepared_on = generation_;
    return absl::OkStatus();
  }
  absl::StatusOr<Result> Run(PostgresStatement& statement) {
    Result result;
    TRAILBOOK_RETURN_IF_ERROR(Send(statement, [&result](Result answer) {
      result = std::move(answer);
      return absl::OkStatus();
    }));
    TRAILBOOK_RETURN_IF_ERROR(Collect());
    return result;
  }
  // The same for a text with parameters that is not kept.
  absl::StatusOr<Result> RunText(const std::string& sql, const Arguments& arrays) {
    TRAILBOOK_RETURN_IF_ERROR(Collect());
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    const int count = static_cast<int>(arrays.values.size());
    Result result(PQexecParams(connection_, sql.c_str(), count, nullptr, arrays.values.data(), arrays.lengths.data(), arrays.formats.data(), 1));
    if (!IsGood(result.get())) return Failed(result.get(), sql);
    return result;
  }
  bool in_transaction() const { return in_transaction_; }

 private:
  static constexpr size_t kPipelined = 1024;

  void Disconnect() {
    pipeline_.reset();
    PQfinish(std::exchange(connection_, nullptr));
  }

  absl::Status TryBegin(bool write) {
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    // A server says nothing unasked unless it closes the connection.
    pollfd socket{PQsocket(connection_), POLLIN, 0};
    const bool quiet = poll(&socket, 1, 0) == 0;
    TRAILBOOK_RETURN_IF_ERROR(SendText(write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    if (write && quiet) return absl::OkStatus();
    // What a transaction sees is what was committed when its first question came: one that reads asks it now.
    if (!write) TRAILBOOK_RETURN_IF_ERROR(SendText("SELECT 1"));
    return Collect();
  }

  // Sends a statement with what is bound to it.
  absl::Status Send(PostgresStatement& statement, Pipeline::Sink sink) {
    TRAILBOOK_RETURN_IF_ERROR(MakeKnown(statement));
    return End(pipeline_->Send(statement.name(), statement.sql(), statement.parameters().For(statement.parameter_count), std::move(sink)));
  }
  absl::Status SendText(const char* sql) { return End(pipeline_->SendText(sql, nullptr)); }
  // Without its end the server may answer nothing: what was sent by half is given up with its connection.
  absl::Status End(absl::Status sent) {
    if (sent.ok()) sent = pipeline_->End();
    if (!sent.ok()) Disconnect();
    return sent;
  }
  // Sends a statement that writes, and waits for its answer unless that is deferred.
  absl::Status Write(PostgresStatement& statement, Pipeline::Sink sink) {
    const absl::Status sent = Send(statement, std::move(sink));
    statement.Reset();
    return sent.ok() && !deferring_ ? Collect() : sent;
  }

  absl::StatusOr<PostgresStatement*> PrepareOwn(absl::string_view sql, bool scan) {
    const std::string key = absl::StrCat(scan ? "scan:" : "", sql);
    auto known = statements_.find(key);
    if (known == statements_.end()) {
      auto made = std::make_unique<PostgresStatement>(this, std::string(sql), absl::StrCat("s", statements_.size()), scan);
      known = statements_.emplace(key, std::move(made)).first;
      const absl::Status status = MakeKnown(*known->second);
      if (!status.ok()) {
        statements_.erase(known);
        return status;
      }
    }
    known->second->Reset();
    return known->second.get();
  }

  // The types of a table's columns, in the order of the shape.
  absl::StatusOr<const std::vector<Oid>*> TypesOf(const TableShape& shape) {
    const std::string key = absl::StrCat(shape.table, ":", absl::StrJoin(shape.columns, ","));
    const auto known = types_.find(key);
    if (known != types_.end()) return &known->second;
    const std::string sql = absl::StrCat("SELECT ", absl::StrJoin(shape.columns, ", "), " FROM ", shape.table, " LIMIT 0");
    TRAILBOOK_ASSIGN_OR_RETURN(const Result result, RunText(sql, {}));
    std::vector<Oid>& types = types_[key];
    for (int at = 0; at < PQnfields(result.get()); ++at) types.push_back(PQftype(result.get(), at));
    return &types;
  }

  // All rows in one statement: an array a column, so that the number of round trips does not grow with the batch.
  absl::Status WriteMany(const TableShape& shape, size_t rows, BindRow bind, const std::string& conflict) {
    if (rows == 0) return absl::OkStatus();
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<Oid>* types, TypesOf(shape));
    ColumnArrays columns(*types);
    for (size_t row = 0; row < rows; ++row) {
      columns.StartRow();
      bind(row, columns);
    }
    TRAILBOOK_RETURN_IF_ERROR(columns.status());
    std::vector<std::string> arrays = std::move(columns).Encode();
    std::string places;
    for (size_t at = 0; at < types->size(); ++at) absl::StrAppend(&places, at == 0 ? "" : ", ", "unnest($", at + 1, "::", ArrayTypeName((*types)[at]), ")");
    const std::string sql = absl::StrCat("INSERT INTO ", shape.table, " (", absl::StrJoin(shape.columns, ", "), ") SELECT ", places, conflict);
    TRAILBOOK_ASSIGN_OR_RETURN(PostgresStatement * statement, PrepareOwn(sql, false));
    for (size_t at = 0; at < arrays.size(); ++at) statement->BindBlob(static_cast<int>(at) + 1, arrays[at]);
    return Write(*statement, nullptr);
  }

  // Sends every key, and then takes the answers.
  absl::Status RunPipeline(PostgresStatement& statement, size_t first, size_t end, BindRow bind,
                           absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) {
    TRAILBOOK_RETURN_IF_ERROR(MakeKnown(statement));
    absl::Status sent;
    for (size_t key = first; key < end && sent.ok(); ++key) {
      bind(key, statement);
      sent = pipeline_->Send(statement.name(), statement.sql(), statement.parameters().For(statement.parameter_count), [&, key](Result result) {
        return statement.ShowEach(std::move(result), [&] { return sink(key, statement); });
      });
    }
    TRAILBOOK_RETURN_IF_ERROR(End(std::move(sent)));
    return Collect();
  }

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

absl::StatusOr<bool> PostgresStatement::Step() {
  if (scan_) return NextOfScan();
  if (result_ == nullptr) {
    TRAILBOOK_ASSIGN_OR_RETURN(result_, db_->Run(*this));
    row_ = -1;
  }
  return ++row_ < PQntuples(result_.get());
}

// A cursor's rows, some thousand at a time: a result of any length needs little memory. Cursors live in transactions.
absl::StatusOr<bool> PostgresStatement::NextOfScan() {
  if (!open_) {
    if (!db_->in_transaction()) return Internal("a scan needs a transaction");
    TRAILBOOK_RETURN_IF_ERROR(db_->MakeKnown(*this));
    TRAILBOOK_RETURN_IF_ERROR(
        db_->RunText(absl::StrCat("DECLARE c", name_, " NO SCROLL CURSOR FOR ", sql_), parameters_.For(parameter_count)).status());
    open_ = true;
  }
  if (result_ == nullptr || row_ + 1 >= PQntuples(result_.get())) {
    if (result_ != nullptr && PQntuples(result_.get()) < kScanRows) return false;
    TRAILBOOK_ASSIGN_OR_RETURN(result_, db_->RunText(absl::StrCat("FETCH ", kScanRows, " FROM c", name_), {}));
    row_ = -1;
  }
  return ++row_ < PQntuples(result_.get());
}

void PostgresStatement::Rewind() {
  if (open_ && db_->in_transaction()) (void)db_->RunText(absl::StrCat("CLOSE c", name_), {});
  open_ = false;
  result_.reset();
  row_ = -1;
}

class PostgresEngine final : public Engine {
 public:
  explicit PostgresEngine(std::string url) : url_(std::move(url)) {}

  absl::StatusOr<std::unique_ptr<Database>> OpenWriter() override {
    if (writer_open_.exchange(true)) {
      return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", "the writing connection is open already");
    }
    return Open(true, &writer_open_);
  }
  absl::StatusOr<std::unique_ptr<Database>> OpenSecondWriter() override { return Open(true, nullptr); }
  absl::StatusOr<std::unique_ptr<Database>> OpenReader() override { return Open(false, nullptr); }
  // What a rebuild is compared with need not be kept: a file of its own, where it costs no round trips.
  absl::StatusOr<std::unique_ptr<Database>> OpenScratch() override { return OpenSqliteScratch(); }
  bool shared() const override { return true; }
  bool CheckpointIsDue(Database&, bool) override { return false; }
  absl::Status Checkpoint(Database&) override { return absl::OkStatus(); }
  absl::StatusOr<std::unique_ptr<Engine>> CopyTo(const std::string&) override {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                  "the books are in PostgreSQL: back them up with its own tools (pg_basebackup, pg_dump)");
  }

 private:
  absl::StatusOr<std::unique_ptr<Database>> Open(bool writer, std::atomic<bool>* writer_open) {
    auto db = std::make_unique<PostgresDatabase>(url_, writer, writer_open);
    TRAILBOOK_RETURN_IF_ERROR(db->Connect());
    return db;
  }

  std::string url_;
  std::atomic<bool> writer_open_{false};
};

}  // namespace

bool IsPostgresUrl(absl::string_view text) { return absl::StartsWith(text, "postgres://") || absl::StartsWith(text, "postgresql://"); }

absl::StatusOr<std::unique_ptr<Engine>> OpenPostgres(absl::string_view url) {
  auto engine = std::make_unique<PostgresEngine>(std::string(url));
  TRAILBOOK_RETURN_IF_ERROR(engine->OpenWriter().status());
  return engine;
}

}  // namespace trailbook::store
