// What gRPC alone takes: a server that answers reports with messages of the usual size and does nothing. The load of
// report_bench runs against it and against trailbookd in turn; their ratio says what the ledger costs. Prints "ready on
// HOST:PORT" and serves until it is killed.
//
//   echo_bench                  answers at once
//   echo_bench --durable FILE   answers single reports when they are on disk: all that wait are written to the file and
//   synced together
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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

// What a promise of durability costs without any ledger: a thread that brings everything that waits to the disk, then
// answers it. Lives as long as the process.
class Journal {
 public:
  explicit Journal(const std::string& file) : file_(open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600)) {
    if (file_ < 0) Fail(file.c_str());
    Write(std::string(kBytes, '\0'), 0);
    std::thread([this] { Run(); }).detach();
  }

  void Keep(const api::ReportPaymentRequest& request, grpc::ServerUnaryReactor* reactor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    request.AppendToString(&waiting_.bytes);
    waiting_.answers.push_back(reactor);
    if (waiting_.answers.size() == 1) arrived_.notify_one();
  }

 private:
  struct Group {
    std::string bytes;
    std::vector<grpc::ServerUnaryReactor*> answers;
  };

  // As a WAL does, it is written over again and again: a file that grows takes longer to sync.
  static constexpr size_t kBytes = 16 << 20;

  [[noreturn]] static void Fail(const char* what) {
    std::perror(what);
    std::_Exit(1);
  }

  // On disk when it returns.
  void Write(const std::string& bytes, size_t at) const {
    const bool kept =
        pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at)) == static_cast<ssize_t>(bytes.size()) &&
        fdatasync(file_) == 0;
    if (!kept) Fail("the file");
  }

  [[noreturn]] void Run() {
    while (true) {
      std::unique_lock<std::mutex> lock(mutex_);
      arrived_.wait(lock, [this] { return !waiting_.answers.empty(); });
      const Group group = std::exchange(waiting_, {});
      lock.unlock();
      if (at_ + group.bytes.size() > kBytes) at_ = 0;
      Write(group.bytes, at_);
      at_ += group.bytes.size();
      for (grpc::ServerUnaryReactor* reactor : group.answers) reactor->Finish(grpc::Status::OK);
    }
  }

  const int file_;
  size_t at_ = 0;  // where the next group goes; the thread's
  std::mutex mutex_;
  std::condition_variable arrived_;
  Group waiting_;
};

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
  // `journal` may be null: then nothing waits for a disk.
  explicit Echo(Journal* journal) : journal_(journal) {}

  grpc::ServerUnaryReactor* ReportPayment(grpc::CallbackServerContext* context,
                                          const api::ReportPaymentRequest* request,
                                          api::ReportOutcome* response) override {
    Answer(response);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (journal_ != nullptr) {
      journal_->Keep(*request, reactor);
    } else {
      reactor->Finish(grpc::Status::OK);
    }
    return reactor;
  }

  grpc::ServerUnaryReactor* ReportBatch(grpc::CallbackServerContext* context, const api::ReportBatchRequest* request,
                                        api::ReportBatchResponse* response) override {
    for (int at = 0; at < request->events_size(); ++at) Answer(response->add_outcomes());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<api::ReportStreamRequest, api::ReportStreamResponse>* ReportStream(
      grpc::CallbackServerContext*) override {
    return new EchoStream;
  }

 private:
  Journal* const journal_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A gRPC server without a ledger, to compare with"};
  std::string file;
  app.add_option("--durable", file,
                 "Write single reports to this file, over what it had, and sync it before they are answered");
  CLI11_PARSE(app, argc, argv);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // as trailbookd does
  Echo echo(file.empty() ? nullptr : new Journal(file));
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
