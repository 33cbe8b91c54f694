// What gRPC alone takes: a server that answers reports with messages of the usual size and does nothing. The load of report_bench runs against
// it and against trailbookd in turn; their ratio says what the ledger costs. Prints "ready on HOST:PORT" and serves until it is killed.
#include <grpcpp/grpcpp.h>

#include <cstdio>

#include "absl/synchronization/mutex.h"
#include "trailbook/v1/reporting_service.grpc.pb.h"

namespace {

namespace api = trailbook::v1;

void Answer(api::ReportOutcome* outcome) {
  outcome->set_outcome(api::ReportOutcome::OUTCOME_RECORDED);
  outcome->set_partner("programs/bench/partners/p12345");
  outcome->set_commission("programs/bench/commissions/1234567");
  outcome->mutable_commission_amount()->set_currency_code("INR");
  outcome->mutable_commission_amount()->set_minor_units(11242);
}

// One answer a message, in turn.
class EchoStream final : public grpc::ServerBidiReactor<api::ReportStreamRequest, api::ReportStreamResponse> {
 public:
  EchoStream() { StartRead(&request_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    response_.Clear();
    for (int at = 0; at < request_.events_size(); ++at) Answer(response_.add_outcomes());
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnDone() override { delete this; }

 private:
  api::ReportStreamRequest request_;
  api::ReportStreamResponse response_;
};

class Echo final : public api::ReportingService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ReportPayment(grpc::CallbackServerContext* context, const api::ReportPaymentRequest*,
                                          api::ReportOutcome* response) override {
    Answer(response);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerUnaryReactor* ReportBatch(grpc::CallbackServerContext* context, const api::ReportBatchRequest* request,
                                        api::ReportBatchResponse* response) override {
    for (int at = 0; at < request->events_size(); ++at) Answer(response->add_outcomes());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<api::ReportStreamRequest, api::ReportStreamResponse>* ReportStream(grpc::CallbackServerContext*) override {
    return new EchoStream;
  }
};

}  // namespace

int main() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // as trailbookd does
  Echo echo;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(16 << 20);
  builder.RegisterService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return 1;
  std::printf("ready on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  server->Wait();
  return 0;
}
