// How the parts of the reporter say what became of a report. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_DOMAIN_OUTCOMES_H_
#define TRAILBOOK_LEDGER_DOMAIN_OUTCOMES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/domain/commands.h"

namespace trailbook {

ReportOutcome Refused(absl::Status status);

// ALREADY_EXISTS, EVENT_CONFLICT: the same id with another `differs`.
absl::Status EventConflict(absl::string_view what, absl::string_view id, absl::string_view differs);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_OUTCOMES_H_
