#include "ledger/store/postgres_database.h"

#include <poll.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/status.h"

namespace trailbook::store {
namespace {

constexpr size_t kPipelined = 1024;  // keys, before their answers are taken

}  // namespace

PostgresDatabase::~PostgresDatabase() {
  statements_.clear();
  Disconnect();
  if (writer_open_ != nullptr) *writer_open_ = false;
}

absl::Status PostgresDatabase::Connect() {
  Disconnect();
  in_transaction_ = deferring_ = false;
  ++generation_;
  types_.clear();
  TRAILBOOK_ASSIGN_OR_RETURN(connection_, OpenConnection(url_, writer_));
  pipeline_.emplace(connection_, [this](const PGresult* result, absl::string_view sql) { return Failed(result, sql); });
  return absl::OkStatus();
}

absl::Status PostgresDatabase::Execute(absl::string_view sql) {
  TRAILBOOK_RETURN_IF_ERROR(Collect());
  TRAILBOOK_RETURN_IF_ERROR(Reach());
  const Result result(PQexec(connection_, std::string(sql).c_str()));
  return IsGood(result.get()) ? absl::OkStatus() : Failed(result.get(), sql.substr(0, 60));
}

absl::Status PostgresDatabase::Begin(bool write) {
  absl::Status begun = TryBegin(write);
  // A connection that was cut while nobody used it shows that only now.
  if (!begun.ok() && PQstatus(connection_) != CONNECTION_OK) begun = TryBegin(write);
  in_transaction_ = begun.ok();
  return begun;
}

absl::Status PostgresDatabase::Commit() {
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
  return absl::string_view(PQcmdStatus(result.get())) == "COMMIT"
             ? absl::OkStatus()
             : Internal("COMMIT: the transaction had failed before");
}

void PostgresDatabase::Rollback() {
  // First: whoever asked may be gone.
  if (pipeline_.has_value()) pipeline_->Drop();
  for (auto& [sql, statement] : statements_) statement->Reset();
  in_transaction_ = deferring_ = false;
  if (PQstatus(connection_) == CONNECTION_OK && PQtransactionStatus(connection_) != PQTRANS_IDLE) {
    (void)Result(PQexec(connection_, "ROLLBACK"));
  }
}

absl::Status PostgresDatabase::Collect() {
  if (!pipeline_.has_value() || pipeline_->empty()) return absl::OkStatus();
  return pipeline_->Collect();
}

absl::Status PostgresDatabase::Demand(absl::string_view sql, const Row& parameters, const absl::Status& otherwise) {
  TRAILBOOK_ASSIGN_OR_RETURN(PostgresStatement * statement, PrepareOwn(sql, false));
  statement->BindAll(parameters);
  return Write(*statement, [otherwise](Result result) {
    return absl::string_view(PQcmdTuples(result.get())) != "0" ? absl::OkStatus() : otherwise;
  });
}

absl::Status PostgresDatabase::GetMany(absl::string_view sql, size_t keys, BindRow bind,
                                       absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) {
  if (keys == 0) return absl::OkStatus();
  TRAILBOOK_ASSIGN_OR_RETURN(PostgresStatement * statement, PrepareOwn(sql, false));
  absl::Status status;
  for (size_t first = 0; first < keys && status.ok(); first += kPipelined) {
    status = RunPipeline(*statement, first, std::min(keys, first + kPipelined), bind, sink);
  }
  statement->Reset();
  return status;
}

absl::Status PostgresDatabase::AskByKeys(const TableShape& shape, size_t keys, BindRow bind, RowSink sink) {
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
  const std::string selected = absl::StrJoin(
      shape.columns, ", ",
      [&shape](std::string* out, const std::string& column) { absl::StrAppend(out, shape.table, ".", column); });
  const std::string sql =
      absl::StrCat("SELECT ", selected, ", asked.place FROM unnest(", places, ") WITH ORDINALITY AS asked (", names,
                   "place) JOIN ", shape.table, " ON ", joined);
  TRAILBOOK_ASSIGN_OR_RETURN(PostgresStatement * statement, PrepareOwn(sql, false));
  const std::vector<std::string> arrays = std::move(columns).Encode();
  for (size_t at = 0; at < arrays.size(); ++at) statement->BindBlob(static_cast<int>(at) + 1, arrays[at]);
  const absl::Status sent = Send(
      *statement, [statement, place = static_cast<int>(shape.columns.size()), sink = std::move(sink)](Result result) {
        return statement->ShowEach(
            std::move(result), [&] { return sink(static_cast<size_t>(statement->ColumnInt(place)) - 1, *statement); });
      });
  statement->Reset();
  return sent;
}

absl::Status PostgresDatabase::Reach() {
  if (connection_ != nullptr && PQstatus(connection_) == CONNECTION_OK) return absl::OkStatus();
  if (in_transaction_) {
    return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "the connection to the database was lost");
  }
  return Connect();
}

absl::Status PostgresDatabase::Failed(const PGresult* result, absl::string_view doing) {
  // Whoever may only read has done wrong; whoever writes has met a server that became a standby.
  if (!writer_ && StateOf(result) == "25006") {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", "a reader cannot write");
  }
  return ErrorOf(connection_, result, absl::StrCat("\"", doing, "\""));
}

absl::Status PostgresDatabase::MakeKnown(PostgresStatement& statement) {
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

absl::StatusOr<Result> PostgresDatabase::Run(PostgresStatement& statement) {
  Result result;
  TRAILBOOK_RETURN_IF_ERROR(Send(statement, [&result](Result answer) {
    result = std::move(answer);
    return absl::OkStatus();
  }));
  TRAILBOOK_RETURN_IF_ERROR(Collect());
  return result;
}

absl::StatusOr<Result> PostgresDatabase::RunText(const std::string& sql, const Arguments& arrays) {
  TRAILBOOK_RETURN_IF_ERROR(Collect());
  TRAILBOOK_RETURN_IF_ERROR(Reach());
  const int count = static_cast<int>(arrays.values.size());
  Result result(PQexecParams(connection_, sql.c_str(), count, nullptr, arrays.values.data(), arrays.lengths.data(),
                             arrays.formats.data(), 1));
  if (!IsGood(result.get())) return Failed(result.get(), sql);
  return result;
}

void PostgresDatabase::Disconnect() {
  pipeline_.reset();
  PQfinish(std::exchange(connection_, nullptr));
}

absl::Status PostgresDatabase::TryBegin(bool write) {
  TRAILBOOK_RETURN_IF_ERROR(Reach());
  // A server says nothing unasked unless it closes the connection.
  pollfd socket{PQsocket(connection_), POLLIN, 0};
  const bool quiet = poll(&socket, 1, 0) == 0;
  TRAILBOOK_RETURN_IF_ERROR(SendText(write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                                           : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  if (write && quiet) return absl::OkStatus();
  // What a transaction sees is what was committed when its first question came: one that reads asks it now.
  if (!write) TRAILBOOK_RETURN_IF_ERROR(SendText("SELECT 1"));
  return Collect();
}

absl::Status PostgresDatabase::Send(PostgresStatement& statement, Pipeline::Sink sink) {
  TRAILBOOK_RETURN_IF_ERROR(MakeKnown(statement));
  return End(pipeline_->Send(statement.name(), statement.sql(), statement.parameters().For(statement.parameter_count),
                             std::move(sink)));
}

absl::Status PostgresDatabase::End(absl::Status sent) {
  if (sent.ok()) sent = pipeline_->End();
  if (!sent.ok()) Disconnect();
  return sent;
}

absl::Status PostgresDatabase::Write(PostgresStatement& statement, Pipeline::Sink sink) {
  const absl::Status sent = Send(statement, std::move(sink));
  statement.Reset();
  return sent.ok() && !deferring_ ? Collect() : sent;
}

absl::StatusOr<PostgresStatement*> PostgresDatabase::PrepareOwn(absl::string_view sql, bool scan) {
  const std::string key = absl::StrCat(scan ? "scan:" : "", sql);
  auto known = statements_.find(key);
  if (known == statements_.end()) {
    auto made =
        std::make_unique<PostgresStatement>(this, std::string(sql), absl::StrCat("s", statements_.size()), scan);
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

absl::StatusOr<const std::vector<Oid>*> PostgresDatabase::TypesOf(const TableShape& shape) {
  const std::string key = absl::StrCat(shape.table, ":", absl::StrJoin(shape.columns, ","));
  const auto known = types_.find(key);
  if (known != types_.end()) return &known->second;
  const std::string sql =
      absl::StrCat("SELECT ", absl::StrJoin(shape.columns, ", "), " FROM ", shape.table, " LIMIT 0");
  TRAILBOOK_ASSIGN_OR_RETURN(const Result result, RunText(sql, {}));
  std::vector<Oid>& types = types_[key];
  for (int at = 0; at < PQnfields(result.get()); ++at) types.push_back(PQftype(result.get(), at));
  return &types;
}

absl::Status PostgresDatabase::WriteMany(const TableShape& shape, size_t rows, BindRow bind,
                                         const std::string& conflict) {
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
  for (size_t at = 0; at < types->size(); ++at) {
    absl::StrAppend(&places, at == 0 ? "" : ", ", "unnest($", at + 1, "::", ArrayTypeName((*types)[at]), ")");
  }
  const std::string sql = absl::StrCat("INSERT INTO ", shape.table, " (", absl::StrJoin(shape.columns, ", "),
                                       ") SELECT ", places, conflict);
  TRAILBOOK_ASSIGN_OR_RETURN(PostgresStatement * statement, PrepareOwn(sql, false));
  for (size_t at = 0; at < arrays.size(); ++at) statement->BindBlob(static_cast<int>(at) + 1, arrays[at]);
  return Write(*statement, nullptr);
}

absl::Status PostgresDatabase::RunPipeline(PostgresStatement& statement, size_t first, size_t end, BindRow bind,
                                           absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) {
  TRAILBOOK_RETURN_IF_ERROR(MakeKnown(statement));
  absl::Status sent;
  for (size_t key = first; key < end && sent.ok(); ++key) {
    bind(key, statement);
    sent = pipeline_->Send(statement.name(), statement.sql(), statement.parameters().For(statement.parameter_count),
                           [&, key](Result result) {
                             return statement.ShowEach(std::move(result), [&] { return sink(key, statement); });
                           });
  }
  TRAILBOOK_RETURN_IF_ERROR(End(std::move(sent)));
  return Collect();
}

}  // namespace trailbook::store
