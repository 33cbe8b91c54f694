#include "cli/journal_books.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

constexpr absl::string_view kPending = "liabilities:commission-pending";
constexpr absl::string_view kPayable = "liabilities:commission-payable";
constexpr absl::string_view kReceivable = "assets:partner-receivable";

absl::Status AddTo(JournalBalances& balances, const std::string& account, const std::string& currency, int64_t amount) {
  int64_t& balance = balances[{account, currency}];
  if (!__builtin_add_overflow(balance, amount, &balance)) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat(account, " ", currency, ": the balance leaves 64 bits"));
}

// Every currency of a part nets to zero; nothing is exported from books that do not.
absl::Status CheckBalanced(const JournalEntry& part) {
  std::map<absl::string_view, __int128> sums;
  for (const JournalPosting& posting : part.postings) sums[posting.currency] += posting.amount;
  for (const auto& [currency, sum] : sums) {
    if (sum == 0) continue;
    return absl::DataLossError(absl::StrCat("record ", part.number, " does not net to zero in ", currency, " on ",
                                            part.booking_date, "; run: trailbook ledger verify"));
  }
  return absl::OkStatus();
}

std::string Saying(const std::pair<std::string, std::string>& key, int64_t ours, int64_t theirs,
                   absl::string_view who) {
  return absl::StrCat(key.first, ": the entries add up to ", PlainAmount(ours, key.second), " ", key.second, ", ", who,
                      " says ", PlainAmount(theirs, key.second));
}

// Theirs less ours, where they differ.
absl::StatusOr<JournalBalances> Differences(const JournalBalances& ours, const JournalBalances& theirs) {
  JournalBalances differences = theirs;
  for (const auto& [key, balance] : ours) {
    if (__builtin_sub_overflow(differences[key], balance, &differences[key])) {
      return absl::OutOfRangeError(absl::StrCat(key.first, " ", key.second, ": the difference leaves 64 bits"));
    }
  }
  for (auto at = differences.begin(); at != differences.end();) {
    at = at->second == 0 ? differences.erase(at) : std::next(at);
  }
  return differences;
}

// What is due moves from pending to what the partner owes or may be paid, and nothing else happens.
bool IsMaturity(const JournalBalances& differences) {
  std::map<absl::string_view, __int128> sums;
  for (const auto& [key, change] : differences) {
    const auto& [account, currency] = key;
    const bool leaves = account == kPending && change > 0;
    const bool arrives = (account == kPayable || account == kReceivable) && change < 0;
    if (!leaves && !arrives) return false;
    sums[currency] += change;
  }
  return std::all_of(sums.begin(), sums.end(), [](const auto& sum) { return sum.second == 0; });
}

}  // namespace

absl::StatusOr<std::vector<JournalEntry>> JournalBooks::Add(const api::Record& record) {
  std::map<std::string, JournalEntry> parts;  // by day
  for (const api::Posting& posting : record.postings()) {
    JournalEntry& part = parts[posting.booking_date()];
    part.postings.push_back({posting.account(), posting.currency_code(), posting.amount_minor_units()});
  }
  std::vector<JournalEntry> wanted;
  int number = 0;
  bool counts = false;
  for (auto& [day, part] : parts) {
    part.number = record.sequence();
    part.part = ++number;
    part.parts = static_cast<int>(parts.size());
    part.booking_date = day;
    part.event_date = record.event_date();
    part.kind = record.kind();
    part.actor = record.actor();
    TRAILBOOK_RETURN_IF_ERROR(CheckBalanced(part));
    auto& postings = part.postings;
    postings.erase(std::remove_if(postings.begin(), postings.end(), [&](const auto& p) { return !Wants(p.currency); }),
                   postings.end());
    if (postings.empty()) continue;
    TRAILBOOK_RETURN_IF_ERROR(Count(part));
    counts = counts || day <= to_;
    if (day >= from_ && day <= to_) wanted.push_back(std::move(part));
  }
  counted_ += counts ? 1 : 0;
  return wanted;
}

absl::Status JournalBooks::Count(const JournalEntry& part) {
  if (part.booking_date > to_) {
    has_later_ = true;
    return absl::OkStatus();
  }
  const bool before = part.booking_date < from_;
  for (const JournalPosting& posting : part.postings) {
    TRAILBOOK_RETURN_IF_ERROR(AddTo(before ? before_ : within_, posting.account, posting.currency, posting.amount));
  }
  if (before) return absl::OkStatus();
  if (first_day_.empty() || part.booking_date < first_day_) first_day_ = part.booking_date;
  if (part.booking_date > last_day_) last_day_ = part.booking_date;
  return absl::OkStatus();
}

JournalBalances JournalBooks::Opening() const {
  JournalBalances opening;
  for (const auto& [key, balance] : before_) {
    if (balance != 0) opening.emplace_hint(opening.end(), key, balance);
  }
  return opening;
}

absl::StatusOr<JournalBalances> JournalBooks::Closing() const {
  JournalBalances closing = Opening();
  for (const auto& [key, change] : within_) {
    TRAILBOOK_RETURN_IF_ERROR(AddTo(closing, key.first, key.second, change));
  }
  return closing;
}

absl::StatusOr<BooksDifference> CompareWithTrialBalance(const JournalBalances& ours, const api::TrialBalance& theirs,
                                                        const std::string& currency) {
  JournalBalances by_chart, stated;
  for (const auto& [key, balance] : ours) {
    TRAILBOOK_RETURN_IF_ERROR(AddTo(by_chart, ChartAccount(key.first).first, key.second, balance));
  }
  for (const api::TrialBalance::Line& line : theirs.lines()) {
    if (!currency.empty() && line.currency_code() != currency) continue;
    TRAILBOOK_RETURN_IF_ERROR(AddTo(stated, line.account(), line.currency_code(), line.debit_minor_units()));
    TRAILBOOK_RETURN_IF_ERROR(AddTo(stated, line.account(), line.currency_code(), -line.credit_minor_units()));
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const JournalBalances differences, Differences(by_chart, stated));
  BooksDifference found;
  if (differences.empty()) return found;
  found.only_unswept = IsMaturity(differences);
  if (found.only_unswept) return found;
  const auto& key = differences.begin()->first;
  found.text = Saying(key, by_chart[key], stated[key], absl::StrCat("the trial balance of ", theirs.as_of_date()));
  return found;
}

std::string CompareWithAccounts(const JournalBalances& ours, const JournalBalances& theirs) {
  const auto differences = Differences(ours, theirs);
  if (!differences.ok()) return std::string(differences.status().message());
  if (differences->empty()) return "";
  const auto& key = differences->begin()->first;
  const auto value = [&](const JournalBalances& balances) {
    const auto found = balances.find(key);
    return found == balances.end() ? 0 : found->second;
  };
  return Saying(key, value(ours), value(theirs), "the list of accounts");
}

}  // namespace trailbook::cli
