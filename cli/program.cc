// trailbook program: programs and their terms.
#include "cli/session.h"
#include "cli/terms.h"
#include "trailbook/v1/program_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

Sheet ProgramSheet(const std::vector<api::Program>& programs) {
  Sheet sheet{{"program_id", "name", "time_zone", "rate_bps", "hold_days", "minimum_payouts"}, {}};
  for (const api::Program& program : programs) {
    sheet.rows.push_back({Text(Last(program.name())), Text(program.display_name()), Text(program.book_time_zone()),
                          Number(program.terms().rate_bps()), Number(program.terms().hold_days()),
                          Text(Amounts(program.terms().minimum_payouts()))});
  }
  return sheet;
}

void AddCreate(CLI::App* noun, Session& session) {
  struct Options : TermsOptions {
    std::string id, name, zone;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "create", "Creates a program with its first terms",
                    "  trailbook program create pracflow --name PracFlow --rate-bps 750 --hold-days 30 \\\n"
                    "      --minimum INR:1000.00 --minimum USD:25.00 --time-zone Asia/Kolkata\n");
  verb->add_option("id", options->id, "Its id: a-z, 0-9 and -")->required();
  verb->add_option("--name", options->name, "The company's name")->required();
  verb->add_option("--time-zone", options->zone, "Whose days are the days of the books, for ever (UTC)");
  TakeProgramTerms(verb, *options);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::CreateProgramRequest request;
      request.set_program_id(options->id);
      request.mutable_program()->set_display_name(options->name);
      request.mutable_program()->set_book_time_zone(options->zone);
      const absl::Status terms = FillTerms(*options, request.mutable_terms());
      if (!terms.ok()) return session.Usage(terms.message());
      request.set_request_id(session.NewRequestId());
      api::Program program;
      auto stub = api::ProgramService::NewStub(session.channel());
      const grpc::Status status = stub->CreateProgram(session.context().get(), request, &program);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne(ProgramSheet({program}), program);
      return int{kOk};
    };
  });
}

void AddShow(CLI::App* noun, Session& session) {
  auto id = std::make_shared<std::string>();
  auto* verb = Verb(noun, "show", "Shows a program and its terms today", "  trailbook program show pracflow\n");
  verb->add_option("id", *id, "The program's id")->required();
  verb->callback([&session, id] {
    session.run = [&session, id] {
      api::GetProgramRequest request;
      request.set_name(absl::StrCat("programs/", *id));
      api::Program program;
      const grpc::Status status =
          api::ProgramService::NewStub(session.channel())->GetProgram(session.context().get(), request, &program);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne(ProgramSheet({program}), program);
      return int{kOk};
    };
  });
}

void AddList(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "list", "Lists programs", "  trailbook program list -o json\n");
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::ProgramService::NewStub(session.channel());
      std::vector<api::Program> programs;
      const grpc::Status status = FetchAll<api::ListProgramsResponse>(
          [&](const std::string& token, api::ListProgramsResponse* response) {
            api::ListProgramsRequest request;
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListPrograms(session.context().get(), request, response);
          },
          [&](const api::ListProgramsResponse& page) {
            programs.insert(programs.end(), page.programs().begin(), page.programs().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(ProgramSheet(programs), programs);
      return int{kOk};
    };
  });
}

void AddPublish(CLI::App* noun, Session& session) {
  auto options = std::make_shared<TermsOptions>();
  auto* verb = Verb(noun, "publish", "Publishes new terms for later sign-ups; earlier referrals keep theirs",
                    "  trailbook program terms publish --program pracflow --rate-bps 800 --effective 2027-01-01\n");
  NeedsProgram(verb, session);
  TakeProgramTerms(verb, *options);
  verb->add_option("--effective", options->effective, "First day, YYYY-MM-DD; today or later (today)");
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::PublishTermsRequest request;
      request.set_parent(session.ProgramName());
      const absl::Status terms = FillTerms(*options, request.mutable_terms());
      if (!terms.ok()) return session.Usage(terms.message());
      request.set_request_id(session.NewRequestId());
      api::Terms published;
      const grpc::Status status =
          api::ProgramService::NewStub(session.channel())->PublishTerms(session.context().get(), request, &published);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne(TermsSheet({published}), published);
      return int{kOk};
    };
  });
}

void AddTermsList(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "list", "Lists every version of a program's terms",
                    "  trailbook program terms list --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::ProgramService::NewStub(session.channel());
      std::vector<api::Terms> all;
      const grpc::Status status = FetchAll<api::ListTermsResponse>(
          [&](const std::string& token, api::ListTermsResponse* response) {
            api::ListTermsRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListTerms(session.context().get(), request, response);
          },
          [&](const api::ListTermsResponse& page) {
            all.insert(all.end(), page.terms().begin(), page.terms().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(TermsSheet(all), all);
      return int{kOk};
    };
  });
}

}  // namespace

void AddProgram(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("program", "Programs and their terms");
  AddCreate(noun, session);
  AddShow(noun, session);
  AddList(noun, session);
  auto* terms = noun->add_subcommand("terms", "Versions of a program's terms");
  terms->fallthrough();
  terms->require_subcommand(1);
  AddPublish(terms, session);
  AddTermsList(terms, session);
  AddTermsVerbs(terms, session);
}

}  // namespace trailbook::cli
