#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace trailbook::cli {
namespace {

constexpr int kWidth = 30;

bool OnTerminal() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && (term == nullptr || absl::string_view(term) != "dumb");
}

}  // namespace

std::string ProgressLine(int64_t done, int64_t total, absl::string_view what) {
  if (total <= 0) return std::string(what);
  const int64_t part = std::clamp<int64_t>(done, 0, total);
  const int filled = static_cast<int>(static_cast<__int128>(part) * kWidth / total);
  const int percent = static_cast<int>(static_cast<__int128>(part) * 100 / total);
  return absl::StrFormat("[%s%s] %3d %%  %s", std::string(filled, '#'), std::string(kWidth - filled, '.'), percent,
                         what);
}

Progress::Progress(int64_t total) : total_(total), animate_(OnTerminal()) {}

void Progress::Show(int64_t done, absl::string_view what) {
  if (animate_) std::cerr << "\r\033[K" << ProgressLine(done, total_, what) << std::flush;
}

void Progress::Clear() {
  if (animate_) std::cerr << "\r\033[K" << std::flush;
}

}  // namespace trailbook::cli
