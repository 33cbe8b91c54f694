// Resource names: "programs/{program}/partners/{partner}" and so on. Thread-safe: functions only.
#ifndef TRAILBOOK_SERVICES_NAMES_H_
#define TRAILBOOK_SERVICES_NAMES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trailbook::services {

// The parts of "programs/P" or "programs/P/{collection}/X" or "programs/P/payoutBatches/B/payouts/N". INVALID_ARGUMENT
// names the field and what would be right.
absl::StatusOr<std::string> ProgramOf(absl::string_view field, absl::string_view name);

struct ChildName {
  std::string program, child;
};
absl::StatusOr<ChildName> ChildOf(absl::string_view field, absl::string_view name, absl::string_view collection);

// The {id} of "programs/{program}/{collection}/{id}" in a program; empty for an empty name.
absl::StatusOr<std::string> IdIn(absl::string_view program, absl::string_view field, absl::string_view name,
                                 absl::string_view collection);

struct NumberName {
  std::string program;
  int64_t number = 0;
};
absl::StatusOr<NumberName> NumberOf(absl::string_view field, absl::string_view name, absl::string_view collection);

struct PayoutName {
  std::string program;
  int64_t batch = 0, payout = 0;
};
absl::StatusOr<PayoutName> PayoutOf(absl::string_view field, absl::string_view name);

std::string Name(absl::string_view program);
std::string Name(absl::string_view program, absl::string_view collection, absl::string_view child);
std::string Name(absl::string_view program, absl::string_view collection, int64_t child);
std::string NameOfPayout(absl::string_view program, int64_t batch, int64_t payout);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_NAMES_H_
