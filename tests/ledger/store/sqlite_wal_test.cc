// The writing connection's WAL: what it writes reaches the file in large pieces, in time, or is an error of the commit.
#include "ledger/store/sqlite_wal.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/store/sqlite.h"

namespace trailbook::store {
namespace {

// The calls of this process that wrote something so far; -1 if the kernel does not count them.
int64_t WritesSoFar() {
  std::ifstream counters("/proc/self/io");
  std::string name;
  int64_t value = 0;
  while (counters >> name >> value) {
    if (name == "syscw:") return value;
  }
  return -1;
}

class SqliteWal : public ::testing::Test {
 protected:
  SqliteWal() {
    std::string folder = (std::filesystem::temp_directory_path() / "trailbook-wal-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    engine_ = *OpenSqlite(path());
    writer_ = *engine_->OpenWriter();
    Expect(writer_->Execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT"));
  }
  ~SqliteWal() override {
    writer_.reset();
    engine_.reset();
    std::filesystem::remove_all(folder_);
  }

  static void Expect(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }
  std::string path() const { return absl::StrCat(folder_, "/store.db"); }
  // Rows of a page each.
  absl::Status InsertPages(int64_t after, int64_t count) {
    return writer_->Execute(
        absl::StrCat("WITH RECURSIVE n(at) AS (VALUES (1) UNION ALL SELECT at + 1 FROM n WHERE at < ", count,
                     ") INSERT INTO t SELECT ", after, " + at, randomblob(3900) FROM n"));
  }
  absl::Status CommitPages(int64_t after, int64_t count) {
    TRAILBOOK_RETURN_IF_ERROR(writer_->Begin(true));
    absl::Status done = InsertPages(after, count);
    if (done.ok()) done = writer_->Commit();
    if (!done.ok()) writer_->Rollback();
    return done;
  }
  int64_t RowsSeenByAnother() { return SelectInt(**engine_->OpenReader(), "SELECT COUNT(*) FROM t").value_or(-1); }

  std::string folder_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Database> writer_;
};

TEST_F(SqliteWal, ATransactionOfManyPagesIsWrittenByFewCalls) {
  Expect(CommitPages(0, 1));
  const int64_t before = WritesSoFar();
  if (before < 0) GTEST_SKIP() << "the kernel does not count writes";
  Expect(CommitPages(1, 300));
  EXPECT_LT(WritesSoFar() - before, 60) << "1.2 MB in pieces of 64 KiB; a call for each header and page would be 600";
  EXPECT_EQ(RowsSeenByAnother(), 301);
}

TEST_F(SqliteWal, OthersSeeACommitAndNothingBeforeIt) {
  Expect(writer_->Begin(true));
  Expect(InsertPages(0, 5));
  EXPECT_EQ(RowsSeenByAnother(), 0);
  Expect(writer_->Commit());
  EXPECT_EQ(RowsSeenByAnother(), 5);
}

TEST_F(SqliteWal, ATransactionLargerThanTheCacheReadsWhatItSpilled) {
  constexpr int64_t kPages = 8000;  // 32 MB; the cache has 16
  Expect(writer_->Begin(true));
  Expect(InsertPages(0, kPages));
  EXPECT_EQ(*SelectInt(*writer_, "SELECT SUM(length(body)) FROM t"), kPages * 3900);
  Expect(InsertPages(kPages, 1));
  EXPECT_EQ(RowsSeenByAnother(), 0);
  Expect(writer_->Commit());
  EXPECT_EQ(RowsSeenByAnother(), kPages + 1);
  EXPECT_EQ(*writer_->FindDamage(), "");
}

TEST_F(SqliteWal, ARolledBackTransactionLeavesNothingAndTheNextIsWhole) {
  Expect(CommitPages(0, 3));
  Expect(writer_->Begin(true));
  Expect(InsertPages(100, 8000));
  writer_->Rollback();
  EXPECT_EQ(RowsSeenByAnother(), 3);
  Expect(CommitPages(3, 40));
  EXPECT_EQ(RowsSeenByAnother(), 43);
  EXPECT_EQ(*writer_->FindDamage(), "");
}

TEST_F(SqliteWal, WhatWasCommittedIsInTheFilesOfAProcessThatWasKilled) {
  Expect(CommitPages(0, 50));
  Expect(engine_->Checkpoint(*writer_));
  Expect(CommitPages(50, 20));  // from the beginning of the WAL again
  Expect(writer_->Begin(true));
  Expect(InsertPages(70, 8000));  // spilled, not committed
  const std::string killed = absl::StrCat(folder_, "/killed.db");
  std::filesystem::copy_file(path(), killed);
  std::filesystem::copy_file(absl::StrCat(path(), "-wal"), absl::StrCat(killed, "-wal"));
  writer_->Rollback();
  const auto left = std::filesystem::file_size(absl::StrCat(killed, "-wal"));
  const auto engine = *OpenSqlite(killed);
  engine->OpenWriter()->reset();
  EXPECT_EQ(std::filesystem::file_size(absl::StrCat(killed, "-wal")), left)
      << "a start does not wait until it is moved";
  const auto reader = *engine->OpenReader();
  EXPECT_EQ(*SelectInt(*reader, "SELECT COUNT(*) FROM t"), 70);
  EXPECT_EQ(*reader->FindDamage(), "");
}

TEST_F(SqliteWal, WhatAProcessLeftThatWasKilledIsMovedToTheFileOnceNothingElseIsToDo) {
  Expect(CommitPages(0, 50));
  const std::string killed = absl::StrCat(folder_, "/killed.db"), alone = absl::StrCat(folder_, "/alone.db");
  std::filesystem::copy_file(path(), killed);
  std::filesystem::copy_file(absl::StrCat(path(), "-wal"), absl::StrCat(killed, "-wal"));
  const auto engine = *OpenSqlite(killed);
  const auto writer = *engine->OpenWriter();
  EXPECT_FALSE(engine->CheckpointIsDue(*writer, false));
  ASSERT_TRUE(engine->CheckpointIsDue(*writer, true));
  Expect(engine->Checkpoint(*writer));
  EXPECT_FALSE(engine->CheckpointIsDue(*writer, true)) << "once is enough";
  std::filesystem::copy_file(killed, alone);
  EXPECT_EQ(*SelectInt(**(*OpenSqlite(alone))->OpenReader(), "SELECT COUNT(*) FROM t"), 50);
}

// Files of this process cannot grow beyond a size while it lives, or until the first write that would have.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes, bool once = false) {
    getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, once ? MakeRoom : SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    MakeRoom(0);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  static void MakeRoom(int) { setrlimit(RLIMIT_FSIZE, &before_); }

  static inline rlimit before_{};
  void (*handler_)(int);
};

TEST_F(SqliteWal, WhatCannotBeWrittenIsTheErrorOfItsCommit) {
  Expect(CommitPages(0, 10));
  // A commit of few pages is written at its end, most of a larger one before; where pieces of 64 KiB end comes round in
  // between.
  for (int64_t rows = 10; rows < 60; ++rows) {
    for (const int64_t pages : {1, 200}) {
      const FullDisk full(std::filesystem::file_size(absl::StrCat(path(), "-wal")) + 1000);
      EXPECT_FALSE(CommitPages(rows, pages).ok()) << pages;
      EXPECT_EQ(RowsSeenByAnother(), rows) << pages;
    }
    Expect(CommitPages(rows, 1));
  }
  EXPECT_EQ(RowsSeenByAnother(), 60);
  EXPECT_EQ(*writer_->FindDamage(), "");
}

TEST_F(SqliteWal, APieceThatCouldNotBeWrittenIsTheCommitsErrorThoughTheRestCould) {
  Expect(CommitPages(0, 10));
  {
    const FullDisk full(std::filesystem::file_size(absl::StrCat(path(), "-wal")) + 1000, true);
    EXPECT_FALSE(CommitPages(10, 200).ok());
  }
  EXPECT_EQ(RowsSeenByAnother(), 10);
  Expect(CommitPages(10, 200));
  EXPECT_EQ(RowsSeenByAnother(), 210);
  EXPECT_EQ(*writer_->FindDamage(), "");
}

TEST_F(SqliteWal, WhatStandsBeforeASavepointStaysWhenTheRestIsTakenBack) {
  Expect(writer_->Begin(true));
  Expect(InsertPages(0, 8001));
  Expect(writer_->Execute("SAVEPOINT here"));
  Expect(InsertPages(8001, 8002));
  Expect(writer_->Execute("ROLLBACK TO here"));
  Expect(InsertPages(8001, 9));
  Expect(writer_->Commit());
  EXPECT_EQ(RowsSeenByAnother(), 8010);
  EXPECT_EQ(*writer_->FindDamage(), "");
}

}  // namespace
}  // namespace trailbook::store
