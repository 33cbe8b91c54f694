// trailbook import: streams of billing events. Idempotent: what is known already is counted as replayed.
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>

#include "absl/strings/ascii.h"
#include "cli/files.h"
#include "cli/progress.h"
#include "cli/report_sender.h"
#include "cli/session.h"
#include "cli/stripe_adapter.h"
#include "trailbook/v1/earnings_service.grpc.pb.h"
#include "trailbook/v1/reporting_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

constexpr int kEventsAMessage = 1000;
constexpr int64_t kShownErrors = 20;

// In bytes; 0 for what has no size, such as standard input.
int64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(size);
}

class StripeImport {
 public:
  StripeImport(Session& session, std::string path, std::string rejected)
      : session_(session),
        path_(std::move(path)),
        rejected_path_(std::move(rejected)),
        sender_(session, [this](const api::ReportOutcome& outcome) { TakeOutcome(outcome); }),
        progress_(SizeOf(path_)) {}

  int Run() {
    std::ifstream file;
    if (path_ != "-") {
      file.open(path_, std::ios::binary);
      if (!file) {
        std::cerr << "trailbook: cannot read " << path_ << ": " << std::strerror(errno) << "\n";
        return kFailure;
      }
    }
    std::istream& in = path_ == "-" ? std::cin : file;
    for (std::string line; code_ == kOk && std::getline(in, line);) TakeLine(std::move(line));
    if (code_ == kOk && message_.events_size() > 0) Flush();
    if (code_ == kOk) Check(sender_.Finish());
    if (code_ == kOk) Mature();
    progress_.Clear();
    return Finish(in.bad());
  }

 private:
  void TakeLine(std::string line) {
    ++line_number_;
    bytes_ += static_cast<int64_t>(line.size()) + 1;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (absl::StripAsciiWhitespace(line).empty()) return;
    const auto event = AdaptStripeEvent(line);
    if (!event.ok()) return Reject(line_number_, line, absl::StrCat("malformed event: ", event.status().message()));
    if (!event->has_value()) {
      ++counts_["IGNORED"];
      return;
    }
    *message_.add_events() = *std::move(*event);
    lines_.emplace_back(line_number_, std::move(line));
    if (message_.events_size() == kEventsAMessage) Flush();
  }

  void Flush() {
    message_.set_parent(session_.ProgramName());
    Check(sender_.Send(std::exchange(message_, {})));
    progress_.Show(bytes_, absl::StrCat(taken_, " events taken"));
  }

  void Check(const grpc::Status& status) {
    if (status.ok()) return;
    code_ = session_.Fail(status);
    std::cerr << "trailbook: stopped before line " << lines_.front().first
              << "; run the same import again to go on, what is recorded is not counted twice\n";
  }

  void TakeOutcome(const api::ReportOutcome& outcome) {
    const auto& [number, line] = lines_.front();
    if (outcome.has_error()) {
      Reject(number, line, Describe(outcome.error()));
    } else if (outcome.replayed()) {
      ++counts_["REPLAYED"];
    } else {
      ++counts_[api::ReportOutcome::Outcome_Name(outcome.outcome()).substr(sizeof("OUTCOME_") - 1)];
    }
    lines_.pop_front();
    ++taken_;
  }

  void Reject(int64_t number, const std::string& line, absl::string_view why) {
    if (++rejected_count_ <= kShownErrors) {
      progress_.Clear();
      std::cerr << "trailbook: " << path_ << ": line " << number << ": " << why << "\n";
    }
    rejected_ += line + "\n";
    ++counts_["REFUSED"];
  }

  void Mature() {
    api::RunMaturityRequest request;
    request.set_parent(session_.ProgramName());
    api::RunMaturityResponse response;
    const grpc::Status status =
        api::EarningsService::NewStub(session_.channel())->RunMaturity(session_.context(600).get(), request, &response);
    if (!status.ok()) code_ = session_.Fail(status);
  }

  int Finish(bool unreadable) {
    if (rejected_count_ > kShownErrors) {
      std::cerr << "trailbook: ... and " << rejected_count_ - kShownErrors << " more\n";
    }
    if (!rejected_.empty()) {
      const absl::Status written = WriteFile(rejected_path_, rejected_);
      std::cerr << "trailbook: "
                << (written.ok() ? absl::StrCat("the refused lines are in ", rejected_path_,
                                                "; mend them there and import that file")
                                 : std::string(written.message()))
                << "\n";
    }
    if (unreadable) {
      std::cerr << "trailbook: " << path_ << " could not be read to its end\n";
      if (code_ == kOk) code_ = kFailure;
    }
    Sheet sheet{{"outcome", "events"}, {}};
    for (const auto& [outcome, count] : counts_) sheet.rows.push_back({Text(outcome), Number(count)});
    if (session_.format() == Format::kJson) {
      std::string json;
      for (const auto& [outcome, count] : counts_) {
        absl::StrAppend(&json, json.empty() ? "" : ",", "\"", outcome, "\":", count);
      }
      std::cout << "{" << json << "}\n";
    } else {
      std::cout << (session_.format() == Format::kCsv ? ToCsv(sheet) : ToTable(sheet));
    }
    if (code_ != kOk) return code_;
    return rejected_count_ > 0 ? kPartly : kOk;
  }

  Session& session_;
  std::string path_, rejected_path_, rejected_;
  ReportSender sender_;
  Progress progress_;
  api::ReportStreamRequest message_;
  std::deque<std::pair<int64_t, std::string>> lines_;  // of the events without an outcome
  std::map<std::string, int64_t> counts_;
  int64_t line_number_ = 0, bytes_ = 0, taken_ = 0, rejected_count_ = 0;
  int code_ = kOk;
};

}  // namespace

void AddImport(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("import", "Streams of events from a billing provider");
  struct Options {
    std::string path, rejected;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "stripe", "Imports Stripe's webhook events, one JSON object a line; again does no harm",
                    "  trailbook import stripe events.jsonl --program pracflow\n"
                    "  zcat events.jsonl.gz | trailbook import stripe - --program pracflow\n");
  verb->add_option("file", options->path, "The file; - for standard input")->required();
  verb->add_option("--rejected", options->rejected, "Where refused lines go (FILE.rejected.jsonl)");
  NeedsProgram(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      const std::string base = options->path == "-" ? "trailbook" : options->path;
      const std::string rejected = options->rejected.empty() ? base + ".rejected.jsonl" : options->rejected;
      return StripeImport(session, options->path, rejected).Run();
    };
  });
}

}  // namespace trailbook::cli
