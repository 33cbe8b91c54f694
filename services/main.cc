// trailbookd: one daemon over one data directory.
#ifdef TRAILBOOK_MIMALLOC
#include <mimalloc.h>
#endif
#include <sodium.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <functional>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "ledger/base/status.h"
#include "ledger/ledger.h"
#include "ledger/signing/key_file.h"
#include "ledger/signing/signer.h"
#include "services/copy_command.h"
#include "services/data_dir.h"
#include "services/fork_check.h"
#include "services/log.h"
#include "services/open_store.h"
#include "services/options.h"
#include "services/server.h"

namespace trailbook::services {
namespace {

constexpr int kFailure = 1;
constexpr int kUsage = 2;

constexpr char kExamples[] =
    "Trailbook: a referral and partner-commission ledger.\n\n"
    "Examples:\n"
    "  trailbookd --data /var/lib/trailbook\n"
    "  trailbookd --data ./books --listen 127.0.0.1:7421 --log-format json\n"
    "  trailbookd --data ./daemon-1 --store postgres://trailbook@db1,db2/books\n"
    "  trailbookd copy --from ./books --to postgres://trailbook@db1/books\n"
    "  trailbookd --config /etc/trailbook.toml\n";

int Say(int code, const absl::Status& status) {
  std::cerr << "trailbookd: " << status.message() << "\n";
  return code;
}

// What was asked for, the help or the version; or what is wrong with the command line.
int Answer(const CLI::App& app, absl::string_view command, const CLI::ParseError& error) {
  if (error.get_exit_code() != 0) return Say(kUsage, absl::InvalidArgumentError(absl::StrCat(error.what(), ". See: ", command, " --help")));
  app.exit(error);
  return -1;
}

int AddSigningKey(const std::string& key_file) {
  const absl::Status added = log::AddKey(key_file);
  if (!added.ok()) return Say(kFailure, added);
  std::cerr << "trailbookd: " << key_file << " has a new key; restart the daemon, give out `trailbook ledger key`, and remove the old "
            << "key's line when everybody has the new one\n";
  return -1;
}

absl::StatusOr<std::unique_ptr<log::Signer>> OpenSigner(const DataDir& dir, const DaemonOptions& options) {
  log::Signer::Options signer{dir.checkpoints(), options.key_file, options.log_origin, {}};
  for (const std::string& witness : options.witnesses) {
    TRAILBOOK_ASSIGN_OR_RETURN(log::VerifierKey key, log::VerifierKey::Parse(witness));
    if (key.kind != log::KeyKind::kWitness) {
      return absl::InvalidArgumentError(absl::StrCat("the key of witness ", key.name, " is of a log; a witness's begins with B in base64 (kind 4)"));
    }
    signer.witnesses.push_back(std::move(key));
  }
  return log::Signer::Open(std::move(signer));
}

// Flags that were given win over the file; the file over the defaults.
int ReadOptions(int argc, char** argv, DaemonOptions* options) {
  CLI::App app(kExamples, "trailbookd");
  DaemonOptions given;
  std::string config;
  bool no_reflection = false;
  std::vector<std::function<void()>> winners;  // each puts a flag that was given over what the file says
  const auto wins = [&](CLI::Option* flag, auto member) {
    winners.push_back([=, &given] {
      if (flag->count() > 0) options->*member = given.*member;
    });
    return flag;
  };
  auto* data = wins(app.add_option("--data", given.data, "Directory of the ledger; made if it is not there"), &DaemonOptions::data);
  wins(app.add_option("--store", given.store, "postgres://USER@HOST:PORT/DATABASE instead of the file DATA/trailbook.db"), &DaemonOptions::store);
  wins(app.add_option("--listen", given.listen, "HOST:PORT; loopback only. Default 127.0.0.1:7420"), &DaemonOptions::listen);
  app.add_option("--config", config, "TOML file with a key per flag; default DATA/trailbook.toml if it is there");
  wins(app.add_option("--log-level", given.log_level, "debug, info, warn or error"), &DaemonOptions::log_level)
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  wins(app.add_option("--log-format", given.log_format, "text or json"), &DaemonOptions::log_format)
      ->check(CLI::IsMember({"text", "json"}));
  wins(app.add_option("--drain-grace-ms", given.drain_grace_ms, "Time between NOT_SERVING and refusing calls"), &DaemonOptions::drain_grace_ms)
      ->check(CLI::Range(int64_t{0}, kMostDrainGraceMs));
  wins(app.add_option("--click-retention-days", given.click_retention_days,
       "Days for which clicks are kept; never less than the longest attribution window (0: that and 35 days)"), &DaemonOptions::click_retention_days)
      ->check(CLI::Range(int64_t{0}, kMostClickRetentionDays));
  wins(app.add_option("--readers", given.readers, "Threads that read"), &DaemonOptions::readers)
      ->check(CLI::Range(int64_t{1}, kMostReaders));
  wins(app.add_option("--max-queued", given.max_queued, "Events that may wait for the writer; beyond that callers get QUEUE_FULL"), &DaemonOptions::max_queued)
      ->check(CLI::Range(int64_t{1}, kMostQueued));
  wins(app.add_option("--id-buffer", given.id_buffer,
       "Outside ids that gather in memory before they are sorted into their table (0: none; with PostgreSQL none do)"), &DaemonOptions::id_buffer)
      ->check(CLI::Range(int64_t{0}, kMostIdBuffer));
  wins(app.add_option("--log-origin", given.log_origin,
       "Name of the logs in checkpoints, such as ledger.pracflow.example; chosen once, for ever"), &DaemonOptions::log_origin);
  wins(app.add_option("--key-file", given.key_file, "Signing keys of checkpoints; default DATA/log.keys, made at the first start"), &DaemonOptions::key_file);
  wins(app.add_option("--witness", given.witnesses, "Verifier key of a witness whose cosignatures are taken; may be repeated"), &DaemonOptions::witnesses);
  bool add_key = false;
  std::string from, to;
  auto* copy = app.add_subcommand("copy", "Copy the books of one store into another, prove that both are the same, and end; run it again to go on after a stop");
  copy->add_option("--from", from, "Data directory, or PostgreSQL URI, that no daemon writes to")->required();
  copy->add_option("--to", to, "The same, empty or with the beginning of this copy")->required();
  app.add_flag("--add-key", add_key, "Put a new signing key before the others, and end: from the next start on both sign");
  app.add_flag("--no-reflection", no_reflection, "Do not describe the API to clients that ask");
  auto* migrate = app.add_flag("--migrate", given.migrate, "Bring an older schema to this program's version");
  app.set_version_flag("--version", "trailbookd 0.1.0");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Answer(app, copy->parsed() ? "trailbookd copy" : "trailbookd", error);
  }
  if (copy->parsed()) {
    const absl::Status copied = CopyBooks(from, to);
    return copied.ok() ? -1 : Say(kFailure, copied);
  }
  if (config.empty() && data->count() > 0 && access((given.data + "/trailbook.toml").c_str(), R_OK) == 0) {
    config = given.data + "/trailbook.toml";
  }
  if (!config.empty()) {
    const absl::Status read = ReadConfig(config, options);
    if (!read.ok()) return Say(kUsage, read);
  }
  for (const auto& win : winners) win();
  if (migrate->count() > 0) options->migrate = true;
  if (no_reflection) options->reflection = false;
  if (options->data.empty()) return Say(kUsage, absl::InvalidArgumentError("--data DIR is required"));
  if (options->key_file.empty()) options->key_file = options->data + "/log.keys";
  if (add_key) return AddSigningKey(options->key_file);
  if (const absl::Status known = CheckStore(options->store); !known.ok()) return Say(kUsage, known);
  for (const std::string& witness : options->witnesses) {
    const absl::Status key = log::VerifierKey::Parse(witness).status();
    if (!key.ok()) return Say(kUsage, absl::InvalidArgumentError(absl::StrCat("--witness: ", key.message())));
  }
  if (!options->store.empty() && absl::EndsWith(options->listen, ":0")) {
    return Say(kUsage, absl::InvalidArgumentError("--listen needs a port other than 0 with --store: other daemons name it to clients"));
  }
  const absl::Status loopback = CheckLoopback(options->listen);
  return loopback.ok() ? 0 : Say(kUsage, loopback);
}

// Waits for SIGTERM or SIGINT, which were blocked before any thread began.
void AwaitSignal(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  LogInfo("stopping", {{"signal", strsignal(signal)}});
}

int Run(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  DaemonOptions options;
  if (const int code = ReadOptions(argc, argv, &options); code != 0) return code < 0 ? 0 : code;
  if (sodium_init() < 0) return Say(kFailure, absl::InternalError("the system gives no random bytes"));
  InitLog(options.log_format == "json" ? LogFormat::kJson : LogFormat::kText, options.log_level);

  auto dir = DataDir::Open(options.data);
  if (!dir.ok()) return Say(kFailure, dir.status());
  auto engine = OpenStore(options.store, (*dir)->database(), options.migrate);
  if (engine.ok()) {
    const absl::Status whole = CheckWhole(**engine);
    if (!whole.ok()) return Say(kFailure, whole);
  }
  if (!engine.ok()) return Say(kFailure, engine.status());
  Ledger::Options ledger_options;
  ledger_options.click_retention_days = options.click_retention_days;
  ledger_options.max_queued = options.max_queued;
  ledger_options.id_buffer = options.id_buffer;
  ledger_options.address = options.listen;
  ledger_options.reader_threads = static_cast<int>(options.readers);
  auto ledger = Ledger::Open(*std::move(engine), ledger_options);
  if (!ledger.ok()) return Say(kFailure, ledger.status());
  auto signer = OpenSigner(**dir, options);
  if (!signer.ok()) return Say(kFailure, signer.status());
  WarnOfForks(**ledger, **signer);
  auto server = Server::Start(ledger->get(), signer->get(), {options.listen, options.reflection,
                                              absl::Milliseconds(options.drain_grace_ms)});
  if (!server.ok()) return Say(kFailure, server.status());
  const std::string host = options.listen.substr(0, options.listen.rfind(':'));
  std::cerr << "trailbookd ready on " << host << ":" << (*server)->port() << " data=" << options.data << std::endl;
  AwaitSignal(signals);
  (*server)->Stop();
  return 0;
}

}  // namespace
}  // namespace trailbook::services

int main(int argc, char** argv) {
  // Debian's abseil looks for deadlocks at every lock of gRPC's.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#ifdef TRAILBOOK_MIMALLOC
  // What one batch frees the next one takes. Given back to the kernel after 25 ms, it would come again page by page. MIMALLOC_DECOMMIT_DELAY
  // goes before it.
  mi_option_set_default(mi_option_decommit_delay, 200);
#endif
  return trailbook::services::Run(argc, argv);
}
