// How many reports a running daemon takes and how many reads it answers, over real sockets, from a second process.
// Payments have random ids; customers are many, and the n-th partner brings a share of them that falls as 1/n (Zipf).
// Prints one JSON object a phase.
//
//   report_bench --server 127.0.0.1:7420 --mode batch --payments 1000000
//   report_bench --server 127.0.0.1:7420 --mode single --payments 100000 --in-flight 64 --readers 1
//   report_bench --server 127.0.0.1:7420 --mode stream --payments 100000 --streams 4 --in-flight 256
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "trailbook/v1/earnings_service.grpc.pb.h"
#include "trailbook/v1/partner_service.grpc.pb.h"
#include "trailbook/v1/program_service.grpc.pb.h"
#include "trailbook/v1/reporting_service.grpc.pb.h"

namespace {

namespace api = trailbook::v1;

struct Options {
  std::string server = "127.0.0.1:7420", mode = "batch", program = "bench";
  int64_t payments = 100000, customers = 50000, partners = 1000, window = 100000;
  int batch = 1000, in_flight = 64, streams = 4, readers = 0;
  bool hot = false;  // one customer pays everything, so that one partner earns it
  int64_t rate = 0;  // payments a second; 0: as many as there can be
  uint64_t seed = 1;
};

void Check(const grpc::Status& status, const char* what) {
  if (status.ok()) return;
  std::cerr << what << ": " << status.error_message() << "\n";
  std::exit(1);
}

std::unique_ptr<grpc::ClientContext> Context() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("trailbook-actor", "bench");
  return context;
}

// 0, 1, 2, ... with weights 1, 1/2, 1/3, ...
class Zipf {
 public:
  explicit Zipf(int64_t size) {
    double sum = 0;
    for (int64_t at = 1; at <= size; ++at) sums_.push_back(sum += 1.0 / static_cast<double>(at));
  }
  int64_t Next(std::mt19937_64& random) const {
    const double place = std::uniform_real_distribution<double>(0, sums_.back())(random);
    return std::min<int64_t>(std::lower_bound(sums_.begin(), sums_.end(), place) - sums_.begin(),
                             static_cast<int64_t>(sums_.size()) - 1);
  }

 private:
  std::vector<double> sums_;
};

class Load {
 public:
  Load(const Options& options, std::shared_ptr<grpc::Channel> channel)
      : o_(options),
        reporting_(api::ReportingService::NewStub(channel)),
        earnings_(api::EarningsService::NewStub(channel)),
        channel_(std::move(channel)),
        now_(absl::ToUnixSeconds(absl::Now())) {}

  void Prepare() {
    api::CreateProgramRequest create;
    create.set_program_id(o_.program);
    create.mutable_program()->set_display_name("Bench");
    create.mutable_terms()->set_rate_bps(750);
    create.mutable_terms()->set_hold_days(30);
    create.set_request_id("bench-program");
    api::Program program;
    Check(api::ProgramService::NewStub(channel_)->CreateProgram(Context().get(), create, &program), "program");
    auto partners = api::PartnerService::NewStub(channel_);
    for (int64_t at = 0; at < o_.partners;) {
      api::ImportPartnersRequest import;
      import.set_parent(Parent());
      for (int n = 0; n < 1000 && at < o_.partners; ++n, ++at) {
        api::PartnerRow& row = *import.add_rows();
        row.set_partner_id(absl::StrCat("p", at));
        row.mutable_partner()->set_display_name(absl::StrCat("Partner ", at));
        row.set_link_code(absl::StrCat("code", at));
      }
      api::ImportPartnersResponse response;
      Check(partners->ImportPartners(Context().get(), import, &response), "partners");
    }
    std::mt19937_64 random(o_.seed);
    const Zipf zipf(o_.partners);
    for (int64_t at = 0; at < o_.customers;) {
      api::ReportBatchRequest request;
      request.set_parent(Parent());
      for (int n = 0; n < 1000 && at < o_.customers; ++n, ++at) {
        api::SignUp& sign_up = *request.add_events()->mutable_sign_up();
        sign_up.set_customer_id(absl::StrCat("cus_", at));
        sign_up.set_link_code(absl::StrCat("code", zipf.Next(random)));
        sign_up.mutable_occur_time()->set_seconds(now_ - 86400 * 400);
      }
      api::ReportBatchResponse response;
      Check(reporting_->ReportBatch(Context().get(), request, &response), "sign-ups");
    }
  }

  void Run() {
    std::vector<std::thread> readers;
    for (int n = 0; n < o_.readers; ++n) readers.emplace_back([this, n] { ReadLoop(n); });
    started_ = window_started_ = absl::Now();
    if (o_.mode == "batch") RunBatches();
    if (o_.mode == "single") RunSingles();
    if (o_.mode == "stream") RunStreams();
    const absl::Duration took = absl::Now() - started_;
    stop_ = true;
    for (std::thread& reader : readers) reader.join();
    std::printf("{\"mode\":\"%s\",\"payments\":%ld,\"seconds\":%.2f,\"payments_per_s\":%.0f,\"reads_per_s\":%.0f",
                o_.mode.c_str(), static_cast<long>(o_.payments), absl::ToDoubleSeconds(took),
                static_cast<double>(o_.payments) / absl::ToDoubleSeconds(took),
                static_cast<double>(reads_.load()) / absl::ToDoubleSeconds(took));
    PrintLatencies("", latencies_us_);
    PrintLatencies("read_", read_latencies_us_);
    std::printf("}\n");
  }

 private:
  static void PrintLatencies(const char* what, std::vector<double>& us) {
    if (us.empty()) return;
    std::sort(us.begin(), us.end());
    std::printf(",\"%sp50_ms\":%.3f,\"%sp99_ms\":%.3f", what, us[us.size() / 2] / 1000.0, what,
                us[us.size() * 99 / 100] / 1000.0);
  }

  std::string Parent() const { return absl::StrCat("programs/", o_.program); }

  void Fill(std::mt19937_64& random, api::Payment* payment) {
    payment->set_payment_id(absl::StrCat("in_", absl::Hex(random(), absl::kZeroPad16), absl::Hex(random() >> 40)));
    payment->set_customer_id(absl::StrCat("cus_", o_.hot ? 0 : random() % o_.customers));
    payment->mutable_collected()->set_currency_code("INR");
    payment->mutable_collected()->set_minor_units(176882);
    payment->set_base_minor_units(149900);
    payment->mutable_occur_time()->set_seconds(NextTime());
  }

  // A month of payments in the order of their times, as a company's back end reports them.
  int64_t NextTime() {
    constexpr int64_t kMonth = 30 * 86400;
    return now_ - kMonth +
           static_cast<int64_t>(std::min(1.0, static_cast<double>(made_++) / static_cast<double>(o_.payments)) *
                                kMonth);  // the last batch may be over
  }

  void Took(int64_t payments, absl::Duration latency) {
    std::lock_guard<std::mutex> lock(mutex_);
    latencies_us_.push_back(static_cast<double>(absl::ToInt64Microseconds(latency)));
    done_ += payments;
    if (done_ - window_done_ < o_.window) return;
    const absl::Time now = absl::Now();
    std::printf("{\"window_end\":%ld,\"payments_per_s\":%.0f}\n", static_cast<long>(done_),
                static_cast<double>(done_ - window_done_) / absl::ToDoubleSeconds(now - window_started_));
    std::fflush(stdout);
    window_done_ = done_;
    window_started_ = now;
  }

  void RunBatches() {
    std::atomic<int64_t> left{o_.payments};
    std::vector<std::thread> streams;
    for (int n = 0; n < o_.streams; ++n) {
      streams.emplace_back([this, n, &left] {
        std::mt19937_64 random(o_.seed * 1000 + n);
        while (left.fetch_sub(o_.batch) > 0) {
          api::ReportBatchRequest request;
          request.set_parent(Parent());
          for (int at = 0; at < o_.batch; ++at) Fill(random, request.add_events()->mutable_payment());
          if (o_.rate > 0) absl::SleepFor(started_ + absl::Seconds(made_.load()) / o_.rate - absl::Now());
          api::ReportBatchResponse response;
          const absl::Time start = absl::Now();
          Check(reporting_->ReportBatch(Context().get(), request, &response), "batch");
          for (const api::ReportOutcome& outcome : response.outcomes()) {
            if (outcome.outcome() == api::ReportOutcome::OUTCOME_RECORDED && !outcome.replayed()) continue;
            std::cerr << "not recorded: " << outcome.ShortDebugString() << "\n";
            std::exit(1);
          }
          Took(o_.batch, absl::Now() - start);
        }
      });
    }
    for (std::thread& stream : streams) stream.join();
  }

  struct Single {
    std::unique_ptr<grpc::ClientContext> context;
    api::ReportPaymentRequest request;
    api::ReportOutcome response;
    absl::Time start;
  };

  // One call; its end starts the next, so that `in_flight` stay in flight.
  void SendOne(Single* single) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (sent_ == o_.payments) {
        if (--running_ == 0) idle_.notify_all();
        return;
      }
      ++sent_;
      Fill(random_, single->request.mutable_payment());
    }
    single->context = Context();
    single->start = absl::Now();
    reporting_->async()->ReportPayment(single->context.get(), &single->request, &single->response,
                                       [this, single](grpc::Status status) {
                                         Check(status, "payment");
                                         Took(1, absl::Now() - single->start);
                                         SendOne(single);
                                       });
  }

  void RunSingles() {
    random_.seed(o_.seed * 7919);
    std::vector<Single> singles(o_.in_flight);
    running_ = o_.in_flight;
    for (Single& single : singles) {
      single.request.set_parent(Parent());
      SendOne(&single);
    }
    std::unique_lock<std::mutex> lock(mutex_);
    idle_.wait(lock, [this] { return running_ == 0; });
  }

  // One stream: `in_flight` events stay on their way, one a message.
  class Stream final : public grpc::ClientBidiReactor<api::ReportStreamRequest, api::ReportStreamResponse> {
   public:
    Stream(Load& load, int64_t payments, uint64_t seed)
        : load_(load), left_(payments), random_(seed), context_(Context()) {
      load.reporting_->async()->ReportStream(context_.get(), this);
      request_.set_parent(load.Parent());
      request_.add_events();
      std::lock_guard<std::mutex> lock(mutex_);
      StartRead(&response_);
      Send();
      StartCall();
    }
    void OnWriteDone(bool ok) override {
      std::lock_guard<std::mutex> lock(mutex_);
      writing_ = false;
      if (ok) Send();
    }
    void OnReadDone(bool ok) override {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!ok) return;
      const absl::Time now = absl::Now();
      for (const api::ReportOutcome& outcome : response_.outcomes()) {
        if (outcome.outcome() != api::ReportOutcome::OUTCOME_RECORDED) {
          std::cerr << "not recorded: " << outcome.ShortDebugString() << "\n";
          std::exit(1);
        }
        load_.Took(1, now - sent_.front());
        sent_.pop_front();
      }
      StartRead(&response_);
      if (!writing_) Send();
    }
    void OnDone(const grpc::Status& status) override {
      std::lock_guard<std::mutex> lock(mutex_);
      status_ = status;
      done_ = true;
      ended_.notify_all();
    }
    void Wait() {
      std::unique_lock<std::mutex> lock(mutex_);
      ended_.wait(lock, [this] { return done_; });
      Check(status_, "stream");
    }

   private:
    void Send() {
      if (left_ == 0) {
        if (!std::exchange(closed_, true)) StartWritesDone();
        return;
      }
      if (static_cast<int>(sent_.size()) >= load_.o_.in_flight) return;
      --left_;
      load_.Fill(random_, request_.mutable_events(0)->mutable_payment());
      sent_.push_back(absl::Now());
      writing_ = true;
      StartWrite(&request_);
    }

    Load& load_;
    int64_t left_;
    std::mt19937_64 random_;
    std::unique_ptr<grpc::ClientContext> context_;
    std::mutex mutex_;
    std::condition_variable ended_;
    api::ReportStreamRequest request_;
    api::ReportStreamResponse response_;
    std::deque<absl::Time> sent_;
    bool writing_ = false, closed_ = false, done_ = false;
    grpc::Status status_;
  };

  void RunStreams() {
    std::vector<std::unique_ptr<Stream>> streams;
    for (int n = 0; n < o_.streams; ++n) {
      streams.push_back(std::make_unique<Stream>(*this, o_.payments / o_.streams, o_.seed * 1000 + n));
    }
    for (auto& stream : streams) stream->Wait();
  }

  void ReadLoop(int n) {
    std::mt19937_64 random(n + 99);
    while (!stop_) {
      api::GetPartnerEarningsRequest request;
      request.set_partner(absl::StrCat(Parent(), "/partners/p", random() % o_.partners));
      api::PartnerEarnings response;
      const absl::Time start = absl::Now();
      Check(earnings_->GetPartnerEarnings(Context().get(), request, &response), "earnings");
      ++reads_;
      std::lock_guard<std::mutex> lock(mutex_);
      read_latencies_us_.push_back(static_cast<double>(absl::ToInt64Microseconds(absl::Now() - start)));
    }
  }

  Options o_;
  std::unique_ptr<api::ReportingService::Stub> reporting_;
  std::unique_ptr<api::EarningsService::Stub> earnings_;
  std::shared_ptr<grpc::Channel> channel_;
  int64_t now_;
  absl::Time started_, window_started_;
  std::atomic<bool> stop_{false};
  std::atomic<int64_t> reads_{0}, made_{0};
  std::mutex mutex_;
  std::condition_variable idle_;
  std::mt19937_64 random_;
  std::vector<double> latencies_us_, read_latencies_us_;
  int64_t done_ = 0, window_done_ = 0, sent_ = 0;
  int running_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(
      absl::OnDeadlockCycle::kIgnore);  // Debian's abseil looks for them at every lock of gRPC's
  Options o;
  bool prepared = false;
  CLI::App app("Loads a running trailbookd and says what it did", "report_bench");
  app.add_option("--server", o.server, "HOST:PORT");
  app.add_option("--mode", o.mode, "batch, single or stream")->check(CLI::IsMember({"batch", "single", "stream"}));
  app.add_option("--program", o.program, "The program's id");
  app.add_option("--payments", o.payments, "How many payments");
  app.add_option("--customers", o.customers, "Customers that signed up before");
  app.add_option("--partners", o.partners, "Partners");
  app.add_option("--batch", o.batch, "Payments a call, in batch mode");
  app.add_option("--streams", o.streams, "Calls in flight, in batch mode; streams, in stream mode");
  app.add_option("--in-flight", o.in_flight,
                 "Calls in flight, in single mode; events in flight a stream, in stream mode");
  app.add_option("--rate", o.rate, "Payments a second, in batch mode; 0: as many as there can be");
  app.add_option("--readers", o.readers, "Threads that read partners' earnings meanwhile");
  app.add_option("--window", o.window, "Print the rate of every so many payments");
  app.add_option("--seed", o.seed, "Other ids for another run on the same ledger");
  app.add_flag("--hot", o.hot, "One customer pays everything: one partner's balances");
  app.add_flag("--prepared", prepared, "The program, its partners and customers exist already");
  CLI11_PARSE(app, argc, argv);
  Load load(o, grpc::CreateChannel(o.server, grpc::InsecureChannelCredentials()));
  if (!prepared) load.Prepare();
  load.Run();
  return 0;
}
