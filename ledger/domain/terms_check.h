// What is right in terms. Pure; thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_TERMS_CHECK_H_
#define TRAILBOOK_LEDGER_DOMAIN_TERMS_CHECK_H_

#include "absl/status/statusor.h"
#include "ledger/domain/commands.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// Terms as the log keeps them, without version and day. INVALID_ARGUMENT names the field; RATE_ABOVE_CAP,
// AMOUNT_OUT_OF_RANGE, UNKNOWN_CURRENCY.
absl::StatusOr<log::v1::Terms> CheckTerms(const TermsSpec& spec);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_TERMS_CHECK_H_
