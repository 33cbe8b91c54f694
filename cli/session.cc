#include "cli/session.h"

#include <algorithm>
#include <chrono>

#include <cstdlib>

#include "absl/strings/match.h"
#include "google/rpc/error_details.pb.h"
#include "ledger/base/hash.h"

namespace trailbook::cli {

Format Session::format() const {
  if (output == "json") return Format::kJson;
  return output == "csv" ? Format::kCsv : Format::kTable;
}

std::shared_ptr<grpc::Channel> Session::channel() {
  if (channel_ == nullptr) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(64 << 20);
    channel_ = grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
  }
  return channel_;
}

std::unique_ptr<grpc::ClientContext> Session::context(int seconds) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() +
                        std::chrono::seconds(seconds > 0 ? seconds : timeout_seconds));
  // Text that is not printable ASCII may only travel in a binary header.
  const bool plain = std::all_of(actor.begin(), actor.end(), [](char c) { return c >= ' ' && c <= '~'; });
  context->AddMetadata(plain ? "trailbook-actor" : "trailbook-actor-bin", actor);
  return context;
}

std::string Session::NewRequestId() const { return request_id.empty() ? Hex(RandomBytes(16)) : request_id; }

std::string Session::NameOf(absl::string_view collection, absl::string_view id) const {
  if (absl::StartsWith(id, "programs/")) return std::string(id);
  return absl::StrCat("programs/", program, "/", collection, "/", id);
}

int CodeOf(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK: return kOk;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE: return kUsage;
    case grpc::StatusCode::NOT_FOUND: return kNotFound;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED: return kNotAllowed;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::FAILED_PRECONDITION: return kConflict;
    default: return kFailure;
  }
}

std::string Describe(const google::rpc::Status& status) {
  std::string text = status.message();
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) absl::StrAppend(&text, " [", info.reason(), "]");
  }
  return text;
}

namespace {

google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::Status rich;
  google::rpc::ErrorInfo info;
  if (status.error_details().empty() || !rich.ParseFromString(status.error_details())) return info;
  for (const auto& detail : rich.details()) {
    if (detail.UnpackTo(&info)) break;
  }
  return info;
}

}  // namespace

std::string ReasonOf(const grpc::Status& status) { return InfoOf(status).reason(); }

std::string HolderOf(const grpc::Status& status) {
  const google::rpc::ErrorInfo info = InfoOf(status);
  const auto found = info.metadata().find("holder");
  return found == info.metadata().end() ? "" : found->second;
}

int Session::Fail(const grpc::Status& status) const {
  google::rpc::Status rich;
  if (!status.error_details().empty() && rich.ParseFromString(status.error_details())) {
    holder = HolderOf(status);
    if (!holder.empty()) return kFailure;
    std::cerr << "trailbook: " << Describe(rich) << "\n";
  } else if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    std::cerr << "trailbook: no daemon answers at " << server << " (" << status.error_message()
              << "). Start one with: trailbookd --data DIR\n";
  } else if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    std::cerr << "trailbook: " << server << " gave no answer in time (" << status.error_message()
              << "); a change may have been made all the same. --timeout SECONDS waits longer\n";
  } else {
    std::cerr << "trailbook: " << status.error_message() << "\n";
  }
  return CodeOf(status);
}

int Session::Usage(absl::string_view message) const {
  std::cerr << "trailbook: " << message << "\n";
  return kUsage;
}

void Session::PrintOne(const Sheet& sheet, const google::protobuf::Message& message) const {
  if (format() == Format::kJson) {
    std::cout << ToJson(message) << "\n";
  } else if (format() == Format::kCsv) {
    std::cout << ToCsv(sheet);
  } else {
    size_t width = 0;
    for (const std::string& column : sheet.columns) width = std::max(width, column.size());
    for (size_t at = 0; at < sheet.columns.size(); ++at) {
      std::cout << sheet.columns[at] << std::string(width - sheet.columns[at].size() + 2, ' ')
                << (sheet.rows[0][at].shown.empty() ? "-" : sheet.rows[0][at].shown) << "\n";
    }
  }
}

CLI::App* Verb(CLI::App* noun, const std::string& name, const std::string& what, const std::string& examples) {
  CLI::App* verb = noun->add_subcommand(name, absl::StrCat("Examples:\n", examples, "\n", what));
  // In the list of verbs only what it does; the examples come with its own help.
  verb->group("Verbs");
  verb->fallthrough();
  return verb;
}

void NeedsProgram(CLI::App* verb, Session& session) {
  // Not envname(): the one of a verb that was not chosen would win over what was given to the chosen one.
  const char* usual = std::getenv("TRAILBOOK_PROGRAM");
  if (usual != nullptr) session.program = usual;
  verb->add_option("--program", session.program, "The program's id (Env:TRAILBOOK_PROGRAM)")
      ->required(session.program.empty());
}

void TakesRequestId(CLI::App* verb, Session& session) {
  verb->add_option("--request-id", session.request_id, "Makes a repeat harmless: the same id does the same thing once");
}

}  // namespace trailbook::cli
