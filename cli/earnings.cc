// trailbook earnings: what partners earned, why, and when it is paid.
#include "cli/earnings.h"
#include "cli/money.h"
#include "cli/session.h"
#include "cli/times.h"
#include "trailbook/v1/earnings_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

Sheet EarningsSheet(const std::vector<api::Earnings>& all) {
  Sheet sheet{{"partner_id", "currency", "pending", "held", "payable", "reserved", "receivable", "paid"}, {}};
  for (const api::Earnings& e : all) {
    const std::string& c = e.currency_code();
    sheet.rows.push_back({Text(Last(e.partner())), Text(c), Money(e.pending(), c), Money(e.held(), c),
                          Money(e.payable(), c), Money(e.reserved(), c), Money(e.receivable(), c), Money(e.paid(), c)});
  }
  return sheet;
}

std::string StateName(const api::Commission& commission) {
  return api::Commission::State_Name(commission.state()).substr(sizeof("STATE_") - 1);
}

void AddList(CLI::App* noun, Session& session) {
  auto as_of = std::make_shared<std::string>();
  auto* verb = Verb(noun, "list", "Balances of every partner, now or at the end of any day",
                    "  trailbook earnings list --program pracflow\n"
                    "  trailbook earnings list --program pracflow --as-of 2026-11-22 -o csv\n");
  verb->add_option("--as-of", *as_of, "At the end of this day, YYYY-MM-DD (today)");
  NeedsProgram(verb, session);
  verb->callback([&session, as_of] {
    session.run = [&session, as_of] {
      auto stub = api::EarningsService::NewStub(session.channel());
      std::vector<api::Earnings> all;
      const grpc::Status status = FetchAll<api::ListEarningsResponse>(
          [&](const std::string& token, api::ListEarningsResponse* response) {
            api::ListEarningsRequest request;
            request.set_parent(session.ProgramName());
            request.set_as_of_date(*as_of);
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListEarnings(session.context().get(), request, response);
          },
          [&](const api::ListEarningsResponse& page) {
            all.insert(all.end(), page.earnings().begin(), page.earnings().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(EarningsSheet(all), all);
      return int{kOk};
    };
  });
}

void AddShow(CLI::App* noun, Session& session) {
  struct Options {
    std::string partner, as_of;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "show", "Balances of one partner", "  trailbook earnings show partner-0000 --program pracflow\n");
  verb->add_option("partner", options->partner, "The partner's id")->required();
  verb->add_option("--as-of", options->as_of, "At the end of this day, YYYY-MM-DD (today)");
  NeedsProgram(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::GetPartnerEarningsRequest request;
      request.set_partner(session.NameOf("partners", options->partner));
      request.set_as_of_date(options->as_of);
      api::PartnerEarnings earnings;
      const grpc::Status status = api::EarningsService::NewStub(session.channel())
                                      ->GetPartnerEarnings(session.context().get(), request, &earnings);
      if (!status.ok()) return session.Fail(status);
      const std::vector<api::Earnings> all(earnings.earnings().begin(), earnings.earnings().end());
      session.Print(EarningsSheet(all), all);
      return int{kOk};
    };
  });
}

void AddCommissions(CLI::App* noun, Session& session) {
  struct Options {
    std::string partner;
    int64_t limit = 0;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "commissions", "A partner's commissions, newest first",
                    "  trailbook earnings commissions partner-0000 --program pracflow --limit 20\n");
  verb->add_option("partner", options->partner, "The partner's id")->required();
  verb->add_option("--limit", options->limit, "At most this many (all)");
  NeedsProgram(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      auto stub = api::EarningsService::NewStub(session.channel());
      std::vector<api::Commission> all;
      const auto full = [&] { return options->limit > 0 && static_cast<int64_t>(all.size()) >= options->limit; };
      const grpc::Status status = FetchAll<api::ListCommissionsResponse>(
          [&](const std::string& token, api::ListCommissionsResponse* response) {
            api::ListCommissionsRequest request;
            request.set_parent(session.NameOf("partners", options->partner));
            request.set_page_size(options->limit > 0 && options->limit < 1000 ? static_cast<int>(options->limit)
                                                                              : 1000);
            request.set_page_token(token);
            return stub->ListCommissions(session.context().get(), request, response);
          },
          [&](const api::ListCommissionsResponse& page) {
            for (const auto& commission : page.commissions()) {
              if (!full()) all.push_back(commission);
            }
            return !full();
          });
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{
          {"commission", "date", "payment_id", "currency", "base", "rate_bps", "accrued", "now", "state", "payable_on"},
          {}};
      for (const api::Commission& c : all) {
        const std::string& currency = c.collected().currency_code();
        sheet.rows.push_back({Text(Last(c.name())), Text(c.event_date()), Text(c.payment_id()), Text(currency),
                              Money(c.base_minor_units(), currency), Number(c.rate_bps()),
                              Money(c.accrued_minor_units(), currency), Money(c.current_minor_units(), currency),
                              Text(StateName(c)), Text(c.mature_date())});
      }
      session.Print(sheet, all);
      return int{kOk};
    };
  });
}

void AddExplain(CLI::App* noun, Session& session) {
  auto id = std::make_shared<std::string>();
  auto* verb = Verb(noun, "explain", "One commission, down to event, base, rate, terms, rounding, hold and payout",
                    "  trailbook earnings explain 1234 --program pracflow\n");
  verb->add_option("commission", *id, "The commission's number")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, id] {
    session.run = [&session, id] {
      api::ExplainCommissionRequest request;
      request.set_name(session.NameOf("commissions", *id));
      api::CommissionExplanation explained;
      const grpc::Status status = api::EarningsService::NewStub(session.channel())
                                      ->ExplainCommission(session.context().get(), request, &explained);
      if (!status.ok()) return session.Fail(status);
      const std::string& currency = explained.commission().collected().currency_code();
      Sheet sheet{{"record", "booked_on", "kind", "event", "change", "after", "text"}, {}};
      for (const auto& step : explained.steps()) {
        sheet.rows.push_back({Number(step.sequence()), Text(step.booking_date()), Text(step.kind()),
                              Text(step.external_id()), Money(step.change_minor_units(), currency),
                              Money(step.after_minor_units(), currency), Text(step.text())});
      }
      if (session.format() == Format::kJson) std::cout << ToJson(explained) << "\n";
      if (session.format() == Format::kCsv) std::cout << ToCsv(sheet);
      if (session.format() == Format::kTable) {
        std::cout << "Commission " << Last(explained.commission().name()) << ": " << StateName(explained.commission())
                  << "\n";
        for (const std::string& line : explained.text()) std::cout << "  " << line << "\n";
      }
      return int{kOk};
    };
  });
}

void PrintStatement(const api::Statement& statement, const Sheet& lines) {
  const std::string& c = statement.currency_code();
  std::cout << "Statement of " << Last(statement.partner()) << " in " << c << ", " << statement.from_date() << " to "
            << statement.to_date() << "\n\n"
            << ToTable(lines) << "\n";
  Sheet totals{{"", "amount"}, {}};
  totals.rows.push_back({Text("opening balance"), Money(statement.opening_minor_units(), c)});
  totals.rows.push_back({Text("+ lines"), Money(statement.earned_minor_units(), c)});
  totals.rows.push_back({Text("- payouts"), Money(statement.paid_minor_units(), c)});
  totals.rows.push_back({Text("= closing balance"), Money(statement.closing_minor_units(), c)});
  std::cout << ToTable(totals);
}

void AddStatement(CLI::App* noun, Session& session) {
  struct Options {
    std::string partner, currency, from, to;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "statement", "A partner's statement: opening + lines - payouts = closing",
                    "  trailbook earnings statement partner-0000 --currency INR --from 2026-11-01 --to 2026-11-30 "
                    "--program pracflow\n");
  verb->add_option("partner", options->partner, "The partner's id")->required();
  verb->add_option("--currency", options->currency, "ISO 4217")->required();
  verb->add_option("--from", options->from, "First day, YYYY-MM-DD (first of the month of --to)");
  verb->add_option("--to", options->to, "Last day, YYYY-MM-DD (today)");
  NeedsProgram(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      auto stub = api::EarningsService::NewStub(session.channel());
      api::Statement whole;
      const grpc::Status status = FetchAll<api::Statement>(
          [&](const std::string& token, api::Statement* response) {
            api::GetStatementRequest request;
            request.set_partner(session.NameOf("partners", options->partner));
            request.set_currency_code(options->currency);
            request.set_from_date(options->from);
            request.set_to_date(options->to);
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->GetStatement(session.context().get(), request, response);
          },
          [&](const api::Statement& page) {
            auto lines = whole.lines();
            lines.MergeFrom(page.lines());
            whole = page;
            *whole.mutable_lines() = lines;
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{{"date", "record", "kind", "amount", "text"}, {}};
      for (const auto& line : whole.lines()) {
        sheet.rows.push_back({Text(line.booking_date()), Number(line.sequence()), Text(line.kind()),
                              Money(line.amount_minor_units(), whole.currency_code()), Text(line.text())});
      }
      if (session.format() == Format::kJson) std::cout << ToJson(whole) << "\n";
      if (session.format() == Format::kCsv) std::cout << ToCsv(sheet);
      if (session.format() == Format::kTable) PrintStatement(whole, sheet);
      return int{kOk};
    };
  });
}

void AddForecast(CLI::App* noun, Session& session) {
  struct Options {
    std::string partner, currency;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "forecast", "What becomes payable on which day, and what the program owes in all",
           "  trailbook earnings forecast --program pracflow --currency INR\n"
           "  trailbook earnings forecast --program pracflow --partner partner-0000 -o csv     # the days only\n");
  verb->add_option("--partner", options->partner, "Only this partner's");
  verb->add_option("--currency", options->currency, "Only this currency, ISO 4217");
  NeedsProgram(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::GetForecastRequest request;
      request.set_parent(session.ProgramName());
      if (!options->partner.empty()) request.set_partner(session.NameOf("partners", options->partner));
      request.set_currency_code(options->currency);
      api::Forecast forecast;
      const grpc::Status status =
          api::EarningsService::NewStub(session.channel())->GetForecast(session.context().get(), request, &forecast);
      if (!status.ok()) return session.Fail(status);
      Sheet days{{"payable_on", "currency", "amount"}, {}};
      for (const auto& day : forecast.maturing()) {
        const std::string& c = day.amount().currency_code();
        days.rows.push_back({Text(day.date()), Text(c), Money(day.amount().minor_units(), c)});
      }
      if (session.format() == Format::kTable) {
        Sheet totals{{"currency", "pending", "held", "payable", "reserved", "receivable"}, {}};
        for (const auto& total : forecast.liabilities()) {
          const std::string& c = total.currency_code();
          totals.rows.push_back({Text(c), Money(total.pending(), c), Money(total.held(), c), Money(total.payable(), c),
                                 Money(total.reserved(), c), Money(total.receivable(), c)});
        }
        std::cout << ToTable(totals) << "\n";
      }
      session.format() == Format::kJson ? std::cout << ToJson(forecast) << "\n"
                                        : std::cout << (session.format() == Format::kCsv ? ToCsv(days) : ToTable(days));
      return int{kOk};
    };
  });
}

void AddMature(CLI::App* noun, Session& session) {
  auto through = std::make_shared<std::string>();
  auto* verb =
      Verb(noun, "mature", "Moves what is due to payable; the daemon does it by itself at the change of the day",
           "  trailbook earnings mature --program pracflow\n");
  verb->add_option("--through", *through, "Through the end of this day, YYYY-MM-DD (today)");
  NeedsProgram(verb, session);
  verb->callback([&session, through] {
    session.run = [&session, through] {
      api::RunMaturityRequest request;
      request.set_parent(session.ProgramName());
      request.set_through_date(*through);
      api::RunMaturityResponse response;
      const grpc::Status status =
          api::EarningsService::NewStub(session.channel())->RunMaturity(session.context().get(), request, &response);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne({{"through", "entries", "earners"},
                        {{Text(response.through_date()), Number(response.entries()), Number(response.earners())}}},
                       response);
      return int{kOk};
    };
  });
}

}  // namespace

void AddEarnings(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("earnings", "What partners earned, why, and when it is paid");
  AddList(noun, session);
  AddShow(noun, session);
  AddCommissions(noun, session);
  AddExplain(noun, session);
  AddEarningsBalance(noun, session);
  AddEarningsReceipt(noun, session);
  AddStatement(noun, session);
  AddForecast(noun, session);
  AddMature(noun, session);
}

}  // namespace trailbook::cli
