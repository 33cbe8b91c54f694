// Money as people write it on a command line: "INR:1000.00". Integers only. Thread-safe: functions only.
#ifndef TRAILBOOK_CLI_MONEY_H_
#define TRAILBOOK_CLI_MONEY_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trailbook/v1/money.pb.h"

namespace trailbook::cli {

// "INR:1000.00", "JPY:1050", "KWD:12.345". INVALID_ARGUMENT for too many decimals or what is no number.
absl::StatusOr<::trailbook::v1::Money> ParseMoney(absl::string_view text);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_MONEY_H_
