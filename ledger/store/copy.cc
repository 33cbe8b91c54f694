#include "ledger/store/copy.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/status.h"
#include "ledger/domain/book.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/row_mapping.h"

namespace trailbook::store {
namespace {

constexpr int64_t kRowsATransaction = 5000;

std::string KeysOf(const TableShape& shape) {
  return absl::StrJoin(shape.columns.begin(), shape.columns.begin() + shape.key_columns, ", ");
}

std::string Keys(const TableShape& shape, const Row& row) {
  std::string keys;
  for (int at = 0; at < shape.key_columns; ++at) {
    const auto place = static_cast<size_t>(at);
    absl::StrAppend(&keys, at == 0 ? "" : ", ", shape.columns[place], " ", ShowValue(row[place]));
  }
  return keys;
}

std::string SelectAll(const TableShape& shape, absl::string_view rest) {
  return absl::StrCat("SELECT ", absl::StrJoin(shape.columns, ", "), " FROM ", shape.table, " ", rest);
}

Row RowOf(const Statement& statement) {
  Row row;
  for (int at = 0; at < statement.ColumnCount(); ++at) row.push_back(statement.Column(at));
  return row;
}

absl::StatusOr<std::vector<Row>> Rows(Database& db, const std::string& sql, const Row& parameters) {
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * select, db.Prepare(sql));
  select->BindAll(parameters);
  std::vector<Row> rows;
  while (true) {
    const auto more = select->Step();
    if (!more.ok()) {
      select->Reset();
      return more.status();
    }
    if (!*more) break;
    rows.push_back(RowOf(*select));
  }
  select->Reset();
  return rows;
}

// The next rows after a key, or the first ones.
absl::StatusOr<std::vector<Row>> RowsAfter(Database& db, const TableShape& shape, const Row& key) {
  std::string places;
  for (size_t at = 1; at <= key.size(); ++at) absl::StrAppend(&places, at == 1 ? "$" : ", $", at);
  const std::string where = key.empty() ? "" : absl::StrCat("WHERE (", KeysOf(shape), ") > (", places, ") ");
  return Rows(db, SelectAll(shape, absl::StrCat(where, "ORDER BY ", KeysOf(shape), " LIMIT ", kRowsATransaction)), key);
}

Row KeyOf(const TableShape& shape, const Row& row) { return Row(row.begin(), row.begin() + shape.key_columns); }

// The key of the last row that is there already; empty if there is none.
absl::StatusOr<Row> LastKey(Database& db, const TableShape& shape) {
  const std::string order =
      absl::StrJoin(shape.columns.begin(), shape.columns.begin() + shape.key_columns, ", ",
                    [](std::string* out, const std::string& column) { absl::StrAppend(out, column, " DESC"); });
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<Row> last,
                             Rows(db, SelectAll(shape, absl::StrCat("ORDER BY ", order, " LIMIT 1")), {}));
  return last.empty() ? Row() : KeyOf(shape, last[0]);
}

absl::Status CopyTable(Database& from, Database& to, const TableShape& shape,
                       const std::function<void(const std::string& table, int64_t rows)>& progress) {
  TRAILBOOK_ASSIGN_OR_RETURN(Row key, LastKey(to, shape));
  while (true) {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<Row> rows, RowsAfter(from, shape, key));
    if (rows.empty()) return absl::OkStatus();
    TRAILBOOK_RETURN_IF_ERROR(to.Begin(true));
    const absl::Status written = to.InsertMany(shape, rows);
    if (!written.ok()) {
      to.Rollback();
      return written;
    }
    TRAILBOOK_RETURN_IF_ERROR(to.Commit());
    progress(shape.table, static_cast<int64_t>(rows.size()));
    key = KeyOf(shape, rows.back());
  }
}

// The first row of a table that differs.
absl::StatusOr<std::string> DifferenceIn(Database& from, Database& to, const TableShape& shape) {
  const std::string sql = SelectAll(shape, absl::StrCat("ORDER BY ", KeysOf(shape)));
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * left, from.PrepareScan(sql));
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * right, to.PrepareScan(sql));
  std::string difference;
  while (difference.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool here, left->Step());
    TRAILBOOK_ASSIGN_OR_RETURN(const bool there, right->Step());
    if (!here && !there) break;
    const Row row = RowOf(here ? *left : *right);
    if (here != there) {
      difference = absl::StrCat("table ", shape.table, ": row (", Keys(shape, row), ") is only in the ",
                                here ? "source" : "target");
    } else if (row != RowOf(*right)) {
      difference = absl::StrCat("table ", shape.table, ": row (", Keys(shape, row), ") differs");
    }
  }
  left->Reset();
  right->Reset();
  return difference;
}

}  // namespace

std::vector<TableShape> AllTables() {
  std::vector<TableShape> tables = {{"secret", {"name", "value", kSealColumn}, 1},
                                    {"log_record", {"program_id", "sequence", "body"}, 2},
                                    {"log_tile", {"program_id", "level", "tile", "hashes"}, 3},
                                    FreshKeyShape()};
  Book shapes;
  shapes.ForEach([&tables](auto& table) {
    using R = std::decay_t<decltype(table.Put({}))>;
    tables.push_back(ShapeOf<R>());
  });
  tables.push_back({"watermark", {"program_id", "sequence"}, 1});
  tables.push_back({"log_head", {"program_id", "size", "root"}, 1});
  return tables;
}

absl::Status CopyRows(Database& from, Database& to,
                      const std::function<void(const std::string& table, int64_t rows)>& progress) {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<Row> theirs, Rows(to, "SELECT value FROM secret", {}));
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<Row> ours, Rows(from, "SELECT value FROM secret", {}));
  if (ours.empty()) return Refuse(absl::StatusCode::kNotFound, "NOT_FOUND", "from", "the source holds no books");
  if (!theirs.empty() && theirs != ours) {
    return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", "to",
                  "the target holds books of its own; copy into an empty store");
  }
  // Not every engine lets ids wait for their table.
  TRAILBOOK_RETURN_IF_ERROR(SettleFreshKeys(from));
  for (const TableShape& shape : AllTables()) TRAILBOOK_RETURN_IF_ERROR(CopyTable(from, to, shape, progress));
  return absl::OkStatus();
}

absl::StatusOr<std::string> FindDifference(Database& from, Database& to) {
  for (const TableShape& shape : AllTables()) {
    TRAILBOOK_ASSIGN_OR_RETURN(std::string difference, DifferenceIn(from, to, shape));
    if (!difference.empty()) return difference;
  }
  return std::string();
}

absl::StatusOr<std::vector<std::string>> DescribeLogs(Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      Rows(db,
           "SELECT program_slug.slug, log_head.size, log_head.root FROM log_head "
           "JOIN program_slug ON program_slug.program_id = log_head.program_id ORDER BY log_head.program_id",
           {}));
  std::vector<std::string> logs;
  for (const Row& row : rows) {
    logs.push_back(absl::StrCat("program ", std::get<std::string>(row[0]), ": ", std::get<int64_t>(row[1]),
                                " records, root ", ShowValue(row[2])));
  }
  return logs;
}

absl::StatusOr<std::string> WriterOf(Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      Rows(db, "SELECT address FROM lease WHERE expire_time > now() ORDER BY program_id LIMIT 1", {}));
  return rows.empty() ? std::string() : std::get<std::string>(rows[0][0]);
}

absl::StatusOr<bool> IsHalfCopied(Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t heads, SelectInt(db, "SELECT COUNT(*) FROM log_head"));
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<Row> records, Rows(db, "SELECT sequence FROM log_record LIMIT 1", {}));
  return heads == 0 && !records.empty();
}

}  // namespace trailbook::store
