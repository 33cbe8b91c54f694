#include "ledger/store/fresh_keys.h"

#include <algorithm>
#include <limits>

#include "ledger/base/big_endian.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/store/row_mapping.h"

namespace trailbook::store {
namespace {

// A row's number: its generation's, then one of its program's rows in it. More than there can be of the latter.
constexpr int64_t kRowsOfGeneration = int64_t{1} << 32;
int64_t GenerationOf(int64_t number) { return number / kRowsOfGeneration; }

// In a row: for each id the 16 bytes of its key and the commission in 8, big-endian; then, in 8, how many of the
// generation before have moved. Rows of stores that were written before there was such a number have none.
constexpr size_t kKeyBytes = 16;
constexpr size_t kEntryBytes = kKeyBytes + 8;
constexpr size_t kMovedBytes = 8;

void AppendEntry(const ExternalKey& key, std::string& ids) {
  ids.append(key.id_key.view().data(), kKeyBytes);
  ids += BigEndian(static_cast<uint64_t>(key.commission));
}

size_t MovedByRow(absl::string_view ids) {
  return ids.size() % kEntryBytes == kMovedBytes
             ? static_cast<size_t>(FromBigEndian(ids.substr(ids.size() - kMovedBytes)))
             : 0;
}

// What waits of a generation, and how many of the one before have moved.
struct Generation {
  std::vector<std::pair<ExternalKey::Key, int64_t>> ids;
  size_t moved = 0;
};

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
  const size_t beside = ids.size() % kEntryBytes;
  if (row.ColumnBlob(3) != SealOfRow(program, number, ids).view() || (beside != 0 && beside != kMovedBytes)) {
    return BrokenSeal(FreshKeyShape(), row);
  }
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
  TRAILBOOK_ASSIGN_OR_RETURN(
      Statement * select,
      db_->Prepare("SELECT program_id, number, ids, seal FROM fresh_key ORDER BY program_id, number"));
  std::map<int64_t, Generation> generations;
  while (true) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool more, select->Step());
    if (!more) break;
    const auto keys = KeysInRow(*select);
    if (!keys.ok()) {
      select->Reset();
      return keys.status();
    }
    const int64_t number = select->ColumnInt(1);
    Generation& generation = generations[GenerationOf(number)];
    for (const ExternalKey& key : *keys) generation.ids.emplace_back(key.key(), key.commission);
    generation.moved = std::max(generation.moved, MovedByRow(select->ColumnBlob(2)));
    last_row_[select->ColumnInt(0)] = number;
  }
  select->Reset();
  if (generations.empty()) return absl::OkStatus();
  gathering_ = generations.rbegin()->first;
  for (auto& [number, generation] : generations) Take(number, std::exchange(generation.ids, {}));
  leaving_.reserve(order_.size());
  leaving_.insert(order_.begin(), order_.end());
  std::sort(order_.begin(), order_.end());
  if (generation_ > 0 && !order_.empty()) moved_ = std::min(generations.rbegin()->second.moved, order_.size() - 1);
  return absl::OkStatus();
}

void FreshKeys::Take(int64_t generation, const std::vector<Entry>& ids) {
  // Without generations all that waits leaves at once. Else the last one grows, and before it is one that is leaving,
  // or none.
  if (generation == gathering_ && generation_ > 0) {
    growing_.reserve(ids.size());
    growing_.insert(ids.begin(), ids.end());
  } else {
    order_.insert(order_.end(), ids.begin(), ids.end());
  }
}

int64_t FreshKeys::NextRow(int64_t program) const {
  const auto last = last_row_.find(program);
  return std::max(last == last_row_.end() ? 0 : last->second, gathering_ * kRowsOfGeneration) + 1;
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
    TRAILBOOK_RETURN_IF_ERROR(MoveSlice(order_.size() - moved_));
    if (settled_ != nullptr) {
      for (const ExternalKey& key : keys) settled_->Add(key.key());
    }
    return db_->InsertMany(ShapeOf<ExternalKey>(), keys.size(),
                           [&keys](size_t at, Binder& binder) { BindRow(keys[at], binder); });
  }
  const size_t slice = SliceBeside(keys.size());
  std::vector<Row> rows;
  for (size_t at = 0; at < keys.size();) {
    const int64_t program = keys[at].program;
    std::string ids;
    for (; at < keys.size() && keys[at].program == program; ++at) {
      AppendEntry(keys[at], ids);
      added_.emplace_back(keys[at].key(), keys[at].commission);
    }
    ids += BigEndian(moved_ + slice);
    added_rows_[program] = NextRow(program);
    const Hash128 seal = SealOfRow(program, added_rows_[program], ids);
    rows.push_back({program, added_rows_[program], Blob{std::move(ids)}, ToValue(seal)});
  }
  TRAILBOOK_RETURN_IF_ERROR(db_->InsertMany(FreshKeyShape(), rows));
  return MoveSlice(slice);
}

size_t FreshKeys::SliceBeside(size_t added) const {
  // A little faster than they come, so that one generation has left before the next has gathered.
  return std::min(added + added / 4 + 1, order_.size() - moved_);
}

absl::Status FreshKeys::MoveSlice(size_t count) {
  moving_ = count;
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
  std::vector<int64_t> programs;
  for (const auto& [program, row] : last_row_) programs.push_back(program);
  return db_->GetMany(
      "DELETE FROM fresh_key WHERE program_id = $1 AND number <= $2", programs.size(),
      [this, &programs](size_t at, Binder& binder) {
        binder.BindInt(1, programs[at]);
        binder.BindInt(2, LastLeaving());
      },
      [](size_t, const Statement&) { return absl::OkStatus(); });
}

int64_t FreshKeys::LastLeaving() const {
  return generation_ > 0 ? gathering_ * kRowsOfGeneration : std::numeric_limits<int64_t>::max();
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
  if (generation_ > 0 && static_cast<int64_t>(growing_.size()) >= generation_) Turn();
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
  std::sort(order_.begin(), order_.end());
  ++gathering_;
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
