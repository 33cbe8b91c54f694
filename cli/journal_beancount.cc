// Beancount. Every account is opened and every closing balance asserted without tolerance, so that bean-check checks
// the whole file.
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/journal.h"
#include "ledger/base/day.h"
#include "ledger/base/status.h"

namespace trailbook::cli {
namespace {

constexpr absl::string_view kEquity = "Equity:OpeningBalances";

// "commission-pending" -> "CommissionPending".
std::string Camel(absl::string_view name) {
  std::string out;
  for (absl::string_view word : absl::StrSplit(name, '-')) {
    absl::StrAppend(&out, word);
    if (!word.empty()) out[out.size() - word.size()] = absl::ascii_toupper(static_cast<unsigned char>(word[0]));
  }
  return out;
}

// An id as the part of an account: "partner-0001" -> "Partner-0001". Ids are lower case, so that a capital after the
// first letter can mark what Beancount does not take and no two ids become one: "_" -> "-U-", any other byte -> "XH"
// and two hex digits.
std::string IdPart(absl::string_view id) {
  std::string out;
  for (const char c : id) {
    if (absl::ascii_islower(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
        (c == '-' && !out.empty())) {
      out += c;
    } else if (c == '_' && !out.empty()) {
      out += "-U-";
    } else {
      const std::string hex = absl::StrCat(absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
      absl::StrAppend(&out, "XH", absl::AsciiStrToUpper(hex));
    }
  }
  if (!out.empty()) out[0] = absl::ascii_toupper(static_cast<unsigned char>(out[0]));
  return out;
}

// Beancount knows five roots.
absl::StatusOr<std::string> BeanAccount(absl::string_view account) {
  const std::vector<absl::string_view> parts = absl::StrSplit(account, ':');
  if (parts.size() < 2) return absl::InternalError(absl::StrCat("the account ", account, " has no group"));
  std::string out;
  if (parts[0] == "contra-expense") {
    out = absl::StrCat("Expenses:", Camel(parts[1]));
  } else if (parts[0] == "clearing") {
    out = absl::StrCat("Equity:Clearing", Camel(parts[1]));
  } else if (parts[0] == "assets" || parts[0] == "liabilities" || parts[0] == "expenses") {
    out = absl::StrCat(Camel(parts[0]), ":", Camel(parts[1]));
  } else {
    return absl::InternalError(absl::StrCat("the account ", account, " is in no group that Beancount knows"));
  }
  for (size_t at = 2; at < parts.size(); ++at) absl::StrAppend(&out, ":", IdPart(parts[at]));
  return out;
}

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

std::string PostingLine(absl::string_view account, absl::string_view currency, int64_t amount) {
  return absl::StrCat("  ", account, "  ", PlainAmount(amount, currency), " ", currency, "\n");
}

class BeancountJournal : public JournalFormat {
 public:
  absl::StatusOr<std::string> Transaction(const JournalEntry& entry) override {
    std::string text =
        absl::StrCat("\n", entry.booking_date, " * ", Quoted(WordsOf(entry)), " ^record-", entry.number, "\n");
    if (entry.event_date != entry.booking_date) absl::StrAppend(&text, "  event-date: ", entry.event_date, "\n");
    for (const JournalPosting& posting : entry.postings) {
      TRAILBOOK_ASSIGN_OR_RETURN(const std::string account, BeanAccount(posting.account));
      absl::StrAppend(&text, PostingLine(account, posting.currency, posting.amount));
    }
    return text;
  }

  absl::StatusOr<std::string> Begin(const JournalFrame& frame) override {
    std::string text = absl::StrCat("; Books of the partner program ", frame.program, ", written by trailbook\n",
                                    "option \"title\" ", Quoted(absl::StrCat("Partner program ", frame.program)), "\n");
    std::set<std::string> currencies, accounts;
    for (const auto& [key, balance] : frame.closing) {
      TRAILBOOK_ASSIGN_OR_RETURN(const std::string account, BeanAccount(key.first));
      accounts.insert(account);
      currencies.insert(key.second);
    }
    if (!frame.opening.empty()) accounts.insert(std::string(kEquity));
    for (const std::string& currency : currencies) {
      absl::StrAppend(&text, "option \"operating_currency\" \"", currency, "\"\n");
    }
    absl::StrAppend(&text, accounts.empty() ? "" : "\n");
    for (const std::string& account : accounts) absl::StrAppend(&text, frame.first_date, " open ", account, "\n");
    if (frame.opening.empty()) return text;
    absl::StrAppend(&text, "\n", frame.opening_date, " * \"Opening balances\"\n");
    std::set<std::string> opened;
    for (const auto& [key, balance] : frame.opening) {
      TRAILBOOK_ASSIGN_OR_RETURN(const std::string account, BeanAccount(key.first));
      absl::StrAppend(&text, PostingLine(account, key.second, balance));
      opened.insert(key.second);
    }
    for (const std::string& currency : opened) absl::StrAppend(&text, PostingLine(kEquity, currency, 0));
    return text;
  }

  // A balance holds at the beginning of its day: the day after. "~ 0" because Beancount would let one minor unit pass.
  std::string End(const JournalFrame& frame) override {
    const auto last = ParseDay(frame.closing_date);
    std::string text = last.ok() ? "\n" : "";
    for (const auto& [key, balance] : frame.closing) {
      absl::StrAppend(&text, FormatDay(*last + 1), " balance ", *BeanAccount(key.first), "  ",
                      PlainAmount(balance, key.second), " ~ 0 ", key.second, "\n");
    }
    return text;
  }
};

}  // namespace

std::unique_ptr<JournalFormat> MakeBeancountJournal() { return std::make_unique<BeancountJournal>(); }

}  // namespace trailbook::cli
