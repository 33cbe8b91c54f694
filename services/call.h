// The one funnel around every method: counts what is in flight, refuses while draining and after the deadline, names the actor, turns
// ledger statuses into google.rpc errors (AIP-193), and logs a line per call. Thread-safe.
#ifndef TRAILBOOK_SERVICES_CALL_H_
#define TRAILBOOK_SERVICES_CALL_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "ledger/ledger.h"

namespace trailbook::services {

// google.rpc.Status with ErrorInfo always and BadRequest where a field is named. REQUIRES: not OK.
google::rpc::Status ToRpcStatus(const absl::Status& status);
grpc::Status ToGrpc(const absl::Status& status);

// What every service shares; outlives them.
class Funnel {
 public:
  explicit Funnel(Ledger* ledger) : ledger_(ledger) {}

  Ledger& ledger() { return *ledger_; }
  // From now on calls are refused with UNAVAILABLE.
  void StartDraining() { draining_ = true; }
  bool draining() const { return draining_; }
  int64_t in_flight() const { return in_flight_; }
  // When the last call came, refused ones included.
  absl::Time last_call() const { return absl::FromUnixMillis(last_call_ms_); }

 private:
  friend class Call;
  Ledger* ledger_;  // not owned
  std::atomic<bool> draining_{false};
  std::atomic<int64_t> in_flight_{0};
  std::atomic<int64_t> last_call_ms_{0};
};

// One call on its way. Shared by the callbacks that finish it; Finish is called exactly once.
class Call {
 public:
  // Reports write too, but there are too many of them for a line each at the usual log level.
  enum class Kind { kRead, kReport, kWrite };

  // Starts a call. If it returns nullptr the call was refused and finished already.
  static std::shared_ptr<Call> Start(Funnel& funnel, grpc::CallbackServerContext* context, const char* method, Kind kind,
                                     grpc::ServerUnaryReactor** reactor);

  void Finish(const absl::Status& status);
  Ledger& ledger() { return funnel_.ledger(); }
  const std::string& actor() const { return actor_; }

  // A whole call that only reads.
  static grpc::ServerUnaryReactor* ReadOnly(Funnel& funnel, grpc::CallbackServerContext* context, const char* method,
                                            std::function<absl::Status(Queries&)> work);

  // Runs `work` on a reader and finishes with its status.
  static void Read(std::shared_ptr<Call> call, std::function<absl::Status(Queries&)> work);

 private:
  Call(Funnel& funnel, grpc::ServerUnaryReactor* reactor, const char* method, Kind kind)
      : funnel_(funnel), reactor_(reactor), method_(method), kind_(kind), start_(absl::Now()) {}
  absl::Status Admit(grpc::CallbackServerContext* context);

  Funnel& funnel_;
  grpc::ServerUnaryReactor* reactor_;
  const char* method_;
  Kind kind_;
  absl::Time start_;
  std::string actor_, request_id_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_CALL_H_
