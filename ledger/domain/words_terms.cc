#include "ledger/domain/words_terms.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/day.h"
#include "ledger/domain/chart.h"
#include "ledger/domain/money.h"
#include "ledger/domain/postings.h"

namespace trailbook {

std::string RateReasonWords(const log::v1::PaymentRecorded& payment) {
  if (!payment.has_rate_reason()) return "";
  const log::v1::RateReason& reason = payment.rate_reason();
  std::string text;
  if (reason.has_followed_day()) {
    absl::StrAppend(&text, "; the rate is that of the terms since ", FormatDay(reason.followed_day()),
                    ", which is higher than what was promised at sign-up");
  }
  if (reason.tier_customers() > 0) {
    absl::StrAppend(&text, "; the rate goes by the number of paying customers, which has been as high as ",
                    reason.tier_customers());
  }
  if (reason.lowering() > 0) absl::StrAppend(&text, "; the rate was lowered by a person's decision");
  return text;
}

RecordWords BonusWords(const log::v1::Record& record, absl::string_view currency) {
  const log::v1::BonusAccrued& bonus = record.bonus_accrued();
  return {"SIGN_UP_BONUS", bonus.payment_id(),
          absl::StrCat("sign-up bonus of ", FormatMoney(bonus.state().booked(), currency), ": payment ",
                       bonus.payment_id(), " is the customer's first since the sign-up"),
          record.sequence(), bonus.time()};
}

RecordWords BonusChangedWords(const log::v1::Record& record) {
  const log::v1::BonusChanged& changed = record.bonus_changed();
  RecordWords words{"SIGN_UP_BONUS_HELD", "", "", changed.commission(), changed.time()};
  const __int128 reversed = -PostedTo(record, AccountKind::kCommissionReversed);
  if (reversed > 0) {
    words.kind = "SIGN_UP_BONUS_REVERSED";
    words.text = "sign-up bonus reversed: everything that its payment collected was given back";
  } else if (reversed < 0) {
    words.kind = "SIGN_UP_BONUS_RESTORED";
    words.text = "sign-up bonus restored: not everything that its payment collected is given back any more";
  } else if (PostedTo(record, AccountKind::kCommissionHeld) < 0) {
    words.text = "sign-up bonus held: losing every open dispute of its payment would reverse it";
  } else {
    words.kind = "SIGN_UP_BONUS_RELEASED";
    words.text = "sign-up bonus released: no open dispute of its payment can reverse it now";
  }
  return words;
}

}  // namespace trailbook
