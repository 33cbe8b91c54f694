#include "services/report_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/names.h"
#include "services/translate.h"

namespace trailbook::services {
namespace {

absl::Status Stopping() {
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "",
                "the daemon is stopping; report what has no outcome again, on a new stream");
}

}  // namespace

ReportStream::ReportStream(Funnel& funnel, grpc::CallbackServerContext* context)
    : funnel_(funnel), caller_("ReportStream", Caller::Kind::kReport) {
  const absl::Status admitted = caller_.Admit(context, funnel.request_ids(), funnel.draining());
  funnel_.Enter(this);
  std::lock_guard<std::mutex> lock(mutex_);
  if (!admitted.ok()) End(admitted);
  Advance();
}

absl::StatusOr<std::string> ReportStream::CheckRequest() {
  TRAILBOOK_RETURN_IF_ERROR(CheckEventCount(request_.events_size(), kMaxEvents, "a message"));
  if (program_.empty()) return ProgramOf("parent", request_.parent());
  if (!request_.parent().empty() && request_.parent() != Name(program_)) {
    return InvalidField("parent",
                        absl::StrCat("is \"", request_.parent(), "\", but this stream is of ", Name(program_)));
  }
  return program_;
}

void ReportStream::OnReadDone(bool ok) {
  Message* message = nullptr;
  std::vector<Report> reports;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    reading_ = false;
    if (!ok) End(absl::OkStatus());
    if (!ended_) {
      auto program = CheckRequest();
      if (program.ok()) {
        program_ = *program;
        messages_.push_back(std::make_unique<Message>());
        message = messages_.back().get();
        reports = ToReports(program_, request_.events(), &message->malformed);
        under_way_ += request_.events_size();
      } else {
        End(program.status());
      }
    }
    if (message == nullptr) return Advance();
  }
  // Outside of the lock: a full queue answers at once.
  funnel_.ledger().Report(
      program_, std::move(reports), caller_.requester(),
      [this, message](absl::StatusOr<std::vector<ReportOutcome>> outcomes) { Answered(message, std::move(outcomes)); });
  std::lock_guard<std::mutex> lock(mutex_);
  Advance();
}

void ReportStream::Answered(Message* message, absl::StatusOr<std::vector<ReportOutcome>> outcomes) {
  std::lock_guard<std::mutex> lock(mutex_);
  message->outcomes = std::move(outcomes);
  message->answered = true;
  Advance();
}

void ReportStream::OnWriteDone(bool ok) {
  std::lock_guard<std::mutex> lock(mutex_);
  is_writing_ = false;
  under_way_ -= writing_.outcomes_size();
  if (!ok) Break();
  Advance();
}

void ReportStream::OnCancel() {
  std::lock_guard<std::mutex> lock(mutex_);
  Break();
  Advance();
}

void ReportStream::StopReading() {
  std::lock_guard<std::mutex> lock(mutex_);
  End(Stopping());
  Advance();
}

void ReportStream::OnDone() {
  // The thread that ended it by an answer may not have let go of it yet.
  { std::lock_guard<std::mutex> lock(mutex_); }
  funnel_.Leave(this);
  caller_.Log(status_);
  delete this;
}

void ReportStream::End(const absl::Status& status) {
  if (std::exchange(ended_, true)) return;
  status_ = status;
}

void ReportStream::Break() {
  End(absl::CancelledError("the caller went away"));
  cut_ = broken_ = true;
}

// Answers leave in the order of the events, so one that is ready early waits for those before it.
void ReportStream::CollectAnswers() {
  for (; !messages_.empty() && messages_.front()->answered; messages_.pop_front()) {
    const Message& message = *messages_.front();
    if (!message.outcomes.ok()) {
      if (!cut_) status_ = message.outcomes.status();
      ended_ = cut_ = true;
    }
    if (cut_) continue;
    if (ready_.outcomes().empty()) ready_.set_first_event(next_event_);
    FillOutcomes(program_, message.malformed, *message.outcomes, ready_.mutable_outcomes());
    next_event_ += static_cast<int64_t>(message.malformed.size());
  }
}

void ReportStream::Advance() {
  CollectAnswers();
  if (!is_writing_ && !broken_ && !ready_.outcomes().empty()) {
    writing_.Clear();
    writing_.Swap(&ready_);
    is_writing_ = true;
    StartWrite(&writing_);
  }
  if (!ended_ && !reading_ && under_way_ + kMaxEvents <= kWindow) {
    reading_ = true;
    StartRead(&request_);
  }
  const bool all_said = !is_writing_ && (broken_ || ready_.outcomes().empty());
  if (ended_ && messages_.empty() && all_said && !std::exchange(finished_, true)) Finish(ToGrpc(status_));
}

}  // namespace trailbook::services
