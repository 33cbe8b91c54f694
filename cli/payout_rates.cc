// trailbook payout set-rate, rates: what currencies are worth in each other.
#include "cli/payout.h"
#include "cli/times.h"

namespace trailbook::cli {
namespace {

Sheet RateSheet(const std::vector<api::FxRate>& rates) {
  Sheet sheet{{"rate", "from", "to", "is", "source", "quoted", "recorded_by", "recorded"}, {}};
  for (const api::FxRate& rate : rates) {
    sheet.rows.push_back({Text(Last(rate.name())), Text(rate.from_currency_code()), Text(rate.to_currency_code()),
                          Text(rate.rate()), Text(rate.source()), Text(FormatTime(rate.quote_time().seconds())),
                          Text(rate.actor()), Text(FormatTime(rate.create_time().seconds()))});
  }
  return sheet;
}

void AddSetRate(CLI::App* noun, Session& session) {
  struct Options {
    std::string from, to, rate, source, quoted;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "set-rate", "Records what a currency is worth in another; payouts submitted from now on convert by it",
           "  trailbook --as fatima payout set-rate --program pracflow --from USD --to INR --rate 83.2154 \\\n"
           "      --source \"RBI reference rate\" --quoted 2026-11-25T08:00:00Z\n");
  verb->add_option("--from", options->from, "ISO 4217: what was earned")->required();
  verb->add_option("--to", options->to, "ISO 4217: what arrives")->required();
  verb->add_option("--rate", options->rate, "How much of --to one whole unit of --from is: a decimal")->required();
  verb->add_option("--source", options->source, "Where the rate comes from")->required();
  verb->add_option("--quoted", options->quoted, "When it was quoted, RFC 3339 (now)");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::SetFxRateRequest request;
      request.set_parent(session.ProgramName());
      api::FxRate& rate = *request.mutable_fx_rate();
      rate.set_from_currency_code(options->from);
      rate.set_to_currency_code(options->to);
      rate.set_rate(options->rate);
      rate.set_source(options->source);
      if (!options->quoted.empty()) {
        const auto time = ParseTime(options->quoted);
        if (!time.ok()) return session.Usage(absl::StrCat("--quoted: ", time.status().message()));
        rate.mutable_quote_time()->set_seconds(*time);
      }
      request.set_request_id(session.NewRequestId());
      api::FxRate answer;
      const grpc::Status status =
          api::PayoutService::NewStub(session.channel())->SetFxRate(session.context().get(), request, &answer);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne(RateSheet({answer}), answer);
      return int{kOk};
    };
  });
}

void AddRates(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "rates", "Every rate that was recorded, newest first; the newest of a pair holds",
                    "  trailbook payout rates --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::PayoutService::NewStub(session.channel());
      std::vector<api::FxRate> rates;
      const grpc::Status status = FetchAll<api::ListFxRatesResponse>(
          [&](const std::string& token, api::ListFxRatesResponse* response) {
            api::ListFxRatesRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListFxRates(session.context().get(), request, response);
          },
          [&](const api::ListFxRatesResponse& page) {
            rates.insert(rates.end(), page.fx_rates().begin(), page.fx_rates().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(RateSheet(rates), rates);
      return int{kOk};
    };
  });
}

}  // namespace

void AddFxRates(CLI::App* noun, Session& session) {
  AddSetRate(noun, session);
  AddRates(noun, session);
}

}  // namespace trailbook::cli
