// The gRPC server: every service behind the funnel, health, reflection, and the order in which they stop. Start and
// Stop belong to one thread.
#ifndef TRAILBOOK_SERVICES_SERVER_H_
#define TRAILBOOK_SERVICES_SERVER_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/ledger.h"
#include "ledger/signing/signer.h"
#include "services/call.h"

namespace trailbook::services {

class Server {
 public:
  struct Options {
    std::string listen;
    bool reflection = true;
    absl::Duration drain_grace;
  };

  // UNAVAILABLE if the address cannot be bound. `ledger` and `signer` are not owned and outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Ledger* ledger, log::Signer* signer, Options options);
  ~Server();

  int port() const { return port_; }

  // Health NOT_SERVING, grace, no new calls, those in flight end, the ledger drains, the server goes. Idempotent.
  void Stop();

 private:
  struct Services;
  Server(Ledger* ledger, log::Signer* signer, Options options);
  void Watch();
  void SetHealth(bool serving);

  Ledger* ledger_;
  Options options_;
  Funnel funnel_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread watcher_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_SERVER_H_
