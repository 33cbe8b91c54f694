// One run of the tool: the options that every verb has, the connection, and how results and refusals become output and
// exit codes. Not thread-safe.
#ifndef TRAILBOOK_CLI_SESSION_H_
#define TRAILBOOK_CLI_SESSION_H_

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cli/output.h"
#include "google/rpc/status.pb.h"

namespace trailbook::cli {

// 0 ok, 1 failure, 2 usage, 3 not found, 4 not allowed, 5 conflict, 6 partly done.
enum ExitCode { kOk = 0, kFailure = 1, kUsage = 2, kNotFound = 3, kNotAllowed = 4, kConflict = 5, kPartly = 6 };

struct Session {
  std::string server = "127.0.0.1:7420";
  std::string output = "table";
  std::string actor;
  std::string program;
  std::string request_id;
  int timeout_seconds = 60;
  std::function<int()> run;    // what the chosen verb does
  mutable std::string holder;  // where to ask instead, after a refusal that says so

  Format format() const;
  std::shared_ptr<grpc::Channel> channel();
  // A context with deadline, actor and the like. A name, so that a call reads in one line.
  std::unique_ptr<grpc::ClientContext> context(int seconds = 0) const;
  // The request id given, or a fresh random one.
  std::string NewRequestId() const;

  // "programs/P", and names below it. What is a full name already stays.
  std::string ProgramName() const { return absl::StrCat("programs/", program); }
  std::string NameOf(absl::string_view collection, absl::string_view id) const;

  // Asks another daemon from now on.
  void Follow() {
    server = std::move(holder);
    holder.clear();
    channel_.reset();
  }

  // Prints a refusal to standard error and gives its exit code. One that names another daemon is kept in `holder`
  // instead.
  int Fail(const grpc::Status& status) const;
  int Usage(absl::string_view message) const;

  // Prints in the chosen format; `messages` are what JSON prints, as an array.
  template <typename M>
  void Print(const Sheet& sheet, const std::vector<M>& messages) const {
    if (format() == Format::kTable) std::cout << ToTable(sheet);
    if (format() == Format::kCsv) std::cout << ToCsv(sheet);
    if (format() != Format::kJson) return;
    std::cout << "[";
    for (size_t at = 0; at < messages.size(); ++at) std::cout << (at == 0 ? "\n" : ",\n") << ToJson(messages[at]);
    std::cout << "\n]\n";
  }
  // One message: in a table a row a field, an empty one as "-".
  void PrintOne(const Sheet& sheet, const google::protobuf::Message& message) const;

 private:
  std::shared_ptr<grpc::Channel> channel_;
};

// The exit code of a status.
int CodeOf(const grpc::Status& status);
// The reason of a refusal, and the daemon that it names; empty if there is none.
std::string ReasonOf(const grpc::Status& status);
std::string HolderOf(const grpc::Status& status);
// "message [REASON]" and what was wrong in which field.
std::string Describe(const google::rpc::Status& status);

// A verb of a noun, with its examples first in the help; options of the whole tool work after it.
CLI::App* Verb(CLI::App* noun, const std::string& name, const std::string& what, const std::string& examples);
void NeedsProgram(CLI::App* verb, Session& session);
void TakesRequestId(CLI::App* verb, Session& session);

// Every page of a list: `fetch` fills a response for a token and returns the call's status, `take` moves its items out
// and returns the next token. Stops after `limit` items (0: none) as `count` tells.
template <typename Response>
grpc::Status FetchAll(const std::function<grpc::Status(const std::string&, Response*)>& fetch,
                      const std::function<bool(const Response&)>& take) {
  std::string token;
  do {
    Response response;
    const grpc::Status status = fetch(token, &response);
    if (!status.ok()) return status;
    if (!take(response)) break;
    token = response.next_page_token();
  } while (!token.empty());
  return grpc::Status::OK;
}

void AddProgram(CLI::App& app, Session& session);
void AddPartner(CLI::App& app, Session& session);
void AddLink(CLI::App& app, Session& session);
void AddReport(CLI::App& app, Session& session);
void AddImport(CLI::App& app, Session& session);
void AddEarnings(CLI::App& app, Session& session);
void AddPayout(CLI::App& app, Session& session);
void AddLedger(CLI::App& app, Session& session);
void AddExport(CLI::App& app, Session& session);
void AddVerify(CLI::App& app, Session& session);
void AddServer(CLI::App& app, Session& session);
void AddReview(CLI::App& app, Session& session);
void AddReferralNoun(CLI::App& app, Session& session);
void AddCorrection(CLI::App& app, Session& session);
void AddGroup(CLI::App& app, Session& session);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_SESSION_H_
