// A record in words that a partner understands, for statements and explanations. Pure; thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_WORDS_H_
#define TRAILBOOK_LEDGER_DOMAIN_WORDS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

struct RecordWords {
  std::string kind;         // e.g. "COMMISSION", "REFUND", "PAYOUT"
  std::string external_id;  // the event's own id; may be empty
  std::string text;
  int64_t commission = 0;  // which it concerns; 0 for none
  int64_t time = 0;        // when it happened in the world; 0 if it is only known to the day
};
RecordWords WordsOf(const log::v1::Record& record, absl::string_view currency);

// "7.5 %".
std::string FormatRate(int64_t bps);

// Why the commission on a payment is what it is: base, rate, rounding and cap, with the arithmetic.
std::string ExplainAmount(int64_t base, int64_t bps, int64_t amount, absl::string_view currency);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_WORDS_H_
