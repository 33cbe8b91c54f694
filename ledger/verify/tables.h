// The tables that follow from a log: whether those that are stored are those that it makes, and if not, which row is
// the first that is not. Not thread-safe: the thread of the databases.
#ifndef TRAILBOOK_LEDGER_VERIFY_TABLES_H_
#define TRAILBOOK_LEDGER_VERIFY_TABLES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/hash.h"
#include "ledger/store/fingerprint.h"
#include "ledger/store/sql.h"
#include "ledger/verify/report.h"

namespace trailbook {

using FingerprintByTable = std::map<std::string, store::Fingerprint>;

struct TableFingerprints {
  FingerprintByTable tables;              // all but that of outside ids
  std::optional<store::Fingerprint> ids;  // none: some are not what was written

  int64_t rows() const;
  friend bool operator==(const TableFingerprints&, const TableFingerprints&) = default;
};

// The fingerprints of a program's tables, but for that of outside ids, as they are in a store, which has an open
// transaction. CANCELLED once `wanted` says no; errors of the driver.
absl::StatusOr<FingerprintByTable> FingerprintTables(store::Database& db, int64_t program, const ShortHashKey& key,
                                                     absl::FunctionRef<bool()> wanted);

// Row by row, in the order of their keys: says in `report` which is the first that differs, and how many it looked at.
// `scratch` holds what the log makes, outside ids too.
absl::Status CompareTables(store::Database& db, store::Database& scratch, int64_t program, VerifyReport& report);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_TABLES_H_
