// trailbook ledger watch: a partner's or auditor's own memory of the log, and a witness's.
#include <unistd.h>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "cli/evidence.h"
#include "cli/files.h"
#include "cli/ledger_proof.h"
#include "cli/log_keys.h"
#include "ledger/base/status.h"
#include "ledger/signing/key_file.h"
#include "trailbook/v1/checkpoint_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

struct WatchOptions {
  std::string state, witness_key, witness_name;
  KeyOptions keys;
};

class Watch {
 public:
  Watch(Session& session, const WatchOptions& options)
      : session_(session), options_(options), stub_(api::CheckpointService::NewStub(session.channel())) {}

  int Run() {
    if (const int code = PinKeys(); code != kOk) return code;
    std::string old_note;
    log::Checkpoint old;
    if (const auto kept = ReadFile(options_.state); kept.ok()) {
      const auto opened = log::OpenCheckpoint(*kept, keys_);
      if (!opened.ok()) {
        return Stop(
            absl::StrCat("the checkpoint kept in ", options_.state, " cannot be used: ", opened.status().message()));
      }
      old_note = *kept;
      old = *opened;
    } else if (!absl::IsNotFound(kept.status())) {
      return Stop(kept.status().message());
    }

    api::GetCheckpointRequest request;
    request.set_parent(session_.ProgramName());
    api::Checkpoint answer;
    const grpc::Status status = stub_->GetCheckpoint(session_.context().get(), request, &answer);
    if (status.error_code() == grpc::StatusCode::DATA_LOSS && !old_note.empty()) {
      return AccuseAndKeep(
          {old_note, "", absl::StrCat("the daemon will not sign its log: ", status.error_message()), {}},
          EvidenceFile(0));
    }
    if (!status.ok()) return session_.Fail(status);
    const auto now = log::OpenCheckpoint(answer.note(), keys_);
    if (!now.ok()) {
      return Stop(absl::StrCat("THE CHECKPOINT IS NOT SIGNED BY A KEY THAT YOU TRUST: ", now.status().message()));
    }
    if (!old_note.empty()) {
      if (const int code = Compare(old, old_note, *now, answer.note()); code != kOk) return code;
    }
    if (const absl::Status kept = WriteFile(options_.state, answer.note()); !kept.ok()) return Stop(kept.message());
    if (const int code = Cosign(answer.note()); code != kOk) return code;
    session_.PrintOne({{"origin", "seen_before", "size", "root_hash"},
                       {{Text(now->origin), Number(old.size), Number(now->size), Text(Hex(AsView(now->root)))}}},
                      answer);
    return kOk;
  }

 private:
  int Stop(absl::string_view what) const {
    std::cerr << "trailbook: " << what << "\n";
    return kFailure;
  }
  std::string EvidenceFile(int64_t size) const { return absl::StrCat(options_.state, ".evidence-", size); }

  // Those that were given; else those of the first visit, which are kept beside the state and never changed by what the
  // daemon says.
  int PinKeys() {
    KeyOptions keys = options_.keys;
    const std::string pinned = options_.state + ".keys";
    if (keys.empty()) {
      keys.file = pinned;
      if (access(pinned.c_str(), F_OK) != 0) {
        api::ListLogKeysRequest request;
        request.set_parent(session_.ProgramName());
        api::ListLogKeysResponse answer;
        const grpc::Status status = stub_->ListLogKeys(session_.context().get(), request, &answer);
        if (!status.ok()) return session_.Fail(status);
        std::string text =
            "# Keys that the daemon named at the first visit. Compare them with what the company publishes.\n";
        for (const std::string& key : answer.verifier_keys()) absl::StrAppend(&text, key, "\n");
        if (const absl::Status written = WriteFile(pinned, text); !written.ok()) return Stop(written.message());
        std::cerr << "trailbook: first visit; the daemon's keys are kept in " << pinned
                  << ". Compare them with what the company publishes.\n";
      }
    }
    const auto read = keys.Read();
    if (!read.ok()) return session_.Usage(read.status().message());
    keys_ = *read;
    return kOk;
  }

  int Compare(const log::Checkpoint& old, const std::string& old_note, const log::Checkpoint& now,
              const std::string& now_note) {
    log::Proof proof;
    if (now.size > old.size && old.size > 0) {
      const grpc::Status status = FetchConsistencyProof(session_, old.size, now.size, &proof);
      if (!status.ok()) return session_.Fail(status);
    }
    const absl::Status checked = CheckHistory(old, now, proof);
    return checked.ok()
               ? int{kOk}
               : AccuseAndKeep({old_note, now_note, std::string(checked.message()), proof}, EvidenceFile(now.size));
  }

  // A witness signs what it found to continue what it saw before.
  int Cosign(const std::string& text) {
    if (options_.witness_key.empty()) return kOk;
    const bool fresh = access(options_.witness_key.c_str(), F_OK) != 0;
    const auto keys = log::OpenKeyFile(options_.witness_key, options_.witness_name);
    if (!keys.ok()) return Stop(keys.status().message());
    if (fresh) {
      std::cerr << "trailbook: " << options_.witness_key
                << " is a new witness key; the daemon must be told to know it:\n  --witness "
                << (*keys)[0].witness().Text() << "\n";
    }
    auto note = log::Note::Parse(text);
    if (!note.ok()) return Stop(note.status().message());
    note->signatures.push_back((*keys)[0].Cosign(note->text, absl::ToUnixSeconds(absl::Now())));
    api::AddCosignaturesRequest request;
    request.set_parent(session_.ProgramName());
    request.set_note(note->Text());
    api::Checkpoint answer;
    const grpc::Status status = stub_->AddCosignatures(session_.context().get(), request, &answer);
    return status.ok() ? int{kOk} : session_.Fail(status);
  }

  Session& session_;
  const WatchOptions& options_;
  std::unique_ptr<api::CheckpointService::Stub> stub_;
  std::vector<log::VerifierKey> keys_;
};

}  // namespace

void AddLedgerWatch(CLI::App* noun, Session& session) {
  auto options = std::make_shared<WatchOptions>();
  auto* verb = Verb(noun, "watch",
                    "Remembers the log's last checkpoint, and at each run says whether what came since continues it; "
                    "exit code 1 if not",
                    "  trailbook ledger watch --state pracflow.seen --key-file pracflow.vkey --program pracflow     # "
                    "from cron, once a day\n"
                    "  trailbook ledger watch --state pracflow.seen --witness-key my.key --witness-name "
                    "auditor.example --program pracflow\n");
  verb->add_option("--state", options->state, "File that remembers; made at the first run")->required();
  options->keys.AddTo(verb);
  verb->add_option("--witness-key", options->witness_key,
                   "Also cosigns what holds, with this key file; made if it is not there");
  verb->add_option("--witness-name", options->witness_name, "The witness's name, for a new key file");
  NeedsProgram(verb, session);
  verb->callback([&session, options] { session.run = [&session, options] { return Watch(session, *options).Run(); }; });
}

}  // namespace trailbook::cli
