// The one funnel around every method: counts what is in flight, lets the caller in or not, turns ledger statuses into
// google.rpc errors (AIP-193), and logs a line per call. Thread-safe.
#ifndef TRAILBOOK_SERVICES_CALL_H_
#define TRAILBOOK_SERVICES_CALL_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "ledger/ledger.h"
#include "services/caller.h"

namespace trailbook::services {

// google.rpc.Status with ErrorInfo always, BadRequest where a field is named, RetryInfo where waiting a little helps.
// REQUIRES: not OK.
google::rpc::Status ToRpcStatus(const absl::Status& status);
grpc::Status ToGrpc(const absl::Status& status);

// What every service shares; outlives them.
class Funnel {
 public:
  // A call that goes on until somebody ends it.
  class Stream {
   public:
    virtual ~Stream() = default;
    // Takes nothing new and ends when what it has taken is answered. Any thread.
    virtual void StopReading() = 0;
  };

  explicit Funnel(Ledger* ledger) : ledger_(ledger) {}

  Ledger& ledger() { return *ledger_; }
  RequestIds& request_ids() { return request_ids_; }
  // From now on calls are refused with UNAVAILABLE, and streams stop reading.
  void StartDraining();
  bool draining() const { return draining_; }
  int64_t in_flight() const { return in_flight_; }
  // When the last call came, refused ones included.
  absl::Time last_call() const { return absl::FromUnixMillis(last_call_ms_); }
  // A call came, and is over.
  void Enter();
  void Leave();
  // The same of a stream; it stops reading at once if the daemon is draining.
  void Enter(Stream* stream);
  void Leave(Stream* stream);

 private:
  Ledger* ledger_;  // not owned
  RequestIds request_ids_;
  std::atomic<bool> draining_{false};
  std::atomic<int64_t> in_flight_{0};
  std::atomic<int64_t> last_call_ms_{0};
  std::mutex mutex_;
  std::set<Stream*> streams_;
};

// One call on its way. Shared by the callbacks that finish it; Finish is called exactly once.
class Call {
 public:
  using Kind = Caller::Kind;

  // Starts a call. If it returns nullptr the call was refused and finished already.
  static std::shared_ptr<Call> Start(Funnel& funnel, grpc::CallbackServerContext* context, const char* method,
                                     Kind kind, grpc::ServerUnaryReactor** reactor);

  void Finish(const absl::Status& status);
  Ledger& ledger() { return funnel_.ledger(); }
  Requester requester() const { return caller_.requester(); }

  // A whole call that only reads.
  static grpc::ServerUnaryReactor* ReadOnly(Funnel& funnel, grpc::CallbackServerContext* context, const char* method,
                                            std::function<absl::Status(Queries&)> work);

  // Runs `work` on a reader and finishes with its status.
  static void Read(std::shared_ptr<Call> call, std::function<absl::Status(Queries&)> work);

 private:
  Call(Funnel& funnel, grpc::ServerUnaryReactor* reactor, const char* method, Kind kind)
      : funnel_(funnel), reactor_(reactor), caller_(method, kind) {}

  Funnel& funnel_;
  grpc::ServerUnaryReactor* reactor_;
  Caller caller_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_CALL_H_
