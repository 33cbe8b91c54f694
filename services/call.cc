#include "services/call.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/validate.h"
#include "services/log.h"

namespace trailbook::services {
namespace {

constexpr char kDomain[] = "trailbook";

// A status that some library below made has no reason of its own.
std::string ReasonOrDefault(const absl::Status& status) {
  std::string reason = ReasonOf(status);
  if (!reason.empty()) return reason;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument: return "INVALID_FIELD";
    case absl::StatusCode::kNotFound: return "NOT_FOUND";
    case absl::StatusCode::kUnavailable: return "UNAVAILABLE";
    default: return "INTERNAL";
  }
}

std::string Metadata(grpc::CallbackServerContext* context, const char* key) {
  const auto found = context->client_metadata().find(key);
  if (found == context->client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(std::string(status.message()));
  google::rpc::ErrorInfo info;
  info.set_reason(ReasonOrDefault(status));
  info.set_domain(kDomain);
  const std::string field = FieldOf(status);
  if (!field.empty()) (*info.mutable_metadata())["field"] = field;
  const std::string holder = HolderOf(status);
  if (!holder.empty()) (*info.mutable_metadata())["holder"] = holder;
  out.add_details()->PackFrom(info);
  if (!field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(std::string(status.message()));
    out.add_details()->PackFrom(bad);
  }
  return out;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      ToRpcStatus(status).SerializeAsString());
}

std::shared_ptr<Call> Call::Start(Funnel& funnel, grpc::CallbackServerContext* context, const char* method, Kind kind,
                                  grpc::ServerUnaryReactor** reactor) {
  *reactor = context->DefaultReactor();
  ++funnel.in_flight_;
  funnel.last_call_ms_ = absl::ToUnixMillis(absl::Now());
  std::shared_ptr<Call> call(new Call(funnel, *reactor, method, kind));
  const absl::Status admitted = call->Admit(context);
  context->AddTrailingMetadata("x-request-id", call->request_id_);
  if (admitted.ok()) return call;
  call->Finish(admitted);
  return nullptr;
}

absl::Status Call::Admit(grpc::CallbackServerContext* context) {
  request_id_ = Metadata(context, "x-request-id");
  if (request_id_.empty() || !CheckText("x-request-id", request_id_, 64, true).ok()) request_id_ = Hex(RandomBytes(8));
  actor_ = Metadata(context, "trailbook-actor-bin");  // of names that are not ASCII
  if (actor_.empty()) actor_ = Metadata(context, "trailbook-actor");
  if (funnel_.draining()) {
    return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "the daemon is stopping; try again");
  }
  if (context->deadline() < std::chrono::system_clock::now()) {
    return absl::DeadlineExceededError("the deadline passed before the call began");
  }
  if (kind_ == Kind::kRead) return absl::OkStatus();
  if (actor_.empty()) {
    return Refuse(absl::StatusCode::kUnauthenticated, "NO_ACTOR", "",
                  "say who you are: metadata trailbook-actor (the tool's --as NAME)");
  }
  return CheckText("trailbook-actor", actor_, 64, true);
}

void Call::Finish(const absl::Status& status) {
  LogCall({method_, request_id_, actor_, status, absl::Now() - start_, kind_ == Kind::kWrite});
  reactor_->Finish(ToGrpc(status));
  --funnel_.in_flight_;
}

grpc::ServerUnaryReactor* Call::ReadOnly(Funnel& funnel, grpc::CallbackServerContext* context, const char* method,
                                         std::function<absl::Status(Queries&)> work) {
  grpc::ServerUnaryReactor* reactor = nullptr;
  auto call = Call::Start(funnel, context, method, Kind::kRead, &reactor);
  if (call != nullptr) Read(std::move(call), std::move(work));
  return reactor;
}

void Call::Read(std::shared_ptr<Call> call, std::function<absl::Status(Queries&)> work) {
  Ledger& ledger = call->ledger();
  ledger.Read([call = std::move(call), work = std::move(work)](absl::StatusOr<Queries*> queries) {
    call->Finish(queries.ok() ? work(**queries) : queries.status());
  });
}

}  // namespace trailbook::services
