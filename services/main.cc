// trailbookd: one daemon over one data directory.
#ifdef TRAILBOOK_MIMALLOC
#include <mimalloc.h>
#endif
#include <sodium.h>

#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "ledger/base/status.h"
#include "ledger/ledger.h"
#include "ledger/signing/key_file.h"
#include "ledger/signing/signer.h"
#include "services/command_line.h"
#include "services/copy_command.h"
#include "services/data_dir.h"
#include "services/fork_check.h"
#include "services/log.h"
#include "services/open_store.h"
#include "services/server.h"

namespace trailbook::services {
namespace {

constexpr int kFailure = 1;
constexpr int kUsage = 2;

int Say(int code, const absl::Status& status) {
  std::cerr << "trailbookd: " << status.message() << "\n";
  return code;
}

int AddSigningKey(const std::string& key_file) {
  const absl::Status added = log::AddKey(key_file);
  if (!added.ok()) return Say(kFailure, added);
  std::cerr << "trailbookd: " << key_file
            << " has a new key; restart the daemon, give out `trailbook ledger key`, and remove the old "
            << "key's line when everybody has the new one\n";
  return 0;
}

absl::StatusOr<std::unique_ptr<log::Signer>> OpenSigner(const DataDir& dir, const DaemonOptions& options) {
  log::Signer::Options signer{dir.checkpoints(), options.key_file, options.log_origin, {}};
  for (const std::string& witness : options.witnesses) {
    TRAILBOOK_ASSIGN_OR_RETURN(log::VerifierKey key, log::VerifierKey::Parse(witness));
    if (key.kind != log::KeyKind::kWitness) {
      return absl::InvalidArgumentError(
          absl::StrCat("the key of witness ", key.name, " is of a log; a witness's begins with B in base64 (kind 4)"));
    }
    signer.witnesses.push_back(std::move(key));
  }
  return log::Signer::Open(std::move(signer));
}

// Waits for SIGTERM or SIGINT, which were blocked before any thread began.
void AwaitSignal(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  LogInfo("stopping", {{"signal", strsignal(signal)}});
}

int Serve(const DaemonOptions& options) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

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
  auto server = Server::Start(ledger->get(), signer->get(),
                              {options.listen, options.reflection, absl::Milliseconds(options.drain_grace_ms)});
  if (!server.ok()) return Say(kFailure, server.status());
  const std::string host = options.listen.substr(0, options.listen.rfind(':'));
  std::cerr << "trailbookd ready on " << host << ":" << (*server)->port() << " data=" << options.data << std::endl;
  AwaitSignal(signals);
  (*server)->Stop();
  return 0;
}

int Run(int argc, char** argv) {
  const auto line = ReadCommandLine(argc, argv);
  if (!line.ok()) return Say(kUsage, line.status());
  switch (line->task) {
    case CommandLine::Task::kTell: std::cout << line->text; return 0;
    case CommandLine::Task::kAddKey: return AddSigningKey(line->options.key_file);
    case CommandLine::Task::kCopy: {
      const absl::Status copied = CopyBooks(line->copy_from, line->copy_to);
      return copied.ok() ? 0 : Say(kFailure, copied);
    }
    case CommandLine::Task::kServe: return Serve(line->options);
  }
  return kFailure;
}

}  // namespace
}  // namespace trailbook::services

int main(int argc, char** argv) {
  // Debian's abseil looks for deadlocks at every lock of gRPC's.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#ifdef TRAILBOOK_MIMALLOC
  // What one batch frees the next one takes. Given back to the kernel after 25 ms, it would come again page by page.
  // MIMALLOC_DECOMMIT_DELAY goes before it.
  mi_option_set_default(mi_option_decommit_delay, 200);
#endif
  return trailbook::services::Run(argc, argv);
}
