// Rows and tables say the same: every row's columns are its table's, in order, with the same keys and types.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/domain/book.h"
#include "ledger/store/migrations.h"
#include "ledger/store/row_mapping.h"
#include "ledger/store/sqlite.h"
#include "tests/contract/stores.h"

namespace trailbook::store {
namespace {

const char* TypeOf(const std::string&) { return "TEXT"; }
const char* TypeOf(const Bytes&) { return "BLOB"; }
const char* TypeOf(const DaySet&) { return "BLOB"; }
const char* TypeOf(const Hash128&) { return "BLOB"; }
const char* TypeOf(int64_t) { return "INTEGER"; }

// "name TYPE key-place" of each column.
template <typename R>
std::vector<std::string> RowColumns() {
  std::vector<std::string> columns;
  const R row{};
  R::Visit(row, [&columns](const char* name, const auto& field) {
    const int at = static_cast<int>(columns.size()) + 1;
    columns.push_back(absl::StrCat(name, " ", TypeOf(field), " ", at <= R::kKeyColumns ? at : 0));
  });
  if (kIsSealed<R>) columns.push_back("seal BLOB 0");
  return columns;
}

class SchemaTest : public ::testing::Test {
 protected:
  SchemaTest() : store_(NewSqliteStore()), db_(*store_->engine().OpenWriter()) { EXPECT_TRUE(Migrate(*db_).ok()); }

  std::vector<std::string> Select(const std::string& sql) {
    std::vector<std::string> rows;
    Statement* statement = *db_->Prepare(sql);
    while (*statement->Step()) rows.emplace_back(statement->ColumnText(0));
    statement->Reset();
    return rows;
  }

  std::unique_ptr<EmptyStore> store_;
  std::unique_ptr<Database> db_;
};

TEST_F(SchemaTest, EveryRowHasTheColumnsKeysAndTypesOfItsTable) {
  Book book;
  book.ForEach([this](auto& table) {
    using R = std::decay_t<decltype(table.Put({}))>;
    EXPECT_EQ(RowColumns<R>(), Select(absl::StrCat("SELECT name || ' ' || type || ' ' || pk FROM pragma_table_info('",
                                                   R::kTable, "') ORDER BY cid")))
        << R::kTable;
  });
}

TEST_F(SchemaTest, EveryTableIsStrictAndEveryColumnIsNotNull) {
  const auto tables =
      Select("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'");
  EXPECT_GE(tables.size(), 35u);
  EXPECT_TRUE(
      Select("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' "
             "AND strict = 0")
          .empty());
  for (const std::string& table : tables) {
    EXPECT_TRUE(Select(absl::StrCat("SELECT name FROM pragma_table_info('", table, "') WHERE \"notnull\" = 0")).empty())
        << table;
  }
}

}  // namespace
}  // namespace trailbook::store
