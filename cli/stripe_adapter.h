// From Stripe's webhook events to reports (RULES 10): pure, one JSON line in, at most one report out. Thread-safe:
// functions only.
#ifndef TRAILBOOK_CLI_STRIPE_ADAPTER_H_
#define TRAILBOOK_CLI_STRIPE_ADAPTER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trailbook/v1/reporting_service.pb.h"

namespace trailbook::cli {

// The report that an event becomes; nullopt for an event that means nothing to a ledger. INVALID_ARGUMENT says what is
// malformed: the JSON, or which field.
absl::StatusOr<std::optional<::trailbook::v1::ReportedEvent>> AdaptStripeEvent(absl::string_view line);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_STRIPE_ADAPTER_H_
