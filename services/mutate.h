// How a mutation goes through: its idempotency key, the ledger, and the resource that it answers with. Thread-safe:
// functions only.
#ifndef TRAILBOOK_SERVICES_MUTATE_H_
#define TRAILBOOK_SERVICES_MUTATE_H_

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "ledger/ledger.h"
#include "services/call.h"

namespace trailbook::services {

// The key of a request with a field request_id: content is the method and every other field, serialized
// deterministically. INVALID_ARGUMENT if request_id is missing or not printable.
absl::StatusOr<RequestKey> KeyOf(const google::protobuf::Message& request);

// Writes, then reads what the call answers with. `then` runs on a reader.
void Mutate(std::shared_ptr<Call> call, const google::protobuf::Message& request, absl::StatusOr<Mutation> mutation,
            std::function<absl::Status(Queries&, const MutationReply&)> then);

// A whole call that writes: `command` makes the mutation of the request, which must live until the call ends.
grpc::ServerUnaryReactor* MutateCall(Funnel& funnel, grpc::CallbackServerContext* context, const char* method,
                                     const google::protobuf::Message& request,
                                     const std::function<absl::StatusOr<Mutation>()>& command,
                                     std::function<absl::Status(Queries&, const MutationReply&)> then);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_MUTATE_H_
