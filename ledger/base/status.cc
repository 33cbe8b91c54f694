#include "ledger/base/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace trailbook {
namespace {

constexpr char kReason[] = "trailbook/reason";
constexpr char kField[] = "trailbook/field";
constexpr char kHolder[] = "trailbook/holder";

std::string PayloadOf(const absl::Status& status, absl::string_view key) {
  auto payload = status.GetPayload(key);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

absl::Status Refuse(absl::StatusCode code, absl::string_view reason, absl::string_view field,
                    absl::string_view message) {
  absl::Status status(code, message);
  status.SetPayload(kReason, absl::Cord(reason));
  if (!field.empty()) status.SetPayload(kField, absl::Cord(field));
  return status;
}

absl::Status InvalidField(absl::string_view field, absl::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "INVALID_FIELD", field, absl::StrCat(field, ": ", message));
}

absl::Status NotFound(absl::string_view what, absl::string_view id) {
  return Refuse(absl::StatusCode::kNotFound, "NOT_FOUND", "", absl::StrCat("there is no ", what, " \"", id, "\""));
}

absl::Status Internal(absl::string_view message) {
  return Refuse(absl::StatusCode::kInternal, "INTERNAL", "", message);
}

absl::Status QueueFull(absl::string_view message) {
  return Refuse(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "", message);
}

absl::Status HeldElsewhere(absl::string_view address) {
  absl::Status status = Refuse(absl::StatusCode::kUnavailable, "HELD_ELSEWHERE", "",
                               absl::StrCat("the daemon at ", address, " writes this program; ask there"));
  status.SetPayload(kHolder, absl::Cord(address));
  return status;
}

std::string HolderOf(const absl::Status& status) { return PayloadOf(status, kHolder); }

std::string ReasonOf(const absl::Status& status) { return PayloadOf(status, kReason); }

std::string FieldOf(const absl::Status& status) { return PayloadOf(status, kField); }

absl::Status WithFieldPrefix(const absl::Status& status, absl::string_view prefix) {
  absl::Status copy = status;
  const std::string field = FieldOf(status);
  if (!field.empty()) copy.SetPayload(kField, absl::Cord(absl::StrCat(prefix, field)));
  return copy;
}

}  // namespace trailbook
