// A progress bar for long work, on standard error and only on a terminal. Not thread-safe.
#ifndef TRAILBOOK_CLI_PROGRESS_H_
#define TRAILBOOK_CLI_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace trailbook::cli {

// "[##########..........]  52 %  what". Of an unknown total (0) only `what`.
std::string ProgressLine(int64_t done, int64_t total, absl::string_view what);

class Progress {
 public:
  explicit Progress(int64_t total);
  // Draws anew.
  void Show(int64_t done, absl::string_view what);
  // Takes the bar away, so that a message or the result can follow.
  void Clear();

 private:
  int64_t total_;
  bool animate_;
};

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_PROGRESS_H_
