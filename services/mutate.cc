#include "services/mutate.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "ledger/base/status.h"
#include "ledger/domain/validate.h"

namespace trailbook::services {

absl::StatusOr<RequestKey> KeyOf(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  RequestKey key;
  key.request_id = request.GetReflection()->GetString(request, field);
  TRAILBOOK_RETURN_IF_ERROR(CheckText("request_id", key.request_id, 128, true));
  std::unique_ptr<google::protobuf::Message> content(request.New());
  content->CopyFrom(request);
  content->GetReflection()->ClearField(content.get(), field);
  key.content = request.GetDescriptor()->full_name() + "\n";
  google::protobuf::io::StringOutputStream out(&key.content);
  google::protobuf::io::CodedOutputStream coded(&out);
  coded.SetSerializationDeterministic(true);
  content->SerializeToCodedStream(&coded);
  coded.Trim();
  return key;
}

void Mutate(std::shared_ptr<Call> call, const google::protobuf::Message& request, absl::StatusOr<Mutation> mutation,
            std::function<absl::Status(Queries&, const MutationReply&)> then) {
  if (!mutation.ok()) return call->Finish(mutation.status());
  auto key = KeyOf(request);
  if (!key.ok()) return call->Finish(key.status());
  Ledger& ledger = call->ledger();
  const Requester requester = call->requester();
  ledger.Mutate(*std::move(mutation), *std::move(key), requester,
                [call = std::move(call), then = std::move(then)](absl::StatusOr<MutationReply> reply) mutable {
                  if (!reply.ok()) return call->Finish(reply.status());
                  Call::Read(std::move(call),
                             [then = std::move(then), made = *reply](Queries& queries) { return then(queries, made); });
                });
}

grpc::ServerUnaryReactor* MutateCall(Funnel& funnel, grpc::CallbackServerContext* context, const char* method,
                                     const google::protobuf::Message& request,
                                     const std::function<absl::StatusOr<Mutation>()>& command,
                                     std::function<absl::Status(Queries&, const MutationReply&)> then) {
  grpc::ServerUnaryReactor* reactor = nullptr;
  auto call = Call::Start(funnel, context, method, Call::Kind::kWrite, &reactor);
  if (call != nullptr) Mutate(std::move(call), request, command(), std::move(then));
  return reactor;
}

}  // namespace trailbook::services
