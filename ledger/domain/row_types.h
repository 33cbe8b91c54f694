// What the columns of rows are made of, besides integers and text.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROW_TYPES_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROW_TYPES_H_

#include <limits>
#include <string>
#include <utility>

#include "ledger/base/currency.h"
#include "ledger/base/day.h"
#include "ledger/base/hash.h"

namespace trailbook {

// Bytes that are no text.
struct Bytes {
  std::string bytes;
  auto operator<=>(const Bytes&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const Bytes& b) {
    return H::combine(std::move(h), b.bytes);
  }
};

inline constexpr Day kFromEver = std::numeric_limits<Day>::min();
inline constexpr Day kNever = std::numeric_limits<Day>::max();

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROW_TYPES_H_
