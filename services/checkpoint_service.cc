#include "services/checkpoint_service.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/log/receipt.h"
#include "ledger/log/tile_files.h"
#include "services/names.h"
#include "services/translate.h"

namespace trailbook::services {
namespace {

absl::StatusOr<log::Checkpoint> CheckpointIn(const std::string& note) {
  TRAILBOOK_ASSIGN_OR_RETURN(const log::Note parsed, log::Note::Parse(note));
  return log::Checkpoint::Parse(parsed.text);
}

absl::Status FillCheckpoint(const std::string& note, api::Checkpoint* out) {
  TRAILBOOK_ASSIGN_OR_RETURN(const log::Checkpoint checkpoint, CheckpointIn(note));
  out->set_origin(checkpoint.origin);
  out->set_size(checkpoint.size);
  out->set_root_hash(Hex(AsView(checkpoint.root)));
  out->set_note(note);
  return absl::OkStatus();
}

absl::Status FillReceipt(const std::string& program, const std::string& note, const log::Checkpoint& checkpoint,
                         const log::StoredLog& stored, const RecordView& record, api::Receipt* out) {
  if (record.sequence > checkpoint.size) {
    return Refuse(absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", "cosigned",
                  absl::StrCat("record ", record.sequence, " is younger than the cosigned checkpoint, of ",
                               checkpoint.size, " records"));
  }
  log::Receipt receipt;
  receipt.index = record.sequence - 1;
  TRAILBOOK_ASSIGN_OR_RETURN(receipt.proof, log::InclusionProof(receipt.index, checkpoint.size, stored.tiles));
  receipt.record = record.body;
  receipt.note = note;
  out->set_name(Name(program, "records", record.sequence));
  out->set_tlog_proof(receipt.Text());
  Fill(program, record, out->mutable_record());
  return absl::OkStatus();
}

// The tree of a size that the caller names; 0: as it is.
absl::StatusOr<int64_t> SizeOr(const log::StoredLog& stored, int64_t size) {
  if (size == 0) return stored.size;
  if (size > 0 && size <= stored.size) return size;
  return Refuse(absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", "tree_size",
                absl::StrCat("tree_size: ", size, " is not between 1 and ", stored.size, ", the size of the log"));
}

}  // namespace

absl::StatusOr<CheckpointServiceImpl::SignedLog> CheckpointServiceImpl::Sign(Queries& queries,
                                                                             const std::string& program,
                                                                             bool cosigned) {
  SignedLog log;
  const auto read = [&]() -> absl::StatusOr<log::StoredLog> {
    // A moment that begins now, while nobody else signs: never older than what was signed.
    TRAILBOOK_RETURN_IF_ERROR(queries.Renew());
    TRAILBOOK_ASSIGN_OR_RETURN(log.stored, queries.GetStoredLog(program));
    return log.stored;
  };
  if (cosigned) {
    TRAILBOOK_RETURN_IF_ERROR(read().status());
    TRAILBOOK_ASSIGN_OR_RETURN(log.note, signer_.Cosigned(program));
  } else {
    TRAILBOOK_ASSIGN_OR_RETURN(log.note, signer_.Sign(program, read));
  }
  TRAILBOOK_ASSIGN_OR_RETURN(log.checkpoint, CheckpointIn(log.note));
  if (cosigned) TRAILBOOK_RETURN_IF_ERROR(log::CheckContinues(log.checkpoint, log.stored));
  return log;
}

grpc::ServerUnaryReactor* CheckpointServiceImpl::ListLogKeys(grpc::CallbackServerContext* context,
                                                             const api::ListLogKeysRequest* request,
                                                             api::ListLogKeysResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListLogKeys", [this, request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_RETURN_IF_ERROR(queries.GetProgram(program).status());
    response->set_origin(signer_.OriginOf(program));
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<log::VerifierKey> keys, signer_.KeysOf(program));
    for (const log::VerifierKey& key : keys) response->add_verifier_keys(key.Text());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* CheckpointServiceImpl::GetCheckpoint(grpc::CallbackServerContext* context,
                                                               const api::GetCheckpointRequest* request,
                                                               api::Checkpoint* response) {
  return Call::ReadOnly(funnel_, context, "GetCheckpoint", [this, request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(const SignedLog log, Sign(queries, program, request->cosigned()));
    return FillCheckpoint(log.note, response);
  });
}

grpc::ServerUnaryReactor* CheckpointServiceImpl::AddCosignatures(grpc::CallbackServerContext* context,
                                                                 const api::AddCosignaturesRequest* request,
                                                                 api::Checkpoint* response) {
  return Call::ReadOnly(
      funnel_, context, "AddCosignatures", [this, request, response](Queries& queries) -> absl::Status {
        TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
        TRAILBOOK_RETURN_IF_ERROR(queries.GetProgram(program).status());
        TRAILBOOK_ASSIGN_OR_RETURN(
            const std::string note,
            signer_.AddCosignatures(program, request->note(), [&]() -> absl::StatusOr<log::StoredLog> {
              TRAILBOOK_RETURN_IF_ERROR(queries.Renew());
              return queries.GetStoredLog(program);
            }));
        return FillCheckpoint(note, response);
      });
}

grpc::ServerUnaryReactor* CheckpointServiceImpl::GetReceipt(grpc::CallbackServerContext* context,
                                                            const api::GetReceiptRequest* request,
                                                            api::Receipt* response) {
  return Call::ReadOnly(funnel_, context, "GetReceipt", [this, request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "records"));
    TRAILBOOK_RETURN_IF_ERROR(queries.GetRecord(name.program, name.number).status());
    TRAILBOOK_ASSIGN_OR_RETURN(const SignedLog log, Sign(queries, name.program, request->cosigned()));
    TRAILBOOK_ASSIGN_OR_RETURN(const RecordView record, queries.GetRecord(name.program, name.number));
    return FillReceipt(name.program, log.note, log.checkpoint, log.stored, record, response);
  });
}

grpc::ServerUnaryReactor* CheckpointServiceImpl::GetEarningReceipt(grpc::CallbackServerContext* context,
                                                                   const api::GetEarningReceiptRequest* request,
                                                                   api::EarningReceipt* response) {
  return Call::ReadOnly(
      funnel_, context, "GetEarningReceipt", [this, request, response](Queries& queries) -> absl::Status {
        TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "commissions"));
        TRAILBOOK_RETURN_IF_ERROR(queries.Explain(name.program, name.number).status());
        TRAILBOOK_ASSIGN_OR_RETURN(const SignedLog log, Sign(queries, name.program, request->cosigned()));
        TRAILBOOK_ASSIGN_OR_RETURN(const ExplanationView explanation, queries.Explain(name.program, name.number));
        TRAILBOOK_ASSIGN_OR_RETURN(const PartnerView partner,
                                   queries.GetPartner(name.program, explanation.commission.partner_id));
        Fill(name.program, explanation, response->mutable_explanation());
        response->set_partner_number(partner.number);
        std::set<int64_t> sequences{name.number};
        for (const ExplanationStep& step : explanation.steps) {
          if (step.sequence > 0) sequences.insert(step.sequence);
        }
        for (int64_t sequence : sequences) {
          TRAILBOOK_ASSIGN_OR_RETURN(const RecordView record, queries.GetRecord(name.program, sequence));
          TRAILBOOK_RETURN_IF_ERROR(
              FillReceipt(name.program, log.note, log.checkpoint, log.stored, record, response->add_receipts()));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* CheckpointServiceImpl::GetTile(grpc::CallbackServerContext* context,
                                                         const api::GetTileRequest* request, api::Tile* response) {
  return Call::ReadOnly(funnel_, context, "GetTile", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(const log::StoredLog stored, queries.GetStoredLog(program));
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t size, SizeOr(stored, request->tree_size()));
    const bool possible = request->level() >= 0 && request->level() < 8 && request->index() >= 0;
    const int64_t width = possible ? log::WidthOf(size, request->level(), request->index()) : 0;
    if (width == 0) {
      return Refuse(
          absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", "index",
          absl::StrCat("index: the tree of ", size, " records has no tile ", request->level(), "/", request->index()));
    }
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string hashes, stored.tiles({request->level(), request->index()}));
    response->set_hashes(hashes.substr(0, static_cast<size_t>(width) * log::kHashSize));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* CheckpointServiceImpl::GetEntryBundle(grpc::CallbackServerContext* context,
                                                                const api::GetEntryBundleRequest* request,
                                                                api::EntryBundle* response) {
  return Call::ReadOnly(funnel_, context, "GetEntryBundle", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto records, queries.ReadBundle(program, request->index(), request->tree_size()));
    response->set_bundle(log::ToBundle(records));
    return absl::OkStatus();
  });
}

}  // namespace trailbook::services
