#include "ledger/store/postgres_pipeline.h"

#include <poll.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::store {

absl::Status Pipeline::Enter() {
  if (PQpipelineStatus(connection_) == PQ_PIPELINE_ON) return absl::OkStatus();
  PQsetnonblocking(connection_, 1);
  return PQenterPipelineMode(connection_) == 1 ? absl::OkStatus() : error_(nullptr, "pipeline");
}

absl::Status Pipeline::Send(const std::string& name, absl::string_view sql, const Arguments& arguments, Sink sink) {
  TRAILBOOK_RETURN_IF_ERROR(Enter());
  const int count = static_cast<int>(arguments.values.size());
  if (PQsendQueryPrepared(connection_, name.c_str(), count, arguments.values.data(), arguments.lengths.data(),
                          arguments.formats.data(), 1) != 1) {
    return error_(nullptr, sql);
  }
  sent_.push_back({sql, std::move(sink), false});
  return absl::OkStatus();
}

absl::Status Pipeline::SendText(const char* sql, Sink sink) {
  TRAILBOOK_RETURN_IF_ERROR(Enter());
  if (PQsendQueryParams(connection_, sql, 0, nullptr, nullptr, nullptr, nullptr, 1) != 1) return error_(nullptr, sql);
  sent_.push_back({sql, std::move(sink), false});
  return absl::OkStatus();
}

absl::Status Pipeline::End() {
  TRAILBOOK_RETURN_IF_ERROR(Enter());
  if (PQpipelineSync(connection_) != 1) return error_(nullptr, "send");
  sent_.push_back({"", nullptr, true});
  return Flush();
}

// Reads what the server answers meanwhile: a pipeline that only sends stands still when both sides' buffers are full.
absl::Status Pipeline::Flush() {
  for (int left = PQflush(connection_); left != 0; left = PQflush(connection_)) {
    if (left < 0) return error_(nullptr, "send");
    pollfd socket{PQsocket(connection_), POLLIN | POLLOUT, 0};
    if (poll(&socket, 1, -1) < 0 && errno != EINTR) return Internal(absl::StrCat("poll: ", std::strerror(errno)));
    if ((socket.revents & POLLIN) != 0 && PQconsumeInput(connection_) != 1) return error_(nullptr, "receive");
  }
  return absl::OkStatus();
}

absl::Status Pipeline::Collect() {
  absl::Status status;
  const std::vector<Sent> sent = std::exchange(sent_, {});
  for (const Sent& one : sent) {
    if (PQstatus(connection_) != CONNECTION_OK) break;
    status.Update(TakeAnswer(one, status.ok()));
  }
  if (PQstatus(connection_) != CONNECTION_OK) {
    status.Update(error_(nullptr, sent.empty() ? "receive" : sent.front().sql));
    return status;
  }
  if (PQpipelineStatus(connection_) == PQ_PIPELINE_ON) {
    if (PQexitPipelineMode(connection_) != 1) status.Update(error_(nullptr, "pipeline"));
    PQsetnonblocking(connection_, 0);
  }
  return status;
}

void Pipeline::Drop() {
  for (Sent& sent : sent_) sent.sink = nullptr;
  (void)Collect();
}

absl::Status Pipeline::TakeAnswer(const Sent& sent, bool wanted) {
  absl::Status status;
  if (sent.end) {
    const Result end(PQgetResult(connection_));
    if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC) status = error_(end.get(), "receive");
    return status;
  }
  // Each statement's results end with a null.
  for (Result result(PQgetResult(connection_)); result != nullptr; result.reset(PQgetResult(connection_))) {
    if (IsGood(result.get())) {
      if (wanted && status.ok() && sent.sink) status = sent.sink(std::move(result));
    } else if (PQresultStatus(result.get()) != PGRES_PIPELINE_ABORTED) {
      status.Update(error_(result.get(), sent.sql));
    }
  }
  return status;
}

}  // namespace trailbook::store
