// What is committed is moved from the WAL beside the writer: nothing is lost of it, nor of what he commits meanwhile.
#include "ledger/store/sqlite_backfill.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "ledger/store/sqlite.h"

namespace trailbook::store {
namespace {

// While it lives, connections that ask for no file system of their own tell `on_sync` before they sync a database's
// file (not its WAL), and sync it only if that gives SQLITE_OK.
class WatchedSyncs {
 public:
  explicit WatchedSyncs(std::function<int()> on_sync) {
    on_sync_ = std::move(on_sync);
    system_ = sqlite3_vfs_find(nullptr);
    vfs_ = *system_;
    vfs_.zName = "watched-syncs";
    vfs_.xOpen = Open;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~WatchedSyncs() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(system_, 1);
  }

 private:
  static int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    const int code = system_->xOpen(system_, name, file, flags, out_flags);
    if (code != SQLITE_OK || (flags & SQLITE_OPEN_MAIN_DB) == 0) return code;
    // The same for every file; the thread that moves the WAL uses them while others are opened.
    [[maybe_unused]] static const bool known = [file] {
      methods_ = file->pMethods;
      watched_ = *methods_;
      watched_.xSync = Sync;
      return true;
    }();
    file->pMethods = &watched_;
    return code;
  }
  static int Sync(sqlite3_file* file, int flags) {
    const int told = on_sync_();
    return told == SQLITE_OK ? methods_->xSync(file, flags) : told;
  }

  static inline std::function<int()> on_sync_;
  static inline sqlite3_vfs* system_ = nullptr;
  static inline sqlite3_vfs vfs_{};
  static inline const sqlite3_io_methods* methods_ = nullptr;
  static inline sqlite3_io_methods watched_{};
};

// Stops whoever syncs a database's file the n-th time, until it is let go on.
class SyncGate {
 public:
  explicit SyncGate(int nth)
      : watched_([this, nth] {
          if (++syncs_ == nth) {
            reached_.Notify();
            open_.WaitForNotification();
          }
          return SQLITE_OK;
        }) {}
  void Wait() { reached_.WaitForNotification(); }
  void Open() { open_.Notify(); }

 private:
  std::atomic<int> syncs_{0};
  absl::Notification reached_, open_;
  const WatchedSyncs watched_;
};

class SqliteBackfillTest : public ::testing::Test {
 protected:
  SqliteBackfillTest() {
    std::string folder = (std::filesystem::temp_directory_path() / "trailbook-backfill-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    engine_ = *OpenSqlite(path());
    writer_ = *engine_->OpenWriter();
    Expect(writer_->Execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT"));
  }
  ~SqliteBackfillTest() override {
    writer_.reset();
    engine_.reset();
    std::filesystem::remove_all(folder_);
  }

  static void Expect(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }
  std::string path() const { return absl::StrCat(folder_, "/store.db"); }
  // A page each.
  void Commit(int first, int count, int value) {
    Expect(writer_->Begin(true));
    for (int id = first; id < first + count; ++id) {
      Expect(writer_->Execute(
          absl::StrCat("INSERT OR REPLACE INTO t VALUES (", id, ", '", value, std::string(3500, ' '), "')")));
      rows_[id] = value;
    }
    Expect(writer_->Commit());
  }
  static std::map<int, int> RowsOf(Database& db) {
    std::map<int, int> rows;
    const auto select = *db.Prepare("SELECT id, CAST(body AS INTEGER) FROM t");
    while (*select->Step()) rows[static_cast<int>(select->ColumnInt(0))] = static_cast<int>(select->ColumnInt(1));
    select->Reset();
    return rows;
  }
  // What the database's file holds by itself.
  std::map<int, int> RowsWithoutWal() const {
    const std::string alone = absl::StrCat(folder_, "/alone.db");
    std::filesystem::copy_file(path(), alone, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::remove(absl::StrCat(alone, "-wal"));
    const auto engine = *OpenSqlite(alone);
    return RowsOf(**engine->OpenReader());
  }
  // How often the WAL has begun anew (https://www.sqlite.org/fileformat2.html#walformat, "Checkpoint sequence number").
  uint32_t WalGeneration() const {
    std::ifstream wal(absl::StrCat(path(), "-wal"), std::ios::binary);
    unsigned char header[16] = {};
    wal.read(reinterpret_cast<char*>(header), sizeof header);
    return static_cast<uint32_t>(header[12]) << 24 | static_cast<uint32_t>(header[13]) << 16 |
           static_cast<uint32_t>(header[14]) << 8 | header[15];
  }

  std::string folder_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Database> writer_;
  std::map<int, int> rows_;
};

TEST_F(SqliteBackfillTest, WhatIsCommittedComesIntoTheFile) {
  Commit(0, 100, 1);
  SqliteBackfill backfill(path());
  EXPECT_FALSE(backfill.UnderWay());
  backfill.Start();
  EXPECT_TRUE(backfill.UnderWay());
  EXPECT_GE(backfill.Take(), 100);
  EXPECT_FALSE(backfill.UnderWay());
  EXPECT_EQ(RowsWithoutWal(), rows_);
}

TEST_F(SqliteBackfillTest, TheWriterCommitsOnAndMovesOnlyWhatCameMeanwhile) {
  Commit(0, 100, 1);
  const std::map<int, int> before = rows_;
  SyncGate gate(1);
  SqliteBackfill backfill(path());
  backfill.Start();
  gate.Wait();
  const uint32_t generation = WalGeneration();
  Commit(50, 100, 2);
  EXPECT_FALSE(backfill.IsDone());
  EXPECT_EQ(RowsOf(**engine_->OpenReader()), rows_);
  gate.Open();
  const int moved = backfill.Take();
  EXPECT_GE(moved, 100);
  EXPECT_LT(moved, 200);
  EXPECT_EQ(RowsWithoutWal(), before);
  Expect(engine_->Checkpoint(*writer_));
  EXPECT_EQ(RowsWithoutWal(), rows_);
  EXPECT_EQ(WalGeneration(), generation);
  Commit(0, 1, 3);
  EXPECT_EQ(WalGeneration(), generation + 1) << "everything is in the file: the WAL begins anew";
}

TEST_F(SqliteBackfillTest, TheWalDoesNotBeginAnewBeforeItHasEnded) {
  Commit(0, 100, 1);
  // SQLite syncs the file when nothing is left to move; then, when every page counts as moved, the backfill does.
  SyncGate gate(2);
  SqliteBackfill backfill(path());
  backfill.Start();
  gate.Wait();
  const uint32_t generation = WalGeneration();
  Commit(0, 10, 2);
  EXPECT_EQ(WalGeneration(), generation);
  gate.Open();
  EXPECT_GE(backfill.Take(), 100);
  Expect(engine_->Checkpoint(*writer_));
  Commit(0, 10, 3);
  EXPECT_EQ(WalGeneration(), generation + 1);
  EXPECT_EQ(RowsOf(**engine_->OpenReader()), rows_);
}

TEST_F(SqliteBackfillTest, WhatCouldNotBeSyncedDoesNotCountAndIsLeftToTheWriter) {
  Commit(0, 100, 1);
  std::atomic<int> syncs{0};
  const WatchedSyncs watched([&] {
    ++syncs;
    return SQLITE_IOERR_FSYNC;
  });
  SqliteBackfill backfill(path());
  backfill.Start();
  EXPECT_EQ(backfill.Take(), 0);
  EXPECT_GE(syncs, 1);
  Expect(engine_->Checkpoint(*writer_));  // its file system is its own
  EXPECT_EQ(RowsWithoutWal(), rows_);
}

TEST_F(SqliteBackfillTest, AFileThatIsGoneIsNoPagesMoved) {
  SqliteBackfill backfill(absl::StrCat(folder_, "/other.db"));
  backfill.Start();
  EXPECT_EQ(backfill.Take(), 0);
  EXPECT_FALSE(std::filesystem::exists(absl::StrCat(folder_, "/other.db")));
}

TEST_F(SqliteBackfillTest, NothingIsLostHoweverOftenItRunsBesideCommits) {
  std::mt19937 random(20261201);
  SqliteBackfill backfill(path());
  int backfills = 0, beside = 0, own = 0, in_the_way = 0;
  for (int value = 1; backfills < 150; ++value) {
    Commit(static_cast<int>(random() % 2000), 1 + static_cast<int>(random() % 30), value);
    if (!backfill.UnderWay()) {
      if (random() % 4 == 0) Expect(engine_->Checkpoint(*writer_)), ++own;
      Commit(static_cast<int>(random() % 2000), 1, value);
      backfill.Start();
    } else if (!backfill.IsDone()) {
      ++beside;
    } else {
      if (backfill.Take() == 0) ++in_the_way;  // a commit was; seldom
      ++backfills;
    }
  }
  if (backfill.UnderWay()) (void)backfill.Take();
  EXPECT_LT(in_the_way, backfills / 10);
  EXPECT_GT(beside, 10);
  EXPECT_GT(own, 10);
  EXPECT_GT(WalGeneration(), 5u);
  EXPECT_EQ(RowsOf(**engine_->OpenReader()), rows_);
  Expect(engine_->Checkpoint(*writer_));
  EXPECT_EQ(RowsWithoutWal(), rows_);
  EXPECT_EQ(*writer_->FindDamage(), "");
}

}  // namespace
}  // namespace trailbook::store
