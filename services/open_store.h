// Which store the daemon keeps its books in. The one place besides the drivers that knows there is more than one.
#ifndef TRAILBOOK_SERVICES_OPEN_STORE_H_
#define TRAILBOOK_SERVICES_OPEN_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/store/sql.h"

namespace trailbook::services {

// INVALID_ARGUMENT unless it is empty (the file of the data directory) or a PostgreSQL URI.
absl::Status CheckStore(absl::string_view store);

// Opens the file, or the database of the URI, with its schema: a new store gets it, an older one only if `migrate`.
// FAILED_PRECONDITION if the schema is older and not to be migrated, newer, or another program's; errors of the driver.
absl::StatusOr<std::unique_ptr<store::Engine>> OpenStore(absl::string_view store, const std::string& file,
                                                         bool migrate);

// FAILED_PRECONDITION if a copy into the store began and did not end.
absl::Status CheckWhole(store::Engine& engine);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_OPEN_STORE_H_
