#include "ledger/store/sqlite_statement.h"

#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::store {
namespace {

constexpr size_t kMostShown =
    400;  // of a statement, in an error: one that inserts several rows is a page of parameters

}  // namespace

absl::Status DiskFull() {
  return Refuse(absl::StatusCode::kResourceExhausted, "DISK_FULL", "",
                "the disk is full: what was acknowledged is safe, reads go on, writes resume when "
                "there is room");
}

absl::Status SqliteError(sqlite3* db, int code, absl::string_view doing) {
  const std::string message = absl::StrCat(doing, ": ", sqlite3_errmsg(db));
  switch (code & 0xff) {
    case SQLITE_FULL: return DiskFull();
    case SQLITE_IOERR:
      // SQLite names a write that found no room by its I/O error when it is the WAL that cannot grow.
      if (sqlite3_system_errno(db) == ENOSPC) return DiskFull();
      return Internal(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN: return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", message);
    case SQLITE_CONSTRAINT:
    case SQLITE_READONLY: return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", message);
    default: return Internal(message);
  }
}

SqliteStatement::SqliteStatement(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {
  // SQLite numbers $n by first appearance, not by n.
  for (int n = 1;; ++n) {
    const int at = sqlite3_bind_parameter_index(statement_, absl::StrCat("$", n).c_str());
    if (at == 0) break;
    places_.push_back(at);
  }
}

absl::StatusOr<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const absl::string_view sql = sqlite3_sql(statement_);
  absl::Status status =
      SqliteError(db_, code, absl::StrCat("\"", sql.substr(0, kMostShown), sql.size() > kMostShown ? "...\"" : "\""));
  sqlite3_reset(statement_);
  return status;
}

void SqliteStatement::Reset() {
  bound_before_ = 0;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

absl::string_view SqliteStatement::ColumnText(int index) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, index));
  return absl::string_view(text, sqlite3_column_bytes(statement_, index));
}

absl::string_view SqliteStatement::ColumnBlob(int index) const {
  const auto* blob = static_cast<const char*>(sqlite3_column_blob(statement_, index));
  return absl::string_view(blob, sqlite3_column_bytes(statement_, index));
}

Value SqliteStatement::Column(int index) const {
  switch (sqlite3_column_type(statement_, index)) {
    case SQLITE_INTEGER: return ColumnInt(index);
    case SQLITE_TEXT: return std::string(ColumnText(index));
    case SQLITE_BLOB: return Blob{std::string(ColumnBlob(index))};
    default: return std::monostate();
  }
}

// Looks for the value once. That it is "unprotected" says nothing where a connection is without mutexes.
void SqliteStatement::BindColumn(int index, Binder& to, int parameter) const {
  sqlite3_value* const value = sqlite3_column_value(statement_, index);
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_INTEGER) return to.BindInt(parameter, sqlite3_value_int64(value));
  if (type != SQLITE_TEXT && type != SQLITE_BLOB) return to.BindNull(parameter);
  // A text as it is: sqlite3_value_text would copy it, to end it with a zero.
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
  const absl::string_view content(bytes, sqlite3_value_bytes(value));
  type == SQLITE_TEXT ? to.BindText(parameter, content) : to.BindBlob(parameter, content);
}

}  // namespace trailbook::store
