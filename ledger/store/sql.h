// The storage seam: SQL as few typed verbs. Two kinds of drivers stand behind it (SQLite; PostgreSQL), and no rule,
// repository or service knows which. SQL text is written once, with parameters $1, $2, ...; only the DDL differs.
//
// Thread safety: a Database (one connection) and its Statements belong to one thread at a time; an Engine may be asked
// from any thread. Errors: RESOURCE_EXHAUSTED with DISK_FULL when there is no room (the transaction is rolled back,
// earlier ones stay), DATA_LOSS when the file is damaged, UNAVAILABLE when the database cannot be reached or is locked,
// FAILED_PRECONDITION when a trigger or constraint refuses the change, INTERNAL else.
#ifndef TRAILBOOK_LEDGER_STORE_SQL_H_
#define TRAILBOOK_LEDGER_STORE_SQL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/store/table_shape.h"

namespace trailbook::store {

// A BLOB, as against text.
struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

// NULL, an integer of 64 bits, text (UTF-8) or a blob. There is no floating point.
using Value = std::variant<std::monostate, int64_t, std::string, Blob>;
using Row = std::vector<Value>;

// Where the values of a statement or of one row of a bulk write go: parameters and columns count from 1.
class Binder {
 public:
  virtual ~Binder() = default;
  virtual void BindInt(int index, int64_t value) = 0;
  virtual void BindText(int index, absl::string_view value) = 0;
  virtual void BindBlob(int index, absl::string_view value) = 0;
  virtual void BindNull(int index) = 0;
  void Bind(int index, const Value& value);
  // All of a row, from 1 on.
  void BindAll(const Row& row);
};

// A prepared statement. Bind every parameter, Step until false, Reset to use it again. Texts and blobs are copied.
// Columns count from 0.
class Statement : public Binder {
 public:
  // True: a row is there. False: done.
  virtual absl::StatusOr<bool> Step() = 0;
  virtual void Reset() = 0;
  virtual int ColumnCount() const = 0;
  virtual bool ColumnIsNull(int index) const = 0;
  virtual int64_t ColumnInt(int index) const = 0;
  // Valid until the next Step or Reset.
  virtual absl::string_view ColumnText(int index) const = 0;
  virtual absl::string_view ColumnBlob(int index) const = 0;
  virtual Value Column(int index) const = 0;
  // Binds what a column has, of its own type, without a value in between.
  virtual void BindColumn(int index, Binder& to, int parameter) const { to.Bind(parameter, Column(index)); }
};

// Which words of SQL a store takes where they differ: its DDL.
enum class Dialect { kSqlite, kPostgres };

// One connection.
class Database {
 public:
  virtual ~Database() = default;
  // Prepared once per text and kept; reset and ready to bind. Not owned by the caller, valid until the Database goes.
  // Do not nest two uses of the same text.
  virtual absl::StatusOr<Statement*> Prepare(absl::string_view sql) = 0;
  // The same for a question whose answer may be of any length, within a transaction: its rows are not gathered in
  // memory.
  virtual absl::StatusOr<Statement*> PrepareScan(absl::string_view sql) { return Prepare(sql); }
  virtual Dialect dialect() const { return Dialect::kSqlite; }
  // Statements without parameters or results, separated by semicolons (DDL).
  virtual absl::Status Execute(absl::string_view sql) = 0;

  // A transaction: write ones take the write lock at once; read ones see one moment.
  virtual absl::Status Begin(bool write) = 0;
  // Where the answer was lost, IsCommitUnknown says so of the status: what was written may be there or not, and must be
  // looked for.
  virtual absl::Status Commit() = 0;
  virtual void Rollback() = 0;
  // In a transaction that writes: what InsertMany, UpsertMany and Demand are told from now on may fail later, at the
  // next question or at Commit, so that a store on another machine is not waited for at each of them.
  virtual void Defer() {}

  // Binds the values of the row (or key) with this index. What it binds must stay where it is until the bulk call
  // returns.
  using BindRow = absl::FunctionRef<void(size_t, Binder&)>;
  // Bulk. InsertMany fails if a key exists; UpsertMany replaces the other columns. Of one that fails some rows may be
  // written: roll back.
  virtual absl::Status InsertMany(const TableShape& shape, size_t rows, BindRow bind) = 0;
  virtual absl::Status UpsertMany(const TableShape& shape, size_t rows, BindRow bind) = 0;
  // Runs a statement that changes rows; if it changes none, `otherwise` is the failure.
  virtual absl::Status Demand(absl::string_view sql, const Row& parameters, const absl::Status& otherwise) = 0;
  // Gets a row and the index of the key that it answers.
  using RowSink = std::function<absl::Status(size_t, const Statement&)>;
  // Asks for the rows of primary keys, with all columns of the shape; keys that are not there are passed over. `sink`
  // gets them in any order, now or by the end of Collect, so that several tables cost what one does. Whoever asked
  // collects, or rolls back.
  virtual absl::Status AskByKeys(const TableShape& shape, size_t keys, BindRow bind, RowSink sink);
  // Waits for what was asked or written and not answered. The first failure of all that.
  virtual absl::Status Collect() { return absl::OkStatus(); }
  // Runs a statement once per key; `sink` gets each row and the index of the key it answers.
  virtual absl::Status GetMany(absl::string_view sql, size_t keys, BindRow bind,
                               absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) = 0;

  // How many pages of the store this connection has looked at so far, in its cache or on disk: what a question costs. 0
  // if the driver does not count.
  virtual int64_t PagesRead() const { return 0; }

  // What is wrong with the store's own structures (pages, indexes against their tables), in words; empty if nothing is.
  // Reads everything. Empty too where a driver cannot tell.
  virtual absl::StatusOr<std::string> FindDamage() { return std::string(); }
  // Every table, index and trigger as the store describes it, a line each; two stores that were made alike say the
  // same.
  virtual absl::StatusOr<std::string> Schema() { return std::string(); }

  // The same for rows that exist as values.
  absl::Status InsertMany(const TableShape& shape, const std::vector<Row>& rows);
  absl::Status UpsertMany(const TableShape& shape, const std::vector<Row>& rows);
  absl::Status GetMany(absl::string_view sql, const std::vector<Row>& keys,
                       absl::FunctionRef<absl::Status(size_t, const Statement&)> sink);
};

// The first column of the first row that a statement gives, a whole number; 0 if it gives none, or NULL. Runs it to its
// end.
absl::StatusOr<int64_t> SelectInt(Database& db, absl::string_view sql, const Row& parameters = {});

// A commit whose outcome nobody said: UNAVAILABLE.
absl::Status CommitUnknown(absl::string_view why);
bool IsCommitUnknown(const absl::Status& status);

// Opens connections to one store.
class Engine {
 public:
  virtual ~Engine() = default;
  // The one connection that writes. FAILED_PRECONDITION if it was opened already.
  virtual absl::StatusOr<std::unique_ptr<Database>> OpenWriter() = 0;
  // Another connection that writes, beside that one; null where a store takes one at a time.
  virtual absl::StatusOr<std::unique_ptr<Database>> OpenSecondWriter() { return nullptr; }
  // A connection that can only read.
  virtual absl::StatusOr<std::unique_ptr<Database>> OpenReader() = 0;
  // An empty store of its own, gone when closed; for comparing a rebuild with what is there.
  virtual absl::StatusOr<std::unique_ptr<Database>> OpenScratch() = 0;
  // Whether other daemons may write to the same store: then there is a table of leases (see ledger/writer/lease.h).
  virtual bool shared() const { return false; }
  // Whether there is room enough to put off what must be written in the end (see watermark.h).
  virtual bool HasRoom() const { return true; }
  // Writes and commits what changes nothing, on the writer's connection, outside a transaction: whether a write of some
  // size would succeed. The errors of a write. Nothing where leases are renewed, which is such a write.
  virtual absl::Status TryWrite(Database& /*writer*/) { return absl::OkStatus(); }
  // Whether much waits of what was committed to be moved to its final place, or anything at all if `idle` (SQLite: from
  // the WAL), and it is the writer's turn to move it: a store may move most of it beside him first, and begins to when
  // it is asked.
  virtual bool CheckpointIsDue(Database& writer, bool idle) = 0;
  // Moves the rest; on the writer's connection, outside a transaction.
  virtual absl::Status Checkpoint(Database& writer) = 0;
  // A copy of everything that is committed at one moment, as a file that is not there yet, while everything else goes
  // on; the engine of the copy. ALREADY_EXISTS; RESOURCE_EXHAUSTED with DISK_FULL; FAILED_PRECONDITION where the store
  // has tools of its own for that.
  virtual absl::StatusOr<std::unique_ptr<Engine>> CopyTo(const std::string& path) = 0;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SQL_H_
