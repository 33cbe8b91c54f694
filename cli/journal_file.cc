#include "cli/journal_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::cli {
namespace {

constexpr size_t kBuffer = 1 << 20;

bool Write(int fd, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool ReadAt(int fd, int64_t offset, char* to, size_t size) {
  while (size > 0) {
    const ssize_t got = pread(fd, to, size, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    offset += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool IsStandardOutput(const std::string& path) { return path.empty() || path == "-"; }

}  // namespace

absl::StatusOr<std::unique_ptr<JournalFile>> JournalFile::Open(std::string path) {
  const char* temp = std::getenv("TMPDIR");
  // Beside the result, where there must be room for it anyway.
  std::string pattern = IsStandardOutput(path)
                            ? absl::StrCat(temp != nullptr && *temp != '\0' ? temp : "/tmp", "/trailbook-XXXXXX")
                            : absl::StrCat(path, ".XXXXXX");
  const int body = mkostemp(pattern.data(), O_CLOEXEC);
  if (body < 0) {
    return absl::InternalError(
        absl::StrCat("cannot write beside ", IsStandardOutput(path) ? pattern : path, ": ", std::strerror(errno)));
  }
  unlink(pattern.c_str());
  return std::unique_ptr<JournalFile>(new JournalFile(std::move(path), body));
}

JournalFile::~JournalFile() { close(body_); }

absl::Status JournalFile::Failed(absl::string_view what) const {
  return absl::InternalError(absl::StrCat("cannot ", what, " ", IsStandardOutput(path_) ? "standard output" : path_,
                                          ": ", std::strerror(errno)));
}

absl::Status JournalFile::Append(Day day, absl::string_view text) {
  if (text.empty()) return absl::OkStatus();
  pieces_.push_back({day, static_cast<uint32_t>(text.size()), flushed_ + static_cast<int64_t>(buffer_.size())});
  buffer_.append(text.data(), text.size());
  return buffer_.size() < kBuffer ? absl::OkStatus() : Flush();
}

absl::Status JournalFile::Flush() {
  if (!Write(body_, buffer_)) return Failed("write");
  flushed_ += static_cast<int64_t>(buffer_.size());
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status JournalFile::Finish(absl::string_view head, absl::string_view tail) {
  TRAILBOOK_RETURN_IF_ERROR(Flush());
  std::stable_sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) { return a.day < b.day; });
  if (IsStandardOutput(path_)) return WriteAll(STDOUT_FILENO, head, tail);
  const std::string part = path_ + ".part";
  const int out = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (out < 0) return Failed("write");
  absl::Status status = WriteAll(out, head, tail);
  if (status.ok() && fsync(out) != 0) status = Failed("write");
  if (close(out) != 0 && status.ok()) status = Failed("write");
  if (status.ok() && std::rename(part.c_str(), path_.c_str()) != 0) status = Failed("write");
  if (!status.ok()) unlink(part.c_str());
  return status;
}

absl::Status JournalFile::WriteAll(int out, absl::string_view head, absl::string_view tail) {
  if (!Write(out, head)) return Failed("write");
  TRAILBOOK_RETURN_IF_ERROR(CopyPieces(out));
  return Write(out, tail) ? absl::OkStatus() : Failed("write");
}

// Pieces that lie one behind the other are copied as one.
absl::Status JournalFile::CopyPieces(int out) {
  std::string run;
  for (size_t at = 0; at < pieces_.size();) {
    const int64_t begin = pieces_[at].offset;
    int64_t end = begin;
    do {
      end += pieces_[at++].size;
    } while (at < pieces_.size() && pieces_[at].offset == end && end - begin < static_cast<int64_t>(kBuffer));
    run.resize(static_cast<size_t>(end - begin));
    if (!ReadAt(body_, begin, run.data(), run.size())) return Failed("read back what was gathered for");
    if (!Write(out, run)) return Failed("write");
  }
  return absl::OkStatus();
}

}  // namespace trailbook::cli
