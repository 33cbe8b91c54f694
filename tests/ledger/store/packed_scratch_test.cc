#include "ledger/store/packed_scratch.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/store/row_bytes.h"
#include "ledger/store/sqlite.h"

namespace trailbook::store {
namespace {

const TableShape kThing{"thing", {"program_id", "number", "name", "amount"}, 2};
const TableShape kOther{"other", {"program_id", "number", "name", "amount"}, 2};

class PackedScratchTest : public ::testing::Test {
 protected:
  PackedScratchTest() {
    for (const TableShape* shape : {&kThing, &kOther}) {
      const absl::Status made =
          scratch_->Execute(absl::StrCat("CREATE TABLE ", shape->table,
                                         " (program_id INTEGER, number INTEGER, name TEXT, amount INTEGER, PRIMARY KEY "
                                         "(program_id, number)) STRICT, WITHOUT ROWID"));
      EXPECT_TRUE(made.ok()) << made;
    }
  }

  void Insert(const std::vector<Row>& rows, const TableShape& shape = kThing) {
    const absl::Status inserted = scratch_->Database::InsertMany(shape, rows);
    EXPECT_TRUE(inserted.ok()) << inserted;
  }
  // The amounts found, by number.
  std::map<int64_t, int64_t> Ask(const std::vector<int64_t>& numbers, const TableShape& shape = kThing) {
    std::map<int64_t, int64_t> found;
    const absl::Status asked = scratch_->AskByKeys(
        shape, numbers.size(),
        [&numbers](size_t at, Binder& binder) {
          binder.BindInt(1, 1);
          binder.BindInt(2, numbers[at]);
        },
        [&](size_t at, const Statement& row) {
          EXPECT_EQ(row.ColumnInt(1), numbers[at]);
          EXPECT_EQ(row.ColumnText(2), NameOf(numbers[at]));
          EXPECT_TRUE(found.emplace(numbers[at], row.ColumnInt(3)).second);
          return absl::OkStatus();
        });
    EXPECT_TRUE(asked.ok() && scratch_->Collect().ok()) << asked;
    return found;
  }
  int64_t RowsInSql(const TableShape& shape = kThing) {
    return *SelectInt(*scratch_, absl::StrCat("SELECT COUNT(*) FROM ", shape.table));
  }

  static void BindFields(const Row& row, Binder& binder) {
    for (size_t at = 0; at < row.size(); ++at) binder.Bind(static_cast<int>(at) + 1, row[at]);
  }
  static std::string NameOf(int64_t number) {
    return number % 1000 == 0 ? std::string(9000, 'n') : absl::StrCat("name of ", number);
  }
  static Row Thing(int64_t number, int64_t amount) { return {int64_t{1}, number, NameOf(number), amount}; }

  const std::unique_ptr<PackedScratch> scratch_ = *PackScratch(*OpenSqliteScratch(), {&kThing});
};

TEST_F(PackedScratchTest, RowsAreFoundByTheirKeysAndHaveNoneOfTheirOwnBefore) {
  // Every other number; some are larger than a page, and not all are in the store yet.
  for (int64_t number = 2; number <= 6000; number += 200) {
    std::vector<Row> rows;
    for (int64_t at = number; at < number + 200; at += 2) rows.push_back(Thing(at, -at));
    Insert(rows);
  }
  EXPECT_EQ(RowsInSql(), 0);
  EXPECT_EQ(Ask({1, 2, 3, 1000, 1001, 2999, 3000, 5998, 6000, 6001, 6002}),
            (std::map<int64_t, int64_t>{{2, -2}, {1000, -1000}, {3000, -3000}, {5998, -5998}, {6000, -6000}}));
  EXPECT_EQ(RowsInSql(), 5);
  EXPECT_EQ(Ask({2, 4}), (std::map<int64_t, int64_t>{{2, -2}, {4, -4}}));
  EXPECT_EQ(RowsInSql(), 6);
  for (int64_t number = 2; number <= 6000; number += 2) {
    ASSERT_EQ(Ask({number}), (std::map<int64_t, int64_t>{{number, -number}}));
  }
}

TEST_F(PackedScratchTest, ARowThatChangedIsAsItWasChanged) {
  for (int64_t number = 1; number <= 500; ++number) Insert({Thing(number, 7)});
  ASSERT_EQ(Ask({3}).size(), 1u);
  ASSERT_TRUE(scratch_->Database::UpsertMany(kThing, {Thing(3, 8), Thing(400, 9)})
                  .ok());  // one that was asked for, and one that was not
  EXPECT_EQ(Ask({2, 3, 400}), (std::map<int64_t, int64_t>{{2, 7}, {3, 8}, {400, 9}}));
}

TEST_F(PackedScratchTest, ARowThatComesLateHasItsOwn) {
  Insert({Thing(5, 50), Thing(7, 70), Thing(6, 60), Thing(8, 80)});
  EXPECT_EQ(RowsInSql(), 1);
  EXPECT_EQ(Ask({5, 6, 7, 8}), (std::map<int64_t, int64_t>{{5, 50}, {6, 60}, {7, 70}, {8, 80}}));
  for (const int64_t there : {5, 6, 8}) {
    EXPECT_FALSE(scratch_->Database::InsertMany(kThing, {Thing(there, 61)}).ok()) << there;
  }
}

TEST_F(PackedScratchTest, BytesOfARowAreTheRow) {
  for (const int64_t number : {5, 7, 6, 8}) {
    RowBytes row;
    BindFields(Thing(number, 10 * number), row);
    ASSERT_TRUE(scratch_->InsertBytes(kThing, row.bytes()).ok());
  }
  EXPECT_EQ(RowsInSql(), 1);
  EXPECT_EQ(Ask({5, 6, 7, 8}), (std::map<int64_t, int64_t>{{5, 50}, {6, 60}, {7, 70}, {8, 80}}));
  RowBytes again;
  BindFields(Thing(5, 51), again);
  EXPECT_FALSE(scratch_->InsertBytes(kThing, again.bytes()).ok());
}

TEST_F(PackedScratchTest, KeysThatWereNeverWrittenAreNotLookedFor) {
  Insert({Thing(1, 10), Thing(2, 20)}, kOther);
  ASSERT_TRUE(scratch_->Database::UpsertMany(kOther, {Thing(3, 30)}).ok());
  EXPECT_EQ(Ask({4, 3, 1000, 1}, kOther), (std::map<int64_t, int64_t>{{1, 10}, {3, 30}}));
  const TableShape nowhere{"nowhere", kOther.columns, 2};  // who looked would fail
  EXPECT_EQ(Ask({1, 2, 3}, nowhere), (std::map<int64_t, int64_t>{}));
}

TEST_F(PackedScratchTest, OtherTablesAreLeftAlone) {
  Insert({Thing(1, 10), Thing(2, 20)}, kOther);
  EXPECT_EQ(RowsInSql(kOther), 2);
  EXPECT_EQ(Ask({1, 2, 3}, kOther), (std::map<int64_t, int64_t>{{1, 10}, {2, 20}}));
  EXPECT_EQ(scratch_->Schema()->find("packed"), std::string::npos);
}

TEST_F(PackedScratchTest, WhereThereIsNoRoomThatIsSaid) {
  ASSERT_TRUE(scratch_->Execute("PRAGMA temp.max_page_count = 20").ok());
  absl::Status inserted;
  for (int64_t number = 1; number <= 5000 && inserted.ok(); ++number) {
    inserted = scratch_->Database::InsertMany(kThing, {Thing(number, number)});
  }
  EXPECT_TRUE(absl::IsResourceExhausted(inserted)) << inserted;
}

}  // namespace
}  // namespace trailbook::store
