#include "ledger/queries/cursor.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status.h"

namespace trailbook {

absl::Status BadPageToken() {
  return Refuse(absl::StatusCode::kInvalidArgument, "BAD_PAGE_TOKEN", "page_token",
                "page_token was not given by this list");
}

absl::StatusOr<int64_t> NumberCursor(const std::string& cursor, int64_t first) {
  int64_t number = first;
  if (cursor.empty() || absl::SimpleAtoi(cursor, &number)) return number;
  return BadPageToken();
}

absl::StatusOr<Pair> PairCursor(const std::string& cursor, Pair first) {
  if (cursor.empty()) return first;
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(cursor, absl::MaxSplits('|', 1));
  Pair pair;
  if (absl::SimpleAtoi(parts.first, &pair.first) && absl::SimpleAtoi(parts.second, &pair.second)) return pair;
  return BadPageToken();
}

std::string ToCursor(Pair pair) { return absl::StrCat(pair.first, "|", pair.second); }

}  // namespace trailbook
