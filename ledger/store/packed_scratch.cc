#include "ledger/store/packed_scratch.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/node_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/status.h"
#include "ledger/store/keys_written.h"
#include "ledger/store/row_bytes.h"

namespace trailbook::store {
namespace {

constexpr size_t kMostBytes = 4000;  // a page of the scratch store holds them

// The second column of a key that is bound, its number.
class NumberOf final : public Binder {
 public:
  void BindInt(int index, int64_t value) override {
    if (index == 2) number_ = value;
  }
  void BindText(int, absl::string_view) override {}
  void BindBlob(int, absl::string_view) override {}
  void BindNull(int) override {}
  int64_t number() const { return number_; }

 private:
  int64_t number_ = 0;
};

int64_t NumberIn(absl::string_view row) {
  NumberOf key;
  BindFrom(row, 2, key);
  return key.number();
}

// The packed rows of one table.
class Pack {
 public:
  Pack(Database& scratch, const TableShape& shape)
      : scratch_(scratch),
        shape_(shape),
        insert_(absl::StrCat("INSERT INTO temp.packed_", shape.table, " (first, bytes) VALUES ($1, $2)")),
        find_(absl::StrCat("SELECT bytes FROM temp.packed_", shape.table,
                           " WHERE first <= $1 ORDER BY first DESC LIMIT 1")) {}

  absl::Status Make() {
    return scratch_.Execute(absl::StrCat("CREATE TEMP TABLE packed_", shape_.table,
                                         " (first INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT"));
  }

  int64_t last() const { return last_; }

  // REQUIRES: number > last().
  absl::Status Append(int64_t number, absl::string_view row) {
    if (open_.size() + row.size() > kMostBytes) TRAILBOOK_RETURN_IF_ERROR(Close());
    if (open_.empty()) first_ = number;
    open_.append(row.data(), row.size());
    last_ = number;
    return absl::OkStatus();
  }

  // The row as RowBytes has it.
  absl::StatusOr<std::optional<std::string>> Find(int64_t number) {
    if (number > last_) return std::nullopt;
    if (!open_.empty() && number >= first_) return FindIn(open_, number);
    TRAILBOOK_ASSIGN_OR_RETURN(Statement * select, scratch_.Prepare(find_));
    select->BindInt(1, number);
    const absl::StatusOr<bool> there = select->Step();
    auto found = there.ok() && *there ? FindIn(select->ColumnBlob(0), number) : std::nullopt;
    select->Reset();
    TRAILBOOK_RETURN_IF_ERROR(there.status());
    return found;
  }

 private:
  absl::Status Close() {
    TRAILBOOK_ASSIGN_OR_RETURN(Statement * insert, scratch_.Prepare(insert_));
    insert->BindInt(1, first_);
    insert->BindBlob(2, open_);
    const absl::Status inserted = insert->Step().status();
    insert->Reset();
    open_.clear();
    return inserted;
  }

  std::optional<std::string> FindIn(absl::string_view bytes, int64_t number) const {
    while (!bytes.empty()) {
      const absl::string_view from = bytes;
      NumberOf key;
      BindFrom(bytes, static_cast<int>(shape_.columns.size()), key);
      if (key.number() == number) return std::string(from.substr(0, from.size() - bytes.size()));
    }
    return std::nullopt;
  }

  Database& scratch_;
  const TableShape& shape_;
  const std::string insert_, find_;
  std::string open_;  // the rows that are not in the store yet
  int64_t first_ = 0;
  int64_t last_ = std::numeric_limits<int64_t>::min();
};

class Scratch final : public PackedScratch {
 public:
  Scratch(std::unique_ptr<Database> scratch, const std::vector<const TableShape*>& packed)
      : scratch_(std::move(scratch)) {
    for (const TableShape* shape : packed) packs_.try_emplace(shape->table, *scratch_, *shape);
  }

  absl::Status MakePacks() {
    for (auto& [table, pack] : packs_) TRAILBOOK_RETURN_IF_ERROR(pack.Make());
    return absl::OkStatus();
  }

  absl::Status InsertMany(const TableShape& shape, size_t rows, BindRow bind) override {
    Pack* const pack = PackOf(shape);
    if (pack == nullptr) return InsertPlain(shape, rows, bind);
    RowBytes row;
    for (size_t at = 0; at < rows; ++at) {
      row.Clear();
      bind(at, row);
      TRAILBOOK_RETURN_IF_ERROR(InsertInto(*pack, shape, row.bytes()));
    }
    return absl::OkStatus();
  }

  absl::Status InsertBytes(const TableShape& shape, absl::string_view row) override {
    return InsertInto(*PackOf(shape), shape, row);
  }

  absl::Status MakeTableOfBytes(const TableShape& shape) override {
    const auto key_end = shape.columns.begin() + shape.key_columns;
    return scratch_->Execute(
        absl::StrCat("CREATE TEMP TABLE ", shape.table, " (", absl::StrJoin(shape.columns, " BLOB NOT NULL, "),
                     " BLOB NOT NULL, PRIMARY KEY (", absl::StrJoin(shape.columns.begin(), key_end, ", "),
                     ")) STRICT, WITHOUT ROWID"));
  }

  absl::Status UpsertMany(const TableShape& shape, size_t rows, BindRow bind) override {
    written_.Add(shape, rows, bind);
    return scratch_->UpsertMany(shape, rows, bind);
  }

  absl::Status AskByKeys(const TableShape& shape, size_t keys, BindRow bind, RowSink sink) override {
    if (Pack* const pack = PackOf(shape)) TRAILBOOK_RETURN_IF_ERROR(Unpack(shape, keys, bind, *pack));
    return AskPlain(shape, keys, bind, std::move(sink));
  }

  absl::StatusOr<Statement*> Prepare(absl::string_view sql) override { return scratch_->Prepare(sql); }
  absl::StatusOr<Statement*> PrepareScan(absl::string_view sql) override { return scratch_->PrepareScan(sql); }
  absl::Status Execute(absl::string_view sql) override { return scratch_->Execute(sql); }
  absl::Status Begin(bool write) override { return scratch_->Begin(write); }
  absl::Status Commit() override { return scratch_->Commit(); }
  void Rollback() override { scratch_->Rollback(); }
  absl::Status Collect() override { return scratch_->Collect(); }
  absl::Status Demand(absl::string_view sql, const Row& parameters, const absl::Status& otherwise) override {
    return scratch_->Demand(sql, parameters, otherwise);
  }
  absl::Status GetMany(absl::string_view sql, size_t keys, BindRow bind,
                       absl::FunctionRef<absl::Status(size_t, const Statement&)> sink) override {
    return scratch_->GetMany(sql, keys, bind, sink);
  }
  absl::StatusOr<std::string> Schema() override { return scratch_->Schema(); }

 private:
  Pack* PackOf(const TableShape& shape) {
    const auto found = packs_.find(shape.table);
    return found == packs_.end() ? nullptr : &found->second;
  }

  absl::Status InsertInto(Pack& pack, const TableShape& shape, absl::string_view row) {
    const int64_t number = NumberIn(row);
    if (number > pack.last()) return pack.Append(number, row);
    TRAILBOOK_ASSIGN_OR_RETURN(const std::optional<std::string> there, pack.Find(number));
    if (there.has_value()) {
      return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                    absl::StrCat("table ", shape.table, " has a row of ", shape.columns[1], " ", number, " already"));
    }
    return InsertPlain(shape, {std::string(row)});
  }

  absl::Status InsertPlain(const TableShape& shape, size_t rows, BindRow bind) {
    written_.Add(shape, rows, bind);
    return scratch_->InsertMany(shape, rows, bind);
  }
  // Rows as RowBytes has them.
  absl::Status InsertPlain(const TableShape& shape, const std::vector<std::string>& rows) {
    return InsertPlain(shape, rows.size(), [&rows, &shape](size_t at, Binder& binder) {
      absl::string_view bytes = rows[at];
      BindFrom(bytes, static_cast<int>(shape.columns.size()), binder);
    });
  }
  absl::Status AskPlain(const TableShape& shape, size_t keys, BindRow bind, RowSink sink) {
    std::vector<size_t> places;
    for (size_t at = 0; at < keys; ++at) {
      if (written_.MayHold(shape, at, bind)) places.push_back(at);
    }
    if (places.empty()) return absl::OkStatus();
    return scratch_->AskByKeys(
        shape, places.size(), [&places, bind](size_t at, Binder& binder) { bind(places[at], binder); },
        [places, sink = std::move(sink)](size_t at, const Statement& row) { return sink(places[at], row); });
  }

  // Gives rows of their own to those that are asked for and have none.
  absl::Status Unpack(const TableShape& shape, size_t keys, BindRow bind, Pack& pack) {
    std::vector<bool> has_one(keys);
    TRAILBOOK_RETURN_IF_ERROR(AskPlain(shape, keys, bind, [&has_one](size_t at, const Statement&) {
      has_one[at] = true;
      return absl::OkStatus();
    }));
    TRAILBOOK_RETURN_IF_ERROR(scratch_->Collect());
    std::vector<std::string> rows;
    for (size_t at = 0; at < keys; ++at) {
      if (has_one[at]) continue;
      NumberOf key;
      bind(at, key);
      TRAILBOOK_ASSIGN_OR_RETURN(std::optional<std::string> row, pack.Find(key.number()));
      if (row.has_value()) rows.push_back(*std::move(row));
    }
    return InsertPlain(shape, rows);
  }

  const std::unique_ptr<Database> scratch_;
  absl::node_hash_map<std::string, Pack> packs_;
  KeysWritten written_;  // of rows in SQL
};

}  // namespace

absl::StatusOr<std::unique_ptr<PackedScratch>> PackScratch(std::unique_ptr<Database> scratch,
                                                           std::vector<const TableShape*> packed) {
  auto store = std::make_unique<Scratch>(std::move(scratch), packed);
  TRAILBOOK_RETURN_IF_ERROR(store->MakePacks());
  return store;
}

}  // namespace trailbook::store
