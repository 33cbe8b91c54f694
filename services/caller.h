// Who calls, and whether he is let in: actor and request id from the call's metadata, refusals while the daemon stops
// or after the deadline, and the line in the log at the end. Not thread-safe until Admit has returned; then it does not
// change.
#ifndef TRAILBOOK_SERVICES_CALLER_H_
#define TRAILBOOK_SERVICES_CALLER_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/ledger.h"

namespace trailbook::services {

// Ids for calls that name none: counted from a random number, as the kernel would have to be asked for a random one
// each. Any thread.
class RequestIds {
 public:
  RequestIds();
  std::string Next();

 private:
  std::atomic<uint64_t> next_;
};

class Caller {
 public:
  // Reports write too, but there are too many of them for a line each at the usual log level.
  enum class Kind { kRead, kReport, kWrite };

  Caller(const char* method, Kind kind) : method_(method), kind_(kind), start_(absl::Now()) {}

  // UNAVAILABLE while draining, DEADLINE_EXCEEDED, UNAUTHENTICATED with NO_ACTOR for what writes, INVALID_ARGUMENT for
  // a name that is none.
  absl::Status Admit(grpc::CallbackServerContext* context, RequestIds& ids, bool draining);
  void Log(const absl::Status& status) const;

  // As the ledger wants to know it.
  Requester requester() const { return {actor_, deadline_}; }

 private:
  const char* method_;
  Kind kind_;
  absl::Time start_, deadline_;
  std::string actor_, request_id_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_CALLER_H_
