// trailbook earnings why, due: what a balance is made of.
#include "cli/earnings.h"

#include <map>

#include "absl/strings/ascii.h"
#include "cli/payout.h"
#include "trailbook/v1/earnings_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

const std::map<std::string, api::Balance>& Balances() {
  static const auto* balances = new std::map<std::string, api::Balance>{
      {"pending", api::BALANCE_PENDING},       {"held", api::BALANCE_HELD},
      {"payable", api::BALANCE_PAYABLE},       {"reserved", api::BALANCE_RESERVED},
      {"receivable", api::BALANCE_RECEIVABLE}, {"paid", api::BALANCE_PAID}};
  return *balances;
}

struct Options {
  std::string partner, currency, balance = "payable", date;
};

void TakeEarner(CLI::App* verb, Options& options) {
  verb->add_option("partner", options.partner, "The partner's id")->required();
  verb->add_option("--currency", options.currency, "ISO 4217")->required();
}

int Why(Session& session, const Options& options) {
  auto stub = api::EarningsService::NewStub(session.channel());
  api::BalanceExplanation whole;
  const grpc::Status status = FetchAll<api::BalanceExplanation>(
      [&](const std::string& token, api::BalanceExplanation* response) {
        api::ExplainBalanceRequest request;
        request.set_partner(session.NameOf("partners", options.partner));
        request.set_currency_code(options.currency);
        request.set_balance(Balances().at(options.balance));
        request.set_page_size(1000);
        request.set_page_token(token);
        return stub->ExplainBalance(session.context().get(), request, response);
      },
      [&](api::BalanceExplanation page) {
        whole.set_partner(page.partner());
        whole.set_currency_code(page.currency_code());
        whole.set_balance(page.balance());
        whole.set_balance_minor_units(page.balance_minor_units());
        for (api::BalancePart& part : *page.mutable_parts()) *whole.add_parts() = std::move(part);
        return true;
      });
  if (!status.ok()) return session.Fail(status);
  Sheet sheet{{"date", "kind", "amount", "record", "commission", "payout", "text"}, {}};
  for (const api::BalancePart& part : whole.parts()) {
    sheet.rows.push_back({Text(part.date()), Text(part.kind()), Money(part.amount_minor_units(), options.currency),
                          part.sequence() == 0 ? Text("") : Number(part.sequence()), Text(Last(part.commission())),
                          Text(ShortPayout(part.payout())), Text(part.text())});
  }
  if (session.format() == Format::kJson) std::cout << ToJson(whole) << "\n";
  if (session.format() == Format::kCsv) std::cout << ToCsv(sheet);
  if (session.format() == Format::kTable) {
    std::cout << absl::AsciiStrToUpper(options.balance.substr(0, 1)) << options.balance.substr(1) << " of "
              << options.partner << ": " << options.currency << " "
              << Money(whole.balance_minor_units(), options.currency).shown << ", made of\n\n"
              << ToTable(sheet);
  }
  return kOk;
}

void AddWhy(CLI::App* noun, Session& session) {
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "why", "What one of a partner's balances is made of, in parts that sum to it",
                    "  trailbook earnings why partner-0001 --currency INR --balance payable --program pracflow\n"
                    "  trailbook earnings why partner-0001 --currency INR --balance pending --program pracflow\n");
  TakeEarner(verb, *options);
  std::vector<std::string> names;
  for (const auto& [name, balance] : Balances()) names.push_back(name);
  verb->add_option("--balance", options->balance, "pending, held, payable, reserved, receivable or paid (payable)")
      ->check(CLI::IsMember(names));
  NeedsProgram(verb, session);
  verb->callback([&session, options] { session.run = [&session, options] { return Why(session, *options); }; });
}

void AddDue(CLI::App* noun, Session& session) {
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "due", "The commissions behind one day of pending, or behind one maturity",
                    "  trailbook earnings due partner-0001 --currency INR --date 2026-12-15 --program pracflow\n");
  TakeEarner(verb, *options);
  verb->add_option("--date", options->date, "The day on which they are due, YYYY-MM-DD")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      auto stub = api::EarningsService::NewStub(session.channel());
      std::vector<api::DueCommission> due;
      const grpc::Status status = FetchAll<api::ListDueCommissionsResponse>(
          [&](const std::string& token, api::ListDueCommissionsResponse* response) {
            api::ListDueCommissionsRequest request;
            request.set_parent(session.NameOf("partners", options->partner));
            request.set_currency_code(options->currency);
            request.set_mature_date(options->date);
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListDueCommissions(session.context().get(), request, response);
          },
          [&](const api::ListDueCommissionsResponse& page) {
            due.insert(due.end(), page.commissions().begin(), page.commissions().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{{"commission", "customer_id", "payment_id", "amount", "matured_by_record"}, {}};
      for (const api::DueCommission& item : due) {
        sheet.rows.push_back({Text(Last(item.commission())), Text(item.customer_id()), Text(item.payment_id()),
                              Money(item.amount_minor_units(), options->currency),
                              item.sequence() == 0 ? Text("") : Number(item.sequence())});
      }
      session.Print(sheet, due);
      return int{kOk};
    };
  });
}

}  // namespace

void AddEarningsBalance(CLI::App* noun, Session& session) {
  AddWhy(noun, session);
  AddDue(noun, session);
}

}  // namespace trailbook::cli
