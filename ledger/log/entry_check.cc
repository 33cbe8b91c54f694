#include "ledger/log/entry_check.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "ledger/base/day.h"
#include "ledger/domain/money.h"
#include "ledger/domain/postings.h"

namespace trailbook::log {

// Postings are few: those of a currency and day are looked for anew for each of them.
std::string FindImbalance(const v1::Record& record) {
  for (const v1::Posting& place : record.postings()) {
    int64_t sum = 0;
    for (const v1::Posting& posting : record.postings()) {
      if (posting.booking_day() != place.booking_day() || posting.currency() != place.currency()) continue;
      if (!CheckedAdd(sum, posting.amount(), &sum)) {
        return absl::StrCat("a sum of its postings in ", place.currency(), " leaves 64 bits");
      }
    }
    if (sum != 0) {
      return absl::StrCat("its postings in ", place.currency(), " on ", FormatDay(place.booking_day()), " come to ",
                          sum, " instead of zero");
    }
  }
  return "";
}

std::string FindBrokenRule(const v1::Record& record) {
  const v1::PaymentRecorded& payment = record.payment_recorded();  // of zeros, if it is another record
  const int64_t commission = payment.state().booked(), base = payment.base(), rate = record.referral_bound().rate_bps();
  if (base < 0 || base > payment.collected()) {
    return absl::StrCat("its base of ", base, " is no part of the ", payment.collected(), " that were collected");
  }
  if (commission < 0 || commission > Due(base, kRateCapBps)) {
    return absl::StrCat("its commission of ", commission, " is above a tenth of its base of ", base);
  }
  if (rate < 0 || rate > kRateCapBps) {
    return absl::StrCat("its rate of ", rate, " bps is above the ", kRateCapBps, " that may be promised");
  }
  if (record.kind_case() == v1::Record::KIND_NOT_SET && !record.postings().empty()) {
    return "it posts, and does not say what happened";
  }
  return FindImbalance(record);
}

std::string FindWrong(const v1::Record& record) {
  std::string broken = FindBrokenRule(record);
  return broken.empty() ? FindMisposting(record) : broken;
}

}  // namespace trailbook::log
