// Under which keys outside ids are indexed, and the flags of commissions. Payment ids and their aliases are one
// namespace. Thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_EXTERNAL_IDS_H_
#define TRAILBOOK_LEDGER_DOMAIN_EXTERNAL_IDS_H_

#include "absl/strings/string_view.h"
#include "ledger/base/hash.h"

namespace trailbook {

enum class IdKind : char {
  kPayment = 'P',
  kRefund = 'R',
  kDispute = 'D',
  kCustomer = 'C',
  kRequest = 'Q',
  kSignUp = 'S',
  kAlias = 'A',
  kClick = 'K',
};

inline Hash128 ExternalIdKey(IdKind kind, absl::string_view id) { return IdKey(static_cast<char>(kind), id); }

inline constexpr int64_t kFlagOverRefunded = 1;
inline constexpr int64_t kFlagOldDebit = 2;

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_EXTERNAL_IDS_H_
