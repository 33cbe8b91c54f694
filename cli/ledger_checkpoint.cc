// trailbook ledger key, checkpoint, cosign, receipt: what partners, auditors and witnesses take away.
#include "cli/files.h"
#include "cli/ledger_proof.h"
#include "trailbook/v1/checkpoint_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

int ShowKeys(Session& session) {
  api::ListLogKeysRequest request;
  request.set_parent(session.ProgramName());
  api::ListLogKeysResponse answer;
  const grpc::Status status =
      api::CheckpointService::NewStub(session.channel())->ListLogKeys(session.context().get(), request, &answer);
  if (!status.ok()) return session.Fail(status);
  if (session.format() == Format::kJson) {
    std::cout << ToJson(answer) << "\n";
  } else {
    for (const std::string& key : answer.verifier_keys()) std::cout << key << "\n";
  }
  return kOk;
}

// A note is printed as it is: whoever checks it needs every byte.
int PrintCheckpoint(Session& session, const api::Checkpoint& checkpoint) {
  if (session.format() == Format::kTable) {
    std::cout << checkpoint.note();
  } else {
    session.PrintOne({{"origin", "size", "root_hash"},
                      {{Text(checkpoint.origin()), Number(checkpoint.size()), Text(checkpoint.root_hash())}}},
                     checkpoint);
  }
  return kOk;
}

int ShowCheckpoint(Session& session, bool cosigned) {
  api::GetCheckpointRequest request;
  request.set_parent(session.ProgramName());
  request.set_cosigned(cosigned);
  api::Checkpoint checkpoint;
  const grpc::Status status =
      api::CheckpointService::NewStub(session.channel())->GetCheckpoint(session.context().get(), request, &checkpoint);
  return status.ok() ? PrintCheckpoint(session, checkpoint) : session.Fail(status);
}

int Cosign(Session& session, const std::string& file) {
  const auto note = ReadFile(file);
  if (!note.ok()) return session.Usage(note.status().message());
  api::AddCosignaturesRequest request;
  request.set_parent(session.ProgramName());
  request.set_note(*note);
  api::Checkpoint checkpoint;
  const grpc::Status status = api::CheckpointService::NewStub(session.channel())
                                  ->AddCosignatures(session.context().get(), request, &checkpoint);
  return status.ok() ? PrintCheckpoint(session, checkpoint) : session.Fail(status);
}

int ShowReceipt(Session& session, const std::string& record, bool cosigned, const std::string& json_file) {
  api::GetReceiptRequest request;
  request.set_name(session.NameOf("records", record));
  request.set_cosigned(cosigned);
  api::Receipt receipt;
  const grpc::Status status =
      api::CheckpointService::NewStub(session.channel())->GetReceipt(session.context().get(), request, &receipt);
  if (!status.ok()) return session.Fail(status);
  if (!json_file.empty()) {
    const absl::Status written = WriteFile(json_file, ToJson(receipt.record()) + "\n");
    if (!written.ok()) return session.Usage(written.message());
  }
  std::cout << (session.format() == Format::kJson ? ToJson(receipt) + "\n" : receipt.tlog_proof());
  return kOk;
}

}  // namespace

void AddLedgerCheckpoints(CLI::App* noun, Session& session) {
  struct Options {
    std::string record, file, json_file;
    bool cosigned = false;
  };
  auto options = std::make_shared<Options>();
  auto* key =
      Verb(noun, "key", "The verifier keys of the log's checkpoints, the newest first, a line each",
           "  trailbook ledger key --program pracflow > pracflow.vkey     # give it to partners and auditors\n");
  NeedsProgram(key, session);
  key->callback([&session] { session.run = [&session] { return ShowKeys(session); }; });

  auto* checkpoint =
      Verb(noun, "checkpoint", "Signs what the log is now: a note that pins its size and every byte of it",
           "  trailbook ledger checkpoint --program pracflow > 2026-11-25.checkpoint\n");
  checkpoint->add_flag("--cosigned", options->cosigned, "The latest one that witnesses have cosigned");
  NeedsProgram(checkpoint, session);
  checkpoint->callback([&session, options] {
    session.run = [&session, options] { return ShowCheckpoint(session, options->cosigned); };
  });

  auto* cosign =
      Verb(noun, "cosign",
           "Hands in cosignatures of witnesses under a checkpoint; the daemon keeps those of witnesses that it knows",
           "  trailbook ledger cosign cosigned.checkpoint --program pracflow\n");
  cosign
      ->add_option("file", options->file,
                   "The checkpoint with the witness's line below the log's; - for standard input")
      ->required();
  NeedsProgram(cosign, session);
  cosign->callback(
      [&session, options] { session.run = [&session, options] { return Cosign(session, options->file); }; });

  auto* receipt =
      Verb(noun, "receipt",
           "A record's receipt (C2SP tlog-proof): checked offline with `trailbook verify receipt`, or with any tool "
           "that knows the format",
           "  trailbook ledger receipt 1234 --program pracflow > 1234.tlog-proof\n"
           "  trailbook ledger receipt 1234 --program pracflow --record-json 1234.json > 1234.tlog-proof\n");
  receipt->add_option("record", options->record, "The record's number")->required();
  receipt->add_option("--record-json", options->json_file, "Also writes the record itself, as JSON, to this file");
  receipt->add_flag("--cosigned", options->cosigned, "Against the latest checkpoint that witnesses have cosigned");
  NeedsProgram(receipt, session);
  receipt->callback([&session, options] {
    session.run = [&session, options] {
      return ShowReceipt(session, options->record, options->cosigned, options->json_file);
    };
  });
}

}  // namespace trailbook::cli
