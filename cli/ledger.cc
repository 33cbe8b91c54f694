// trailbook ledger: the books themselves, for auditors.
#include "cli/ledger_proof.h"
#include "cli/session.h"
#include "cli/times.h"
#include "trailbook/v1/ledger_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

constexpr int kVerifySeconds = 24 * 3600;

// One row a posting; a record without postings has one row without an account.
Sheet RecordSheet(const std::vector<api::Record>& records) {
  Sheet sheet{{"record", "kind", "event_date", "actor", "account", "currency", "amount", "booked_on"}, {}};
  for (const api::Record& record : records) {
    const auto row = [&](const std::string& account, const std::string& currency, Cell amount,
                         const std::string& booked) {
      sheet.rows.push_back({Number(record.sequence()), Text(record.kind()), Text(record.event_date()),
                            Text(record.actor()), Text(account), Text(currency), std::move(amount), Text(booked)});
    };
    for (const api::Posting& posting : record.postings()) {
      row(posting.account(), posting.currency_code(), Money(posting.amount_minor_units(), posting.currency_code()),
          posting.booking_date());
    }
    if (record.postings().empty()) row("", "", Text(""), "");
  }
  return sheet;
}

struct ListOptions {
  int64_t from = 0, limit = 100;
};

void TakeList(CLI::App* verb, ListOptions& options) {
  verb->add_option("--from", options.from, "Start with this record (1)");
  verb->add_option("--limit", options.limit, "At most this many; 0 for all (100)")->check(CLI::NonNegativeNumber);
}

// Pages through ListRecords or ListEntries.
template <typename Request, typename Response>
void AddRecords(CLI::App* noun, Session& session, const std::string& name, const std::string& what,
                grpc::Status (api::LedgerService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                std::function<const google::protobuf::RepeatedPtrField<api::Record>&(const Response&)> items) {
  auto options = std::make_shared<ListOptions>();
  auto* verb =
      Verb(noun, name, what, absl::StrCat("  trailbook ledger ", name, " --program pracflow --from 100 --limit 20\n"));
  TakeList(verb, *options);
  NeedsProgram(verb, session);
  verb->callback([&session, options, method, items] {
    session.run = [&session, options, method, items] {
      auto stub = api::LedgerService::NewStub(session.channel());
      std::vector<api::Record> records;
      const int64_t limit = options->limit;
      const grpc::Status status = FetchAll<Response>(
          [&](const std::string& token, Response* response) {
            Request request;
            request.set_parent(session.ProgramName());
            request.set_from_sequence(options->from);
            request.set_page_size(limit > 0 && limit < 1000 ? static_cast<int>(limit) : 1000);
            request.set_page_token(token);
            return (stub.get()->*method)(session.context().get(), request, response);
          },
          [&](const Response& page) {
            for (const api::Record& record : items(page)) {
              if (limit == 0 || static_cast<int64_t>(records.size()) < limit) records.push_back(record);
            }
            return limit == 0 || static_cast<int64_t>(records.size()) < limit;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(RecordSheet(records), records);
      return int{kOk};
    };
  });
}

void AddShow(CLI::App* noun, Session& session) {
  auto number = std::make_shared<std::string>();
  auto* verb = Verb(noun, "show", "One record, with its postings and the hash of its stored bytes",
                    "  trailbook ledger show 1234 --program pracflow\n");
  verb->add_option("record", *number, "Its number in the log")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, number] {
    session.run = [&session, number] {
      api::GetRecordRequest request;
      request.set_name(session.NameOf("records", *number));
      api::Record record;
      const grpc::Status status =
          api::LedgerService::NewStub(session.channel())->GetRecord(session.context().get(), request, &record);
      if (!status.ok()) return session.Fail(status);
      if (session.format() != Format::kTable) {
        session.format() == Format::kJson ? std::cout << ToJson(record) << "\n"
                                          : std::cout << ToCsv(RecordSheet({record}));
        return int{kOk};
      }
      session.PrintOne(
          {{"record", "kind", "recorded", "event_date", "actor", "leaf_hash"},
           {{Number(record.sequence()), Text(record.kind()), Text(FormatTime(record.record_time().seconds())),
             Text(record.event_date()), Text(record.actor()), Text(record.leaf_hash())}}},
          record);
      std::cout << "\n" << record.json() << "\n";
      if (record.postings().empty()) return int{kOk};
      Sheet postings{{"account", "currency", "amount", "booked_on"}, {}};
      for (const api::Posting& posting : record.postings()) {
        postings.rows.push_back({Text(posting.account()), Text(posting.currency_code()),
                                 Money(posting.amount_minor_units(), posting.currency_code()),
                                 Text(posting.booking_date())});
      }
      std::cout << "\n" << ToTable(postings);
      return int{kOk};
    };
  });
}

void AddAccounts(CLI::App* noun, Session& session) {
  auto* verb =
      Verb(noun, "accounts", "Every account with its balance, partners' accounts one by one; debits are positive",
           "  trailbook ledger accounts --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::LedgerService::NewStub(session.channel());
      std::vector<api::Account> accounts;
      const grpc::Status status = FetchAll<api::ListAccountsResponse>(
          [&](const std::string& token, api::ListAccountsResponse* response) {
            api::ListAccountsRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListAccounts(session.context().get(), request, response);
          },
          [&](const api::ListAccountsResponse& page) {
            accounts.insert(accounts.end(), page.accounts().begin(), page.accounts().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{{"account", "currency", "balance"}, {}};
      for (const api::Account& account : accounts) {
        sheet.rows.push_back({Text(account.account()), Text(account.currency_code()),
                              Money(account.balance_minor_units(), account.currency_code())});
      }
      session.Print(sheet, accounts);
      return int{kOk};
    };
  });
}

void AddTrialBalance(CLI::App* noun, Session& session) {
  auto as_of = std::make_shared<std::string>();
  auto* verb = Verb(noun, "trial-balance", "Every account of the chart; debits equal credits",
                    "  trailbook ledger trial-balance --program pracflow\n"
                    "  trailbook ledger trial-balance --program pracflow --as-of 2026-03-31 -o csv\n");
  verb->add_option("--as-of", *as_of, "At the end of this day, YYYY-MM-DD (today)");
  NeedsProgram(verb, session);
  verb->callback([&session, as_of] {
    session.run = [&session, as_of] {
      api::GetTrialBalanceRequest request;
      request.set_parent(session.ProgramName());
      request.set_as_of_date(*as_of);
      api::TrialBalance balance;
      const grpc::Status status =
          api::LedgerService::NewStub(session.channel())->GetTrialBalance(session.context().get(), request, &balance);
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{{"account", "currency", "debit", "credit"}, {}};
      for (const api::TrialBalance::Line& line : balance.lines()) {
        const std::string& c = line.currency_code();
        sheet.rows.push_back(
            {Text(line.account()), Text(c), Money(line.debit_minor_units(), c), Money(line.credit_minor_units(), c)});
      }
      session.Print(sheet, std::vector<api::TrialBalance>{balance});
      return int{kOk};
    };
  });
}

void AddVerify(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "verify",
                    "Hashes the whole log, replays it, and compares every table; exit code 1 if anything is wrong",
                    "  trailbook ledger verify --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      api::VerifyLedgerRequest request;
      request.set_parent(session.ProgramName());
      api::VerifyLedgerResponse found;
      const grpc::Status status = api::LedgerService::NewStub(session.channel())
                                      ->VerifyLedger(session.context(kVerifySeconds).get(), request, &found);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne({{"ok", "records", "entries", "root_hash", "rows_compared", "problem"},
                        {{Text(found.ok() ? "yes" : "NO"), Number(found.records()), Number(found.entries()),
                          Text(found.root_hash()), Number(found.rows_compared()), Text(found.problem())}}},
                       found);
      if (found.ok()) return int{kOk};
      std::cerr << "trailbook: the ledger of " << session.program << " is damaged: " << found.problem() << "\n";
      return int{kFailure};
    };
  });
}

void AddClose(CLI::App* noun, Session& session) {
  auto request = std::make_shared<api::ClosePeriodRequest>();
  auto* verb = Verb(noun, "close",
                    "Closes the books up to a day: they never change again, late events book on the first open day",
                    "  trailbook --as fatima ledger close --through 2026-10-31 --program pracflow\n");
  verb->add_option_function<std::string>(
          "--through", [request](const std::string& date) { request->set_through_date(date); },
          "The period's last day, YYYY-MM-DD")
      ->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, request] {
    session.run = [&session, request] {
      request->set_parent(session.ProgramName());
      request->set_request_id(session.NewRequestId());
      api::ClosePeriodResponse response;
      const grpc::Status status =
          api::LedgerService::NewStub(session.channel())->ClosePeriod(session.context().get(), *request, &response);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne({{"closed_through"}, {{Text(response.through_date())}}}, response);
      return int{kOk};
    };
  });
}

void AddHead(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "head", "How many records the log has, and their RFC 6962 root hash",
                    "  trailbook ledger head --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      api::GetLogHeadRequest request;
      request.set_parent(session.ProgramName());
      api::LogHead head;
      const grpc::Status status =
          api::LedgerService::NewStub(session.channel())->GetLogHead(session.context().get(), request, &head);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne({{"size", "root_hash"}, {{Number(head.size()), Text(head.root_hash())}}}, head);
      return int{kOk};
    };
  });
}

}  // namespace

void AddLedger(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("ledger", "The books themselves: log, entries, accounts, verification");
  AddRecords<api::ListRecordsRequest, api::ListRecordsResponse>(
      noun, session, "records", "The log, record by record", &api::LedgerService::Stub::ListRecords,
      [](const api::ListRecordsResponse& page) -> const auto& { return page.records(); });
  AddRecords<api::ListEntriesRequest, api::ListEntriesResponse>(
      noun, session, "entries", "The records that have postings", &api::LedgerService::Stub::ListEntries,
      [](const api::ListEntriesResponse& page) -> const auto& { return page.entries(); });
  AddShow(noun, session);
  AddAccounts(noun, session);
  AddTrialBalance(noun, session);
  AddVerify(noun, session);
  AddHead(noun, session);
  AddLedgerProofs(noun, session);
  AddLedgerCheckpoints(noun, session);
  AddLedgerTiles(noun, session);
  AddLedgerWatch(noun, session);
  AddClose(noun, session);
}

}  // namespace trailbook::cli
