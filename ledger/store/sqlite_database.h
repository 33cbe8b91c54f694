// One connection of the SQLite driver: statements that are prepared once, bulk writes as loops over them, and the WAL
// of the connection that writes.
#ifndef TRAILBOOK_LEDGER_STORE_SQLITE_DATABASE_H_
#define TRAILBOOK_LEDGER_STORE_SQLITE_DATABASE_H_

#include <sqlite3.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/container/node_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/store/sql.h"
#include "ledger/store/sqlite_backfill.h"
#include "ledger/store/sqlite_statement.h"

namespace trailbook::store {

// What a connection is for.
enum class SqliteUse {
  kWrite,  // the one that commits and checkpoints
  kHold,   // keeps the file open, so that no other is its last connection
  kRead,
  kCopyTo,   // fills a copy
  kScratch,  // a store without a file, gone when closed
};

class SqliteDatabase final : public Database {
 public:
  // `path` must be there, but for kScratch, where it is "". `writer_open`, for kWrite, is not owned: false again when
  // the connection goes.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(const std::string& path, SqliteUse use,
                                                              std::atomic<bool>* writer_open = nullptr);
  ~SqliteDatabase() override;
  SqliteDatabase(const SqliteDatabase&) = delete;

  absl::StatusOr<Statement*> Prepare(absl::string_view sql) override;
  absl::Status Execute(absl::string_view sql) override;
  absl::Status Begin(bool write) override;
  absl::Status Commit() override;
  void Rollback() override;
  absl::Status Demand(absl::string_view sql, const Row& parameters, const absl::Status& otherwise) override;

  using Database::GetMany;
  using Database::InsertMany;
  using Database::UpsertMany;
  absl::Status InsertMany(const TableShape& shape, size_t rows, BindRow bind) override;
  absl::Status UpsertMany(const TableShape& shape, size_t rows, BindRow bind) override;
  absl::Status GetMany(absl::string_view sql, size_t keys, BindRow bind,
                       absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) override;

  int64_t PagesRead() const override;
  absl::StatusOr<std::string> FindDamage() override;
  absl::StatusOr<std::string> Schema() override;

  // Of the connection that writes: whether the WAL has `pages` since they were moved last, and it is this connection's
  // turn to move the rest. Most of it is moved beside the writer first, then what came meanwhile, until few pages are
  // left; asking begins that. A reader of an old moment keeps the WAL from beginning anew: then it is tried again after
  // as many pages, not after every commit.
  bool CheckpointIsDue(int pages);
  absl::Status Checkpoint();

  sqlite3* raw() { return db_; }

 private:
  SqliteDatabase(sqlite3* db, std::atomic<bool>* writer_open) : db_(db), writer_open_(writer_open) {}
  // From now on knows how long the WAL is. To be called after PRAGMA wal_autocheckpoint, which takes the hook for
  // itself.
  void WatchWal(const std::string& path);
  absl::StatusOr<SqliteStatement*> PrepareOwn(absl::string_view sql);
  // To its end, as one that is kept: what every transaction says need not be parsed each time.
  absl::Status Run(absl::string_view sql, const Row& parameters = {});
  // Rows from `first` up to `end` by a statement that takes `together` of them. REQUIRES: they fill it every time.
  absl::Status WriteMany(const std::string& sql, size_t together, size_t first, size_t end, BindRow bind);

  sqlite3* db_;
  std::atomic<bool>* writer_open_;            // not owned; nullptr but for the writer
  int wal_pages_ = 0;                         // in the WAL
  int tried_pages_ = 0;                       // as many as there were at the last checkpoint
  int rounds_ = 0;                            // of the backfill since then
  std::unique_ptr<SqliteBackfill> backfill_;  // of the writer
  absl::node_hash_map<std::string, std::unique_ptr<SqliteStatement>> statements_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SQLITE_DATABASE_H_
