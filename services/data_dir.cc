#include "services/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace trailbook::services {
namespace {

std::string ReadAll(int fd) {
  char buffer[256];
  const ssize_t size = pread(fd, buffer, sizeof(buffer), 0);
  std::string text(buffer, size > 0 ? static_cast<size_t>(size) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<DataDir>> DataDir::Open(const std::string& path) {
  umask(0077);
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make ", path, ": ", error.message()));
  const std::string file = path + "/trailbook.lock";
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return absl::InternalError(absl::StrCat("cannot write in ", path, ": ", std::strerror(errno)));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = ReadAll(fd);
    close(fd);
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is held by another trailbookd (", holder, "); one process per data directory"));
  }
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  const std::string holder =
      absl::StrCat("pid ", getpid(), " since ", absl::FormatTime(absl::Now(), absl::UTCTimeZone()), " on ", host, "\n");
  // Who holds it is a help for people, not the lock: a full disk must not keep a daemon from serving reads.
  if (ftruncate(fd, 0) == 0 && pwrite(fd, holder.data(), holder.size(), 0) < 0) errno = 0;
  return std::unique_ptr<DataDir>(new DataDir(path, fd));
}

DataDir::~DataDir() { close(lock_); }

}  // namespace trailbook::services
