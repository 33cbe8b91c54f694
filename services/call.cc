#include "services/call.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "ledger/base/status.h"

namespace trailbook::services {
namespace {

constexpr char kDomain[] = "trailbook";
constexpr int kRetryMillis = 100;  // a full queue has room again by then, if anything is written at all

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
  if (info.reason() == "QUEUE_FULL") {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(kRetryMillis * 1000000);
    out.add_details()->PackFrom(retry);
  }
  return out;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      ToRpcStatus(status).SerializeAsString());
}

void Funnel::Enter() {
  ++in_flight_;
  last_call_ms_ = absl::ToUnixMillis(absl::Now());
}

void Funnel::Leave() { --in_flight_; }

void Funnel::Enter(Stream* stream) {
  Enter();
  std::lock_guard<std::mutex> lock(mutex_);
  streams_.insert(stream);
  if (draining_) stream->StopReading();
}

void Funnel::Leave(Stream* stream) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    streams_.erase(stream);
  }
  Leave();
}

void Funnel::StartDraining() {
  std::lock_guard<std::mutex> lock(mutex_);
  draining_ = true;
  for (Stream* stream : streams_) stream->StopReading();
}

std::shared_ptr<Call> Call::Start(Funnel& funnel, grpc::CallbackServerContext* context, const char* method, Kind kind,
                                  grpc::ServerUnaryReactor** reactor) {
  *reactor = context->DefaultReactor();
  funnel.Enter();
  std::shared_ptr<Call> call(new Call(funnel, *reactor, method, kind));
  const absl::Status admitted = call->caller_.Admit(context, funnel.request_ids(), funnel.draining());
  if (admitted.ok()) return call;
  call->Finish(admitted);
  return nullptr;
}

void Call::Finish(const absl::Status& status) {
  caller_.Log(status);
  reactor_->Finish(ToGrpc(status));
  funnel_.Leave();
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
    if (!queries.ok()) return call->Finish(queries.status());
    const bool late = call->requester().deadline < absl::Now();  // nobody waits for what it would find
    if (late) return call->Finish(absl::DeadlineExceededError("the deadline passed before the read began"));
    const absl::Status done = work(**queries);
    const absl::Status loaded = (*queries)->Loaded();  // what was found beside rows that could not be read says nothing
    call->Finish(loaded.ok() ? done : loaded);
  });
}

}  // namespace trailbook::services
