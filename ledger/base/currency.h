// Currencies (ISO 4217): which there are, and how their minor units are written. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_BASE_CURRENCY_H_
#define TRAILBOOK_LEDGER_BASE_CURRENCY_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace trailbook {

// Digits after the point (ISO 4217), -1 for a currency that Trailbook does not know.
int MinorDigits(absl::string_view currency);

// "-1,499.00": an amount of minor units with the currency's decimals.
std::string FormatMinor(int64_t minor_units, absl::string_view currency);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_BASE_CURRENCY_H_
