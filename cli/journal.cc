#include "cli/journal.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/currency.h"

namespace trailbook::cli {
namespace {

// The accounts that every partner has.
constexpr absl::string_view kPartnerAccounts[] = {"assets:partner-receivable",   "liabilities:commission-pending",
                                                  "liabilities:commission-held", "liabilities:commission-payable",
                                                  "liabilities:payout-reserved", "liabilities:tax-reserved"};

}  // namespace

std::string WordsOf(const JournalEntry& entry) {
  std::string words = absl::StrCat(absl::StrReplaceAll(entry.kind, {{"_", " "}}), " by ", entry.actor);
  words[0] = absl::ascii_toupper(static_cast<unsigned char>(words[0]));
  return words;
}

std::string JournalNumber(const JournalEntry& entry) {
  return entry.part == 1 ? absl::StrCat(entry.number) : absl::StrCat(entry.number, "-", entry.part);
}

std::string PlainAmount(int64_t minor_units, absl::string_view currency) {
  return absl::StrReplaceAll(FormatMinor(minor_units, currency), {{",", ""}});
}

std::pair<std::string, std::string> ChartAccount(absl::string_view account) {
  for (const absl::string_view chart : kPartnerAccounts) {
    if (account.size() > chart.size() && account[chart.size()] == ':' && absl::StartsWith(account, chart)) {
      return {std::string(chart), std::string(account.substr(chart.size() + 1))};
    }
  }
  return {std::string(account), ""};
}

}  // namespace trailbook::cli
