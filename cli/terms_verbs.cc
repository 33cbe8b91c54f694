// trailbook program terms simulate, lower, lowerings.
#include "cli/session.h"
#include "cli/terms.h"
#include "trailbook/v1/program_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

constexpr int kSimulateSeconds = 3600;  // it reads the whole log

void AddRow(const api::SimulateTermsResponse::Row& row, absl::string_view partner, Sheet& sheet) {
  const std::string& c = row.currency_code();
  sheet.rows.push_back({Text(partner), Text(c), Money(row.booked().accrued(), c), Money(row.booked().reversed(), c),
                        Money(row.booked().net(), c), Money(row.booked().matured(), c),
                        Money(row.simulated().accrued(), c), Money(row.simulated().reversed(), c),
                        Money(row.simulated().net(), c), Money(row.simulated().matured(), c),
                        Money(row.difference(), c)});
}

Sheet SimulationSheet(const api::SimulateTermsResponse& found) {
  Sheet sheet{{"partner_id", "currency", "accrued", "reversed", "net", "matured", "new_accrued", "new_reversed",
               "new_net", "new_matured", "difference"},
              {}};
  for (const auto& row : found.rows()) AddRow(row, Last(row.partner()), sheet);
  return sheet;
}

struct SimulateOptions : TermsOptions {
  std::string group, partner;
  bool published = false;
};

int Simulate(Session& session, const SimulateOptions& options) {
  api::SimulateTermsRequest request;
  request.set_parent(session.ProgramName());
  if (!options.group.empty()) request.set_group(session.NameOf("groups", options.group));
  if (!options.partner.empty()) request.set_partner(session.NameOf("partners", options.partner));
  if (!options.published) {
    const absl::Status terms = FillTerms(options, request.mutable_terms());
    if (!terms.ok()) return session.Usage(terms.message());
  }
  auto stub = api::ProgramService::NewStub(session.channel());
  api::SimulateTermsResponse whole;
  const grpc::Status status = FetchAll<api::SimulateTermsResponse>(
      [&](const std::string& token, api::SimulateTermsResponse* response) {
        request.set_page_token(token);
        return stub->SimulateTerms(session.context(kSimulateSeconds).get(), request, response);
      },
      [&](const api::SimulateTermsResponse& page) {
        auto rows = whole.rows();
        rows.MergeFrom(page.rows());
        whole = page;
        *whole.mutable_rows() = rows;
        return true;
      });
  if (!status.ok()) return session.Fail(status);
  whole.clear_next_page_token();
  Sheet sheet = SimulationSheet(whole);
  if (session.format() == Format::kJson) std::cout << ToJson(whole) << "\n";
  if (session.format() == Format::kCsv) std::cout << ToCsv(sheet);
  if (session.format() == Format::kTable) {
    for (const auto& total : whole.totals()) AddRow(total, "(all)", sheet);
    std::cout << ToTable(sheet);
    std::cerr << whole.records() << " records were replayed; nothing was changed.\n";
  }
  return int{kOk};
}

void AddSimulate(CLI::App* noun, Session& session) {
  auto options = std::make_shared<SimulateOptions>();
  auto* verb = Verb(
      noun, "simulate",
      "Replays the log under other terms: what would have been accrued and reversed, beside the books",
      "  trailbook program terms simulate --rate-bps 500 --tier 10:800 --sign-up-bonus EUR:5.00 --program pracflow\n"
      "  trailbook program terms simulate --rate-bps 900 --from 2026-07-01 --program pracflow -o csv\n"
      "  trailbook program terms simulate --published --program pracflow     # as it was: no difference\n");
  TakeTerms(verb, *options);
  verb->add_option("--from", options->effective,
                   "First day of sign-ups that would have got them, YYYY-MM-DD (from ever)");
  verb->add_option("--group", options->group, "Replaces this group's terms (the program's)");
  verb->add_option("--partner", options->partner, "Only this partner (all)");
  auto* published = verb->add_flag("--published", options->published, "Under the terms that were published");
  CLI::Option* rate = verb->get_option("--rate-bps");
  rate->required(false)->excludes(published);
  NeedsProgram(verb, session);
  verb->callback([&session, options, rate] {
    session.run = [&session, options, rate] {
      if (!options->published && rate->count() == 0) return session.Usage("--rate-bps or --published is required");
      return Simulate(session, *options);
    };
  });
}

Sheet LoweringSheet(const std::vector<api::RateLowering>& all) {
  Sheet sheet{{"partner_id", "lowering", "rate_bps", "effective_date", "reason", "decided_by"}, {}};
  for (const api::RateLowering& lowering : all) {
    sheet.rows.push_back({Text(lowering.partner().empty() ? "(every partner)" : Last(lowering.partner())),
                          Number(lowering.ordinal()), Number(lowering.rate_bps()), Text(lowering.effective_date()),
                          Text(lowering.reason()), Text(lowering.actor())});
  }
  return sheet;
}

void AddLower(CLI::App* noun, Session& session) {
  struct Options {
    std::string partner;
    int rate_bps = 0;
    std::string effective, reason;
    bool lower_existing = false;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "lower", "Lowers what existing referrals were promised; partners see who did it and why",
           "  trailbook --as noor program terms lower --rate-bps 500 --partner partner-0001 --lower-existing \\\n"
           "      --reason \"agreed on 3 May\" --program pracflow\n");
  verb->add_option("--rate-bps", options->rate_bps, "What promises from before pay at most, in basis points")
      ->required();
  verb->add_option("--partner", options->partner,
                   "Only referrals of this partner and of whoever was merged into him (every partner's)");
  verb->add_option("--effective", options->effective, "First day of payments, YYYY-MM-DD; today or later (today)");
  verb->add_option("--reason", options->reason, "Why; partners see it")->required();
  verb->add_flag("--lower-existing", options->lower_existing,
                 "Says that lowering a promise is meant; refused without it");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::LowerRateRequest request;
      request.set_parent(session.ProgramName());
      if (!options->partner.empty()) request.set_partner(session.NameOf("partners", options->partner));
      request.set_rate_bps(options->rate_bps);
      request.set_effective_date(options->effective);
      request.set_reason(options->reason);
      request.set_lower_existing(options->lower_existing);
      request.set_request_id(session.NewRequestId());
      api::RateLowering made;
      const grpc::Status status =
          api::ProgramService::NewStub(session.channel())->LowerRate(session.context().get(), request, &made);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne(LoweringSheet({made}), made);
      return int{kOk};
    };
  });
}

void AddLowerings(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "lowerings", "Lists every decision that lowered a promise",
                    "  trailbook program terms lowerings --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::ProgramService::NewStub(session.channel());
      std::vector<api::RateLowering> all;
      const grpc::Status status = FetchAll<api::ListRateLoweringsResponse>(
          [&](const std::string& token, api::ListRateLoweringsResponse* response) {
            api::ListRateLoweringsRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListRateLowerings(session.context().get(), request, response);
          },
          [&](const api::ListRateLoweringsResponse& page) {
            all.insert(all.end(), page.rate_lowerings().begin(), page.rate_lowerings().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(LoweringSheet(all), all);
      return int{kOk};
    };
  });
}

}  // namespace

void AddTermsVerbs(CLI::App* noun, Session& session) {
  AddSimulate(noun, session);
  AddLower(noun, session);
  AddLowerings(noun, session);
}

}  // namespace trailbook::cli
