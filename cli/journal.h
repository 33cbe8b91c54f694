// The books as other bookkeeping programs read them: what an export writes, and how each format writes it. A posting is
// positive for a debit and negative for a credit, as in the API. Not thread-safe.
#ifndef TRAILBOOK_CLI_JOURNAL_H_
#define TRAILBOOK_CLI_JOURNAL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trailbook::cli {

// Account and currency -> minor units.
using JournalBalances = std::map<std::pair<std::string, std::string>, int64_t>;

struct JournalPosting {
  std::string account, currency;
  int64_t amount = 0;
};

// What one entry books on one day: a transaction of its own.
struct JournalEntry {
  int64_t number = 0;  // the record's
  int part = 1, parts = 1;
  std::string booking_date, event_date, kind, actor;
  std::vector<JournalPosting> postings;
};

// What stands around the transactions.
struct JournalFrame {
  std::string program;
  std::string opening_date;  // the day before the first one wanted; empty if there is nothing before
  std::string closing_date;  // the last day; empty for a journal without anything
  std::string first_date;    // the earliest that the file names
  JournalBalances opening, closing;
};

// One file format. Transaction is called for every transaction in any order, then Begin and End once: a head may
// declare what was used.
class JournalFormat {
 public:
  virtual ~JournalFormat() = default;
  // Empty for one that the file does not show.
  virtual absl::StatusOr<std::string> Transaction(const JournalEntry& entry) = 0;
  virtual absl::StatusOr<std::string> Begin(const JournalFrame& frame) = 0;
  virtual std::string End(const JournalFrame& frame) = 0;
};

enum class PlainDialect { kHledger, kLedger };
std::unique_ptr<JournalFormat> MakePlainJournal(PlainDialect dialect);
std::unique_ptr<JournalFormat> MakeBeancountJournal();
// `codes`: the other program's account code or name by account of the chart; if it is empty the chart's names are used.
using AccountCodes = std::map<std::string, std::string>;
std::unique_ptr<JournalFormat> MakeXeroJournal(AccountCodes codes, std::string tax_rate);
std::unique_ptr<JournalFormat> MakeQuickBooksJournal(AccountCodes codes);

// "Payment recorded by jane".
std::string WordsOf(const JournalEntry& entry);
// "123", and "123-2" for the second part of an entry with days of its own.
std::string JournalNumber(const JournalEntry& entry);
// "-1499.00": exact, with the currency's decimals and nothing else.
std::string PlainAmount(int64_t minor_units, absl::string_view currency);
// The chart's account and, of a partner's account, the partner: "liabilities:commission-pending", "partner-0001".
std::pair<std::string, std::string> ChartAccount(absl::string_view account);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_JOURNAL_H_
