#include "ledger/domain/words.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/domain/money.h"
#include "ledger/domain/words_terms.h"

namespace trailbook {
namespace {

using log::v1::Record;

RecordWords PaymentWords(const Record& record, absl::string_view currency) {
  const log::v1::PaymentRecorded& payment = record.payment_recorded();
  RecordWords words{"COMMISSION", payment.payment_id(), "", record.sequence(), payment.time()};
  const std::string paid =
      absl::StrCat("payment ", payment.payment_id(), " of ", FormatMoney(payment.collected(), currency));
  switch (payment.zero_reason()) {
    case log::v1::ZERO_REASON_COLLECTED:
      words.text = absl::StrCat(paid, ": nothing was collected, so it earns nothing");
      break;
    case log::v1::ZERO_REASON_BASE: words.text = absl::StrCat(paid, ": nothing of it is commissionable"); break;
    case log::v1::ZERO_REASON_REJECTED:
      words.text = absl::StrCat(paid, ": a person rejected its referral, so it earns nothing");
      break;
    case log::v1::ZERO_REASON_BEFORE_SIGN_UP:
      words.text = absl::StrCat(paid, ": it is from before the sign-up day, so it earns nothing");
      break;
    case log::v1::ZERO_REASON_AFTER_DURATION:
      words.text =
          absl::StrCat(paid, ": it is from after the duration that was promised at sign-up, so it earns nothing");
      break;
    default:
      words.text = absl::StrCat("commission on ", paid, ": ",
                                ExplainAmount(payment.base(), payment.rate_bps(), payment.state().booked(), currency),
                                RateReasonWords(payment));
  }
  return words;
}

RecordWords RefundWords(const log::v1::RefundRecorded& refund, absl::string_view currency) {
  RecordWords words{refund.failed() ? "REFUND_FAILED" : "REFUND", refund.refund_id(), "", refund.commission(),
                    refund.time()};
  const std::string amount = FormatMoney(refund.amount(), currency);
  words.text = refund.failed()
                   ? absl::StrCat("refund ", refund.refund_id(), " of ", amount, " failed: it does not count")
                   : absl::StrCat("refund ", refund.refund_id(), " of ", amount,
                                  " to the customer: its part of the commission is reversed");
  return words;
}

RecordWords DisputeWords(const log::v1::DisputeRecorded& dispute, absl::string_view currency) {
  RecordWords words{"", dispute.dispute_id(), "", dispute.commission(), dispute.time()};
  const std::string what =
      absl::StrCat("dispute ", dispute.dispute_id(), " of ", FormatMoney(dispute.amount(), currency));
  switch (dispute.dispute_state()) {
    case log::v1::DISPUTE_STATE_OPEN:
      words.kind = "DISPUTE_OPENED";
      words.text = absl::StrCat(what, " was opened: its part of the commission is held until it is decided");
      break;
    case log::v1::DISPUTE_STATE_WON:
      words.kind = "DISPUTE_WON";
      words.text = absl::StrCat(what, " was won: what it held is released");
      break;
    default:
      words.kind = "DISPUTE_LOST";
      words.text = absl::StrCat(what, " was lost: its part of the commission is reversed");
  }
  return words;
}

RecordWords ForfeitedWords(const log::v1::CommissionForfeited& forfeited, absl::string_view currency) {
  return {"FORFEITED", "",
          forfeited.correction() == 0
              ? "its referral was rejected: what was held is taken back"
              : absl::StrCat(FormatMoney(forfeited.amount(), currency),
                             " that nobody was paid was forfeited with correction ", forfeited.correction()),
          forfeited.commission(), 0};
}

// What settles normally posts to no account of the partner's; what was called failed before takes back what had become
// payable again.
RecordWords PayoutResultWords(const log::v1::Record& record) {
  const log::v1::PayoutResult& result = record.payout_result();
  const std::string name = absl::StrCat("payout ", result.batch(), "/", result.payout());
  switch (result.outcome()) {
    case log::v1::PAYOUT_OUTCOME_SETTLED:
      for (const log::v1::Posting& posting : record.postings()) {
        if (posting.partner() == 0) continue;
        return {"SETTLED_AFTER_FAILURE", "",
                absl::StrCat(name, " arrived after it was called failed (", result.evidence(),
                             "): what was payable again is taken back"),
                0, 0};
      }
      return {"SETTLED", "", absl::StrCat(name, " arrived (", result.evidence(), ")"), 0, 0};
    case log::v1::PAYOUT_OUTCOME_FAILED:
      return {"PAYOUT_FAILED", "", absl::StrCat(name, " failed (", result.evidence(), "): the money is payable again"),
              0, 0};
    case log::v1::PAYOUT_OUTCOME_RETURNED:
      return {"PAYOUT_RETURNED", "",
              absl::StrCat(name, " came back (", result.evidence(), "): the money is payable again"), 0, 0};
    case log::v1::PAYOUT_OUTCOME_CANCELLED:
      return {"PAYOUT_CANCELLED", "",
              absl::StrCat(name, " was cancelled before it was sent: the money is payable again"), 0, 0};
    default: return {"PAYOUT_UNKNOWN", "", absl::StrCat("nobody knows yet what became of ", name), 0, 0};
  }
}

}  // namespace

RecordWords WordsOf(const Record& record, absl::string_view currency) {
  switch (record.kind_case()) {
    case Record::kPaymentRecorded: return PaymentWords(record, currency);
    case Record::kRefundRecorded: return RefundWords(record.refund_recorded(), currency);
    case Record::kDisputeRecorded: return DisputeWords(record.dispute_recorded(), currency);
    case Record::kAliasRecorded:
      return {"ALIAS", record.alias_recorded().alias_id(),
              absl::StrCat("the payment is also known as ", record.alias_recorded().alias_id()),
              record.alias_recorded().commission(), record.alias_recorded().time()};
    case Record::kMatured:
      return {"MATURED", "",
              record.matured().recouped() == 0
                  ? std::string("the hold period is over: it is payable")
                  : absl::StrCat("the hold period is over; ", FormatMoney(record.matured().recouped(), currency),
                                 " of what matured that day settled what the partner owed"),
              0, 0};
    case Record::kPayoutReserved:
      return {"RESERVED", "",
              absl::StrCat("reserved for payout ", record.payout_reserved().batch(), "/",
                           record.payout_reserved().payout()),
              0, 0};
    case Record::kPayoutSent:
      return {"PAYOUT", "",
              absl::StrCat("payout ", record.payout_sent().batch(), "/", record.payout_sent().payout(), " was sent"), 0,
              0};
    case Record::kPayoutResult: return PayoutResultWords(record);
    case Record::kHoldRecomputed:
      return {"HELD", "", "what is held of it was worked out anew", record.hold_recomputed().commission(), 0};
    case Record::kCommissionForfeited: return ForfeitedWords(record.commission_forfeited(), currency);
    case Record::kForfeitureUndone:
      return {"FORFEITURE_UNDONE", "",
              absl::StrCat("correction ", record.forfeiture_undone().correction(), ", a forfeiture, was undone"),
              record.forfeiture_undone().commission(), 0};
    case Record::kBonusAccrued: return BonusWords(record, currency);
    case Record::kBonusChanged: return BonusChangedWords(record);
    case Record::kCommissionTransferred:
      return {"TRANSFERRED", "",
              absl::StrCat("its referral was reassigned by ", record.actor(), ": the commission moved with it"),
              record.sequence(), 0};
    case Record::kBalancesTransferred:
      return {"MERGED", "", "two partners became one: the balance moved to the one that goes on", 0, 0};
    case Record::kCorrectionBooked:
      return {"CORRECTION", "",
              absl::StrCat("correction ", record.correction_booked().correction(), ", booked by ", record.actor()), 0,
              0};
    default: return {"OTHER", "", "", 0, 0};
  }
}

std::string FormatRate(int64_t bps) {
  std::string text = absl::StrCat(bps / 100);
  if (bps % 100 != 0) {
    absl::StrAppend(&text, ".", bps % 100 / 10);
    if (bps % 10 != 0) absl::StrAppend(&text, bps % 10);
  }
  return absl::StrCat(text, " %");
}

std::string ExplainAmount(int64_t base, int64_t bps, int64_t amount, absl::string_view currency) {
  std::string text =
      absl::StrCat(FormatRate(bps), " of ", FormatMoney(base, currency), " = ", FormatMoney(amount, currency));
  const __int128 exact = static_cast<__int128>(base) * bps;
  if (exact % kBpsScale == 0) return text;
  const auto rounded = MulDivHalfEven(base, bps, kBpsScale);
  const int64_t tenths = static_cast<int64_t>(exact / (kBpsScale / 10) % 10);
  absl::StrAppend(&text, rounded.ok() && *rounded > amount
                             ? ", rounded down because no commission is above 10 % of its base"
                             : absl::StrCat(", rounded to the nearest minor unit (half to even) from ",
                                            static_cast<int64_t>(exact / kBpsScale), ".", tenths,
                                            exact % (kBpsScale / 10) == 0 ? "" : "..."));
  return text;
}

}  // namespace trailbook
