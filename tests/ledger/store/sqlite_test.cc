// What is particular to SQLite: the file, its mode, and what is no database.
#include "ledger/store/sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "ledger/base/status.h"

namespace trailbook::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SqliteFile : public ::testing::Test {
 protected:
  SqliteFile() {
    std::string folder = (std::filesystem::temp_directory_path() / "trailbook-file-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
  }
  ~SqliteFile() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/store.db"; }
  static mode_t ModeOf(const std::string& file) {
    struct stat status {};
    return stat(file.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
  }

  std::string folder_;
};

TEST_F(SqliteFile, NobodyElseCanReadTheFileNorItsLogWhateverTheUmask) {
  const mode_t before = umask(0);
  {
    const auto engine = *OpenSqlite(path());
    const auto writer = *engine->OpenWriter();
    ASSERT_TRUE(writer->Execute("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1)").ok());
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      EXPECT_EQ(ModeOf(file.path()), 0600u) << file.path();
    }
    EXPECT_EQ(ModeOf(path() + "-wal"), 0600u);
  }
  umask(before);
}

TEST_F(SqliteFile, WhatWasCommittedIsThereWhenTheFileIsOpenedAgain) {
  {
    const auto engine = *OpenSqlite(path());
    ASSERT_TRUE((*engine->OpenWriter())->Execute("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (7)").ok());
  }
  const auto engine = *OpenSqlite(path());
  const auto reader = *engine->OpenReader();
  const auto statement = *reader->Prepare("SELECT a FROM t");
  ASSERT_TRUE(*statement->Step());
  EXPECT_EQ(statement->ColumnInt(0), 7);
}

// Commits so many pages, the same ones each time.
void CommitPages(Database& writer, int pages) {
  ASSERT_TRUE(writer.Begin(true).ok());
  ASSERT_TRUE(writer
                  .Execute(absl::StrCat("WITH RECURSIVE n (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < ",
                                        pages, ") INSERT OR REPLACE INTO t SELECT a, randomblob(3000) FROM n"))
                  .ok());
  ASSERT_TRUE(writer.Commit().ok());
}

// Waits until it is the writer's turn, as he does who is idle.
void WaitForTurn(Engine& engine, Database& writer) {
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (!engine.CheckpointIsDue(writer, true)) {
    ASSERT_LT(absl::Now(), end);
    absl::SleepFor(absl::Milliseconds(1));
  }
}

// Commits a thousand pages so many times, and moves them to their places when that is due: how often it was.
int CommitAndMove(Engine& engine, Database& writer, int commits) {
  EXPECT_TRUE(writer.Execute("CREATE TABLE t (a INTEGER NOT NULL PRIMARY KEY, b BLOB) STRICT").ok());
  int moved = 0;
  for (int commit = 0; commit < commits; ++commit) {
    CommitPages(writer, 1000);
    if (!engine.CheckpointIsDue(writer, false)) continue;
    ++moved;
    EXPECT_TRUE(engine.Checkpoint(writer).ok());
    EXPECT_FALSE(engine.CheckpointIsDue(writer, false)) << "none is tried again before there is more";
  }
  return moved;
}

TEST_F(SqliteFile, TheWriteAheadLogDoesNotGrowHoweverMuchIsWritten) {
  const auto engine = *OpenSqlite(path());
  const auto writer = *engine->OpenWriter();
  EXPECT_GE(CommitAndMove(*engine, *writer, 110), 1);
  EXPECT_LT(std::filesystem::file_size(path() + "-wal"), 350u << 20) << "440 MiB were written";
}

TEST_F(SqliteFile, OnADiskWithLittleRoomItStaysShort) {
  const std::string disk = path() + ".disk";
  std::filesystem::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=900m") != 0) {
    std::filesystem::remove(disk);
    GTEST_SKIP() << "no small disk can be mounted here: " << std::strerror(errno);
  }
  {
    const auto engine = *OpenSqlite(disk + "/trailbook.db");
    const auto writer = *engine->OpenWriter();
    EXPECT_GE(CommitAndMove(*engine, *writer, 60), 1);
    EXPECT_LT(std::filesystem::file_size(disk + "/trailbook.db-wal"), 160u << 20)
        << "240 MiB were written, which a large disk would hold in the WAL";
  }
  EXPECT_EQ(umount(disk.c_str()), 0);
  std::filesystem::remove(disk);
}

TEST_F(SqliteFile, WhatWaitsIsMovedWhenNobodyWrites) {
  const auto engine = *OpenSqlite(path());
  const auto writer = *engine->OpenWriter();
  ASSERT_TRUE(writer->Execute("CREATE TABLE t (a INTEGER NOT NULL PRIMARY KEY, b BLOB) STRICT").ok());
  ASSERT_TRUE(engine->CheckpointIsDue(*writer, true)) << "it is little: the writer does it at once";
  ASSERT_TRUE(engine->Checkpoint(*writer).ok());
  CommitPages(*writer, 3000);
  EXPECT_FALSE(engine->CheckpointIsDue(*writer, false));
  EXPECT_FALSE(engine->CheckpointIsDue(*writer, true)) << "it is moved beside the writer first";
  WaitForTurn(*engine, *writer);
  EXPECT_GT(std::filesystem::file_size(path()), 3000u * 3000) << "all but what came meanwhile is in the file";
  ASSERT_TRUE(engine->Checkpoint(*writer).ok());
  EXPECT_FALSE(engine->CheckpointIsDue(*writer, true));
  EXPECT_EQ(*SelectInt(*writer, "SELECT COUNT(*) FROM t"), 3000);
}

TEST_F(SqliteFile, AReaderOfAnOldMomentDoesNotMakeItTriedAgainAndAgain) {
  const auto engine = *OpenSqlite(path());
  const auto writer = *engine->OpenWriter();
  ASSERT_TRUE(writer->Execute("CREATE TABLE t (a INTEGER NOT NULL PRIMARY KEY, b BLOB) STRICT").ok());
  const auto reader = *engine->OpenReader();
  ASSERT_TRUE(reader->Begin(false).ok());
  CommitPages(*writer, 3000);
  WaitForTurn(*engine, *writer);
  ASSERT_TRUE(engine->Checkpoint(*writer).ok());
  EXPECT_FALSE(engine->CheckpointIsDue(*writer, true));
  EXPECT_EQ(*SelectInt(*reader, "SELECT COUNT(*) FROM t"), 0);
  reader->Rollback();
  CommitPages(*writer, 1);
  WaitForTurn(*engine, *writer);
  ASSERT_TRUE(engine->Checkpoint(*writer).ok());
  EXPECT_GT(std::filesystem::file_size(path()), 3000u * 3000);
}

// Whoever reads the log of the daemon need not read a page of parameters.
TEST_F(SqliteFile, AnErrorOfRowsWrittenTogetherSaysWhatIsWrongInALine) {
  const auto engine = *OpenSqlite(path());
  const auto writer = *engine->OpenWriter();
  std::vector<std::string> columns = {"id", "amount"};
  for (int at = 0; at < 30; ++at) columns.push_back(absl::StrCat("other_", at));
  ASSERT_TRUE(writer
                  ->Execute(absl::StrCat("CREATE TABLE t (", absl::StrJoin(columns, ", "),
                                         ", CONSTRAINT amount_is_positive CHECK (amount > 0))"))
                  .ok());
  std::vector<Row> rows(100, Row(columns.size(), Value(int64_t{1})));
  rows[76][1] = int64_t{0};
  const absl::Status refused = writer->InsertMany({"t", columns}, rows);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr("INTO t (id, amount"), HasSubstr("amount_is_positive")));
  EXPECT_LT(refused.message().size(), 500u) << refused;
}

TEST_F(SqliteFile, AWriteThatIsTriedIsWrittenAndChangesNothing) {
  const auto engine = *OpenSqlite(path());
  const auto writer = *engine->OpenWriter();
  ASSERT_TRUE(
      writer->Execute("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (7); PRAGMA user_version = 5").ok());
  const auto before = std::filesystem::file_size(path() + "-wal");
  ASSERT_TRUE(engine->TryWrite(*writer).ok());
  EXPECT_GT(std::filesystem::file_size(path() + "-wal"), before);
  EXPECT_EQ(*SelectInt(*writer, "PRAGMA user_version"), 5);
  EXPECT_EQ(*SelectInt(*writer, "SELECT a FROM t"), 7);
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    EXPECT_EQ(file.path().string().find(".room-"), std::string::npos) << file.path() << " was left";
  }
}

TEST_F(SqliteFile, AWriteThatIsTriedFailsWhereOneWould) {
  const auto engine = *OpenSqlite(path());
  const auto writer = *engine->OpenWriter();
  ASSERT_TRUE(writer->Execute("CREATE TABLE t (a INTEGER) STRICT").ok());
  // Nothing more can be made in its folder.
  rlimit was;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &was), 0);
  rlimit none = was;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const absl::Status tried = engine->TryWrite(*writer);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &was), 0);
  EXPECT_EQ(tried.code(), absl::StatusCode::kInternal);
  EXPECT_NE(tried.message().find(absl::StrCat("cannot write beside ", path(), ": Too many open files")),
            std::string::npos)
      << tried;
}

TEST_F(SqliteFile, CommitsAreDurableAndInAWriteAheadLog) {
  const auto engine = *OpenSqlite(path());
  const auto writer = *engine->OpenWriter();
  const auto mode = *writer->Prepare("PRAGMA journal_mode");
  ASSERT_TRUE(*mode->Step());
  EXPECT_EQ(mode->ColumnText(0), "wal");
  mode->Reset();
  const auto synchronous = *writer->Prepare("PRAGMA synchronous");
  ASSERT_TRUE(*synchronous->Step());
  EXPECT_EQ(synchronous->ColumnInt(0), 2) << "FULL";
}

TEST_F(SqliteFile, AFileThatIsNoDatabaseIsRefusedWhenItIsOpened) {
  std::ofstream(path()) << std::string(4096, 'x');
  const auto engine = OpenSqlite(path());
  EXPECT_EQ(engine.status().code(), absl::StatusCode::kDataLoss) << engine.status();
  EXPECT_EQ(ReasonOf(engine.status()), "LEDGER_DAMAGED");
}

TEST_F(SqliteFile, AFolderThatIsNotThereIsNamed) {
  const auto engine = OpenSqlite(folder_ + "/missing/store.db");
  ASSERT_FALSE(engine.ok());
  EXPECT_NE(engine.status().message().find("missing/store.db"), absl::string_view::npos);
}

}  // namespace
}  // namespace trailbook::store
