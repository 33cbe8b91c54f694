// The outside ids of a program against those of its log: each is in its table or on its way there (see store/fresh_keys.h), under the number
// that the log gave it, and no other is. Thread-safe: a function only.
#ifndef TRAILBOOK_LEDGER_VERIFY_IDS_H_
#define TRAILBOOK_LEDGER_VERIFY_IDS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "ledger/store/sql.h"
#include "ledger/verify.h"

namespace trailbook {

// `scratch` holds all ids of the log in external_key. Says in `report` what is wrong, and counts.
absl::Status CompareIds(store::Database& db, store::Database& scratch, int64_t program, VerifyReport& report);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_IDS_H_
