// A stream of reports: messages of events in, their outcomes back in the same order. Outcomes that are ready together
// leave together.
//
// Flow control: a message is read only while it cannot bring more than kWindow events of the stream under way (read,
// and their outcomes not yet taken by the caller), so that neither a full queue nor a caller who does not read makes
// the daemon's memory grow; the caller's writes wait instead.
//
// A refused report is an outcome like any other. What concerns the whole stream (no such program, the daemon stops, the
// store fails) ends it: outcomes of earlier events come first, then the status; what has no outcome can be reported
// again under the same ids. Thread-safe; deletes itself when gRPC is done with it.
#ifndef TRAILBOOK_SERVICES_REPORT_STREAM_H_
#define TRAILBOOK_SERVICES_REPORT_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/call.h"
#include "trailbook/v1/reporting_service.grpc.pb.h"

namespace trailbook::services {

namespace api = trailbook::v1;

class ReportStream final : public grpc::ServerBidiReactor<api::ReportStreamRequest, api::ReportStreamResponse>,
                           public Funnel::Stream {
 public:
  static constexpr int64_t kWindow = 8192;
  static constexpr int kMaxEvents = 1000;  // a message

  ReportStream(Funnel& funnel, grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  // The daemon stops: what was read is finished, no more is read.
  void StopReading() override;

 private:
  // A message on its way through the ledger.
  struct Message {
    std::vector<absl::Status> malformed;  // an entry per event; OK: it became a report
    bool answered = false;
    absl::StatusOr<std::vector<ReportOutcome>> outcomes = std::vector<ReportOutcome>();
  };

  // The program that the message in request_ is for.
  absl::StatusOr<std::string> CheckRequest();
  void Answered(Message* message, absl::StatusOr<std::vector<ReportOutcome>> outcomes);
  // The following need the lock.
  void End(const absl::Status& status);  // no more is read; the first status counts
  void Break();                          // and no more is written
  void CollectAnswers();
  // Starts whatever can be started: a write, a read, the end.
  void Advance();

  Funnel& funnel_;
  Caller caller_;
  std::mutex mutex_;
  std::string program_;  // of the stream; named by its first message
  api::ReportStreamRequest request_;
  api::ReportStreamResponse ready_, writing_;
  std::deque<std::unique_ptr<Message>> messages_;  // read and not yet answered, in order
  int64_t under_way_ = 0;                          // events of messages_, ready_ and writing_
  int64_t next_event_ = 0;                         // the place of the next outcome in the stream
  bool reading_ = false, is_writing_ = false, ended_ = false, finished_ = false;
  bool cut_ = false;     // outcomes that are not in ready_ yet are not sent any more
  bool broken_ = false;  // nor those that are
  absl::Status status_;  // how it ends
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_REPORT_STREAM_H_
