#include "ledger/store/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/store/sqlite_database.h"
#include "ledger/store/sqlite_statement.h"

namespace trailbook::store {
namespace {

constexpr uintmax_t kRoom = 64 << 20;  // more than the rows of all records that wait for theirs
constexpr off_t kTrial = 4 << 20;      // as much as a large transaction writes
// How long room counts as there: nothing fills as much meanwhile, and every commit would ask.
constexpr std::chrono::milliseconds kRoomLasts(10);

// How many pages the WAL has before they are moved. A page that many commits changed is moved once, so the more the
// better, up to some 64 000; but a small disk has other uses for 300 MB.
constexpr int kLongWal = 64000, kShortWal = 16000;
constexpr uintmax_t kRoomForLongWal = 1 << 30;

class SqliteEngine final : public Engine {
 public:
  explicit SqliteEngine(std::string path) : path_(std::move(path)) {}

  // A file that is no database shows it now, not at the first command. SQLite reads a WAL that a killed process left
  // behind; whoever closes the file's last connection waits until that is moved. Hence this one stays.
  absl::Status Hold() {
    TRAILBOOK_ASSIGN_OR_RETURN(held_, SqliteDatabase::Open(path_, SqliteUse::kHold));
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<Database>> OpenWriter() override {
    if (writer_open_.exchange(true)) {
      return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", "the writing connection is open already");
    }
    auto db = SqliteDatabase::Open(path_, SqliteUse::kWrite, &writer_open_);
    if (!db.ok()) writer_open_ = false;
    return db;
  }
  absl::StatusOr<std::unique_ptr<Database>> OpenReader() override {
    return SqliteDatabase::Open(path_, SqliteUse::kRead);
  }
  absl::StatusOr<std::unique_ptr<Database>> OpenScratch() override { return OpenSqliteScratch(); }
  bool HasRoom() const override {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    if (now < had_room_.load() + kRoomLasts) return true;
    if (!HasRoom(kRoom)) return false;
    had_room_ = now;
    return true;
  }
  absl::Status TryWrite(Database& writer) override {
    TRAILBOOK_RETURN_IF_ERROR(TryRoom());
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t version, SelectInt(writer, "PRAGMA user_version"));
    return writer.Execute(
        absl::StrCat("PRAGMA user_version = ", version));  // a page and its fsync, whatever the number was
  }
  bool CheckpointIsDue(Database& writer, bool idle) override {
    return static_cast<SqliteDatabase&>(writer).CheckpointIsDue(idle                       ? 1
                                                                : HasRoom(kRoomForLongWal) ? kLongWal
                                                                                           : kShortWal);
  }
  absl::Status Checkpoint(Database& writer) override { return static_cast<SqliteDatabase&>(writer).Checkpoint(); }
  absl::StatusOr<std::unique_ptr<Engine>> CopyTo(const std::string& path) override {
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
      const std::string why = std::strerror(errno);
      return errno == EEXIST ? absl::AlreadyExistsError(absl::StrCat(path, " is there already"))
                             : Internal(absl::StrCat("cannot write ", path, ": ", why));
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
  // A file beside the store, as large as a large transaction: where only a small one fits, the next write may fail
  // again.
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
    return error == ENOSPC || error == EDQUOT
               ? DiskFull()
               : Internal(absl::StrCat("cannot write beside ", path_, ": ", std::strerror(error)));
  }
  // All pages in one step, of the moment of one read transaction; writers go on in the WAL meanwhile.
  absl::Status Copy(const std::string& path) {
    TRAILBOOK_ASSIGN_OR_RETURN(const auto from, SqliteDatabase::Open(path_, SqliteUse::kRead));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto to, SqliteDatabase::Open(path, SqliteUse::kCopyTo));
    sqlite3* target = to->raw();
    sqlite3_backup* backup = sqlite3_backup_init(target, "main", from->raw(), "main");
    if (backup == nullptr) return SqliteError(target, sqlite3_errcode(target), absl::StrCat("cannot copy to ", path));
    const int code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) return SqliteError(target, code, absl::StrCat("cannot copy to ", path));
    // One file that stands alone, without a log beside it.
    return to->Execute("PRAGMA journal_mode = DELETE");
  }

  std::string path_;
  std::unique_ptr<Database> held_;
  std::atomic<bool> writer_open_{false};
  mutable std::atomic<std::chrono::steady_clock::duration> had_room_{-kRoomLasts};  // since the clock's start
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqliteScratch() { return SqliteDatabase::Open("", SqliteUse::kScratch); }

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
