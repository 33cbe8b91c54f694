// trailbook export: the books for other bookkeeping programs, checked on the way out.
#include <algorithm>

#include "absl/strings/str_join.h"
#include "cli/csv.h"
#include "cli/files.h"
#include "cli/journal.h"
#include "cli/journal_books.h"
#include "cli/journal_file.h"
#include "cli/session.h"
#include "ledger/base/currency.h"
#include "ledger/base/day.h"
#include "ledger/base/status.h"
#include "trailbook/v1/ledger_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

// How often the books are looked at again when entries are written while they are read.
constexpr int kAttempts = 20;
constexpr int kPageSize = 1000;

struct JournalOptions {
  std::string format, from, to, currency, file, accounts, tax_rate = "Tax Exempt (0%)";

  bool is_csv() const { return format == "xero" || format == "quickbooks"; }
};

absl::Status ToLocal(const grpc::Status& status) {
  return status.ok() ? absl::OkStatus() : absl::Status(absl::StatusCode::kUnknown, status.error_message());
}

// One export: reads every entry once, page by page, and holds only balances.
class JournalExport {
 public:
  JournalExport(Session& session, const JournalOptions& options)
      : session_(session), options_(options), stub_(api::LedgerService::NewStub(session.channel())) {}

  int Run() {
    const absl::Status checked = Check();
    if (!checked.ok()) return session_.Usage(checked.message());
    const absl::Status status = Export();
    if (status.ok()) return kOk;
    if (!refused_.ok()) return session_.Fail(refused_);
    std::cerr << "trailbook: " << status.message() << "\n";
    return absl::IsInvalidArgument(status) ? kUsage : kFailure;
  }

 private:
  absl::Status Check() {
    for (const std::string* day : {&options_.from, &options_.to}) {
      if (day->empty()) continue;
      TRAILBOOK_RETURN_IF_ERROR(ParseDay(*day).status());
    }
    if (!options_.to.empty() && options_.from > options_.to) {
      return absl::InvalidArgumentError(absl::StrCat("--from ", options_.from, " is after --to ", options_.to));
    }
    if (options_.is_csv() && options_.currency.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a file for ", options_.format, " has one currency; say which: --currency INR"));
    }
    if (!options_.currency.empty() && MinorDigits(options_.currency) < 0) {
      return absl::InvalidArgumentError(absl::StrCat("--currency ", options_.currency, " is not an ISO 4217 currency"));
    }
    if (!options_.is_csv() && !options_.accounts.empty()) {
      return absl::InvalidArgumentError("--accounts is for the formats xero and quickbooks");
    }
    return absl::OkStatus();
  }

  absl::Status Export() {
    TRAILBOOK_ASSIGN_OR_RETURN(format_, MakeFormat());
    TRAILBOOK_RETURN_IF_ERROR(ChooseDays());
    TRAILBOOK_ASSIGN_OR_RETURN(file_, JournalFile::Open(options_.file));
    books_ = std::make_unique<JournalBooks>(options_.from, to_, options_.currency);
    TRAILBOOK_RETURN_IF_ERROR(ReadBooks());
    JournalFrame frame;
    frame.program = session_.program;
    frame.opening = books_->Opening();
    TRAILBOOK_ASSIGN_OR_RETURN(frame.closing, books_->Closing());
    TRAILBOOK_RETURN_IF_ERROR(CompareWithDaemon(frame));
    frame.opening_date = frame.opening.empty() ? "" : DayBeforeFrom();
    // Without --to the last booking day, so that the same books give the same bytes on any day.
    frame.closing_date = !options_.to.empty() ? options_.to : std::max(books_->last_day(), options_.from);
    frame.first_date = frame.opening.empty() ? books_->first_day() : frame.opening_date;
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string head, format_->Begin(frame));
    return file_->Finish(head, format_->End(frame));
  }

  absl::StatusOr<std::unique_ptr<JournalFormat>> MakeFormat() const {
    if (options_.format == "hledger") return MakePlainJournal(PlainDialect::kHledger);
    if (options_.format == "ledger") return MakePlainJournal(PlainDialect::kLedger);
    if (options_.format == "beancount") return MakeBeancountJournal();
    TRAILBOOK_ASSIGN_OR_RETURN(AccountCodes codes, ReadAccounts());
    if (options_.format == "xero") return MakeXeroJournal(std::move(codes), options_.tax_rate);
    return MakeQuickBooksJournal(std::move(codes));
  }

  absl::StatusOr<AccountCodes> ReadAccounts() const {
    AccountCodes codes;
    if (options_.accounts.empty()) return codes;
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string text, ReadFile(options_.accounts));
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<CsvRow> rows, ParseCsv(text));
    for (const CsvRow& row : rows) {
      const bool good = row.fields.size() == 2 && !row.fields[0].empty() && !row.fields[1].empty();
      if (good && codes.emplace(row.fields[0], row.fields[1]).second) continue;
      return absl::InvalidArgumentError(absl::StrCat(options_.accounts, " line ", row.line,
                                                     good ? ": the account is there twice" : ": not ACCOUNT,CODE"));
    }
    if (codes.empty()) return absl::InvalidArgumentError(absl::StrCat(options_.accounts, " is empty"));
    return codes;
  }

  // The daemon knows which day it is in the program's books.
  absl::Status ChooseDays() {
    TRAILBOOK_ASSIGN_OR_RETURN(const api::TrialBalance today, TrialBalanceOf(""));
    to_ = options_.to.empty() ? today.as_of_date() : options_.to;
    if (to_ > today.as_of_date()) {
      return absl::InvalidArgumentError(absl::StrCat("--to ", to_, " has not come yet; today is ", today.as_of_date()));
    }
    if (options_.from > to_) {
      return absl::InvalidArgumentError(absl::StrCat("--from ", options_.from, " has not come yet"));
    }
    return absl::OkStatus();
  }

  std::string DayBeforeFrom() const {
    const auto day = ParseDay(options_.from);
    return day.ok() ? FormatDay(*day - 1) : "";
  }

  // Entries and trial balances of one moment: read again until no entry of the days wanted was written in between.
  absl::Status ReadBooks() {
    TRAILBOOK_ASSIGN_OR_RETURN(int64_t end, LogSize());
    TRAILBOOK_RETURN_IF_ERROR(ReadEntries(1, end));
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      TRAILBOOK_ASSIGN_OR_RETURN(closing_, TrialBalanceOf(to_));
      if (!options_.from.empty()) {
        TRAILBOOK_ASSIGN_OR_RETURN(opening_, TrialBalanceOf(DayBeforeFrom()));
      }
      TRAILBOOK_RETURN_IF_ERROR(ReadAccountsOfDaemon());
      TRAILBOOK_ASSIGN_OR_RETURN(const int64_t now, LogSize());
      if (now == end) return absl::OkStatus();
      const int64_t counted = books_->counted();
      TRAILBOOK_RETURN_IF_ERROR(ReadEntries(end + 1, now));
      end = now;
      if (books_->counted() != counted) continue;
      accounts_.reset();  // later days are in there as well
      return absl::OkStatus();
    }
    return absl::AbortedError(absl::StrCat(
        "entries of days up to ", to_, " are written all the time; end with an earlier day (--to) or try again later"));
  }

  absl::Status ReadEntries(int64_t first, int64_t last) {
    absl::Status local;
    const grpc::Status status = FetchAll<api::ListEntriesResponse>(
        [&](const std::string& token, api::ListEntriesResponse* response) {
          api::ListEntriesRequest request;
          request.set_parent(session_.ProgramName());
          request.set_from_sequence(first);
          request.set_page_size(kPageSize);
          request.set_page_token(token);
          return stub_->ListEntries(session_.context().get(), request, response);
        },
        [&](const api::ListEntriesResponse& page) {
          for (const api::Record& record : page.entries()) {
            if (record.sequence() > last) return false;
            local = Take(record);
            if (!local.ok()) return false;
          }
          return true;
        });
    TRAILBOOK_RETURN_IF_ERROR(local);
    return Refused(status);
  }

  absl::Status Take(const api::Record& record) {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<JournalEntry> parts, books_->Add(record));
    for (const JournalEntry& part : parts) {
      TRAILBOOK_ASSIGN_OR_RETURN(const std::string text, format_->Transaction(part));
      TRAILBOOK_ASSIGN_OR_RETURN(const Day day, ParseDay(part.booking_date));
      TRAILBOOK_RETURN_IF_ERROR(file_->Append(day, text));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<api::TrialBalance> TrialBalanceOf(const std::string& day) {
    api::GetTrialBalanceRequest request;
    request.set_parent(session_.ProgramName());
    request.set_as_of_date(day);
    api::TrialBalance balance;
    TRAILBOOK_RETURN_IF_ERROR(Refused(stub_->GetTrialBalance(session_.context().get(), request, &balance)));
    return balance;
  }

  absl::StatusOr<int64_t> LogSize() {
    api::GetLogHeadRequest request;
    request.set_parent(session_.ProgramName());
    api::LogHead head;
    TRAILBOOK_RETURN_IF_ERROR(Refused(stub_->GetLogHead(session_.context().get(), request, &head)));
    return head.size();
  }

  // Partners' accounts one by one are known only as of now: of use if nothing was booked after the last day.
  absl::Status ReadAccountsOfDaemon() {
    accounts_.reset();
    if (books_->has_later()) return absl::OkStatus();
    accounts_ = std::make_unique<JournalBalances>();
    return Refused(FetchAll<api::ListAccountsResponse>(
        [&](const std::string& token, api::ListAccountsResponse* response) {
          api::ListAccountsRequest request;
          request.set_parent(session_.ProgramName());
          request.set_page_size(kPageSize);
          request.set_page_token(token);
          return stub_->ListAccounts(session_.context().get(), request, response);
        },
        [&](const api::ListAccountsResponse& page) {
          for (const api::Account& account : page.accounts()) {
            if (!options_.currency.empty() && options_.currency != account.currency_code()) continue;
            (*accounts_)[{account.account(), account.currency_code()}] = account.balance_minor_units();
          }
          return true;
        }));
  }

  // The foreign program checks that the file is right in itself; that it is what the daemon says is checked here.
  absl::Status CompareWithDaemon(const JournalFrame& frame) {
    TRAILBOOK_ASSIGN_OR_RETURN(BooksDifference found,
                               CompareWithTrialBalance(frame.closing, closing_, options_.currency));
    if (found.text.empty() && !options_.from.empty()) {
      const bool unswept = found.only_unswept;
      TRAILBOOK_ASSIGN_OR_RETURN(found, CompareWithTrialBalance(frame.opening, opening_, options_.currency));
      found.only_unswept = found.only_unswept || unswept;
    }
    if (found.text.empty() && accounts_ != nullptr) found.text = CompareWithAccounts(frame.closing, *accounts_);
    if (!found.text.empty()) {
      return absl::DataLossError(
          absl::StrCat(found.text, ". Nothing was written; run: trailbook ledger verify --program ", session_.program));
    }
    if (found.only_unswept) {
      std::cerr
          << "trailbook: commissions that are due by " << to_
          << " still stand as pending in these entries. To have them booked run\n  trailbook earnings mature --program "
          << session_.program << "\nand export again.\n";
    }
    return absl::OkStatus();
  }

  // Keeps the daemon's refusal as it came, for its exit code.
  absl::Status Refused(const grpc::Status& status) {
    if (!status.ok()) refused_ = status;
    return ToLocal(status);
  }

  Session& session_;
  const JournalOptions& options_;
  std::unique_ptr<api::LedgerService::Stub> stub_;
  grpc::Status refused_;
  std::string to_;
  std::unique_ptr<JournalFormat> format_;
  std::unique_ptr<JournalFile> file_;
  std::unique_ptr<JournalBooks> books_;
  std::unique_ptr<JournalBalances> accounts_;  // null if they say nothing about the days wanted
  api::TrialBalance opening_, closing_;
};

constexpr char kJournalExamples[] =
    "  trailbook export journal --program pracflow --format hledger --file books.journal\n"
    "  trailbook export journal --program pracflow --format beancount --from 2026-04-01 --to 2027-03-31 --file "
    "fy26.beancount\n"
    "  trailbook export journal --program pracflow --format xero --currency INR --from 2026-10-01 --to 2026-10-31 \\\n"
    "      --accounts codes.csv --file october.csv\n"
    "  trailbook export journal --program pracflow --format ledger | ledger -f - --pedantic --strict balance\n";

constexpr char kJournalAbout[] =
    "hledger, ledger, beancount: every account by itself, opening balances on the day before --from, and an assertion "
    "of every closing\n"
    "balance, so that the other program checks the file. xero, quickbooks: a row a posting of one currency, partners' "
    "accounts as one each\n"
    "with the partner beside it; Xero takes a few hundred lines a file, so export short periods.\n\n"
    "Writes the books for another bookkeeping program; nothing is written unless they agree with the daemon's balances";

}  // namespace

void AddExport(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("export", "The books for hledger, ledger, beancount, Xero and QuickBooks Online");
  auto options = std::make_shared<JournalOptions>();
  auto* verb = Verb(noun, "journal", kJournalAbout, kJournalExamples);
  verb->add_option("--format", options->format, "hledger, ledger, beancount, xero or quickbooks")
      ->required()
      ->check(CLI::IsMember({"hledger", "ledger", "beancount", "xero", "quickbooks"}));
  verb->add_option("--from", options->from, "First booking day, YYYY-MM-DD (the beginning)");
  verb->add_option("--to", options->to, "Last booking day, YYYY-MM-DD (today)");
  verb->add_option("--currency", options->currency, "Only this currency; xero and quickbooks need it");
  verb->add_option("--file", options->file, "Where to write (standard output)");
  verb->add_option(
      "--accounts", options->accounts,
      "CSV file of ACCOUNT,CODE: the other program's code or name of each account of the chart (the chart's names)");
  verb->add_option("--tax-rate", options->tax_rate, "The name of the rate without tax in Xero (Tax Exempt (0%))");
  NeedsProgram(verb, session);
  verb->callback(
      [&session, options] { session.run = [&session, options] { return JournalExport(session, *options).Run(); }; });
}

}  // namespace trailbook::cli
