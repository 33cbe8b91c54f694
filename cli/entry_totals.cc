#include "cli/entry_totals.h"

#include "absl/strings/str_cat.h"
#include "ledger/domain/money.h"
#include "ledger/log/entry_check.h"

namespace trailbook::cli {
namespace {

constexpr char kOverflow[] = "a balance leaves 64 bits";

}  // namespace

std::string EntryTotals::Add(int64_t sequence, absl::string_view bytes) {
  log::v1::Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "it cannot be read";
  if (record.sequence() != sequence) return absl::StrCat("it says that it is record ", record.sequence());
  if (!record.postings().empty()) ++entries_;
  for (const log::v1::Posting& posting : record.postings()) {
    int64_t& balance = balances_[{posting.currency(), posting.account(), posting.partner(), posting.detail()}];
    if (!CheckedAdd(balance, posting.amount(), &balance)) return kOverflow;
  }
  return log::FindWrong(record);
}

}  // namespace trailbook::cli
