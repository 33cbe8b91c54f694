// Signs checkpoints of the logs of a ledger, and never one that contradicts an earlier one: what it signed last of each
// log lies in a file beside the store, so that a store which was exchanged for an older or another one is found out. It
// signs only what it is shown from a committed state. Thread-safe.
#ifndef TRAILBOOK_LEDGER_SIGNING_SIGNER_H_
#define TRAILBOOK_LEDGER_SIGNING_SIGNER_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/log/checkpoint.h"
#include "ledger/log/proof.h"

namespace trailbook::log {

class Signer {
 public:
  struct Options {
    std::string directory;               // where it keeps what it signed; made if it is not there
    std::string key_file;                // made with a fresh key if it is not there
    std::string origin;                  // see OpenKeyFile
    std::vector<VerifierKey> witnesses;  // whose cosignatures it takes
  };
  // Called while nobody else signs: what it returns is committed, and not older than what was signed before.
  using Reader = std::function<absl::StatusOr<StoredLog>()>;

  static absl::StatusOr<std::unique_ptr<Signer>> Open(Options options);

  // The log of a program: "<origin>/<program_id>".
  std::string OriginOf(absl::string_view program_id) const;
  // What its checkpoints are checked with, the newest key first.
  absl::StatusOr<std::vector<VerifierKey>> KeysOf(absl::string_view program_id) const;

  // A note over the log as `read` finds it, by every key. DATA_LOSS with LOG_FORKED if an earlier checkpoint is not its
  // beginning; nothing is signed then. INTERNAL if what was signed cannot be kept (then it is not given out).
  absl::StatusOr<std::string> Sign(absl::string_view program_id, const Reader& read);

  // The programs of whose logs something was signed, by their ids.
  std::vector<std::string> SignedPrograms() const;

  // OK if what was signed last, if anything was, is the beginning of the log as `read` finds it; DATA_LOSS with
  // LOG_FORKED. What is signed meanwhile waits.
  absl::Status CheckLast(absl::string_view program_id, const Reader& read);

  // Keeps the cosignatures of known witnesses under a checkpoint of this log, beside those that are there for the same
  // one, and returns the note with all of them. INVALID_ARGUMENT with BAD_NOTE or BAD_SIGNATURE; FAILED_PRECONDITION
  // with WRONG_STATE if a later checkpoint has cosignatures already.
  absl::StatusOr<std::string> AddCosignatures(absl::string_view program_id, absl::string_view note, const Reader& read);
  // The latest checkpoint with cosignatures; NOT_FOUND if there is none.
  absl::StatusOr<std::string> Cosigned(absl::string_view program_id);

 private:
  Signer(Options options, std::vector<SigningKey> keys) : options_(std::move(options)), keys_(std::move(keys)) {}
  std::string FileOf(absl::string_view program_id, absl::string_view kind) const;
  absl::StatusOr<std::optional<Checkpoint>> Last(absl::string_view program_id) const;

  const Options options_;
  const std::vector<SigningKey> keys_;  // the newest first, named by the origin
  std::mutex mutex_;                    // over the files
};

// OK if `earlier` is the beginning of the log; DATA_LOSS with LOG_FORKED and what differs.
absl::Status CheckContinues(const Checkpoint& earlier, const StoredLog& log);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_SIGNING_SIGNER_H_
