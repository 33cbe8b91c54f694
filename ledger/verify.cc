#include "ledger/verify.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/projector.h"
#include "ledger/log/entry_check.h"
#include "ledger/log/tiles.h"
#include "ledger/queries.h"
#include "ledger/replay.h"
#include "ledger/store/migrations.h"
#include "ledger/store/repository.h"
#include "ledger/store/row_mapping.h"
#include "ledger/stored_tiles.h"
#include "ledger/verify_beside_log.h"
#include "ledger/verify_ids.h"
#include "ledger/watermark.h"

namespace trailbook {
namespace {

using log::v1::Record;

constexpr int64_t kWholeLog = std::numeric_limits<int64_t>::max();
constexpr int64_t kReplayChunk = 20000;
constexpr size_t kReplayRows = 400000;

std::string CheckEntry(const Record& record) {
  const std::string imbalance = log::FindImbalance(record);
  return imbalance.empty() ? "" : absl::StrCat("record ", record.sequence(), ": ", imbalance);
}

// The log against its tree: every leaf, every tile, the head.
class LogCheck {
 public:
  LogCheck(store::Database& db, int64_t program, VerifyReport& report)
      : db_(db), program_(program), report_(report) {}

  absl::Status Run() {
    TRAILBOOK_RETURN_IF_ERROR(ForEachRecord(db_, program_, 0, kWholeLog, [this](int64_t sequence, absl::string_view body) {
      report_.problem = CheckRecord(sequence, body);
      return report_.problem.empty();
    }));
    TRAILBOOK_RETURN_IF_ERROR(error_);
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
        return "unreadable";
      }
      tile_ = *std::move(tile);
    }
    const Sha256Digest leaf = log::LeafHash(body);
    const size_t at = static_cast<size_t>(index % log::kTileWidth) * log::kHashSize;
    if (tile_.size() < at + log::kHashSize || tile_.compare(at, log::kHashSize, AsView(leaf).data(), log::kHashSize) != 0) {
      return absl::StrCat("record ", sequence, " of the log: its stored bytes do not hash to the leaf in tile 0/",
                          index / log::kTileWidth);
    }
    Record record;
    if (!record.ParseFromArray(body.data(), static_cast<int>(body.size())) || record.sequence() != sequence ||
        record.program() != program_) {
      return absl::StrCat("record ", sequence, " of the log is not the record that its place asks for");
    }
    tree_.Append(leaf);
    ++report_.records;
    if (record.postings_size() > 0) ++report_.entries;
    KeepTiles();
    return CheckEntry(record);
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
  int64_t program_;
  VerifyReport& report_;
  log::TileTree tree_;
  std::string tile_;
  std::string tile_problem_;
  absl::Status error_;
};

// The log once more, in an empty store, by the same projector that wrote the tables.
class Rebuild {
 public:
  Rebuild(store::Database& db, store::Database& scratch, int64_t program)
      : db_(db), scratch_(scratch), program_(program), repository_(&scratch, &book_) {}

  // Goes on to a record, whose rows are in the scratch store then as all of those before. Says what is wrong with the log if a record changes
  // what none made.
  absl::StatusOr<std::string> Through(int64_t sequence) {
    const absl::Status projected = ProjectThrough(sequence);
    if (absl::IsDataLoss(projected)) return absl::StrCat("a record of the log changes what none made: ", projected.message());
    TRAILBOOK_RETURN_IF_ERROR(projected);
    return std::string();
  }

 private:
  absl::Status ProjectThrough(int64_t sequence) {
    absl::Status saved;
    TRAILBOOK_RETURN_IF_ERROR(ForEachRecord(db_, program_, at_, sequence, [&](int64_t, absl::string_view body) {
      (void)record_.ParseFromArray(body.data(), static_cast<int>(body.size()));
      Project(record_, book_);
      if (++waiting_ >= kReplayChunk) saved = Save();
      return saved.ok();
    }));
    at_ = sequence;
    return saved.ok() ? Save() : saved;
  }

  absl::Status Save() {
    waiting_ = 0;
    TRAILBOOK_RETURN_IF_ERROR(repository_.TakeError());
    TRAILBOOK_RETURN_IF_ERROR(scratch_.Begin(true));
    const absl::Status saved = repository_.SaveDirty();
    if (!saved.ok()) {
      scratch_.Rollback();
      return saved;
    }
    TRAILBOOK_RETURN_IF_ERROR(scratch_.Commit());
    book_.Committed();
    if (book_.size() > kReplayRows) book_.Clear();
    return absl::OkStatus();
  }

  store::Database& db_;
  store::Database& scratch_;
  const int64_t program_;
  Book book_;
  store::Repository repository_;
  Record record_;
  int64_t at_ = 0, waiting_ = 0;
};

template <typename R>
absl::Status CompareTable(store::Database& db, store::Database& scratch, int64_t program, VerifyReport& report) {
  const store::TableShape& shape = store::ShapeOf<R>();
  std::string order;
  for (int at = 0; at < shape.key_columns; ++at) absl::StrAppend(&order, at == 0 ? "" : ", ", shape.columns[at]);
  const std::string sql = store::SelectFrom<R>(absl::StrCat("WHERE program_id = $1 ORDER BY ", order));
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * stored, db.PrepareScan(sql));
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * replayed, scratch.PrepareScan(sql));
  stored->BindInt(1, program);
  replayed->BindInt(1, program);
  const auto key_of = [&shape](const store::Statement& row) {
    std::string key;
    for (int at = 0; at < shape.key_columns; ++at) {
      absl::StrAppend(&key, at == 0 ? "" : ", ", shape.columns[at], " ", store::ShowValue(row.Column(at)));
    }
    return key;
  };
  while (report.problem.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool left, stored->Step());
    TRAILBOOK_ASSIGN_OR_RETURN(const bool right, replayed->Step());
    if (!left && !right) break;
    ++report.rows_compared;
    if (left != right || key_of(*stored) != key_of(*replayed)) {
      report.problem = absl::StrCat("table ", shape.table, ": ",
                                    left ? absl::StrCat("row (", key_of(*stored), ") is there, ") : "no row is left, ",
                                    right ? absl::StrCat("the log says row (", key_of(*replayed), ")")
                                          : "the log knows no such row");
      break;
    }
    for (int at = 0; at < stored->ColumnCount(); ++at) {
      if (stored->Column(at) == replayed->Column(at)) continue;
      report.problem = absl::StrCat("table ", shape.table, ", row (", key_of(*stored), "): ", shape.columns[at], " is ",
                                    store::ShowValue(stored->Column(at)), ", the log says ", store::ShowValue(replayed->Column(at)));
      break;
    }
  }
  stored->Reset();
  replayed->Reset();
  return absl::OkStatus();
}

template <typename R>
R RowTypeOf(const Table<R>&);

// What no table shows: an index that leads elsewhere, a page that two tables share, a trigger that is gone.
absl::StatusOr<std::string> FindProblemOfStore(store::Database& db, store::Database& scratch) {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string damage, db.FindDamage());
  if (!damage.empty()) return absl::StrCat("the store itself is damaged: ", damage);
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string stored, db.Schema());
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string made, scratch.Schema());
  if (stored == made || stored.empty()) return std::string();  // a driver that cannot tell says nothing
  const std::vector<absl::string_view> left = absl::StrSplit(stored, '\n'), right = absl::StrSplit(made, '\n');
  const auto [at, wanted] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return absl::StrCat("the store's schema was changed: it has \"", at == left.end() ? "nothing" : *at, "\" where this program makes \"",
                      wanted == right.end() ? "nothing" : *wanted, "\"");
}

}  // namespace

absl::StatusOr<VerifyReport> VerifyProgram(store::Database& db, store::Database& scratch, int64_t program) {
  VerifyReport report;
  TRAILBOOK_RETURN_IF_ERROR(LogCheck(db, program, report).Run());
  if (!report.problem.empty()) return report;
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t watermark, WatermarkOf(db, program));
  if (watermark > report.records) {
    report.problem = absl::StrCat("table watermark: the rows of ", watermark, " records are said to be written, but the log has ", report.records);
    return report;
  }
  TRAILBOOK_RETURN_IF_ERROR(store::Migrate(scratch));
  Rebuild rebuild(db, scratch, program);
  TRAILBOOK_ASSIGN_OR_RETURN(report.problem, rebuild.Through(watermark));
  if (!report.problem.empty()) return report;
  absl::Status status;
  Book shapes;
  shapes.ForEachProjection([&](auto& table) {
    using R = decltype(RowTypeOf(table));
    if (!status.ok() || !report.problem.empty()) return;
    if constexpr (std::is_same_v<R, ExternalKey>) {
      status = CompareIds(db, scratch, program, report);
    } else {
      status = CompareTable<R>(db, scratch, program, report);
    }
  });
  TRAILBOOK_RETURN_IF_ERROR(status);
  if (report.problem.empty()) {
    // What stands beside the log is written with its record, ahead of rows that wait.
    TRAILBOOK_ASSIGN_OR_RETURN(report.problem, rebuild.Through(report.records));
    if (!report.problem.empty()) return report;
    TRAILBOOK_ASSIGN_OR_RETURN(report.problem, FindProblemBesideLog(db, scratch, program));
  }
  if (report.problem.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(report.problem, FindProblemOfStore(db, scratch));
  }
  report.ok = report.problem.empty();
  return report;
}

absl::StatusOr<VerifyReport> Queries::Verify(absl::string_view program_id) {
  // Of the program only its number is needed: its row may be what is damaged.
  const ProgramSlug* slug = book_.program_slugs.Get({std::string(program_id)});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (slug == nullptr) return NotFound("program", program_id);
  TRAILBOOK_ASSIGN_OR_RETURN(std::unique_ptr<store::Database> scratch, engine_->OpenScratch());
  return VerifyProgram(*db_, *scratch, slug->program);
}

}  // namespace trailbook
