// A prepared statement of SQLite, and what its result codes mean as statuses (sql.h says which). Not thread-safe:
// belongs to its connection.
#ifndef TRAILBOOK_LEDGER_STORE_SQLITE_STATEMENT_H_
#define TRAILBOOK_LEDGER_STORE_SQLITE_STATEMENT_H_

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// RESOURCE_EXHAUSTED with DISK_FULL.
absl::Status DiskFull();
// The last error of a connection, which failed with `code` at `doing`. Not OK.
absl::Status SqliteError(sqlite3* db, int code, absl::string_view doing);

class SqliteStatement final : public Statement {
 public:
  // Owns the statement.
  SqliteStatement(sqlite3* db, sqlite3_stmt* statement);
  ~SqliteStatement() override { sqlite3_finalize(statement_); }
  SqliteStatement(const SqliteStatement&) = delete;

  void BindInt(int index, int64_t value) override { sqlite3_bind_int64(statement_, At(index), value); }
  void BindText(int index, absl::string_view value) override {
    sqlite3_bind_text(statement_, At(index), Data(value), static_cast<int>(value.size()), lifetime_);
  }
  void BindBlob(int index, absl::string_view value) override {
    sqlite3_bind_blob(statement_, At(index), Data(value), static_cast<int>(value.size()), lifetime_);
  }
  void BindNull(int index) override { sqlite3_bind_null(statement_, At(index)); }
  // Whether what is bound outlives the steps, so that it need not be copied.
  void SetKept(bool kept) { lifetime_ = kept ? SQLITE_STATIC : SQLITE_TRANSIENT; }
  // Until Reset what is bound at 1 goes to the parameter after the first so many: for one row of several.
  void BindAfter(size_t parameters) { bound_before_ = parameters; }
  size_t parameters() const { return places_.size(); }
  // To use it again when every parameter is bound anew.
  void Rewind() { sqlite3_reset(statement_); }

  absl::StatusOr<bool> Step() override;
  void Reset() override;
  int ColumnCount() const override { return sqlite3_column_count(statement_); }
  bool ColumnIsNull(int index) const override { return sqlite3_column_type(statement_, index) == SQLITE_NULL; }
  int64_t ColumnInt(int index) const override { return sqlite3_column_int64(statement_, index); }
  absl::string_view ColumnText(int index) const override;
  absl::string_view ColumnBlob(int index) const override;
  Value Column(int index) const override;
  void BindColumn(int index, Binder& to, int parameter) const override;

 private:
  int At(int index) const {
    const size_t place = bound_before_ + static_cast<size_t>(index) - 1;
    return index >= 1 && place < places_.size() ? places_[place] : 0;
  }
  // A null pointer would bind NULL where an empty value is meant.
  static const char* Data(absl::string_view value) { return value.empty() ? "" : value.data(); }

  sqlite3* db_;  // not owned
  sqlite3_stmt* statement_;
  sqlite3_destructor_type lifetime_ = SQLITE_TRANSIENT;
  size_t bound_before_ = 0;
  std::vector<int> places_;  // of $1, $2, ... among SQLite's parameters
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SQLITE_STATEMENT_H_
