#include "services/command_line.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/log/note.h"
#include "services/open_store.h"

namespace trailbook::services {
namespace {

constexpr char kExamples[] =
    "Trailbook: a referral and partner-commission ledger.\n\n"
    "Examples:\n"
    "  trailbookd --data /var/lib/trailbook\n"
    "  trailbookd --data ./books --listen 127.0.0.1:7421 --log-format json\n"
    "  trailbookd --data ./daemon-1 --store postgres://trailbook@db1,db2/books\n"
    "  trailbookd copy --from ./books --to postgres://trailbook@db1/books\n"
    "  trailbookd --config /etc/trailbook.toml\n";

constexpr char kCommand[] = "trailbookd";
constexpr char kCopyCommand[] = "trailbookd copy";

// The flags that a key of the configuration file may stand for.
class ServingFlags {
 public:
  explicit ServingFlags(CLI::App& app) : app_(app) {
    Add("--data", &DaemonOptions::data, "Directory of the ledger; made if it is not there");
    Add("--store", &DaemonOptions::store, "postgres://USER@HOST:PORT/DATABASE instead of the file DATA/trailbook.db");
    Add("--listen", &DaemonOptions::listen, "HOST:PORT; loopback only. Default 127.0.0.1:7420");
    app.add_option("--config", config_, "TOML file with a key per flag; default DATA/trailbook.toml if it is there");
    Add("--log-level", &DaemonOptions::log_level, "debug, info, warn or error")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
    Add("--log-format", &DaemonOptions::log_format, "text or json")->check(CLI::IsMember({"text", "json"}));
    AddNumber("--drain-grace-ms", &DaemonOptions::drain_grace_ms, 0, kMostDrainGraceMs,
              "Time between NOT_SERVING and refusing calls");
    AddNumber("--click-retention-days", &DaemonOptions::click_retention_days, 0, kMostClickRetentionDays,
              "Days for which clicks are kept; never less than the longest attribution window (0: that and 35 days)");
    AddNumber("--readers", &DaemonOptions::readers, 1, kMostReaders, "Threads that read");
    AddNumber("--max-queued", &DaemonOptions::max_queued, 1, kMostQueued,
              "Events that may wait for the writer; beyond that callers get QUEUE_FULL");
    AddNumber(
        "--id-buffer", &DaemonOptions::id_buffer, 0, kMostIdBuffer,
        "Outside ids that gather in memory before they are sorted into their table (0: none; with PostgreSQL none "
        "do)");
    Add("--log-origin", &DaemonOptions::log_origin,
        "Name of the logs in checkpoints, such as ledger.pracflow.example; chosen once, for ever");
    Add("--key-file", &DaemonOptions::key_file,
        "Signing keys of checkpoints; default DATA/log.keys, made at the first start");
    Add("--witness", &DaemonOptions::witnesses,
        "Verifier key of a witness whose cosignatures are taken; may be repeated");
    app.add_flag("--no-reflection", no_reflection_, "Do not describe the API to clients that ask");
    app.add_flag("--migrate", migrate_, "Bring an older schema to this program's version");
  }

  // The defaults, with what the file says, with the flags that were given.
  absl::StatusOr<DaemonOptions> Options() const {
    DaemonOptions options;
    std::string config = config_;
    if (config.empty() && !given_.data.empty()) {
      const std::string own = given_.data + "/trailbook.toml";
      if (access(own.c_str(), R_OK) == 0) config = own;
    }
    if (!config.empty()) TRAILBOOK_RETURN_IF_ERROR(ReadConfig(config, &options));
    for (const auto& win : winners_) win(options);
    if (migrate_) options.migrate = true;
    if (no_reflection_) options.reflection = false;
    return options;
  }

 private:
  template <typename T>
  CLI::Option* Add(const char* name, T DaemonOptions::*member, const char* what) {
    CLI::Option* flag = app_.add_option(name, given_.*member, what);
    winners_.push_back([this, flag, member](DaemonOptions& options) {
      if (flag->count() > 0) options.*member = given_.*member;
    });
    return flag;
  }
  void AddNumber(const char* name, int64_t DaemonOptions::*member, int64_t least, int64_t most, const char* what) {
    Add(name, member, what)->check(CLI::Range(least, most));
  }

  CLI::App& app_;
  DaemonOptions given_;
  std::string config_;
  bool no_reflection_ = false, migrate_ = false;
  std::vector<std::function<void(DaemonOptions&)>> winners_;  // each puts a flag that was given over what was there
};

// What no flag can say of itself alone.
absl::Status CheckForServing(const DaemonOptions& options) {
  TRAILBOOK_RETURN_IF_ERROR(CheckStore(options.store));
  for (const std::string& witness : options.witnesses) {
    const absl::Status key = log::VerifierKey::Parse(witness).status();
    if (!key.ok()) return absl::InvalidArgumentError(absl::StrCat("--witness: ", key.message()));
  }
  if (!options.store.empty() && absl::EndsWith(options.listen, ":0")) {
    return absl::InvalidArgumentError(
        "--listen needs a port other than 0 with --store: other daemons name it to clients");
  }
  return CheckLoopback(options.listen);
}

absl::Status Misused(absl::string_view what, absl::string_view command) {
  return absl::InvalidArgumentError(absl::StrCat(what, ". See: ", command, " --help"));
}

// The help or the version, if that was asked for; or what is wrong.
absl::StatusOr<CommandLine> AnswerTo(const CLI::ParseError& error, const CLI::App& app, absl::string_view command) {
  if (error.get_exit_code() != 0) return Misused(error.what(), command);
  std::ostringstream text;
  app.exit(error, text, text);
  CommandLine line;
  line.task = CommandLine::Task::kTell;
  line.text = text.str();
  return line;
}

}  // namespace

absl::StatusOr<CommandLine> ReadCommandLine(int argc, const char* const* argv) {
  CLI::App app(kExamples, kCommand);
  CommandLine line;
  ServingFlags flags(app);
  bool add_key = false;
  app.add_flag("--add-key", add_key,
               "Put a new signing key before the others, and end: from the next start on both sign");
  auto* copy = app.add_subcommand("copy",
                                  "Copy the books of one store into another, prove that both are the same, and end; "
                                  "run it again to go on after a stop");
  copy->add_option("--from", line.copy_from, "Data directory, or PostgreSQL URI, that no daemon writes to (required)");
  copy->add_option("--to", line.copy_to, "The same, empty or with the beginning of this copy (required)");
  app.set_version_flag("--version", "trailbookd 0.1.0");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return AnswerTo(error, app, copy->parsed() ? kCopyCommand : kCommand);
  }
  if (copy->parsed()) {
    // Not left to CLI11, which would miss them before it says that a flag is not known.
    if (line.copy_from.empty()) return Misused("--from is required", kCopyCommand);
    if (line.copy_to.empty()) return Misused("--to is required", kCopyCommand);
    line.task = CommandLine::Task::kCopy;
    return line;
  }
  TRAILBOOK_ASSIGN_OR_RETURN(line.options, flags.Options());
  if (line.options.data.empty()) return absl::InvalidArgumentError("--data DIR is required");
  if (line.options.key_file.empty()) line.options.key_file = line.options.data + "/log.keys";
  if (add_key) {
    line.task = CommandLine::Task::kAddKey;
    return line;
  }
  TRAILBOOK_RETURN_IF_ERROR(CheckForServing(line.options));
  return line;
}

}  // namespace trailbook::services
