// Proofs over the log's tree (RFC 6962), from its stored tiles.
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/log/proof.h"
#include "ledger/log/tile_files.h"
#include "ledger/queries/queries.h"
#include "ledger/store/stored_tiles.h"

namespace trailbook {
namespace {

// Reads tiles in this reader's transaction, each once. The database must outlive it.
log::TileReader TilesOf(store::Database& db, int64_t program) {
  auto read = std::make_shared<std::map<log::TilePlace, std::string>>();
  return [&db, program, read](const log::TilePlace& place) -> absl::StatusOr<std::string> {
    const auto known = read->find(place);
    if (known != read->end()) return known->second;
    TRAILBOOK_ASSIGN_OR_RETURN(std::string hashes, store::ReadTile(db, program, place));
    return read->emplace(place, std::move(hashes)).first->second;
  };
}

std::vector<std::string> ToHex(const log::Proof& proof) {
  std::vector<std::string> hashes;
  for (const Sha256Digest& hash : proof) hashes.push_back(Hex(AsView(hash)));
  return hashes;
}

}  // namespace

absl::StatusOr<int64_t> Queries::SizeOr(absl::string_view program_id, absl::string_view field, int64_t size) {
  TRAILBOOK_ASSIGN_OR_RETURN(const LogHeadView head, GetLogHead(program_id));
  if (size == 0) return head.size;
  if (size > 0 && size <= head.size) return size;
  return Refuse(absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", field,
                absl::StrCat(field, ": ", size, " is not between 1 and ", head.size, ", the size of the log"));
}

absl::StatusOr<InclusionProofView> Queries::GetInclusionProof(absl::string_view program_id, int64_t sequence,
                                                              int64_t tree_size) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  InclusionProofView view;
  TRAILBOOK_ASSIGN_OR_RETURN(view.tree_size, SizeOr(program_id, "tree_size", tree_size));
  std::string body;
  TRAILBOOK_RETURN_IF_ERROR(ReadRecord(place.program, sequence, &body).status());
  if (sequence > view.tree_size) {
    return Refuse(absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", "tree_size",
                  absl::StrCat("tree_size: record ", sequence, " is not in a tree of ", view.tree_size));
  }
  view.leaf_index = sequence - 1;
  view.leaf_hash_hex = Hex(AsView(log::LeafHash(body)));
  const log::TileReader tiles = TilesOf(*db_, place.program);
  TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest root, log::RootAt(view.tree_size, tiles));
  TRAILBOOK_ASSIGN_OR_RETURN(const log::Proof proof, log::InclusionProof(view.leaf_index, view.tree_size, tiles));
  view.root_hash_hex = Hex(AsView(root));
  view.hashes_hex = ToHex(proof);
  return view;
}

absl::StatusOr<ConsistencyProofView> Queries::GetConsistencyProof(absl::string_view program_id, int64_t old_size,
                                                                  int64_t tree_size) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  if (old_size < 1) return InvalidField("old_size", "is required: at least 1");
  ConsistencyProofView view;
  TRAILBOOK_ASSIGN_OR_RETURN(view.tree_size, SizeOr(program_id, "tree_size", tree_size));
  TRAILBOOK_ASSIGN_OR_RETURN(view.old_size, SizeOr(program_id, "old_size", old_size));
  if (view.old_size > view.tree_size) {
    return Refuse(absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", "old_size",
                  absl::StrCat("old_size: ", old_size, " is above tree_size, ", view.tree_size));
  }
  const log::TileReader tiles = TilesOf(*db_, place.program);
  TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest old_root, log::RootAt(view.old_size, tiles));
  TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest root, log::RootAt(view.tree_size, tiles));
  TRAILBOOK_ASSIGN_OR_RETURN(const log::Proof proof, log::ConsistencyProof(view.old_size, view.tree_size, tiles));
  view.old_root_hash_hex = Hex(AsView(old_root));
  view.root_hash_hex = Hex(AsView(root));
  view.hashes_hex = ToHex(proof);
  return view;
}

absl::StatusOr<log::StoredLog> Queries::GetStoredLog(absl::string_view program_id) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const LogHeadView head, GetLogHead(program_id));
  log::StoredLog stored;
  stored.size = head.size;
  stored.tiles = TilesOf(*db_, place.program);
  TRAILBOOK_ASSIGN_OR_RETURN(stored.root, log::RootAt(head.size, stored.tiles));
  if (Hex(AsView(stored.root)) == head.root_hash_hex) return stored;
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                absl::StrCat("the head of the log says root ", head.root_hash_hex, ", but its tiles hash to ",
                             Hex(AsView(stored.root))));
}

absl::StatusOr<std::vector<std::string>> Queries::ReadBundle(absl::string_view program_id, int64_t index,
                                                             int64_t size) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(size, SizeOr(program_id, "tree_size", size));
  const int64_t width = index < 0 ? 0 : log::WidthOf(size, 0, index);
  if (width == 0) {
    return Refuse(absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", "index",
                  absl::StrCat("index: a log of ", size, " records has no bundle ", index));
  }
  TRAILBOOK_ASSIGN_OR_RETURN(
      store::Statement * select,
      db_->Prepare(
          "SELECT body FROM log_record WHERE program_id = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence"));
  select->BindInt(1, place.program);
  select->BindInt(2, index * log::kTileWidth);
  select->BindInt(3, index * log::kTileWidth + width);
  std::vector<std::string> bodies;
  while (true) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool there, select->Step());
    if (!there) break;
    bodies.emplace_back(select->ColumnBlob(0));
  }
  select->Reset();
  if (static_cast<int64_t>(bodies.size()) == width) return bodies;
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                absl::StrCat("records are missing between ", index * log::kTileWidth + 1, " and ",
                             index * log::kTileWidth + width));
}

absl::Status Queries::Renew() {
  db_->Rollback();
  book_.Clear();
  return db_->Begin(false);
}

}  // namespace trailbook
