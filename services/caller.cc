#include "services/caller.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/validate.h"
#include "services/log.h"

namespace trailbook::services {
namespace {

std::string Metadata(grpc::CallbackServerContext* context, const char* key) {
  const auto found = context->client_metadata().find(key);
  if (found == context->client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

}  // namespace

RequestIds::RequestIds() {
  uint64_t first;
  const std::string random = RandomBytes(sizeof(first));
  std::memcpy(&first, random.data(), sizeof(first));
  next_ = first;
}

std::string RequestIds::Next() { return absl::StrCat(absl::Hex(next_.fetch_add(1), absl::kZeroPad16)); }

absl::Status Caller::Admit(grpc::CallbackServerContext* context, RequestIds& ids, bool draining) {
  request_id_ = Metadata(context, "x-request-id");
  if (request_id_.empty() || !CheckText("x-request-id", request_id_, 64, true).ok()) request_id_ = ids.Next();
  context->AddTrailingMetadata("x-request-id", request_id_);
  actor_ = Metadata(context, "trailbook-actor-bin");  // of names that are not ASCII
  if (actor_.empty()) actor_ = Metadata(context, "trailbook-actor");
  deadline_ = absl::FromChrono(context->deadline());
  if (draining) {
    return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "the daemon is stopping; try again");
  }
  if (deadline_ < start_) return absl::DeadlineExceededError("the deadline passed before the call began");
  if (kind_ == Kind::kRead) return absl::OkStatus();
  if (actor_.empty()) {
    return Refuse(absl::StatusCode::kUnauthenticated, "NO_ACTOR", "",
                  "say who you are: metadata trailbook-actor (the tool's --as NAME)");
  }
  return CheckText("trailbook-actor", actor_, 64, true);
}

void Caller::Log(const absl::Status& status) const {
  LogCall({method_, request_id_, actor_, status, absl::Now() - start_, kind_ == Kind::kWrite});
}

}  // namespace trailbook::services
