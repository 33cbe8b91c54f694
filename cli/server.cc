// trailbook server: the daemon itself.
#include "cli/session.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace health = ::grpc::health::v1;

constexpr const char* kServices[] = {"trailbook.v1.ProgramService",   "trailbook.v1.PartnerService",
                                     "trailbook.v1.LinkService",      "trailbook.v1.ReportingService",
                                     "trailbook.v1.EarningsService",  "trailbook.v1.PayoutService",
                                     "trailbook.v1.LedgerService",    "trailbook.v1.CorrectionService",
                                     "trailbook.v1.ReviewService"};

void AddStatus(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "status", "Whether the daemon serves; exit code 1 if a service does not",
                    "  trailbook server status\n"
                    "  trailbook --server 127.0.0.1:7421 server status\n");
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = health::Health::NewStub(session.channel());
      Sheet sheet{{"service", "status"}, {}};
      std::vector<health::HealthCheckResponse> answers;
      bool serving = true;
      for (const char* service : kServices) {
        health::HealthCheckRequest request;
        request.set_service(service);
        health::HealthCheckResponse& answer = answers.emplace_back();
        const grpc::Status status = stub->Check(session.context().get(), request, &answer);
        if (!status.ok()) return session.Fail(status);
        serving = serving && answer.status() == health::HealthCheckResponse::SERVING;
        sheet.rows.push_back({Text(service), Text(health::HealthCheckResponse::ServingStatus_Name(answer.status()))});
      }
      session.Print(sheet, answers);
      return serving ? int{kOk} : int{kFailure};
    };
  });
}

}  // namespace

void AddServer(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("server", "The daemon itself");
  AddStatus(noun, session);
}

}  // namespace trailbook::cli
