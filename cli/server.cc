// trailbook server: the daemon itself.
#include <filesystem>

#include "cli/session.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "trailbook/v1/server_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;
namespace health = ::grpc::health::v1;

constexpr int kBackupSeconds = 24 * 3600;

constexpr const char* kServices[] = {
    "trailbook.v1.ProgramService",   "trailbook.v1.PartnerService",    "trailbook.v1.LinkService",
    "trailbook.v1.ReportingService", "trailbook.v1.EarningsService",   "trailbook.v1.PayoutService",
    "trailbook.v1.LedgerService",    "trailbook.v1.CorrectionService", "trailbook.v1.ReviewService",
    "trailbook.v1.GroupService",     "trailbook.v1.CheckpointService", "trailbook.v1.ServerService"};

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

void AddBackup(CLI::App* noun, Session& session) {
  auto file = std::make_shared<std::string>();
  auto* verb = Verb(
      noun, "backup",
      "A consistent copy of the whole store, written on the daemon's machine while it serves, read back and checked",
      "  trailbook server backup /var/backups/trailbook-2026-11-25.db\n");
  verb->add_option("file", *file, "A file that is not there yet")->required();
  verb->callback([&session, file] {
    session.run = [&session, file] {
      api::CreateBackupRequest request;
      request.set_path(std::filesystem::absolute(*file).string());
      api::Backup backup;
      const auto context = session.context(kBackupSeconds);
      const grpc::Status status =
          api::ServerService::NewStub(session.channel())->CreateBackup(context.get(), request, &backup);
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{{"file", "bytes", "program", "size", "root_hash"}, {}};
      for (const auto& log : backup.logs()) {
        sheet.rows.push_back({Text(backup.path()), Number(backup.bytes()), Text(Last(log.program())),
                              Number(log.size()), Text(log.root_hash())});
      }
      session.Print(sheet, std::vector<api::Backup>{backup});
      return int{kOk};
    };
  });
}

}  // namespace

void AddServer(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("server", "The daemon itself");
  AddStatus(noun, session);
  AddBackup(noun, session);
}

}  // namespace trailbook::cli
