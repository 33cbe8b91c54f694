#include "ledger/writer/log_appender.h"

#include <string>
#include <utility>

#include "ledger/base/status.h"
#include "ledger/store/stored_tiles.h"

namespace trailbook {
namespace {

const store::TableShape& RecordShape() {
  static const auto* shape = new store::TableShape{"log_record", {"program_id", "sequence", "body"}, 2};
  return *shape;
}

const store::TableShape& TileShape() {
  static const auto* shape = new store::TableShape{"log_tile", {"program_id", "level", "tile", "hashes"}, 3};
  return *shape;
}

absl::Status Overtaken() {
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "somebody else wrote to this ledger; try again");
}

struct Head {
  int64_t size = 0;
  std::string root;
};

absl::StatusOr<Head> ReadHead(store::Database& db, int64_t program) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select,
                             db.Prepare("SELECT size, root FROM log_head WHERE program_id = $1"));
  select->BindInt(1, program);
  const auto there = select->Step();
  Head head;
  if (there.ok() && *there) head = {select->ColumnInt(0), std::string(select->ColumnBlob(1))};
  select->Reset();
  TRAILBOOK_RETURN_IF_ERROR(there.status());
  return head;
}

}  // namespace

absl::Status LogAppender::Append(const std::vector<EmittedRecord>& records) {
  std::map<int64_t, int64_t> old_sizes;
  for (const EmittedRecord& record : records) {
    TRAILBOOK_ASSIGN_OR_RETURN(log::TileTree * tree, TreeOf(record.program));
    if (record.sequence != tree->size() + 1) return Overtaken();
    old_sizes.try_emplace(record.program, tree->size());
    tree->Append(log::LeafHash(record.body));
  }
  TRAILBOOK_RETURN_IF_ERROR(db_->InsertMany(RecordShape(), records.size(), [&records](size_t at, store::Binder& row) {
    row.BindInt(1, records[at].program);
    row.BindInt(2, records[at].sequence);
    row.BindBlob(3, records[at].body);
  }));
  std::vector<store::Row> tiles;
  for (const auto& [program, old_size] : old_sizes) {
    log::TileTree& tree = trees_[program];
    for (auto& [place, hashes] : tree.TakeChanged()) {
      tiles.push_back({program, place.first, place.second, store::Blob{std::move(hashes)}});
    }
    TRAILBOOK_RETURN_IF_ERROR(MoveHead(program, old_size, tree));
  }
  return db_->UpsertMany(TileShape(), tiles);
}

// The head moves only from where this appender knew it: no row changed means that somebody else wrote.
absl::Status LogAppender::MoveHead(int64_t program, int64_t old_size, const log::TileTree& tree) {
  const store::Blob root{std::string(AsView(tree.Root()))};
  if (old_size == 0) {
    return db_->Demand("INSERT INTO log_head (program_id, size, root) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                       {program, tree.size(), root}, Overtaken());
  }
  return db_->Demand("UPDATE log_head SET size = $2, root = $3 WHERE program_id = $1 AND size = $4",
                     {program, tree.size(), root, old_size}, Overtaken());
}

absl::StatusOr<bool> LogAppender::IsStored(int64_t program) {
  const log::TileTree& tree = trees_[program];
  TRAILBOOK_RETURN_IF_ERROR(db_->Begin(false));
  const auto head = ReadHead(*db_, program);
  db_->Rollback();
  TRAILBOOK_RETURN_IF_ERROR(head.status());
  // Nobody else writes while the lease is ours; if it was lost, whoever wrote on began from what is stored.
  if (head->size > tree.size()) return Overtaken();
  return head->size == tree.size() && head->root == AsView(tree.Root());
}

absl::StatusOr<log::TileTree*> LogAppender::TreeOf(int64_t program) {
  const auto [known, fresh] = trees_.try_emplace(program);
  if (!fresh) return &known->second;
  const absl::Status restored = Restore(program, known->second);
  if (restored.ok()) return &known->second;
  trees_.erase(known);
  return restored;
}

absl::Status LogAppender::Restore(int64_t program, log::TileTree& tree) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Head head, ReadHead(*db_, program));
  std::vector<std::string> edge;
  for (const log::TilePlace& place : log::TileTree::EdgeOf(head.size)) {
    TRAILBOOK_ASSIGN_OR_RETURN(std::string hashes, store::ReadTile(*db_, program, place));
    edge.push_back(std::move(hashes));
  }
  return tree.Restore(head.size, std::move(edge));
}

}  // namespace trailbook
