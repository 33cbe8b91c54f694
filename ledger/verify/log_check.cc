#include "ledger/verify/log_check.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/log/entry_check.h"
#include "ledger/store/replay.h"
#include "ledger/store/stored_tiles.h"

namespace trailbook {
namespace {

using log::v1::Record;

}  // namespace

absl::Status LogCheck::CheckRecords(store::Database& db, int64_t last, PassOn pass_on) {
  const auto pass_on_chunk = [&] { return pass_on(std::exchange(chunk_, std::make_unique<RecordChunk>())); };
  TRAILBOOK_RETURN_IF_ERROR(store::ForEachRecord(db, program_, 0, last, [&](int64_t sequence, absl::string_view body) {
    report_.problem = CheckRecord(db, sequence, body);
    const bool full = chunk_->records.size() == full_ || sequence == watermark_;
    if (full && report_.problem.empty() && error_.ok()) error_ = pass_on_chunk();
    return report_.problem.empty() && error_.ok();
  }));
  TRAILBOOK_RETURN_IF_ERROR(error_);
  if (!report_.problem.empty()) return absl::OkStatus();
  if (!chunk_->records.empty()) TRAILBOOK_RETURN_IF_ERROR(pass_on_chunk());
  if (report_.records == last) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "",
                "the database that was read from is behind; try again");
}

std::string LogCheck::CheckRecord(store::Database& db, int64_t sequence, absl::string_view body) {
  const int64_t index = tree_.size();
  if (sequence != index + 1) return absl::StrCat("record ", index + 1, " of the log is missing");
  if (index % log::kTileWidth == 0) {
    auto tile = store::ReadTile(db, program_, {0, index / log::kTileWidth});
    if (!tile.ok()) {
      error_ = tile.status();
      return "";
    }
    tile_ = *std::move(tile);
  }
  const Sha256Digest leaf = log::LeafHash(body);
  const size_t at = static_cast<size_t>(index % log::kTileWidth) * log::kHashSize;
  if (tile_.size() < at + log::kHashSize ||
      tile_.compare(at, log::kHashSize, AsView(leaf).data(), log::kHashSize) != 0) {
    return absl::StrCat("record ", sequence, " of the log: its stored bytes do not hash to the leaf in tile 0/",
                        index / log::kTileWidth);
  }
  Record* const record = google::protobuf::Arena::CreateMessage<Record>(&chunk_->arena);
  if (!record->ParseFromArray(body.data(), static_cast<int>(body.size())) || record->sequence() != sequence ||
      record->program() != program_) {
    return absl::StrCat("record ", sequence, " of the log is not the record that its place asks for");
  }
  tree_.Append(leaf);
  ++report_.records;
  if (record->postings_size() > 0) ++report_.entries;
  CompareFinishedTiles(db);
  const std::string broken = log::FindBrokenRule(*record);
  if (!broken.empty()) return absl::StrCat("record ", sequence, ": ", broken);
  chunk_->records.push_back(record);
  return "";
}

// As they come, so that memory stays small.
void LogCheck::CompareFinishedTiles(store::Database& db) {
  if (tree_.size() % log::kTileWidth != 0) return;
  for (const auto& [place, hashes] : tree_.TakeChanged()) {
    if (hashes.size() == log::kTileWidth * log::kHashSize) CompareTile(db, place, hashes);
  }
}

void LogCheck::CompareTile(store::Database& db, const log::TilePlace& place, absl::string_view hashes) {
  const auto stored = store::ReadTile(db, program_, place);
  if (!stored.ok()) {
    error_.Update(stored.status());
  } else if (*stored != hashes && tile_problem_.empty()) {
    const std::string tile = absl::StrCat("tile ", place.first, "/", place.second, " of the log's tree ");
    tile_problem_ = stored->size() > hashes.size()
                        ? absl::StrCat(tile, "has ", stored->size() / log::kHashSize, " hashes instead of ",
                                       hashes.size() / log::kHashSize, ": records after ", tree_.size(), " are missing")
                        : absl::StrCat(tile, "is not what its records hash to");
  }
}

absl::Status LogCheck::CheckEdge(store::Database& db) {
  const std::vector<log::TilePlace> places = log::TileTree::EdgeOf(tree_.size());
  for (size_t level = 0; level < places.size(); ++level) {
    CompareTile(db, places[level], level < tree_.edge().size() ? tree_.edge()[level] : "");
  }
  TRAILBOOK_RETURN_IF_ERROR(error_);
  report_.problem = tile_problem_;
  return report_.problem.empty() ? CheckHead(db) : absl::OkStatus();
}

absl::Status LogCheck::CheckHead(store::Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select,
                             db.Prepare("SELECT size, root FROM log_head WHERE program_id = $1"));
  select->BindInt(1, program_);
  TRAILBOOK_ASSIGN_OR_RETURN(const bool there, select->Step());
  const int64_t size = there ? select->ColumnInt(0) : 0;
  const std::string root = there ? std::string(select->ColumnBlob(1)) : std::string();
  select->Reset();
  report_.root_hash_hex = Hex(AsView(tree_.Root()));
  if (size != tree_.size()) {
    report_.problem = absl::StrCat("the head of the log says ", size, " records, but there are ", tree_.size());
  } else if (Hex(root) != report_.root_hash_hex) {
    report_.problem =
        absl::StrCat("the head of the log says root ", Hex(root), ", but the records hash to ", report_.root_hash_hex);
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> LastRecordOf(store::Database& db, int64_t program) {
  return store::SelectInt(db, "SELECT COALESCE(MAX(sequence), 0) FROM log_record WHERE program_id = $1", {program});
}

}  // namespace trailbook
