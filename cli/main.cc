// trailbook: the command-line tool. Nouns and verbs; data on standard output, messages on standard error.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "cli/help.h"
#include "cli/session.h"

namespace trailbook::cli {
namespace {

constexpr int kMostHops = 5;

constexpr char kAbout[] =
    "Examples:\n"
    "  trailbook program create pracflow --name PracFlow --rate-bps 750 --hold-days 30 --minimum INR:1000.00\n"
    "  trailbook import stripe events.jsonl --program pracflow\n"
    "  trailbook earnings list --program pracflow\n"
    "  trailbook payout preview --program pracflow --currency INR\n\n"
    "The command-line tool of Trailbook, a referral and partner-commission ledger.";

std::string DefaultActor() {
  const char* user = std::getenv("USER");
  return user != nullptr && *user != '\0' ? user : "operator";
}

int Run(int argc, char** argv) {
  Session session;
  session.actor = DefaultActor();
  CLI::App app(kAbout, "trailbook");
  app.formatter(std::make_shared<ShortLists>());
  app.add_option("--server", session.server, "HOST:PORT of the daemon")->envname("TRAILBOOK_SERVER");
  app.add_option("-o,--output", session.output, "table, json or csv (CSV is in minor units)")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  app.add_option("--as", session.actor, "Who you are, as the log records it")->envname("TRAILBOOK_AS");
  app.add_option("--timeout", session.timeout_seconds, "Seconds that a call may take")->check(CLI::Range(1, 86400));
  app.set_version_flag("--version", "trailbook 0.1.0");
  app.require_subcommand(1);
  for (auto* add : {AddProgram, AddPartner, AddGroup, AddLink, AddReport, AddImport, AddEarnings, AddPayout,
                    AddReferralNoun, AddReview, AddCorrection, AddLedger, AddVerify, AddExport, AddServer}) {
    add(app, session);
  }
  for (CLI::App* noun : app.get_subcommands({})) {
    noun->fallthrough();
    noun->require_subcommand(1);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << "trailbook: " << Complaint(app, argc, argv, error.what()) << "\n";
    return kUsage;
  }
  if (!session.run) return kUsage;
  int code = session.run();
  // A program may pass to another daemon while we ask.
  for (int hops = 0; !session.holder.empty(); ++hops) {
    if (hops == kMostHops) {
      std::cerr << "trailbook: the program is passed from daemon to daemon, last to " << session.holder
                << "; try again\n";
      return kFailure;
    }
    session.Follow();
    code = session.run();
  }
  return code;
}

}  // namespace
}  // namespace trailbook::cli

int main(int argc, char** argv) {
  // Debian's abseil looks for deadlocks at every lock of gRPC's.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return trailbook::cli::Run(argc, argv);
}
