#include "cli/report_sender.h"

#include <chrono>
#include <future>
#include <utility>

#include "absl/time/clock.h"

namespace trailbook::cli {
namespace {

constexpr int64_t kUnderWay =
    7000;  // events, before the next thousand: a daemon reads 8192 of a stream before it has answered the first
constexpr int kTries = 6;
constexpr int kLongest = 30 * 86400;  // seconds; what is waited for is the next outcome, not the end

// A daemon that goes away may cancel what it had not begun.
bool MayComeBack(const grpc::Status& status) {
  const auto code = status.error_code();
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::CANCELLED ||
         ReasonOf(status) == "QUEUE_FULL";
}

// Whether a connection is neither made nor refused in time: a stream would wait for it, whatever its deadline.
bool StandsStill(grpc::Channel& channel, int seconds) {
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(seconds);
  auto state = channel.GetState(true);
  while (state == GRPC_CHANNEL_IDLE || state == GRPC_CHANNEL_CONNECTING) {
    if (!channel.WaitForStateChange(state, deadline)) return true;
    state = channel.GetState(true);
  }
  return false;
}

}  // namespace

void ReportSender::Open() {
  stalled_ = StandsStill(*session_.channel(), session_.timeout_seconds);
  if (stalled_) return;
  stub_ = v1::ReportingService::NewStub(session_.channel());
  context_ = session_.context(kLongest);
  stream_ = stub_->ReportStream(context_.get());
  responses_.clear();
  ended_ = false;
  if (answered_ > 0) unanswered_.front().mutable_events()->DeleteSubrange(0, std::exchange(answered_, 0));
  listener_ = std::thread([this, stream = stream_.get()] { Listen(stream); });
  for (const v1::ReportStreamRequest& message : unanswered_) {
    if (!Write(message)) break;  // the listener hears why
  }
}

// A daemon that stands still takes nothing, and a write waits for it.
bool ReportSender::Write(const v1::ReportStreamRequest& message) {
  auto written = std::async(std::launch::async, [this, &message] { return stream_->Write(message); });
  stalled_ = written.wait_for(std::chrono::seconds(session_.timeout_seconds)) != std::future_status::ready;
  if (stalled_) context_->TryCancel();
  return written.get();
}

void ReportSender::Listen(Stream* stream) {
  for (bool more = true; more;) {
    v1::ReportStreamResponse response;
    more = stream->Read(&response);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (more) responses_.push_back(std::move(response));
    ended_ = !more;
    changed_.notify_one();
  }
}

bool ReportSender::HasEnded() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return ended_;
}

grpc::Status ReportSender::Close() {
  if (stream_ == nullptr) return grpc::Status::OK;
  if (missing_ > 0 && !HasEnded()) context_->TryCancel();
  stream_->WritesDone();
  listener_.join();
  const grpc::Status status = stream_->Finish();
  stream_.reset();
  return status;
}

grpc::Status ReportSender::Send(v1::ReportStreamRequest message) {
  missing_ += message.events_size();
  unanswered_.push_back(std::move(message));
  if (stream_ == nullptr) {
    Open();
  } else {
    (void)Write(unanswered_.back());  // if the stream has ended, what is taken next tells why
  }
  return TakeUntil(kUnderWay);
}

grpc::Status ReportSender::Finish() {
  const grpc::Status status = TakeUntil(0);
  if (status.ok()) (void)Close();  // every outcome is there, however the stream ends
  return status;
}

grpc::Status ReportSender::TakeUntil(int64_t most) {
  while (true) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto moved = [this] { return !responses_.empty() || ended_; };
    if (stalled_ ||
        (missing_ > most && !changed_.wait_for(lock, std::chrono::seconds(session_.timeout_seconds), moved))) {
      return {grpc::StatusCode::DEADLINE_EXCEEDED, absl::StrCat("none within ", session_.timeout_seconds, " seconds")};
    }
    if (!responses_.empty()) {
      const v1::ReportStreamResponse response = std::move(responses_.front());
      responses_.pop_front();
      lock.unlock();
      TakeOutcomes(response);
    } else if (missing_ > most) {
      lock.unlock();
      if (const grpc::Status status = Resume(); !status.ok()) return status;
    } else {
      return grpc::Status::OK;
    }
  }
}

void ReportSender::TakeOutcomes(const v1::ReportStreamResponse& response) {
  tries_ = 0;
  for (const v1::ReportOutcome& outcome : response.outcomes()) {
    if (unanswered_.empty()) return;  // there are no more outcomes than events
    --missing_;
    if (++answered_ == unanswered_.front().events_size()) {
      unanswered_.pop_front();
      answered_ = 0;
    }
    take_(outcome);
  }
}

grpc::Status ReportSender::Resume() {
  grpc::Status status = Close();
  if (status.ok()) status = {grpc::StatusCode::UNAVAILABLE, "the daemon ended the stream before it had answered"};
  const std::string elsewhere = HolderOf(status);
  if (!MayComeBack(status) || ++tries_ > kTries) return status;
  if (!elsewhere.empty()) {
    session_.holder = elsewhere;
    session_.Follow();
  } else {
    absl::SleepFor(absl::Milliseconds(100) * (1 << tries_));
  }
  Open();
  return grpc::Status::OK;
}

}  // namespace trailbook::cli
