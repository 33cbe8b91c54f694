#include "ledger/verify_log.h"

#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/log/entry_check.h"
#include "ledger/log/tiles.h"
#include "ledger/replay.h"
#include "ledger/stored_tiles.h"

namespace trailbook {
namespace {

using log::v1::Record;

constexpr int64_t kWholeLog = std::numeric_limits<int64_t>::max();

class LogCheck {
 public:
  using PassOn = absl::FunctionRef<absl::Status(std::unique_ptr<RecordChunk>)>;

  LogCheck(store::Database& db, int64_t program, int64_t watermark, VerifyReport& report, PassOn pass_on)
      : db_(db), program_(program), watermark_(watermark), report_(report), pass_on_(pass_on) {}

  absl::Status Run() {
    TRAILBOOK_RETURN_IF_ERROR(ForEachRecord(db_, program_, 0, kWholeLog, [this](int64_t sequence, absl::string_view body) {
      report_.problem = CheckRecord(sequence, body);
      return report_.problem.empty() && error_.ok();
    }));
    TRAILBOOK_RETURN_IF_ERROR(error_);
    if (report_.problem.empty()) TRAILBOOK_RETURN_IF_ERROR(PassOnChunk());
    if (report_.problem.empty()) TRAILBOOK_RETURN_IF_ERROR(CheckTiles());
    if (report_.problem.empty()) TRAILBOOK_RETURN_IF_ERROR(CheckHead());
    return absl::OkStatus();
  }

 private:
  std::string CheckRecord(int64_t sequence, absl::string_view body) {
    const int64_t index = tree_.size();
    if (sequence != index + 1) return absl::StrCat("record ", index + 1, " of the log is missing");
    if (index % log::kTileWidth == 0) {
      auto tile = ReadTile(db_, program_, {0, index / log::kTileWidth});
      if (!tile.ok()) {
        error_ = tile.status();
        return "";
      }
      tile_ = *std::move(tile);
    }
    const Sha256Digest leaf = log::LeafHash(body);
    const size_t at = static_cast<size_t>(index % log::kTileWidth) * log::kHashSize;
    if (tile_.size() < at + log::kHashSize || tile_.compare(at, log::kHashSize, AsView(leaf).data(), log::kHashSize) != 0) {
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
    KeepTiles();
    std::string imbalance = log::FindImbalance(*record);
    if (!imbalance.empty()) return absl::StrCat("record ", sequence, ": ", imbalance);
    chunk_->records.push_back(record);
    if (chunk_->records.size() == RecordChunk::kRecords || sequence == watermark_) error_.Update(PassOnChunk());
    return "";
  }

  absl::Status PassOnChunk() {
    return chunk_->records.empty() ? absl::OkStatus() : pass_on_(std::exchange(chunk_, std::make_unique<RecordChunk>()));
  }

  // Finished tiles are compared as they come, so that memory stays small; what is unfinished at the end is compared then.
  void KeepTiles() {
    if (tree_.size() % log::kTileWidth != 0) return;
    for (const auto& [place, hashes] : tree_.TakeChanged()) {
      if (hashes.size() == log::kTileWidth * log::kHashSize) CompareTile(place, hashes);
    }
  }

  void CompareTile(const log::TilePlace& place, absl::string_view hashes) {
    const auto stored = ReadTile(db_, program_, place);
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

  absl::Status CheckTiles() {
    const std::vector<log::TilePlace> places = log::TileTree::EdgeOf(tree_.size());
    for (size_t level = 0; level < places.size(); ++level) {
      CompareTile(places[level], level < tree_.edge().size() ? tree_.edge()[level] : "");
    }
    report_.problem = tile_problem_;
    return error_;
  }

  absl::Status CheckHead() {
    TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select,
                               db_.Prepare("SELECT size, root FROM log_head WHERE program_id = $1"));
    select->BindInt(1, program_);
    TRAILBOOK_ASSIGN_OR_RETURN(const bool there, select->Step());
    const int64_t size = there ? select->ColumnInt(0) : 0;
    const std::string root = there ? std::string(select->ColumnBlob(1)) : std::string();
    select->Reset();
    report_.root_hash_hex = Hex(AsView(tree_.Root()));
    if (size != tree_.size()) {
      report_.problem = absl::StrCat("the head of the log says ", size, " records, but there are ", tree_.size());
    } else if (Hex(root) != report_.root_hash_hex) {
      report_.problem = absl::StrCat("the head of the log says root ", Hex(root), ", but the records hash to ",
                                     report_.root_hash_hex);
    }
    return absl::OkStatus();
  }

  store::Database& db_;
  const int64_t program_;
  const int64_t watermark_;
  VerifyReport& report_;
  PassOn pass_on_;
  std::unique_ptr<RecordChunk> chunk_ = std::make_unique<RecordChunk>();
  log::TileTree tree_;
  std::string tile_;
  std::string tile_problem_;
  absl::Status error_;
};

}  // namespace

absl::Status CheckLog(store::Database& db, int64_t program, int64_t watermark, VerifyReport& report,
                      absl::FunctionRef<absl::Status(std::unique_ptr<RecordChunk>)> pass_on) {
  return LogCheck(db, program, watermark, report, pass_on).Run();
}

}  // namespace trailbook
