#include "ledger/store/sqlite_backfill.h"

#include <chrono>

namespace trailbook::store {
namespace {

bool Execute(sqlite3* db, const char* sql) { return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }

bool Sync(sqlite3* db) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr ||
      file->pMethods == nullptr) {
    return false;
  }
  return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

}  // namespace

SqliteBackfill::~SqliteBackfill() {
  if (UnderWay()) (void)Take();
}

void SqliteBackfill::Start() {
  moved_ = std::async(std::launch::async, [this] { return Move(); });
}

bool SqliteBackfill::IsDone() const { return moved_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

bool SqliteBackfill::Open(Connection& connection) const {
  if (connection != nullptr) return true;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path_.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection opened(raw, sqlite3_close);
  // The first read finds that there is a WAL.
  constexpr char kPragmas[] =
      "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA synchronous=FULL; "
      "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-64; PRAGMA mmap_size=0; SELECT COUNT(*) FROM sqlite_schema";
  if (code != SQLITE_OK || !Execute(raw, kPragmas)) return false;
  connection = std::move(opened);
  return true;
}

int SqliteBackfill::Move() {
  if (!Open(keeper_) || !Open(mover_) || !Execute(keeper_.get(), "BEGIN; SELECT COUNT(*) FROM sqlite_schema")) return 0;
  int pages = 0, moved = 0;
  // Where commits came meanwhile it does not sync the file: SQLite does that when nothing is left.
  const int code = sqlite3_wal_checkpoint_v2(mover_.get(), "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
  const bool synced = code == SQLITE_OK && Sync(mover_.get());
  (void)Execute(keeper_.get(), "ROLLBACK");
  return synced ? moved : 0;
}

}  // namespace trailbook::store
