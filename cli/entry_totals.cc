#include "cli/entry_totals.h"

#include <tuple>

#include "absl/strings/str_cat.h"
#include "ledger/base/day.h"

namespace trailbook::cli {
namespace {

constexpr char kOverflow[] = "a sum leaves 64 bits";

}  // namespace

std::string FindImbalance(const log::v1::Record& record) {
  std::map<std::pair<std::string, int32_t>, int64_t> sums;
  for (const log::v1::Posting& posting : record.postings()) {
    int64_t& sum = sums[{posting.currency(), posting.booking_day()}];
    if (__builtin_add_overflow(sum, posting.amount(), &sum)) return kOverflow;
  }
  for (const auto& [place, sum] : sums) {
    if (sum != 0) return absl::StrCat("its postings in ", place.first, " on ", FormatDay(place.second), " come to ", sum, " instead of zero");
  }
  return "";
}

std::string EntryTotals::Add(int64_t sequence, absl::string_view bytes) {
  log::v1::Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "it cannot be read";
  if (record.sequence() != sequence) return absl::StrCat("it says that it is record ", record.sequence());
  if (record.postings().empty()) return "";
  ++entries_;
  for (const log::v1::Posting& posting : record.postings()) {
    int64_t& balance = balances_[{posting.currency(), posting.account(), posting.partner(), posting.detail()}];
    if (__builtin_add_overflow(balance, posting.amount(), &balance)) return kOverflow;
  }
  return FindImbalance(record);
}

}  // namespace trailbook::cli
