// Reports on their way to the daemon, as one stream: several messages are under way at once, and outcomes come back in
// the order of the events. A stream that breaks is opened again, at another daemon if that one writes the program now,
// and what was not answered is sent again; that is harmless, since what was recorded answers as a replay. Not
// thread-safe.
#ifndef TRAILBOOK_CLI_REPORT_SENDER_H_
#define TRAILBOOK_CLI_REPORT_SENDER_H_

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "cli/session.h"
#include "trailbook/v1/reporting_service.grpc.pb.h"

namespace trailbook::cli {

class ReportSender {
 public:
  // Gets each outcome, in the order of the events, within Send and Finish.
  using Take = std::function<void(const v1::ReportOutcome&)>;

  ReportSender(Session& session, Take take) : session_(session), take_(std::move(take)) {}
  ~ReportSender() { Close(); }

  // Sends up to 1000 events. Takes the outcomes that are there; waits for some while more than a few thousand are
  // missing.
  grpc::Status Send(v1::ReportStreamRequest message);
  // Waits for every outcome.
  grpc::Status Finish();

 private:
  using Stream = grpc::ClientReaderWriter<v1::ReportStreamRequest, v1::ReportStreamResponse>;

  void Open();
  // Ends the stream; how it went.
  grpc::Status Close();
  bool Write(const v1::ReportStreamRequest& message);
  void Listen(Stream* stream);
  bool HasEnded();
  // Takes outcomes until at most `most` events have none.
  grpc::Status TakeUntil(int64_t most);
  void TakeOutcomes(const v1::ReportStreamResponse& response);
  // After a stream that ended too early: once more, or why not.
  grpc::Status Resume();

  Session& session_;
  Take take_;
  std::deque<v1::ReportStreamRequest> unanswered_;
  int answered_ = 0;      // events of the first of them
  int64_t missing_ = 0;   // events without an outcome
  int tries_ = 0;         // since the last outcome
  bool stalled_ = false;  // a write was given up

  std::unique_ptr<v1::ReportingService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<Stream> stream_;
  std::thread listener_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<v1::ReportStreamResponse> responses_;
  bool ended_ = false;
};

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_REPORT_SENDER_H_
