#include "ledger/store/fresh_keys.h"

#include <algorithm>

#include "ledger/base/big_endian.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/store/row_mapping.h"

namespace trailbook::store {
namespace {

// An id in a row: the 16 bytes of its key, then the commission in 8, big-endian.
constexpr size_t kKeyBytes = 16;
constexpr size_t kEntryBytes = kKeyBytes + 8;

void AppendEntry(const ExternalKey& key, std::string& ids) {
  ids.append(key.id_key.view().data(), kKeyBytes);
  ids += BigEndian(static_cast<uint64_t>(key.commission));
}

Hash128 SealOfRow(int64_t program, int64_t number, absl::string_view ids) {
  std::string text = "fresh_key;";
  AppendSealed(text, program);
  AppendSealed(text, number);
  AppendSealed(text, ids);
  return IdKey('~', text);
}

}  // namespace

const TableShape& FreshKeyShape() {
  static const auto* shape = new TableShape{"fresh_key", {"program_id", "number", "ids", kSealColumn}, 2};
  return *shape;
}

absl::StatusOr<std::vector<ExternalKey>> KeysInRow(const Statement& row) {
  const int64_t program = row.ColumnInt(0), number = row.ColumnInt(1);
  absl::string_view ids = row.ColumnBlob(2);
  if (row.ColumnBlob(3) != SealOfRow(program, number, ids).view() || ids.size() % kEntryBytes != 0) return BrokenSeal(FreshKeyShape(), row);
  std::vector<ExternalKey> keys(ids.size() / kEntryBytes);
  for (ExternalKey& key : keys) {
    key.program = program;
    std::copy_n(ids.data(), kKeyBytes, key.id_key.bytes.data());
    key.commission = static_cast<int64_t>(FromBigEndian(ids.substr(kKeyBytes, kEntryBytes - kKeyBytes)));
    ids.remove_prefix(kEntryBytes);
  }
  return keys;
}

absl::Status FreshKeys::Load() {
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * select, db_->Prepare("SELECT program_id, number, ids, seal FROM fresh_key ORDER BY program_id, number"));
  while (true) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool more, select->Step());
    if (!more) break;
    const auto keys = KeysInRow(*select);
    if (!keys.ok()) {
      select->Reset();
      return keys.status();
    }
    for (const ExternalKey& key : *keys) order_.emplace_back(key.key(), key.commission);
    last_row_[select->ColumnInt(0)] = select->ColumnInt(1);
  }
  select->Reset();
  // Which of them are in external_key already, nobody has noted; to write an id again changes nothing.
  leaving_.reserve(order_.size());
  leaving_.insert(order_.begin(), order_.end());
  StartMoving();
  return absl::OkStatus();
}

absl::Status FreshKeys::LearnSettled(Engine& engine) {
  if (engine.shared()) return absl::OkStatus();
  TRAILBOOK_ASSIGN_OR_RETURN(std::unique_ptr<Database> reader, engine.OpenReader());
  settled_ = std::make_unique<SettledIds>();
  settled_->Fill(std::move(reader));
  return absl::OkStatus();
}

const int64_t* FreshKeys::Find(const ExternalKey::Key& key) const {
  for (const auto* generation : {&growing_, &leaving_}) {
    const auto found = generation->find(key);
    if (found != generation->end()) return &found->second;
  }
  return nullptr;
}

absl::Status FreshKeys::Save(const std::vector<ExternalKey>& keys) {
  if (generation_ == 0) {
    TRAILBOOK_RETURN_IF_ERROR(MoveSlice(order_.size()));
    if (settled_ != nullptr) {
      for (const ExternalKey& key : keys) settled_->Add(key.key());
    }
    return db_->InsertMany(ShapeOf<ExternalKey>(), keys.size(), [&keys](size_t at, Binder& binder) { BindRow(keys[at], binder); });
  }
  std::vector<Row> rows;
  for (size_t at = 0; at < keys.size();) {
    const int64_t program = keys[at].program;
    std::string ids;
    for (; at < keys.size() && keys[at].program == program; ++at) {
      AppendEntry(keys[at], ids);
      added_.emplace_back(keys[at].key(), keys[at].commission);
    }
    added_rows_[program] = last_row_[program] + 1;
    const Hash128 seal = SealOfRow(program, added_rows_[program], ids);
    rows.push_back({program, added_rows_[program], Blob{std::move(ids)}, ToValue(seal)});
  }
  TRAILBOOK_RETURN_IF_ERROR(db_->InsertMany(FreshKeyShape(), rows));
  // A little faster than they come, so that one generation has left before the next has gathered.
  return MoveSlice(keys.size() + keys.size() / 4 + 1);
}

absl::Status FreshKeys::MoveSlice(size_t count) {
  moving_ = std::min(count, order_.size() - moved_);
  if (moving_ == 0) return absl::OkStatus();
  TRAILBOOK_RETURN_IF_ERROR(db_->UpsertMany(ShapeOf<ExternalKey>(), moving_, [this](size_t at, Binder& binder) {
    const auto& [key, commission] = order_[moved_ + at];
    if (settled_ != nullptr) settled_->Add(key);
    BindKey<ExternalKey>(key, binder);
    binder.BindInt(ExternalKey::kKeyColumns + 1, commission);
  }));
  return moved_ + moving_ == order_.size() ? DropRows() : absl::OkStatus();
}

absl::Status FreshKeys::DropRows() {
  const std::vector<std::pair<int64_t, int64_t>> programs(leaving_to_.begin(), leaving_to_.end());
  return db_->GetMany(
      "DELETE FROM fresh_key WHERE program_id = $1 AND number <= $2", programs.size(),
      [&programs](size_t at, Binder& binder) {
        binder.BindInt(1, programs[at].first);
        binder.BindInt(2, programs[at].second);
      },
      [](size_t, const Statement&) { return absl::OkStatus(); });
}

void FreshKeys::Committed() {
  growing_.insert(added_.begin(), added_.end());
  for (const auto& [program, number] : added_rows_) last_row_[program] = number;
  added_.clear();
  added_rows_.clear();
  moved_ += std::exchange(moving_, 0);
  if (moved_ < order_.size()) return;
  leaving_.clear();
  order_.clear();
  moved_ = 0;
  if (static_cast<int64_t>(growing_.size()) >= generation_) Turn();
}

void FreshKeys::Dropped() {
  added_.clear();
  added_rows_.clear();
  moving_ = 0;
}

void FreshKeys::Turn() {
  std::swap(leaving_, growing_);
  growing_.clear();
  order_.assign(leaving_.begin(), leaving_.end());
  StartMoving();
}

void FreshKeys::StartMoving() {
  leaving_to_ = last_row_;
  std::sort(order_.begin(), order_.end());
}

absl::Status SettleFreshKeys(Database& db) {
  FreshKeys keys(&db, 0);
  TRAILBOOK_RETURN_IF_ERROR(keys.Load());
  if (keys.size() == 0) return absl::OkStatus();
  TRAILBOOK_RETURN_IF_ERROR(db.Begin(true));
  absl::Status saved = keys.Save({});
  if (saved.ok()) saved = db.Commit();
  if (!saved.ok()) db.Rollback();
  return saved;
}

}  // namespace trailbook::store
