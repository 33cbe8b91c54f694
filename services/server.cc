#include "services/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/checkpoint_service.h"
#include "services/correction_service.h"
#include "services/earnings_service.h"
#include "services/group_service.h"
#include "services/ledger_service.h"
#include "services/link_service.h"
#include "services/log.h"
#include "services/partner_service.h"
#include "services/payout_service.h"
#include "services/program_service.h"
#include "services/reporting_service.h"
#include "services/review_service.h"
#include "services/server_service.h"

namespace trailbook::services {
namespace {

constexpr int kMaxMessageBytes = 16 << 20;  // a batch of 10 000 events fits
constexpr int kConnectionAgeMs = 30 * 60 * 1000;
constexpr std::chrono::seconds kWatchEvery(1);
constexpr int kSweepEveryWatches = 5;
constexpr absl::Duration kQuiet = absl::Milliseconds(500);  // a caller on a busy machine may be that slow
constexpr absl::Duration kLongestGoodbye = absl::Seconds(3);
constexpr absl::Duration kLongestCall = absl::Seconds(30);

constexpr char kReporting[] = "trailbook.v1.ReportingService";

}  // namespace

struct Server::Services {
  Services(Funnel* funnel, log::Signer* signer)
      : program(funnel),
        partner(funnel),
        link(funnel),
        reporting(funnel),
        earnings(funnel),
        payout(funnel),
        ledger(funnel, signer),
        correction(funnel),
        review(funnel),
        group(funnel),
        checkpoint(funnel, signer),
        server(funnel) {}
  ProgramServiceImpl program;
  PartnerServiceImpl partner;
  LinkServiceImpl link;
  ReportingServiceImpl reporting;
  EarningsServiceImpl earnings;
  PayoutServiceImpl payout;
  LedgerServiceImpl ledger;
  CorrectionServiceImpl correction;
  ReviewServiceImpl review;
  GroupServiceImpl group;
  CheckpointServiceImpl checkpoint;
  ServerServiceImpl server;
};

Server::Server(Ledger* ledger, log::Signer* signer, Options options)
    : ledger_(ledger),
      options_(std::move(options)),
      funnel_(ledger),
      services_(std::make_unique<Services>(&funnel_, signer)) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Ledger* ledger, log::Signer* signer, Options options) {
  std::unique_ptr<Server> server(new Server(ledger, signer, std::move(options)));
  grpc::EnableDefaultHealthCheckService(true);
  if (server->options_.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.AddListeningPort(server->options_.listen, grpc::InsecureServerCredentials(), &server->port_);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // Two daemons must never share a port without a word.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 60000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  Services& all = *server->services_;
  for (grpc::Service* service : std::initializer_list<grpc::Service*>{
           &all.program, &all.partner, &all.link, &all.reporting, &all.earnings, &all.payout, &all.ledger,
           &all.correction, &all.review, &all.group, &all.checkpoint, &all.server}) {
    builder.RegisterService(service);
  }
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || server->port_ == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", server->options_.listen, "; is the port taken?"));
  }
  server->SetHealth(true);
  server->watcher_ = std::thread([raw = server.get()] { raw->Watch(); });
  return server;
}

void Server::SetHealth(bool serving) {
  auto* health = server_->GetHealthCheckService();
  for (const char* name :
       {"trailbook.v1.ProgramService", "trailbook.v1.PartnerService", "trailbook.v1.LinkService", kReporting,
        "trailbook.v1.EarningsService", "trailbook.v1.PayoutService", "trailbook.v1.LedgerService",
        "trailbook.v1.CorrectionService", "trailbook.v1.ReviewService", "trailbook.v1.GroupService",
        "trailbook.v1.CheckpointService", "trailbook.v1.ServerService"}) {
    health->SetServingStatus(name, serving);
  }
  health->SetServingStatus(serving);
}

// Once a second: can the ledger write? Every few: has a program's day changed?
void Server::Watch() {
  bool could_write = true;
  for (int watch = 0;; ++watch) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (stop_.wait_for(lock, kWatchEvery, [this] { return stopping_; })) return;
    }
    const absl::Status health = ledger_->WriteHealth();
    if (health.ok() != could_write) {
      could_write = health.ok();
      server_->GetHealthCheckService()->SetServingStatus(kReporting, could_write);
      if (could_write) {
        LogInfo("writes succeed again");
      } else {
        LogWarning("writes fail", {{"error", std::string(health.message())}});
      }
    }
    if (watch % kSweepEveryWatches == 0) ledger_->SweepAtDayChange();
  }
}

void Server::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(stopping_, true)) return;
  }
  stop_.notify_all();
  if (watcher_.joinable()) watcher_.join();
  SetHealth(false);
  absl::SleepFor(options_.drain_grace);
  funnel_.StartDraining();
  const absl::Time give_up = absl::Now() + kLongestCall;
  while (funnel_.in_flight() > 0 && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(2));
  ledger_->Drain();
  // What gRPC has read but not dispatched would be cancelled without a word: go on saying "stopping" until the callers
  // have heard it.
  const absl::Time quiet_by = absl::Now() + kLongestGoodbye;
  while (absl::Now() < quiet_by && absl::Now() - funnel_.last_call() < kQuiet) absl::SleepFor(absl::Milliseconds(5));
  // An open health watch would hold an unbounded shutdown for ever.
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  server_->Wait();
}

Server::~Server() {
  if (server_ != nullptr) Stop();
}

}  // namespace trailbook::services
