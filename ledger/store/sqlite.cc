#include "ledger/store/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/container/node_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/status.h"
#include "ledger/store/sqlite_backfill.h"
#include "ledger/store/sqlite_wal.h"

namespace trailbook::store {
namespace {

constexpr uintmax_t kRoom = 64 << 20;  // more than the rows of all records that wait for theirs
constexpr off_t kTrial = 4 << 20;      // as much as a large transaction writes

// How many pages the WAL has before they are moved. A page that many commits changed is moved once, so the more the better, up to some 64 000;
// but a small disk has other uses for 300 MB.
constexpr int kLongWal = 64000, kShortWal = 16000;
constexpr uintmax_t kRoomForLongWal = 1 << 30;
constexpr int kFrameBytes = 24 + 4096;  // of the WAL: a page and what is said of it
constexpr int kFewPages = 1000;  // whoever waits for a commit does not notice that they are moved
constexpr int kMostRounds = 3;   // while much comes: what comes during the last is left to the writer

absl::Status DiskFull() {
  return Refuse(absl::StatusCode::kResourceExhausted, "DISK_FULL", "",
                "the disk is full: what was acknowledged is safe, reads go on, writes resume when "
                "there is room");
}

absl::Status ErrorOf(sqlite3* db, int code, absl::string_view doing) {
  const std::string message = absl::StrCat(doing, ": ", sqlite3_errmsg(db));
  switch (code & 0xff) {
    case SQLITE_FULL:
      return DiskFull();
    case SQLITE_IOERR:
      // SQLite names a write that found no room by its I/O error when it is the WAL that cannot grow.
      if (sqlite3_system_errno(db) == ENOSPC) return DiskFull();
      return Internal(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
      return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", message);
    case SQLITE_CONSTRAINT:
    case SQLITE_READONLY:
      return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", message);
    default:
      return Internal(message);
  }
}

class SqliteStatement final : public Statement {
 public:
  SqliteStatement(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {
    // SQLite numbers $n by first appearance, not by n.
    for (int n = 1;; ++n) {
      const int at = sqlite3_bind_parameter_index(statement_, absl::StrCat("$", n).c_str());
      if (at == 0) break;
      places_.push_back(at);
    }
  }
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
  // To use it again when every parameter is bound anew.
  void Rewind() { sqlite3_reset(statement_); }

  absl::StatusOr<bool> Step() override {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    absl::Status status = ErrorOf(db_, code, absl::StrCat("\"", sqlite3_sql(statement_), "\""));
    sqlite3_reset(statement_);
    return status;
  }
  void Reset() override {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  int ColumnCount() const override { return sqlite3_column_count(statement_); }
  bool ColumnIsNull(int index) const override {
    return sqlite3_column_type(statement_, index) == SQLITE_NULL;
  }
  int64_t ColumnInt(int index) const override { return sqlite3_column_int64(statement_, index); }
  absl::string_view ColumnText(int index) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, index));
    return absl::string_view(text, sqlite3_column_bytes(statement_, index));
  }
  absl::string_view ColumnBlob(int index) const override {
    const auto* blob = static_cast<const char*>(sqlite3_column_blob(statement_, index));
    return absl::string_view(blob, sqlite3_column_bytes(statement_, index));
  }
  Value Column(int index) const override {
    switch (sqlite3_column_type(statement_, index)) {
      case SQLITE_INTEGER: return ColumnInt(index);
      case SQLITE_TEXT: return std::string(ColumnText(index));
      case SQLITE_BLOB: return Blob{std::string(ColumnBlob(index))};
      default: return std::monostate();
    }
  }
  // Looks for the value once. That it is "unprotected" says nothing where a connection is without mutexes.
  void BindColumn(int index, Binder& to, int parameter) const override {
    sqlite3_value* const value = sqlite3_column_value(statement_, index);
    const int type = sqlite3_value_type(value);
    if (type == SQLITE_INTEGER) return to.BindInt(parameter, sqlite3_value_int64(value));
    if (type != SQLITE_TEXT && type != SQLITE_BLOB) return to.BindNull(parameter);
    // A text as it is: sqlite3_value_text would copy it, to end it with a zero.
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    const absl::string_view content(bytes, sqlite3_value_bytes(value));
    type == SQLITE_TEXT ? to.BindText(parameter, content) : to.BindBlob(parameter, content);
  }

 private:
  int At(int index) const {
    return index >= 1 && index <= static_cast<int>(places_.size()) ? places_[index - 1] : 0;
  }
  // A null pointer would bind NULL where an empty value is meant.
  static const char* Data(absl::string_view value) { return value.empty() ? "" : value.data(); }

  sqlite3* db_;
  sqlite3_stmt* statement_;
  sqlite3_destructor_type lifetime_ = SQLITE_TRANSIENT;
  std::vector<int> places_;
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(sqlite3* db, std::atomic<bool>* writer_open) : db_(db), writer_open_(writer_open) {}
  ~SqliteDatabase() override {
    backfill_.reset();  // first: the last connection that closes moves all that is left
    statements_.clear();
    sqlite3_close_v2(db_);
    if (writer_open_ != nullptr) *writer_open_ = false;
  }
  SqliteDatabase(const SqliteDatabase&) = delete;

  absl::StatusOr<Statement*> Prepare(absl::string_view sql) override {
    TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * statement, PrepareOwn(sql));
    return statement;
  }

  absl::Status Execute(absl::string_view sql) override {
    const int code = sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? absl::OkStatus() : ErrorOf(db_, code, sql.substr(0, 60));
  }

  absl::Status Begin(bool write) override {
    if (write) return Execute("BEGIN IMMEDIATE");
    TRAILBOOK_RETURN_IF_ERROR(Execute("BEGIN DEFERRED"));
    // A deferred transaction sees the moment of its first read: make that now.
    return Execute("SELECT 1 FROM sqlite_schema LIMIT 1");
  }

  absl::StatusOr<std::string> FindDamage() override {
    TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * check, PrepareOwn("PRAGMA integrity_check(1)"));
    TRAILBOOK_ASSIGN_OR_RETURN(const bool there, check->Step());
    std::string found = there ? std::string(check->ColumnText(0)) : "integrity_check says nothing";
    check->Reset();
    return found == "ok" ? std::string() : found;
  }

  absl::StatusOr<std::string> Schema() override {
    std::string schema;
    TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * find, PrepareOwn("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'"));
    TRAILBOOK_ASSIGN_OR_RETURN(const bool has_statistics, find->Step());
    find->Reset();
    std::vector<const char*> questions = {"SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_schema "
                                          "WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"};
    // The statistics count as well: without them questions cost more than they should.
    if (has_statistics) {
      questions.push_back("SELECT 'statistics ' || tbl || ' ' || coalesce(idx, '') || ' ' || stat FROM sqlite_stat1 ORDER BY tbl, idx");
    }
    for (const char* sql : questions) {
      TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * select, PrepareOwn(sql));
      while (true) {
        const auto more = select->Step();
        if (!more.ok()) return more.status();
        if (!*more) break;
        absl::StrAppend(&schema, select->ColumnText(0), "\n");
      }
      select->Reset();
    }
    return schema;
  }

  sqlite3* raw() { return db_; }

  // From now on knows how long the WAL is. To be called after PRAGMA wal_autocheckpoint, which takes the hook for itself.
  void WatchWal(const std::string& path) {
    backfill_ = std::make_unique<SqliteBackfill>(path);
    // What a process that was killed left is moved when nothing else is to do. There may be less of it: a WAL that begins anew keeps its length.
    std::error_code none;
    const uintmax_t bytes = std::filesystem::file_size(absl::StrCat(path, "-wal"), none);
    if (!none) wal_pages_ = static_cast<int>(bytes / kFrameBytes);
    sqlite3_wal_hook(db_, [](void* self, sqlite3*, const char*, int pages) {
      auto* db = static_cast<SqliteDatabase*>(self);
      if (pages < db->wal_pages_) db->tried_pages_ = 0;  // it began anew
      db->wal_pages_ = pages;
      return SQLITE_OK;
    }, this);
  }

  // Most of it is moved beside the writer first, then what came meanwhile, until few pages are left. A reader of an old moment keeps the WAL from
  // beginning anew: then it is tried again after as many pages, not after every commit.
  bool CheckpointIsDue(int pages) {
    if (backfill_->UnderWay()) {
      if (!backfill_->IsDone()) return false;
      const int moved = backfill_->Take();
      if (moved == 0 || wal_pages_ - moved <= kFewPages || rounds_ == kMostRounds) return true;
    } else {
      const int left = wal_pages_ - tried_pages_;
      if (left < pages) return false;
      if (left <= kFewPages) return true;
      rounds_ = 0;
    }
    ++rounds_;
    backfill_->Start();
    return false;
  }
  absl::Status Checkpoint() {
    TRAILBOOK_RETURN_IF_ERROR(Execute("PRAGMA wal_checkpoint(PASSIVE)"));
    tried_pages_ = wal_pages_;
    return absl::OkStatus();
  }

  int64_t PagesRead() const override {
    int64_t pages = 0;
    for (int counter : {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS}) {
      int now = 0, highest = 0;
      sqlite3_db_status(db_, counter, &now, &highest, 0);
      pages += now;
    }
    return pages;
  }

  absl::Status Commit() override {
    absl::Status status = Execute("COMMIT");
    if (!status.ok()) Rollback();
    return status;
  }

  void Rollback() override {
    for (auto& [sql, statement] : statements_) statement->Reset();
    if (sqlite3_get_autocommit(db_) == 0) (void)Execute("ROLLBACK");
  }

  using Database::GetMany;
  using Database::InsertMany;
  using Database::UpsertMany;

  absl::Status InsertMany(const TableShape& shape, size_t rows, BindRow bind) override {
    return WriteMany(InsertText(shape), rows, bind);
  }

  absl::Status UpsertMany(const TableShape& shape, size_t rows, BindRow bind) override {
    const auto key_end = shape.columns.begin() + shape.key_columns;
    std::string sql = absl::StrCat(InsertText(shape), " ON CONFLICT (",
                                   absl::StrJoin(shape.columns.begin(), key_end, ", "), ") DO ");
    if (key_end == shape.columns.end()) {
      absl::StrAppend(&sql, "NOTHING");
    } else {
      absl::StrAppend(&sql, "UPDATE SET ",
                      absl::StrJoin(key_end, shape.columns.end(), ", ",
                                    [](std::string* out, const std::string& column) {
                                      absl::StrAppend(out, column, " = excluded.", column);
                                    }));
    }
    return WriteMany(sql, rows, bind);
  }

  absl::Status GetMany(absl::string_view sql, size_t keys, BindRow bind,
                       absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) override {
    TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * statement, PrepareOwn(sql));
    statement->SetKept(true);
    absl::Status status;
    for (size_t key = 0; key < keys && status.ok(); ++key) {
      bind(key, *statement);
      absl::StatusOr<bool> row = statement->Step();
      for (; row.ok() && *row && status.ok(); row = statement->Step()) status = sink(key, *statement);
      status.Update(row.status());
      statement->Rewind();
    }
    statement->Reset();
    statement->SetKept(false);
    return status;
  }

 private:
  absl::StatusOr<SqliteStatement*> PrepareOwn(absl::string_view sql) {
    auto known = statements_.find(sql);
    if (known == statements_.end()) {
      sqlite3_stmt* raw = nullptr;
      const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
      if (code != SQLITE_OK) return ErrorOf(db_, code, sql);
      known = statements_.emplace(std::string(sql), std::make_unique<SqliteStatement>(db_, raw)).first;
    }
    known->second->Reset();
    return known->second.get();
  }

  static std::string InsertText(const TableShape& shape) {
    std::string places;
    for (size_t at = 1; at <= shape.columns.size(); ++at) {
      absl::StrAppend(&places, at == 1 ? "$" : ", $", at);
    }
    return absl::StrCat("INSERT INTO ", shape.table, " (", absl::StrJoin(shape.columns, ", "),
                        ") VALUES (", places, ")");
  }

  absl::Status WriteMany(const std::string& sql, size_t rows, BindRow bind) {
    if (rows == 0) return absl::OkStatus();
    TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * statement, PrepareOwn(sql));
    statement->SetKept(true);
    absl::Status status;
    for (size_t row = 0; row < rows && status.ok(); ++row) {
      bind(row, *statement);
      status = statement->Step().status();
      statement->Rewind();
    }
    statement->Reset();
    statement->SetKept(false);
    return status;
  }

  sqlite3* db_;
  std::atomic<bool>* writer_open_;  // not owned; nullptr but for the writer
  int wal_pages_ = 0;               // in the WAL
  int tried_pages_ = 0;             // as many as there were at the last checkpoint
  int rounds_ = 0;                  // of the backfill since then
  std::unique_ptr<SqliteBackfill> backfill_;  // of the writer
  absl::node_hash_map<std::string, std::unique_ptr<SqliteStatement>> statements_;
};

// Cache: while a file is below 1 GiB, SQLite goes through all of the writer's cache after every commit that balanced a tree (it lends pages
// the number of its lock page, and then looks for any above the file's end). A small cache makes that short, and the kernel has the rest.
constexpr char kWriterPragmas[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
    "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-16384; PRAGMA mmap_size=0; PRAGMA busy_timeout=5000;";
constexpr char kReaderPragmas[] =
    "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-16384;"
    "PRAGMA mmap_size=0; PRAGMA busy_timeout=5000;";
constexpr char kCopyPragmas[] = "PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;";
constexpr char kScratchPragmas[] =
    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384;";

absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, int flags, const char* pragmas, std::atomic<bool>* writer_open) {
  // Nobody asks SQLite how much memory it has; to know it, it takes a lock of all threads with every allocation.
  [[maybe_unused]] static const int without_statistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, writer_open != nullptr ? GatheringVfs() : nullptr);
  if (code != SQLITE_OK) {
    absl::Status status = ErrorOf(raw, code, absl::StrCat("cannot open ", path));
    sqlite3_close_v2(raw);
    return status;
  }
  sqlite3_extended_result_codes(raw, 1);
  auto db = std::make_unique<SqliteDatabase>(raw, writer_open);
  TRAILBOOK_RETURN_IF_ERROR(db->Execute(pragmas));
  TRAILBOOK_RETURN_IF_ERROR(db->Execute("SELECT COUNT(*) FROM sqlite_schema"));
  if (writer_open != nullptr) db->WatchWal(path);
  return db;
}

class SqliteEngine final : public Engine {
 public:
  explicit SqliteEngine(std::string path) : path_(std::move(path)) {}

  // A file that is no database shows it now, not at the first command. SQLite reads a WAL that a killed process left behind; whoever closes the
  // file's last connection waits until that is moved. Hence this one stays.
  absl::Status Hold() {
    TRAILBOOK_ASSIGN_OR_RETURN(held_, Open(path_, SQLITE_OPEN_READWRITE, kWriterPragmas, nullptr));
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<Database>> OpenWriter() override {
    if (writer_open_.exchange(true)) {
      return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                    "the writing connection is open already");
    }
    auto db = Open(path_, SQLITE_OPEN_READWRITE, kWriterPragmas, &writer_open_);
    if (!db.ok()) writer_open_ = false;
    return db;
  }
  absl::StatusOr<std::unique_ptr<Database>> OpenReader() override {
    return Open(path_, SQLITE_OPEN_READONLY, kReaderPragmas, nullptr);
  }
  absl::StatusOr<std::unique_ptr<Database>> OpenScratch() override {
    return OpenSqliteScratch();
  }
  bool HasRoom() const override { return HasRoom(kRoom); }
  absl::Status TryWrite(Database& writer) override {
    TRAILBOOK_RETURN_IF_ERROR(TryRoom());
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t version, SelectInt(writer, "PRAGMA user_version"));
    return writer.Execute(absl::StrCat("PRAGMA user_version = ", version));  // a page and its fsync, whatever the number was
  }
  bool CheckpointIsDue(Database& writer, bool idle) override {
    return static_cast<SqliteDatabase&>(writer).CheckpointIsDue(idle ? 1 : HasRoom(kRoomForLongWal) ? kLongWal : kShortWal);
  }
  absl::Status Checkpoint(Database& writer) override { return static_cast<SqliteDatabase&>(writer).Checkpoint(); }
  absl::StatusOr<std::unique_ptr<Engine>> CopyTo(const std::string& path) override {
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
      const std::string why = std::strerror(errno);
      return errno == EEXIST ? absl::AlreadyExistsError(absl::StrCat(path, " is there already")) : Internal(absl::StrCat("cannot write ", path, ": ", why));
    }
    close(fd);
    const absl::Status copied = Copy(path);
    if (copied.ok()) return std::make_unique<SqliteEngine>(path);
    unlink(path.c_str());
    return copied;
  }

 private:
  bool HasRoom(uintmax_t bytes) const {
    std::error_code unknown;
    return std::filesystem::space(path_, unknown).available >= bytes || unknown;
  }
  // A file beside the store, as large as a large transaction: where only a small one fits, the next write may fail again.
  absl::Status TryRoom() const {
    std::string name = absl::StrCat(path_, ".room-XXXXXX");
    const int fd = mkostemp(name.data(), O_CLOEXEC);
    int error = fd < 0 ? errno : 0;
    if (fd >= 0) {
      unlink(name.c_str());
      error = posix_fallocate(fd, 0, kTrial);
      close(fd);
    }
    if (error == 0) return absl::OkStatus();
    return error == ENOSPC || error == EDQUOT ? DiskFull() : Internal(absl::StrCat("cannot write beside ", path_, ": ", std::strerror(error)));
  }
  // All pages in one step, of the moment of one read transaction; writers go on in the WAL meanwhile.
  absl::Status Copy(const std::string& path) {
    TRAILBOOK_ASSIGN_OR_RETURN(const auto from, Open(path_, SQLITE_OPEN_READONLY, kReaderPragmas, nullptr));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto to, Open(path, SQLITE_OPEN_READWRITE, kCopyPragmas, nullptr));
    sqlite3* target = static_cast<SqliteDatabase*>(to.get())->raw();
    sqlite3_backup* backup = sqlite3_backup_init(target, "main", static_cast<SqliteDatabase*>(from.get())->raw(), "main");
    if (backup == nullptr) return ErrorOf(target, sqlite3_errcode(target), absl::StrCat("cannot copy to ", path));
    const int code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) return ErrorOf(target, code, absl::StrCat("cannot copy to ", path));
    // One file that stands alone, without a log beside it.
    return to->Execute("PRAGMA journal_mode = DELETE");
  }

  std::string path_;
  std::unique_ptr<Database> held_;
  std::atomic<bool> writer_open_{false};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqliteScratch() {
  return Open("", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kScratchPragmas, nullptr);
}

absl::StatusOr<std::unique_ptr<Engine>> OpenSqlite(absl::string_view path) {
  const std::string file(path);
  // Created here so that nobody else can ever read it: SQLite would use the umask.
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Internal(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  close(fd);
  auto engine = std::make_unique<SqliteEngine>(file);
  TRAILBOOK_RETURN_IF_ERROR(engine->Hold());
  return engine;
}

}  // namespace trailbook::store
