// The balances of an export: what the entries add up to before and within the days that are wanted, and whether the
// daemon's trial balance says the same. Not thread-safe.
#ifndef TRAILBOOK_CLI_JOURNAL_BOOKS_H_
#define TRAILBOOK_CLI_JOURNAL_BOOKS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/journal.h"
#include "trailbook/v1/ledger_service.pb.h"

namespace trailbook::cli {

class JournalBooks {
 public:
  // Days as YYYY-MM-DD, both within; an empty `from` is the beginning. An empty currency is every currency.
  JournalBooks(std::string from, std::string to, std::string currency)
      : from_(std::move(from)), to_(std::move(to)), currency_(std::move(currency)) {}

  // Adds an entry; gives its parts within the days wanted. DATA_LOSS if it does not net to zero, OUT_OF_RANGE if a
  // balance leaves 64 bits.
  absl::StatusOr<std::vector<JournalEntry>> Add(const ::trailbook::v1::Record& record);

  // Entries that were booked on or before the last day wanted, and postings after it.
  int64_t counted() const { return counted_; }
  bool has_later() const { return has_later_; }

  // What every account held before the first day wanted, without those at zero.
  JournalBalances Opening() const;
  // What every account that opened with something or moved holds after the last day.
  absl::StatusOr<JournalBalances> Closing() const;

  // First and last booking day within; empty if there is none.
  const std::string& first_day() const { return first_day_; }
  const std::string& last_day() const { return last_day_; }

 private:
  bool Wants(const std::string& currency) const { return currency_.empty() || currency_ == currency; }
  absl::Status Count(const JournalEntry& part);

  std::string from_, to_, currency_, first_day_, last_day_;
  JournalBalances before_, within_;
  int64_t counted_ = 0;
  bool has_later_ = false;
};

// How the balances of the entries and a trial balance differ.
struct BooksDifference {
  bool only_unswept = false;  // what is due counts as payable in the trial balance and is not booked yet
  std::string text;           // the first difference that cannot be explained; empty if there is none
};
absl::StatusOr<BooksDifference> CompareWithTrialBalance(const JournalBalances& ours,
                                                        const ::trailbook::v1::TrialBalance& theirs,
                                                        const std::string& currency);
// The same for accounts one by one, which the daemon lists as booked. Empty if they agree.
std::string CompareWithAccounts(const JournalBalances& ours, const JournalBalances& theirs);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_JOURNAL_BOOKS_H_
