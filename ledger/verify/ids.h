// The outside ids of a program against those of its log: each is in its table or on its way there (see
// store/fresh_keys.h), under the number that the log gave it, and no other is. Functions only; the thread of the
// databases.
#ifndef TRAILBOOK_LEDGER_VERIFY_IDS_H_
#define TRAILBOOK_LEDGER_VERIFY_IDS_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/hash.h"
#include "ledger/store/fingerprint.h"
#include "ledger/store/sql.h"
#include "ledger/verify/report.h"

namespace trailbook {

// Of the ids that are stored, each once, as rows of external_key; none if rows of fresh_key are not what was written.
// It is that of the log's ids if CompareIds would find nothing.
absl::StatusOr<std::optional<store::Fingerprint>> FingerprintIds(store::Database& db, int64_t program,
                                                                 const ShortHashKey& key);

// `scratch` holds all ids of the log in external_key. Says in `report` what is wrong, and counts.
absl::Status CompareIds(store::Database& db, store::Database& scratch, int64_t program, VerifyReport& report);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_IDS_H_
