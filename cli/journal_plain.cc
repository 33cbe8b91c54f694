// Plain text for hledger and ledger. Everything is declared before it is used and every closing balance is asserted, so
// that `hledger check --strict` and `ledger --pedantic --strict` check the whole file.
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/journal.h"
#include "ledger/base/currency.h"

namespace trailbook::cli {
namespace {

constexpr absl::string_view kOpening = "Opening balances";
constexpr absl::string_view kClosing = "Closing balances";
constexpr absl::string_view kEquity = "equity:opening-balances";

// Actors may be called anything; ";" begins a comment, and "|" and two spaces end a payee.
std::string CleanWords(const JournalEntry& entry) {
  std::string words = absl::StrReplaceAll(WordsOf(entry), {{";", ","}, {"|", "/"}});
  absl::RemoveExtraAsciiWhitespace(&words);
  return words;
}

std::string PostingLine(absl::string_view account, absl::string_view currency, int64_t amount) {
  return absl::StrCat("    ", account, "  ", PlainAmount(amount, currency), " ", currency);
}

class PlainJournal : public JournalFormat {
 public:
  explicit PlainJournal(PlainDialect dialect) : dialect_(dialect) {}

  absl::StatusOr<std::string> Transaction(const JournalEntry& entry) override {
    const std::string words = CleanWords(entry);
    payees_.insert(words);
    std::string text = absl::StrCat("\n", entry.booking_date, " * (", JournalNumber(entry), ") ", words, "\n");
    // Without a colon: "word:" would be a tag, which strict readers want declared.
    if (entry.event_date != entry.booking_date) absl::StrAppend(&text, "    ; event day ", entry.event_date, "\n");
    for (const JournalPosting& posting : entry.postings) {
      absl::StrAppend(&text, PostingLine(posting.account, posting.currency, posting.amount), "\n");
    }
    return text;
  }

  absl::StatusOr<std::string> Begin(const JournalFrame& frame) override {
    std::string text = absl::StrCat("; Books of the partner program ", frame.program, ", written by trailbook\n");
    std::set<std::string> currencies, accounts;
    for (const auto& [key, balance] : frame.closing) {
      accounts.insert(key.first);
      currencies.insert(key.second);
    }
    const bool opens = !frame.opening.empty();
    if (opens) accounts.insert(std::string(kEquity));
    if (opens) payees_.insert(std::string(kOpening));
    if (!frame.closing.empty()) payees_.insert(std::string(kClosing));
    for (const std::string& currency : currencies) {
      absl::StrAppend(&text, "\ncommodity ", currency, "\n    format ", Sample(currency), " ", currency, "\n");
    }
    absl::StrAppend(&text, "\n");
    for (const std::string& account : accounts) absl::StrAppend(&text, "account ", account, TypeOf(account), "\n");
    absl::StrAppend(&text, "\n");
    for (const std::string& payee : payees_) absl::StrAppend(&text, "payee ", payee, "\n");
    return text + (opens ? OpeningTransaction(frame) : "");
  }

  // Nothing moves here: only what every balance must be once all transactions are booked.
  std::string End(const JournalFrame& frame) override {
    if (frame.closing.empty()) return "";
    std::string text = absl::StrCat("\n", frame.closing_date, " * ", kClosing, "\n");
    for (const auto& [key, balance] : frame.closing) {
      absl::StrAppend(&text, PostingLine(key.first, key.second, 0), " = ", PlainAmount(balance, key.second), " ",
                      key.second, "\n");
    }
    return text;
  }

 private:
  // How a commodity is written; hledger insists on a decimal point, and ledger on none where there are no decimals.
  std::string Sample(absl::string_view currency) const {
    const int digits = MinorDigits(currency);
    if (digits <= 0) return dialect_ == PlainDialect::kHledger ? "1000." : "1000";
    return absl::StrCat("1000.", std::string(digits, '0'));
  }

  // hledger guesses an account's type by an English name; these two it would not know.
  std::string TypeOf(absl::string_view account) const {
    if (dialect_ != PlainDialect::kHledger) return "";
    if (absl::StartsWith(account, "contra-expense:")) return "  ; type: X";
    return absl::StartsWith(account, "clearing:") ? "  ; type: E" : "";
  }

  // The books balance, so that nothing is left for equity; that it is nothing is asserted.
  static std::string OpeningTransaction(const JournalFrame& frame) {
    std::string text = absl::StrCat("\n", frame.opening_date, " * ", kOpening, "\n");
    std::set<std::string> currencies;
    for (const auto& [key, balance] : frame.opening) {
      absl::StrAppend(&text, PostingLine(key.first, key.second, balance), "\n");
      currencies.insert(key.second);
    }
    for (const std::string& currency : currencies) {
      absl::StrAppend(&text, PostingLine(kEquity, currency, 0), " = ", PlainAmount(0, currency), " ", currency, "\n");
    }
    return text;
  }

  PlainDialect dialect_;
  std::set<std::string> payees_;
};

}  // namespace

std::unique_ptr<JournalFormat> MakePlainJournal(PlainDialect dialect) {
  return std::make_unique<PlainJournal>(dialect);
}

}  // namespace trailbook::cli
