#include "ledger/log/entry_check.h"

#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/day.h"
#include "ledger/domain/money.h"

namespace trailbook::log {

std::string FindImbalance(const v1::Record& record) {
  std::map<std::pair<std::string, Day>, int64_t> sums;
  for (const v1::Posting& posting : record.postings()) {
    int64_t& sum = sums[{posting.currency(), posting.booking_day()}];
    if (!CheckedAdd(sum, posting.amount(), &sum)) return absl::StrCat("a sum of its postings in ", posting.currency(), " leaves 64 bits");
  }
  for (const auto& [place, sum] : sums) {
    if (sum != 0) return absl::StrCat("its postings in ", place.first, " on ", FormatDay(place.second), " come to ", sum, " instead of zero");
  }
  return "";
}

}  // namespace trailbook::log
