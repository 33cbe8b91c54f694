// trailbook ledger prove, consistent: proofs over the log (RFC 6962), checked here and not believed.
#include "cli/ledger_proof.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "ledger/log/proof.h"
#include "trailbook/v1/ledger_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

int Wrong(absl::string_view what) {
  std::cerr << "trailbook: " << what << "\n";
  return kFailure;
}

int Prove(Session& session, const std::string& record, int64_t size) {
  auto stub = api::LedgerService::NewStub(session.channel());
  api::GetRecordRequest get;
  get.set_name(session.NameOf("records", record));
  api::Record stored;
  if (const grpc::Status status = stub->GetRecord(session.context().get(), get, &stored); !status.ok()) {
    return session.Fail(status);
  }
  api::GetInclusionProofRequest request;
  request.set_name(get.name());
  request.set_tree_size(size);
  api::InclusionProof answer;
  const grpc::Status status = stub->GetInclusionProof(session.context().get(), request, &answer);
  if (!status.ok()) return session.Fail(status);
  log::Proof proof;
  Sha256Digest root{};
  if (!ReadHashes(answer.hashes(), &proof) || !ReadHash(answer.root_hash(), &root)) {
    return Wrong("the daemon's proof holds what is no hash");
  }
  if (answer.leaf_index() != stored.sequence() - 1) return Wrong("the daemon's proof is of another record");
  // The leaf is hashed here, from the record's own bytes.
  const absl::Status checked =
      log::CheckInclusion(answer.leaf_index(), answer.tree_size(), log::LeafHash(stored.body()), root, proof);
  if (!checked.ok()) {
    return Wrong(absl::StrCat("record ", record, " is NOT in the log with this root: ", checked.message()));
  }
  session.PrintOne({{"record", "tree_size", "root_hash", "hashes"},
                    {{Number(stored.sequence()), Number(answer.tree_size()), Text(answer.root_hash()),
                      Number(answer.hashes_size())}}},
                   answer);
  return kOk;
}

int Consistent(Session& session, int64_t size, const std::string& root_hex) {
  Sha256Digest noted{};
  if (!ReadHash(root_hex, &noted)) {
    return session.Usage("root: write the 64 hex digits of the root hash that you noted");
  }
  api::GetConsistencyProofRequest request;
  request.set_parent(session.ProgramName());
  request.set_old_size(size);
  api::ConsistencyProof answer;
  const grpc::Status status =
      api::LedgerService::NewStub(session.channel())->GetConsistencyProof(session.context().get(), request, &answer);
  if (status.error_code() == grpc::StatusCode::OUT_OF_RANGE) {
    return Wrong(absl::StrCat("HISTORY WAS CUT: you noted ", size, " records, and the log has not so many now (",
                              status.error_message(),
                              "). If the size is as you noted it, keep it; it is the evidence"));
  }
  if (!status.ok()) return session.Fail(status);
  log::Proof proof;
  Sha256Digest root{};
  if (!ReadHashes(answer.hashes(), &proof) || !ReadHash(answer.root_hash(), &root)) {
    return Wrong("the daemon's proof holds what is no hash");
  }
  // Against the root that was noted, not against the one that the daemon says it had.
  const absl::Status checked = log::CheckConsistency(size, answer.tree_size(), noted, root, proof);
  if (!checked.ok()) {
    return Wrong(absl::StrCat("HISTORY WAS REWRITTEN: the log of ", size,
                              " records that you noted is not the beginning of the log now (", answer.tree_size(),
                              " records): ", checked.message(), ". Keep what you noted; it is the evidence"));
  }
  session.PrintOne(
      {{"noted_size", "size", "root_hash"}, {{Number(size), Number(answer.tree_size()), Text(answer.root_hash())}}},
      answer);
  return kOk;
}

}  // namespace

grpc::Status FetchConsistencyProof(Session& session, int64_t old_size, int64_t size, log::Proof* proof) {
  api::GetConsistencyProofRequest request;
  request.set_parent(session.ProgramName());
  request.set_old_size(old_size);
  request.set_tree_size(size);
  api::ConsistencyProof answer;
  const grpc::Status status =
      api::LedgerService::NewStub(session.channel())->GetConsistencyProof(session.context().get(), request, &answer);
  if (!status.ok() || ReadHashes(answer.hashes(), proof)) return status;
  return grpc::Status(grpc::StatusCode::INTERNAL, "the daemon's proof holds what is no hash");
}

bool ReadHash(absl::string_view hex, Sha256Digest* hash) {
  const bool digits =
      std::all_of(hex.begin(), hex.end(), [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); });
  if (hex.size() != 2 * log::kHashSize || !digits) return false;
  const std::string bytes = absl::HexStringToBytes(hex);
  std::copy(bytes.begin(), bytes.end(), hash->begin());
  return true;
}

void AddLedgerProofs(CLI::App* noun, Session& session) {
  struct Options {
    std::string record, root;
    int64_t size = 0;
  };
  auto options = std::make_shared<Options>();
  auto* prove = Verb(noun, "prove",
                     "Proves that a record is in the log, and checks the proof here; exit code 1 if it does not hold",
                     "  trailbook ledger prove 1234 --program pracflow -o json > record-1234.proof.json\n");
  prove->add_option("record", options->record, "The record's number")->required();
  prove->add_option("--size", options->size, "Against the log of this size (as it is now)");
  NeedsProgram(prove, session);
  prove->callback([&session, options] {
    session.run = [&session, options] { return Prove(session, options->record, options->size); };
  });

  auto* consistent =
      Verb(noun, "consistent",
           "Whether a log that you noted is the beginning of the log now; exit code 1 if history was rewritten or cut",
           "  trailbook ledger head --program pracflow                          # note size and root_hash elsewhere, "
           "once a month\n"
           "  trailbook ledger consistent 5417 3d1ffa5c...77c1 --program pracflow   # later\n");
  consistent->add_option("size", options->size, "The size that you noted")->required()->check(CLI::PositiveNumber);
  consistent->add_option("root", options->root, "The root hash that you noted")->required();
  NeedsProgram(consistent, session);
  consistent->callback([&session, options] {
    session.run = [&session, options] { return Consistent(session, options->size, options->root); };
  });
}

}  // namespace trailbook::cli
