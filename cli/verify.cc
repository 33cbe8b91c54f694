// trailbook verify: offline, and without trusting the daemon. Here: the noun, and two checkpoints against each other.
#include "cli/verify.h"

#include "cli/evidence.h"
#include "cli/files.h"
#include "cli/ledger_proof.h"
#include "cli/log_keys.h"
#include "cli/tile_directory.h"
#include "trailbook/v1/ledger_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

struct CheckpointOptions {
  std::string older, newer, tiles, evidence;
  KeyOptions keys;
};

// The proof from tiles that somebody else keeps, or else from the daemon: either is checked, and believed only then.
absl::StatusOr<log::Proof> ProofFor(Session& session, const CheckpointOptions& options, const log::Checkpoint& older,
                                    const log::Checkpoint& newer) {
  log::Proof proof;
  if (older.size >= newer.size) return proof;
  if (!options.tiles.empty()) {
    const TileDirectory tiles(options.tiles);
    return log::ConsistencyProof(older.size, newer.size, tiles.Reader(newer.size));
  }
  if (session.program.empty()) {
    return absl::InvalidArgumentError(
        "checkpoints of two sizes need a proof: --tiles DIR, or --program P to ask the daemon for it");
  }
  const grpc::Status status = FetchConsistencyProof(session, older.size, newer.size, &proof);
  if (!status.ok()) return absl::InternalError(status.error_message());
  return proof;
}

int CompareCheckpoints(Session& session, CheckpointOptions options) {
  const auto keys = options.keys.Read();
  if (!keys.ok()) return session.Usage(keys.status().message());
  log::Checkpoint opened[2];
  std::string notes[2];
  for (int at : {0, 1}) {
    const std::string& file = at == 0 ? options.older : options.newer;
    const auto note = ReadFile(file);
    if (!note.ok()) return session.Usage(note.status().message());
    const auto checkpoint = log::OpenCheckpoint(*note, *keys);
    if (!checkpoint.ok()) return NotProved(absl::StrCat(file, ": ", checkpoint.status().message()));
    opened[at] = *checkpoint;
    notes[at] = *note;
  }
  const auto proof = ProofFor(session, options, opened[0], opened[1]);
  if (!proof.ok()) return session.Usage(proof.status().message());
  const absl::Status checked = CheckHistory(opened[0], opened[1], *proof);
  if (!checked.ok()) {
    return AccuseAndKeep({notes[0], notes[1], std::string(checked.message()), *proof}, options.evidence);
  }
  const std::string result =
      opened[0].size == opened[1].size ? "the same log" : "the older is the beginning of the newer";
  api::ConsistencyProof message;
  message.set_old_size(opened[0].size);
  message.set_tree_size(opened[1].size);
  message.set_old_root_hash(Hex(AsView(opened[0].root)));
  message.set_root_hash(Hex(AsView(opened[1].root)));
  for (const Sha256Digest& hash : *proof) message.add_hashes(Hex(AsView(hash)));
  session.PrintOne({{"origin", "older_size", "newer_size", "result"},
                    {{Text(opened[0].origin), Number(opened[0].size), Number(opened[1].size), Text(result)}}},
                   message);
  return kOk;
}

void AddVerifyCheckpoints(CLI::App* noun, Session& session) {
  auto options = std::make_shared<CheckpointOptions>();
  options->evidence = "checkpoint.evidence";
  auto* verb = Verb(noun, "checkpoints",
                    "Whether two checkpoints are of one history; exit code 1 and a file with the evidence if not",
                    "  trailbook verify checkpoints october.checkpoint november.checkpoint --key-file pracflow.vkey "
                    "--tiles pracflow-log\n");
  verb->add_option("older", options->older, "The checkpoint of the smaller log")->required();
  verb->add_option("newer", options->newer, "The other one")->required();
  options->keys.AddTo(verb);
  verb->add_option("--tiles", options->tiles, "Directory of tiles that shows how they follow each other");
  verb->add_option("--program", session.program, "Ask the daemon for the proof instead (Env:TRAILBOOK_PROGRAM)");
  verb->add_option("--evidence", options->evidence,
                   "Where the evidence goes if they contradict each other (checkpoint.evidence)");
  verb->callback(
      [&session, options] { session.run = [&session, options] { return CompareCheckpoints(session, *options); }; });
}

}  // namespace

int NotProved(absl::string_view what) {
  std::cerr << "trailbook: NOT PROVED: " << what << "\n";
  return kFailure;
}

void AddVerify(CLI::App& app, Session& session) {
  auto* noun =
      app.add_subcommand("verify", "Checks what somebody gave you, offline: receipts, tiles, checkpoints, statements");
  AddVerifyReceipts(noun, session);
  AddVerifyTiles(noun, session);
  AddVerifyCheckpoints(noun, session);
  AddVerifyStatement(noun, session);
}

}  // namespace trailbook::cli
