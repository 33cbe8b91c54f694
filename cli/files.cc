#include "cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace trailbook::cli {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ostringstream all;
  if (path == "-") {
    all << std::cin.rdbuf();
    return all.str();
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  all << file.rdbuf();
  if (file.bad()) return absl::InternalError(absl::StrCat("cannot read ", path));
  return all.str();
}

absl::Status WriteFile(const std::string& path, absl::string_view content) {
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
  if (fsync(fd) != 0 || close(fd) != 0 || std::rename(part.c_str(), path.c_str()) != 0) return failed();
  return absl::OkStatus();
}

}  // namespace trailbook::cli
