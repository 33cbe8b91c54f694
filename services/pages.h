// Pages (AIP-158): sizes, and opaque tokens that are bound to their list and filter. Thread-safe: functions only.
#ifndef TRAILBOOK_SERVICES_PAGES_H_
#define TRAILBOOK_SERVICES_PAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/queries/views.h"

namespace trailbook::services {

// 0 is 50, above 1000 is 1000, negative is refused; a token of another list or filter is refused with BAD_PAGE_TOKEN.
absl::StatusOr<PageRequest> ToPage(int32_t page_size, absl::string_view page_token, absl::string_view list);

// The token for a cursor; empty for an empty one. `list` names the method and everything that it filters by.
std::string ToToken(absl::string_view cursor, absl::string_view list);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_PAGES_H_
