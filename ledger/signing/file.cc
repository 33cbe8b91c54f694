#include "ledger/signing/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace trailbook {

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string why = std::strerror(errno);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path, ": ", why));
  std::ostringstream all;
  all << file.rdbuf();
  // An empty file moves no byte, and a stream calls that a failure.
  if (file.bad()) return absl::InternalError(absl::StrCat("cannot read ", path));
  return all.str();
}

absl::Status WriteWholeFile(const std::string& path, absl::string_view content) {
  const std::string part = path + ".part";
  const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const auto failed = [&] {
    const std::string why = std::strerror(errno);
    if (fd >= 0) close(fd);
    unlink(part.c_str());
    return absl::InternalError(absl::StrCat("cannot write ", path, ": ", why));
  };
  if (fd < 0) return failed();
  for (size_t at = 0; at < content.size();) {
    const ssize_t written = write(fd, content.data() + at, content.size() - at);
    if (written < 0) return failed();
    at += static_cast<size_t>(written);
  }
  if (fsync(fd) != 0) return failed();
  close(fd);
  if (std::rename(part.c_str(), path.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    unlink(part.c_str());
    return absl::InternalError(absl::StrCat("cannot write ", path, ": ", why));
  }
  return SyncDirectoryOf(path);
}

absl::Status SyncDirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const int fd = open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const std::string why = std::strerror(errno);
  if (fd >= 0) close(fd);
  return synced ? absl::OkStatus() : absl::InternalError(absl::StrCat("cannot write ", parent, ": ", why));
}

}  // namespace trailbook
