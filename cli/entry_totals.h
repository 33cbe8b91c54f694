// Adds up the entries of a log, as an auditor would who has nothing but them. Not thread-safe.
#ifndef TRAILBOOK_CLI_ENTRY_TOTALS_H_
#define TRAILBOOK_CLI_ENTRY_TOTALS_H_

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook::cli {

// One account: of the program (with a detail where there are several of a kind), or of a partner.
struct AccountKey {
  std::string currency;
  int32_t account = 0;
  int64_t partner = 0;
  std::string detail;
  auto operator<=>(const AccountKey&) const = default;
};

class EntryTotals {
 public:
  // Takes a record's bytes. What is wrong with it, in words; empty if nothing is: it is the record of that number, its
  // postings net to zero per currency and booking day and are what it says of itself, and no balance leaves 64 bits.
  std::string Add(int64_t sequence, absl::string_view bytes);

  int64_t entries() const { return entries_; }
  // Minor units; positive is a debit balance. Accounts that came to zero stay.
  const std::map<AccountKey, int64_t>& balances() const { return balances_; }

 private:
  int64_t entries_ = 0;
  std::map<AccountKey, int64_t> balances_;
};

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_ENTRY_TOTALS_H_
