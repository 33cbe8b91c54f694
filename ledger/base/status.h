// Refusals: an absl::Status that also names its reason (trailbook.v1.ErrorReason without the prefix), the field that is
// wrong, and the values the message speaks of. Thread-safe: values only.
#ifndef TRAILBOOK_LEDGER_BASE_STATUS_H_
#define TRAILBOOK_LEDGER_BASE_STATUS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#define TRAILBOOK_RETURN_IF_ERROR(expr)                    \
  do {                                                     \
    ::absl::Status trailbook_status_ = (expr);             \
    if (!trailbook_status_.ok()) return trailbook_status_; \
  } while (false)

#define TRAILBOOK_CONCAT_INNER(a, b) a##b
#define TRAILBOOK_CONCAT(a, b) TRAILBOOK_CONCAT_INNER(a, b)
#define TRAILBOOK_ASSIGN_OR_RETURN(lhs, expr) \
  TRAILBOOK_ASSIGN_OR_RETURN_INNER(TRAILBOOK_CONCAT(trailbook_or_, __LINE__), lhs, expr)
#define TRAILBOOK_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                                     \
  if (!tmp.ok()) return tmp.status();                    \
  lhs = *std::move(tmp)

namespace trailbook {

// A refusal. `reason` is a name of ErrorReason, e.g. "RATE_ABOVE_CAP"; `field` a path in the request, or empty.
absl::Status Refuse(absl::StatusCode code, absl::string_view reason, absl::string_view field,
                    absl::string_view message);

// INVALID_ARGUMENT with reason INVALID_FIELD.
absl::Status InvalidField(absl::string_view field, absl::string_view message);

// NOT_FOUND with reason NOT_FOUND; `what` is e.g. "partner", `id` what was asked for.
absl::Status NotFound(absl::string_view what, absl::string_view id);

// INTERNAL: a fault of Trailbook itself or of the storage below it.
absl::Status Internal(absl::string_view message);

// RESOURCE_EXHAUSTED with QUEUE_FULL: too much waits already; nothing was begun.
absl::Status QueueFull(absl::string_view message);

// UNAVAILABLE with HELD_ELSEWHERE: another daemon, which answers at `address`, writes this program.
absl::Status HeldElsewhere(absl::string_view address);

// The address in such a refusal; empty in any other.
std::string HolderOf(const absl::Status& status);

// The reason of a refusal; empty if it names none.
std::string ReasonOf(const absl::Status& status);

// The field path of a refusal; empty if it names none.
std::string FieldOf(const absl::Status& status);

// The same refusal with `prefix` before its field path, e.g. "events[3].".
absl::Status WithFieldPrefix(const absl::Status& status, absl::string_view prefix);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_BASE_STATUS_H_
