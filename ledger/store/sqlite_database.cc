#include "ledger/store/sqlite_database.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/store/sqlite_wal.h"

namespace trailbook::store {
namespace {

constexpr int kFrameBytes = 24 + 4096;  // of the WAL: a page and what is said of it
constexpr int kFewPages = 1000;         // whoever waits for a commit does not notice that they are moved
constexpr int kMostRounds = 3;          // while much comes: what comes during the last is left to the writer

// Cache: while a file is below 1 GiB, SQLite goes through all of the writer's cache after every commit that balanced a
// tree (it lends pages the number of its lock page, and then looks for any above the file's end). A small cache makes
// that short, and the kernel has the rest.
constexpr char kWriterPragmas[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
    "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-16384; PRAGMA mmap_size=0; PRAGMA busy_timeout=5000;";
constexpr char kReaderPragmas[] =
    "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-8192;"
    "PRAGMA mmap_size=0; PRAGMA busy_timeout=5000;";
constexpr char kCopyPragmas[] = "PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;";
constexpr char kScratchPragmas[] = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384;";

struct Opening {
  int flags;
  const char* pragmas;
};

Opening OpeningFor(SqliteUse use) {
  switch (use) {
    case SqliteUse::kWrite:
    case SqliteUse::kHold: return {SQLITE_OPEN_READWRITE, kWriterPragmas};
    case SqliteUse::kRead: return {SQLITE_OPEN_READONLY, kReaderPragmas};
    case SqliteUse::kCopyTo: return {SQLITE_OPEN_READWRITE, kCopyPragmas};
    case SqliteUse::kScratch: return {SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kScratchPragmas};
  }
  return {};
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path, SqliteUse use,
                                                                     std::atomic<bool>* writer_open) {
  // Nobody asks SQLite how much memory it has; to know it, it takes a lock of all threads with every allocation.
  [[maybe_unused]] static const int without_statistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const Opening opening = OpeningFor(use);
  const bool writes = use == SqliteUse::kWrite;
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, opening.flags | SQLITE_OPEN_NOMUTEX, writes ? GatheringVfs() : nullptr);
  if (code != SQLITE_OK) {
    absl::Status status = SqliteError(raw, code, absl::StrCat("cannot open ", path));
    sqlite3_close_v2(raw);
    return status;
  }
  sqlite3_extended_result_codes(raw, 1);
  std::unique_ptr<SqliteDatabase> db(new SqliteDatabase(raw, writer_open));
  TRAILBOOK_RETURN_IF_ERROR(db->Execute(opening.pragmas));
  TRAILBOOK_RETURN_IF_ERROR(db->Execute("SELECT COUNT(*) FROM sqlite_schema"));
  if (writes) db->WatchWal(path);
  return db;
}

SqliteDatabase::~SqliteDatabase() {
  backfill_.reset();  // first: the last connection that closes moves all that is left
  statements_.clear();
  sqlite3_close_v2(db_);
  if (writer_open_ != nullptr) *writer_open_ = false;
}

absl::StatusOr<Statement*> SqliteDatabase::Prepare(absl::string_view sql) {
  TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * statement, PrepareOwn(sql));
  return statement;
}

absl::StatusOr<SqliteStatement*> SqliteDatabase::PrepareOwn(absl::string_view sql) {
  auto known = statements_.find(sql);
  if (known == statements_.end()) {
    sqlite3_stmt* raw = nullptr;
    const int code =
        sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK) return SqliteError(db_, code, sql);
    known = statements_.emplace(std::string(sql), std::make_unique<SqliteStatement>(db_, raw)).first;
  }
  known->second->Reset();
  return known->second.get();
}

absl::Status SqliteDatabase::Execute(absl::string_view sql) {
  const int code = sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : SqliteError(db_, code, sql.substr(0, 60));
}

absl::Status SqliteDatabase::Run(absl::string_view sql, const Row& parameters) {
  TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * statement, PrepareOwn(sql));
  statement->BindAll(parameters);
  absl::StatusOr<bool> row = statement->Step();
  while (row.ok() && *row) row = statement->Step();
  statement->Reset();
  return row.status();
}

absl::Status SqliteDatabase::Begin(bool write) {
  if (write) return Run("BEGIN IMMEDIATE");
  TRAILBOOK_RETURN_IF_ERROR(Run("BEGIN DEFERRED"));
  // A deferred transaction sees the moment of its first read: make that now.
  return Run("SELECT 1 FROM sqlite_schema LIMIT 1");
}

absl::Status SqliteDatabase::Commit() {
  absl::Status status = Run("COMMIT");
  if (!status.ok()) Rollback();
  return status;
}

void SqliteDatabase::Rollback() {
  for (auto& [sql, statement] : statements_) statement->Reset();
  if (sqlite3_get_autocommit(db_) == 0) (void)Execute("ROLLBACK");
}

absl::Status SqliteDatabase::Demand(absl::string_view sql, const Row& parameters, const absl::Status& otherwise) {
  TRAILBOOK_RETURN_IF_ERROR(Run(sql, parameters));
  return sqlite3_changes(db_) > 0 ? absl::OkStatus() : otherwise;
}

absl::Status SqliteDatabase::InsertMany(const TableShape& shape, size_t rows, BindRow bind) {
  const size_t full = rows - rows % TableShape::kRowsTogether;
  if (full > 0) {
    // OR FAIL: else SQLite copies pages before they change, to undo a statement whose transaction is rolled back
    // anyway.
    TRAILBOOK_RETURN_IF_ERROR(
        WriteMany(absl::StrCat("INSERT OR FAIL", shape.into_together), TableShape::kRowsTogether, 0, full, bind));
  }
  return WriteMany(shape.insert, 1, full, rows, bind);
}

absl::Status SqliteDatabase::UpsertMany(const TableShape& shape, size_t rows, BindRow bind) {
  return WriteMany(shape.upsert, 1, 0, rows, bind);
}

absl::Status SqliteDatabase::WriteMany(const std::string& sql, size_t together, size_t first, size_t end,
                                       BindRow bind) {
  if (first == end) return absl::OkStatus();
  TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * statement, PrepareOwn(sql));
  const size_t of_a_row = statement->parameters() / together;
  statement->SetKept(true);
  absl::Status status;
  for (size_t row = first; row < end && status.ok(); row += together) {
    for (size_t at = 0; at < together; ++at) {
      statement->BindAfter(at * of_a_row);
      bind(row + at, *statement);
    }
    status = statement->Step().status();
    statement->Rewind();
  }
  statement->Reset();
  statement->SetKept(false);
  return status;
}

absl::Status SqliteDatabase::GetMany(absl::string_view sql, size_t keys, BindRow bind,
                                     absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) {
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

int64_t SqliteDatabase::PagesRead() const {
  int64_t pages = 0;
  for (int counter : {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS}) {
    int now = 0, highest = 0;
    sqlite3_db_status(db_, counter, &now, &highest, 0);
    pages += now;
  }
  return pages;
}

absl::StatusOr<std::string> SqliteDatabase::FindDamage() {
  TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * check, PrepareOwn("PRAGMA integrity_check(1)"));
  TRAILBOOK_ASSIGN_OR_RETURN(const bool there, check->Step());
  std::string found = there ? std::string(check->ColumnText(0)) : "integrity_check says nothing";
  check->Reset();
  return found == "ok" ? std::string() : found;
}

absl::StatusOr<std::string> SqliteDatabase::Schema() {
  std::string schema;
  TRAILBOOK_ASSIGN_OR_RETURN(SqliteStatement * find,
                             PrepareOwn("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'"));
  TRAILBOOK_ASSIGN_OR_RETURN(const bool has_statistics, find->Step());
  find->Reset();
  std::vector<const char*> questions = {
      "SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_schema "
      "WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"};
  // The statistics count as well: without them questions cost more than they should.
  if (has_statistics) {
    questions.push_back(
        "SELECT 'statistics ' || tbl || ' ' || coalesce(idx, '') || ' ' || stat FROM sqlite_stat1 ORDER BY tbl, idx");
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

void SqliteDatabase::WatchWal(const std::string& path) {
  backfill_ = std::make_unique<SqliteBackfill>(path);
  // What a process that was killed left is moved when nothing else is to do. There may be less of it: a WAL that begins
  // anew keeps its length.
  std::error_code none;
  const uintmax_t bytes = std::filesystem::file_size(absl::StrCat(path, "-wal"), none);
  if (!none) wal_pages_ = static_cast<int>(bytes / kFrameBytes);
  sqlite3_wal_hook(
      db_,
      [](void* self, sqlite3*, const char*, int pages) {
        auto* db = static_cast<SqliteDatabase*>(self);
        if (pages < db->wal_pages_) db->tried_pages_ = 0;  // it began anew
        db->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
}

bool SqliteDatabase::CheckpointIsDue(int pages) {
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

absl::Status SqliteDatabase::Checkpoint() {
  TRAILBOOK_RETURN_IF_ERROR(Execute("PRAGMA wal_checkpoint(PASSIVE)"));
  tried_pages_ = wal_pages_;
  return absl::OkStatus();
}

}  // namespace trailbook::store
