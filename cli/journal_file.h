// A file whose pieces arrive in any order and are written by day, in the order of arrival within a day, between a head
// and a tail that are known only at the end. Pieces wait in a nameless file, 16 bytes each in memory; the result is
// there wholly or not at all. Not thread-safe.
#ifndef TRAILBOOK_CLI_JOURNAL_FILE_H_
#define TRAILBOOK_CLI_JOURNAL_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/day.h"

namespace trailbook::cli {

class JournalFile {
 public:
  // An empty path or "-" is standard output.
  static absl::StatusOr<std::unique_ptr<JournalFile>> Open(std::string path);
  ~JournalFile();
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  absl::Status Append(Day day, absl::string_view text);
  // Writes everything and, for a file, gives it its name.
  absl::Status Finish(absl::string_view head, absl::string_view tail);

 private:
  struct Piece {
    Day day;
    uint32_t size;
    int64_t offset;
  };

  JournalFile(std::string path, int body) : path_(std::move(path)), body_(body) {}
  absl::Status Flush();
  absl::Status WriteAll(int out, absl::string_view head, absl::string_view tail);
  absl::Status CopyPieces(int out);
  absl::Status Failed(absl::string_view what) const;

  std::string path_;
  int body_;
  std::string buffer_;  // what is not in the nameless file yet
  int64_t flushed_ = 0;
  std::vector<Piece> pieces_;
};

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_JOURNAL_FILE_H_
