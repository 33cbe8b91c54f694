#include "ledger/signing/signer.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/signing/file.h"
#include "ledger/signing/key_file.h"

namespace trailbook::log {
namespace {

absl::Status Forked(absl::string_view what) { return Refuse(absl::StatusCode::kDataLoss, "LOG_FORKED", "", what); }

}  // namespace

absl::Status CheckContinues(const Checkpoint& earlier, const StoredLog& log) {
  if (log.size < earlier.size) {
    return Forked(absl::StrCat("a checkpoint of ", earlier.size, " records of ", earlier.origin,
                               " was signed, and the log has ", log.size, " records: ", earlier.size - log.size,
                               " are missing"));
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest root, RootAt(earlier.size, log.tiles));
  if (root == earlier.root) return absl::OkStatus();
  return Forked(absl::StrCat("a checkpoint of ", earlier.size, " records of ", earlier.origin, " was signed with root ",
                             HashText(earlier.root), ", and the log's first ", earlier.size, " records hash to ",
                             HashText(root), ": they are not the same records"));
}

absl::StatusOr<std::unique_ptr<Signer>> Signer::Open(Options options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make ", options.directory, ": ", error.message()));
  TRAILBOOK_ASSIGN_OR_RETURN(std::vector<SigningKey> keys, OpenKeyFile(options.key_file, options.origin));
  return std::unique_ptr<Signer>(new Signer(std::move(options), std::move(keys)));
}

std::string Signer::OriginOf(absl::string_view program_id) const {
  return absl::StrCat(keys_[0].name(), "/", program_id);
}

absl::StatusOr<std::vector<VerifierKey>> Signer::KeysOf(absl::string_view program_id) const {
  std::vector<VerifierKey> keys;
  for (const SigningKey& key : keys_) {
    TRAILBOOK_ASSIGN_OR_RETURN(const SigningKey named, key.Named(OriginOf(program_id)));
    keys.push_back(named.verifier());
  }
  return keys;
}

std::string Signer::FileOf(absl::string_view program_id, absl::string_view kind) const {
  return absl::StrCat(options_.directory, "/", program_id, ".", kind);
}

absl::StatusOr<std::optional<Checkpoint>> Signer::Last(absl::string_view program_id) const {
  const std::string file = FileOf(program_id, "checkpoint");
  const auto note = ReadWholeFile(file);
  if (absl::IsNotFound(note.status())) return std::nullopt;
  if (!note.ok()) return note.status();
  // By whatever key: one that signed then may be gone now.
  const auto parsed = Note::Parse(*note);
  const auto checkpoint = parsed.ok() ? Checkpoint::Parse(parsed->text) : parsed.status();
  if (checkpoint.ok() && checkpoint->origin == OriginOf(program_id)) return *checkpoint;
  return Refuse(
      absl::StatusCode::kDataLoss, "LOG_FORKED", "",
      absl::StrCat(file, ", which keeps what was signed last, is not a checkpoint of ", OriginOf(program_id)));
}

std::vector<std::string> Signer::SignedPrograms() const {
  std::vector<std::string> programs;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(options_.directory, error)) {
    if (file.path().extension() == ".checkpoint") programs.push_back(file.path().stem().string());
  }
  std::sort(programs.begin(), programs.end());
  return programs;
}

absl::Status Signer::CheckLast(absl::string_view program_id, const Reader& read) {
  std::lock_guard<std::mutex> lock(mutex_);
  TRAILBOOK_ASSIGN_OR_RETURN(const std::optional<Checkpoint> last, Last(program_id));
  if (!last.has_value()) return absl::OkStatus();
  TRAILBOOK_ASSIGN_OR_RETURN(const StoredLog log, read());
  return CheckContinues(*last, log);
}

absl::StatusOr<std::string> Signer::Sign(absl::string_view program_id, const Reader& read) {
  std::lock_guard<std::mutex> lock(mutex_);
  TRAILBOOK_ASSIGN_OR_RETURN(const StoredLog log, read());
  TRAILBOOK_ASSIGN_OR_RETURN(const std::optional<Checkpoint> last, Last(program_id));
  if (last.has_value()) TRAILBOOK_RETURN_IF_ERROR(CheckContinues(*last, log));
  Note note{Checkpoint{OriginOf(program_id), log.size, log.root}.Text(), {}};
  for (const SigningKey& key : keys_) {
    TRAILBOOK_ASSIGN_OR_RETURN(const SigningKey named, key.Named(OriginOf(program_id)));
    note.signatures.push_back(named.Sign(note.text));
  }
  const std::string text = note.Text();
  const std::string file = FileOf(program_id, "checkpoint");
  // Ed25519 signs the same text with the same bytes, so that nothing changes while nothing was written.
  const auto known = ReadWholeFile(file);
  if (!known.ok() || *known != text) TRAILBOOK_RETURN_IF_ERROR(WriteWholeFile(file, text));
  return text;
}

absl::StatusOr<std::string> Signer::Cosigned(absl::string_view program_id) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto note = ReadWholeFile(FileOf(program_id, "cosigned"));
  if (absl::IsNotFound(note.status())) return NotFound("cosigned checkpoint of program", program_id);
  return note;
}

absl::StatusOr<std::string> Signer::AddCosignatures(absl::string_view program_id, absl::string_view text,
                                                    const Reader& read) {
  std::lock_guard<std::mutex> lock(mutex_);
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<VerifierKey> keys, KeysOf(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const Checkpoint checkpoint, OpenCheckpoint(text, keys));
  TRAILBOOK_ASSIGN_OR_RETURN(const Note given, Note::Parse(text));
  if (options_.witnesses.empty()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "note",
                  "the daemon's configuration names no witnesses");
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<VerifierKey> witnesses, CheckSignatures(given, options_.witnesses));
  TRAILBOOK_ASSIGN_OR_RETURN(const StoredLog log, read());
  TRAILBOOK_RETURN_IF_ERROR(CheckContinues(checkpoint, log));

  const std::string file = FileOf(program_id, "cosigned");
  Note kept{given.text, {}};
  if (const auto known = ReadWholeFile(file); known.ok()) {
    TRAILBOOK_ASSIGN_OR_RETURN(const Note before, Note::Parse(*known));
    TRAILBOOK_ASSIGN_OR_RETURN(const Checkpoint older, Checkpoint::Parse(before.text));
    if (older.size > checkpoint.size) {
      return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "note",
                    absl::StrCat("a later checkpoint, of ", older.size, " records, has cosignatures already"));
    }
    if (before.text == given.text) kept = before;
  }
  const auto is_by = [](const Signature& signature, const std::vector<VerifierKey>& known) {
    return std::any_of(known.begin(), known.end(),
                       [&](const VerifierKey& key) { return key.name == signature.name && key.id == signature.id; });
  };
  for (const Signature& signature : given.signatures) {
    if (!is_by(signature, keys) && !is_by(signature, witnesses)) continue;
    // A witness that signs again says a later time: the newer one counts.
    const auto same = std::find_if(kept.signatures.begin(), kept.signatures.end(), [&](const Signature& other) {
      return other.name == signature.name && other.id == signature.id;
    });
    if (same == kept.signatures.end()) {
      kept.signatures.push_back(signature);
    } else {
      *same = signature;
    }
  }
  TRAILBOOK_RETURN_IF_ERROR(WriteWholeFile(file, kept.Text()));
  return kept.Text();
}

}  // namespace trailbook::log
