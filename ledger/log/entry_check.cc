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

std::string FindBrokenRule(const v1::Record& record) {
  const v1::PaymentRecorded& payment = record.payment_recorded();  // of zeros, if it is another record
  const int64_t commission = payment.state().booked(), base = payment.base(), rate = record.referral_bound().rate_bps();
  if (base < 0 || base > payment.collected()) return absl::StrCat("its base of ", base, " is no part of the ", payment.collected(), " that were collected");
  if (commission < 0 || commission > Due(base, kRateCapBps)) return absl::StrCat("its commission of ", commission, " is above a tenth of its base of ", base);
  if (rate < 0 || rate > kRateCapBps) return absl::StrCat("its rate of ", rate, " bps is above the ", kRateCapBps, " that may be promised");
  return FindImbalance(record);
}

}  // namespace trailbook::log
