// Journals to import into Xero and QuickBooks Online: a row a posting, rows of one journal together. Accounts are the
// chart's, partners' accounts as one each with the partner beside it, since a company does not open an account per
// partner there.
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/csv.h"
#include "cli/journal.h"
#include "ledger/base/status.h"

namespace trailbook::cli {
namespace {

constexpr std::array<absl::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

class CsvJournal : public JournalFormat {
 public:
  CsvJournal(AccountCodes codes, std::vector<std::string> columns)
      : codes_(std::move(codes)), columns_(std::move(columns)) {}

  absl::StatusOr<std::string> Transaction(const JournalEntry& entry) override {
    std::string text;
    for (const JournalPosting& posting : entry.postings) {
      const auto [chart, partner] = ChartAccount(posting.account);
      TRAILBOOK_ASSIGN_OR_RETURN(const std::string code, CodeOf(chart));
      absl::StrAppend(&text, CsvLine(Row(entry, posting, code, partner)));
    }
    return text;
  }
  absl::StatusOr<std::string> Begin(const JournalFrame&) override { return CsvLine(columns_); }
  std::string End(const JournalFrame&) override { return ""; }

 protected:
  virtual std::vector<std::string> Row(const JournalEntry& entry, const JournalPosting& posting,
                                       const std::string& account, const std::string& partner) const = 0;

 private:
  absl::StatusOr<std::string> CodeOf(const std::string& chart) const {
    if (codes_.empty()) return chart;
    const auto code = codes_.find(chart);
    if (code != codes_.end()) return code->second;
    return absl::FailedPreconditionError(absl::StrCat("the file of --accounts has no line for ", chart));
  }

  AccountCodes codes_;
  std::vector<std::string> columns_;
};

class XeroJournal : public CsvJournal {
 public:
  XeroJournal(AccountCodes codes, std::string tax_rate)
      : CsvJournal(std::move(codes), {"*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount",
                                      "TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2"}),
        tax_rate_(std::move(tax_rate)) {}

 protected:
  // Xero makes one journal of rows with the same narration and date. A month in letters reads the same in every
  // country.
  std::vector<std::string> Row(const JournalEntry& entry, const JournalPosting& posting, const std::string& account,
                               const std::string& partner) const override {
    const std::vector<std::string> ymd = absl::StrSplit(entry.booking_date, '-');
    const size_t month = static_cast<size_t>((ymd[1][0] - '0') * 10 + ymd[1][1] - '1');
    const std::string date = absl::StrCat(ymd[2], " ", kMonths[month], " ", ymd[0]);
    return {absl::StrCat("Record ", JournalNumber(entry), ": ", WordsOf(entry)),
            date,
            partner,
            account,
            tax_rate_,
            PlainAmount(posting.amount, posting.currency),
            "",
            "",
            "",
            ""};
  }

 private:
  std::string tax_rate_;
};

class QuickBooksJournal : public CsvJournal {
 public:
  explicit QuickBooksJournal(AccountCodes codes)
      : CsvJournal(std::move(codes),
                   {"JournalNo", "JournalDate", "AccountName", "Debits", "Credits", "Description", "Name"}) {}

 protected:
  std::vector<std::string> Row(const JournalEntry& entry, const JournalPosting& posting, const std::string& account,
                               const std::string& partner) const override {
    const std::vector<std::string> ymd = absl::StrSplit(entry.booking_date, '-');
    const std::string amount = PlainAmount(posting.amount, posting.currency);
    const bool credit = posting.amount < 0;
    return {JournalNumber(entry),
            absl::StrCat(ymd[1], "/", ymd[2], "/", ymd[0]),
            account,
            credit ? "" : amount,
            credit ? amount.substr(1) : "",
            WordsOf(entry),
            partner};
  }
};

}  // namespace

std::unique_ptr<JournalFormat> MakeXeroJournal(AccountCodes codes, std::string tax_rate) {
  return std::make_unique<XeroJournal>(std::move(codes), std::move(tax_rate));
}
std::unique_ptr<JournalFormat> MakeQuickBooksJournal(AccountCodes codes) {
  return std::make_unique<QuickBooksJournal>(std::move(codes));
}

}  // namespace trailbook::cli
