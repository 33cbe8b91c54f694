// What every driver of sql.h promises, whatever database stands behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/store/migrations.h"
#include "tests/contract/bound_values.h"
#include "tests/contract/stores.h"

namespace trailbook::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min(), kMax = std::numeric_limits<int64_t>::max();
const Value kNull = std::monostate();

class SqlContract : public ::testing::TestWithParam<StoreCase> {
 protected:
  void SetUp() override {
    store_ = GetParam().make();
    if (store_ == nullptr) GTEST_SKIP() << kNoPostgres;
    writer_ = *store_->engine().OpenWriter();
    Expect(writer_->Execute(CreateTable(writer_->dialect(), "thing")));
  }

  static void Expect(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }

  // Every row of a query.
  static std::vector<Row> Select(Database& db, const std::string& sql, const Row& parameters = {}) {
    const auto statement = db.Prepare(sql);
    EXPECT_TRUE(statement.ok()) << statement.status();
    if (!statement.ok()) return {};
    for (size_t at = 0; at < parameters.size(); ++at) (*statement)->Bind(static_cast<int>(at) + 1, parameters[at]);
    std::vector<Row> rows;
    while (true) {
      const auto more = (*statement)->Step();
      EXPECT_TRUE(more.ok()) << more.status();
      if (!more.ok() || !*more) break;
      Row row;
      for (int column = 0; column < (*statement)->ColumnCount(); ++column) row.push_back((*statement)->Column(column));
      rows.push_back(std::move(row));
    }
    (*statement)->Reset();
    return rows;
  }
  std::vector<Row> Select(const std::string& sql, const Row& parameters = {}) {
    return Select(*writer_, sql, parameters);
  }
  static absl::Status Run(Database& db, const std::string& sql, const Row& parameters) {
    const auto statement = db.Prepare(sql);
    if (!statement.ok()) return statement.status();
    for (size_t at = 0; at < parameters.size(); ++at) (*statement)->Bind(static_cast<int>(at) + 1, parameters[at]);
    const absl::Status done = (*statement)->Step().status();
    (*statement)->Reset();
    return done;
  }
  absl::Status Insert(int64_t id, const Value& number) {
    return writer_->InsertMany({"thing", {"program_id", "id", "number"}, 2}, {{int64_t{1}, id, number}});
  }
  std::vector<Row> Numbers(Database& db) { return Select(db, "SELECT id, number FROM thing ORDER BY id"); }
  std::vector<Row> Numbers() { return Numbers(*writer_); }

  std::unique_ptr<EmptyStore> store_;
  std::unique_ptr<Database> writer_;
  const TableShape shape_{"thing", {"program_id", "id", "number", "body", "note"}, 2};
};

TEST_P(SqlContract, EveryKindOfValueComesBackAsItWasBound) {
  const std::vector<Row> rows = {
      {int64_t{1}, int64_t{1}, kMin, Blob{std::string("\0\xff\x00z", 4)}, std::string("z\xC3\xBCrich")},
      {int64_t{1}, int64_t{2}, kMax, Blob{std::string(100000, '\x80')}, std::string("it's \"quoted\"; -- $1")},
      {int64_t{1}, int64_t{3}, int64_t{0}, Blob{""}, std::string()},
      {int64_t{1}, int64_t{4}, kNull, kNull, kNull}};
  Expect(writer_->InsertMany(shape_, rows));
  const std::string select = "SELECT program_id, id, number, body, note FROM thing ORDER BY id";
  EXPECT_EQ(Select(select), rows);
  // The same without a value in between.
  Statement* const statement = *writer_->Prepare(select);
  for (const Row& row : rows) {
    ASSERT_TRUE(*statement->Step());
    BoundValues bound;
    for (int at = 0; at < statement->ColumnCount(); ++at) statement->BindColumn(at, bound, at + 1);
    EXPECT_EQ(bound.row(), row);
  }
  statement->Reset();
}

TEST_P(SqlContract, AnEmptyTextAndAnEmptyBlobAreNotNull) {
  Expect(writer_->InsertMany(shape_, {{int64_t{1}, int64_t{1}, kNull, Blob{""}, std::string()}}));
  const auto statement = writer_->Prepare("SELECT number, body, note FROM thing");
  ASSERT_TRUE(*(*statement)->Step());
  EXPECT_TRUE((*statement)->ColumnIsNull(0));
  EXPECT_FALSE((*statement)->ColumnIsNull(1));
  EXPECT_FALSE((*statement)->ColumnIsNull(2));
  EXPECT_EQ((*statement)->ColumnBlob(1), "");
  EXPECT_EQ((*statement)->ColumnText(2), "");
  (*statement)->Reset();
}

TEST_P(SqlContract, ParametersAreNumberedByTheirNumberNotByWhereTheyFirstStand) {
  EXPECT_THAT(
      Select("SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT), CAST($2 AS TEXT)", {int64_t{7}, std::string("seven")}),
      ElementsAre(Row{std::string("seven"), int64_t{7}, std::string("seven")}));
}

TEST_P(SqlContract, AStatementIsUsedAgainAfterReset) {
  Expect(Insert(1, int64_t{10}));
  Expect(Insert(2, int64_t{20}));
  const std::string sql = "SELECT number FROM thing WHERE program_id = 1 AND id = $1";
  EXPECT_THAT(Select(sql, {int64_t{1}}), ElementsAre(Row{int64_t{10}}));
  EXPECT_THAT(Select(sql, {int64_t{2}}), ElementsAre(Row{int64_t{20}}));
  EXPECT_THAT(Select(sql, {int64_t{3}}), IsEmpty());
}

TEST_P(SqlContract, AParameterThatIsNotBoundAgainIsNullAfterReset) {
  const std::string sql = "SELECT CAST($1 AS BIGINT)";
  EXPECT_THAT(Select(sql, {int64_t{1}}), ElementsAre(Row{int64_t{1}}));
  EXPECT_THAT(Select(sql), ElementsAre(Row{kNull}));
}

TEST_P(SqlContract, WhatIsNoSqlIsAnErrorOfPrepare) { EXPECT_FALSE(writer_->Prepare("SELEKT 1").ok()); }

TEST_P(SqlContract, SelectIntGivesTheFirstNumberOrNought) {
  Expect(Insert(1, int64_t{10}));
  Expect(Insert(2, int64_t{20}));
  Expect(Insert(3, kNull));
  EXPECT_EQ(*SelectInt(*writer_, "SELECT number FROM thing ORDER BY id"), 10);
  EXPECT_EQ(
      *SelectInt(*writer_, "SELECT number FROM thing WHERE program_id = $1 AND id = $2", {int64_t{1}, int64_t{2}}), 20);
  EXPECT_EQ(*SelectInt(*writer_, "SELECT number FROM thing WHERE program_id = 1 AND id = 3"), 0) << "NULL";
  EXPECT_EQ(*SelectInt(*writer_, "SELECT number FROM thing WHERE program_id = 1 AND id = 4"), 0) << "no row";
  EXPECT_EQ(*SelectInt(*writer_, "UPDATE thing SET number = 30 WHERE program_id = 1 AND id = 2"), 0) << "no column";
  EXPECT_EQ(
      *SelectInt(*writer_, "UPDATE thing SET number = number + 1 WHERE program_id = 1 AND id <= 2 RETURNING number") /
          10,
      1)
      << "and all are changed";
  EXPECT_EQ(*SelectInt(*writer_, "SELECT number FROM thing WHERE program_id = 1 AND id = 2"), 31);
  EXPECT_FALSE(SelectInt(*writer_, "SELECT 1 FROM nowhere").ok());
}

TEST_P(SqlContract, AConflictIsZeroRowsNotAnError) {
  const std::string sql =
      "INSERT INTO thing (program_id, id, number) VALUES (1, $1, $2) ON CONFLICT DO NOTHING RETURNING id";
  EXPECT_THAT(Select(sql, {int64_t{1}, int64_t{10}}), ElementsAre(Row{int64_t{1}}));
  EXPECT_THAT(Select(sql, {int64_t{1}, int64_t{99}}), IsEmpty());
  EXPECT_THAT(Numbers(), ElementsAre(Row{int64_t{1}, int64_t{10}}));
}

TEST_P(SqlContract, InsertManyWritesEveryRowAndFailsOnAKeyThatIsThere) {
  Expect(writer_->InsertMany(shape_, std::vector<Row>()));
  std::vector<Row> rows;
  for (int64_t id = 0; id < 1000; ++id) rows.push_back({int64_t{1}, id, id * id, Blob{"b"}, std::string("n")});
  Expect(writer_->InsertMany(shape_, rows));
  EXPECT_EQ(Select("SELECT program_id, id, number, body, note FROM thing ORDER BY id"), rows);
  const absl::Status status = Insert(999, int64_t{0});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
}

// A driver may write several with one statement, and the rest singly.
TEST_P(SqlContract, InsertManyGivesEachRowItsOwnValuesWhateverTheirNumber) {
  for (int64_t count = 1; count <= 20; ++count) {
    std::vector<Row> rows;
    for (int64_t id = 1; id <= count; ++id) {
      const Value number = id % 3 == 0 ? kNull : Value(100 * count + id);
      rows.push_back({count, id, number, Blob{std::string(static_cast<size_t>(id), 'b')},
                      id % 4 == 0 ? kNull : Value(absl::StrCat("note ", id))});
    }
    Expect(writer_->InsertMany(shape_, rows));
    EXPECT_EQ(Select("SELECT program_id, id, number, body, note FROM thing WHERE program_id = $1 ORDER BY id", {count}),
              rows);
  }
}

// However many they are.
TEST_P(SqlContract, InsertManyTakesThousandsOfRowsWithNullsAndLargeTexts) {
  std::vector<Row> rows;
  for (int64_t id = 0; id < 3000; ++id) {
    const Value number = id % 3 == 0 ? kNull : Value(id % 3 == 1 ? kMin : kMax - id);
    const Value body = id % 5 == 0 ? kNull : Value(Blob{std::string("\0\xff\n\\.", 5)});
    rows.push_back({int64_t{1}, id, number, body,
                    id % 7 == 0 ? kNull : Value(id % 7 == 1 ? "" : std::string(static_cast<size_t>(id % 100), 'x'))});
  }
  Expect(writer_->InsertMany(shape_, rows));
  EXPECT_EQ(Select("SELECT program_id, id, number, body, note FROM thing ORDER BY id"), rows);
}

TEST_P(SqlContract, InsertManyOfManyRowsIsRefusedAsThatOfFew) {
  const auto insert = [](Database& db, int64_t count, const Value& last_id, const Value& last_number) {
    std::vector<Row> rows;
    for (int64_t id = 1; id < count; ++id) rows.push_back({int64_t{1}, id, id});
    rows.push_back({int64_t{1}, last_id, last_number});
    return db.InsertMany({"thing", {"program_id", "id", "number"}, 2}, rows);
  };
  const std::vector<std::pair<Value, Value>> wrong = {
      {int64_t{1}, int64_t{1}}, {int64_t{5000}, std::string("ten")}, {int64_t{5000}, Blob{"10"}}, {kNull, int64_t{1}}};
  const auto reader = store_->engine().OpenReader();
  for (const int64_t count : {2, 3000}) {
    for (const auto& [id, number] : wrong) {
      Expect(writer_->Begin(true));
      const absl::Status refused = insert(*writer_, count, id, number);
      EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << count << " rows: " << refused;
      writer_->Rollback();
      EXPECT_THAT(Numbers(), IsEmpty());
    }
    EXPECT_EQ(insert(**reader, count, count, int64_t{1}).code(), absl::StatusCode::kFailedPrecondition)
        << count << " rows by a reader";
  }
  Expect(insert(*writer_, 3000, int64_t{3000}, kNull));
  EXPECT_EQ(Numbers().size(), 3000u) << "the connection is as good as before";
}

TEST_P(SqlContract, UpsertManyReplacesTheOtherColumnsAndInsertsWhatIsNew) {
  Expect(writer_->InsertMany(shape_, {{int64_t{1}, int64_t{1}, int64_t{10}, Blob{"old"}, std::string("old")}}));
  Expect(writer_->UpsertMany(shape_, {{int64_t{1}, int64_t{1}, int64_t{11}, kNull, std::string("new")},
                                      {int64_t{1}, int64_t{2}, int64_t{20}, Blob{""}, kNull}}));
  EXPECT_THAT(Select("SELECT id, number, body, note FROM thing ORDER BY id"),
              ElementsAre(Row{int64_t{1}, int64_t{11}, kNull, std::string("new")},
                          Row{int64_t{2}, int64_t{20}, Blob{""}, kNull}));
}

TEST_P(SqlContract, UpsertManyOfATableThatIsAllKeyKeepsWhatIsThere) {
  const TableShape keys{"thing", {"program_id", "id"}, 2};
  Expect(writer_->UpsertMany(keys, {{int64_t{1}, int64_t{1}}}));
  Expect(writer_->UpsertMany(keys, {{int64_t{1}, int64_t{1}}, {int64_t{1}, int64_t{2}}}));
  EXPECT_EQ(Numbers().size(), 2u);
}

TEST_P(SqlContract, GetManySaysWhichKeyEachRowAnswers) {
  Expect(Insert(1, int64_t{10}));
  Expect(Insert(3, int64_t{30}));
  std::vector<std::pair<size_t, int64_t>> found;
  Expect(writer_->GetMany("SELECT number FROM thing WHERE program_id = $1 AND id = $2",
                          {{int64_t{1}, int64_t{3}}, {int64_t{1}, int64_t{2}}, {int64_t{1}, int64_t{1}}},
                          [&found](size_t key, const Statement& row) {
                            found.emplace_back(key, row.ColumnInt(0));
                            return absl::OkStatus();
                          }));
  EXPECT_THAT(found, ElementsAre(std::pair<size_t, int64_t>(0, 30), std::pair<size_t, int64_t>(2, 10)));
}

// More than fits between the two ends of a connection: a driver that only sends would wait for ever.
TEST_P(SqlContract, GetManyTakesThousandsOfKeysWithLargeAnswers) {
  const std::string text(2000, 'x');
  std::vector<Row> rows, keys;
  for (int64_t id = 0; id < 5000; ++id) {
    rows.push_back({int64_t{1}, id, text});
    keys.push_back({id});
  }
  Expect(writer_->InsertMany({"thing", {"program_id", "id", "note"}, 2}, rows));
  size_t found = 0;
  Expect(writer_->GetMany("SELECT id, note FROM thing WHERE program_id = 1 AND id = $1", keys,
                          [&](size_t key, const Statement& row) {
                            EXPECT_EQ(row.ColumnInt(0), static_cast<int64_t>(key));
                            EXPECT_EQ(row.ColumnText(1).size(), text.size());
                            ++found;
                            return absl::OkStatus();
                          }));
  EXPECT_EQ(found, 5000u);
}

TEST_P(SqlContract, AskByKeysSaysWhichKeyEachRowAnswersAndPassesOverOthers) {
  for (int64_t id : {1, 2, 3}) Expect(Insert(id, id * 10));
  const std::vector<Row> keys = {
      {int64_t{1}, int64_t{3}}, {int64_t{1}, int64_t{9}}, {int64_t{2}, int64_t{1}}, {int64_t{1}, int64_t{1}}};
  std::vector<std::pair<size_t, int64_t>> found;
  Expect(writer_->AskByKeys(
      shape_, keys.size(),
      [&keys](size_t at, Binder& binder) {
        for (size_t column = 0; column < keys[at].size(); ++column) {
          binder.Bind(static_cast<int>(column) + 1, keys[at][column]);
        }
      },
      [&found](size_t key, const Statement& row) {
        found.emplace_back(key, row.ColumnInt(2));
        return absl::OkStatus();
      }));
  Expect(writer_->Collect());
  EXPECT_THAT(found, ::testing::UnorderedElementsAre(std::make_pair(size_t{0}, int64_t{30}),
                                                     std::make_pair(size_t{3}, int64_t{10})));
}

TEST_P(SqlContract, AScanGivesEveryRowHoweverMany) {
  std::vector<Row> rows;
  for (int64_t id = 0; id < 5001; ++id) rows.push_back({int64_t{1}, id, id});
  Expect(writer_->InsertMany({"thing", {"program_id", "id", "number"}, 2}, rows));
  const auto reader = *store_->engine().OpenReader();
  Expect(reader->Begin(false));
  for (int round = 0; round < 2; ++round) {
    Statement* scan = *reader->PrepareScan("SELECT id FROM thing WHERE id >= $1 ORDER BY id");
    scan->BindInt(1, 1);
    int64_t count = 0;
    while (*scan->Step()) EXPECT_EQ(scan->ColumnInt(0), ++count);
    scan->Reset();
    EXPECT_EQ(count, 5000);
  }
  reader->Rollback();
}

TEST_P(SqlContract, GetManyGivesEveryRowOfAKey) {
  for (int64_t id = 1; id <= 3; ++id) Expect(Insert(id, id * 10));
  int rows = 0;
  Expect(writer_->GetMany("SELECT number FROM thing WHERE program_id = $1", {{int64_t{1}}, {int64_t{2}}},
                          [&rows](size_t key, const Statement&) {
                            EXPECT_EQ(key, 0u);
                            ++rows;
                            return absl::OkStatus();
                          }));
  EXPECT_EQ(rows, 3);
}

TEST_P(SqlContract, GetManyStopsAtTheErrorOfItsSinkAndWorksAgain) {
  for (int64_t id = 1; id <= 3; ++id) Expect(Insert(id, id * 10));
  const std::string sql = "SELECT number FROM thing WHERE program_id = 1 AND id = $1";
  const std::vector<Row> keys = {{int64_t{1}}, {int64_t{2}}, {int64_t{3}}};
  int calls = 0;
  const auto stop = [&calls](size_t, const Statement&) {
    return ++calls == 2 ? absl::CancelledError("enough") : absl::OkStatus();
  };
  EXPECT_EQ(writer_->GetMany(sql, keys, stop).code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(calls, 2);
  calls = 10;
  Expect(writer_->GetMany(sql, keys, stop));
  EXPECT_EQ(calls, 13);
}

TEST_P(SqlContract, ARolledBackTransactionLeavesNothing) {
  Expect(Insert(1, int64_t{10}));
  Expect(writer_->Begin(true));
  Expect(Insert(2, int64_t{20}));
  Expect(writer_->UpsertMany({"thing", {"program_id", "id", "number"}, 2}, {{int64_t{1}, int64_t{1}, int64_t{11}}}));
  EXPECT_EQ(Numbers().size(), 2u);
  writer_->Rollback();
  EXPECT_THAT(Numbers(), ElementsAre(Row{int64_t{1}, int64_t{10}}));
}

TEST_P(SqlContract, AFailedInsertCanBeRolledBackAndTheNextTransactionCommits) {
  Expect(Insert(1, int64_t{10}));
  Expect(writer_->Begin(true));
  Expect(Insert(2, int64_t{20}));
  EXPECT_FALSE(Insert(1, int64_t{99}).ok());
  writer_->Rollback();
  Expect(writer_->Begin(true));
  Expect(Insert(3, int64_t{30}));
  Expect(writer_->Commit());
  EXPECT_THAT(Numbers(), ElementsAre(Row{int64_t{1}, int64_t{10}}, Row{int64_t{3}, int64_t{30}}));
}

TEST_P(SqlContract, AReaderSeesWhatWasCommittedOnly) {
  const auto reader = *store_->engine().OpenReader();
  Expect(writer_->Begin(true));
  Expect(Insert(1, int64_t{10}));
  EXPECT_THAT(Numbers(*reader), IsEmpty());
  Expect(writer_->Commit());
  EXPECT_THAT(Numbers(*reader), ElementsAre(Row{int64_t{1}, int64_t{10}}));
}

TEST_P(SqlContract, AReadTransactionSeesTheMomentAtWhichItBegan) {
  const auto reader = *store_->engine().OpenReader();
  Expect(Insert(1, int64_t{10}));
  Expect(reader->Begin(false));
  Expect(Insert(2, int64_t{20}));  // before the reader's first query
  EXPECT_THAT(Numbers(*reader), ElementsAre(Row{int64_t{1}, int64_t{10}}));
  Expect(Insert(3, int64_t{30}));
  EXPECT_THAT(Numbers(*reader), ElementsAre(Row{int64_t{1}, int64_t{10}}));
  reader->Rollback();
  EXPECT_EQ(Numbers(*reader).size(), 3u);
}

TEST_P(SqlContract, AReaderCannotWrite) {
  const auto reader = *store_->engine().OpenReader();
  const absl::Status status =
      reader->InsertMany({"thing", {"program_id", "id", "number"}, 2}, {{int64_t{1}, int64_t{1}, int64_t{1}}});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_FALSE(reader->Execute("DELETE FROM thing").ok());
  EXPECT_FALSE(reader->Execute("DROP TABLE thing").ok());
  EXPECT_THAT(Numbers(), IsEmpty());
}

TEST_P(SqlContract, ThereIsOneWriterAtATime) {
  const auto second = store_->engine().OpenWriter();
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  writer_.reset();
  EXPECT_TRUE(store_->engine().OpenWriter().ok());
}

TEST_P(SqlContract, ASecondWriterWritesBesideTheFirstIfThereCanBeOne) {
  const auto second = store_->engine().OpenSecondWriter();
  ASSERT_TRUE(second.ok()) << second.status();
  if (GetParam().name == "Sqlite") {
    EXPECT_EQ(*second, nullptr);
    return;
  }
  Expect(writer_->Begin(true));
  Expect(Insert(1, int64_t{10}));
  Expect((*second)->Begin(true));
  Expect((*second)->InsertMany({"thing", {"program_id", "id", "number"}, 2}, {{int64_t{1}, int64_t{2}, int64_t{20}}}));
  Expect((*second)->Commit());
  EXPECT_EQ(Numbers(**second).size(), 1u) << "what is not committed is nobody else's";
  Expect(writer_->Commit());
  EXPECT_EQ(Numbers().size(), 2u);
}

TEST_P(SqlContract, AColumnRefusesAValueOfAnotherType) {
  EXPECT_FALSE(Insert(1, std::string("ten")).ok());
  EXPECT_FALSE(Insert(1, Blob{"10"}).ok());
  EXPECT_FALSE(
      writer_->InsertMany({"thing", {"program_id", "id", "number"}, 2}, {{int64_t{1}, kNull, int64_t{1}}}).ok());
  EXPECT_FALSE(
      writer_->InsertMany({"thing", {"program_id", "id", "body"}, 2}, {{int64_t{1}, int64_t{1}, std::string("text")}})
          .ok());
  EXPECT_THAT(Numbers(), IsEmpty());
}

TEST_P(SqlContract, ASumThatDoesNotFitIsNeverStoredAsAnApproximation) {
  Expect(Insert(1, kMax));
  EXPECT_FALSE(writer_->Execute("UPDATE thing SET number = number + 1").ok());
  EXPECT_THAT(Numbers(), ElementsAre(Row{int64_t{1}, kMax}));
}

TEST_P(SqlContract, AScratchStoreIsEmptyOfItsOwnAndGoneWhenClosed) {
  Expect(Insert(1, int64_t{10}));
  auto scratch = *store_->engine().OpenScratch();
  Expect(scratch->Execute(CreateTable(scratch->dialect(), "thing")));
  EXPECT_THAT(Numbers(*scratch), IsEmpty());
  Expect(scratch->InsertMany({"thing", {"program_id", "id", "number"}, 2}, {{int64_t{1}, int64_t{5}, int64_t{50}}}));
  EXPECT_THAT(Numbers(*scratch), ElementsAre(Row{int64_t{5}, int64_t{50}}));
  EXPECT_THAT(Numbers(), ElementsAre(Row{int64_t{1}, int64_t{10}}));
  scratch = *store_->engine().OpenScratch();
  EXPECT_FALSE(scratch->Prepare("SELECT id FROM thing").ok());
}

TEST_P(SqlContract, ACheckpointChangesNothingThatAnybodySees) {
  Expect(Insert(1, int64_t{10}));
  const auto reader = *store_->engine().OpenReader();
  Expect(store_->engine().Checkpoint(*writer_));
  EXPECT_EQ(Numbers(*reader), Numbers());
  Expect(Insert(2, int64_t{20}));
  EXPECT_EQ(Numbers(*reader).size(), 2u);
}

TEST_P(SqlContract, ACopyHoldsWhatWasCommittedWhenItWasMade) {
  Expect(Insert(1, int64_t{10}));
  const std::string path = testing::TempDir() + "contract-copy-" + std::to_string(getpid());
  auto copy = store_->engine().CopyTo(path);
  if (store_->engine().shared()) {
    EXPECT_EQ(ReasonOf(copy.status()), "WRONG_STATE");
    return;
  }
  ASSERT_TRUE(copy.ok()) << copy.status();
  Expect(Insert(2, int64_t{20}));
  EXPECT_THAT(Numbers(**(*copy)->OpenReader()), ElementsAre(Row{int64_t{1}, int64_t{10}}));
  EXPECT_EQ(store_->engine().CopyTo(path).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_FALSE(store_->engine().CopyTo("/nowhere/at/all").ok());
  std::filesystem::remove(path);
}

TEST_P(SqlContract, AStoreThatIsWellHasNoDamageAndSaysWhatItIsMadeOf) {
  EXPECT_EQ(*writer_->FindDamage(), "");
  if (writer_->dialect() == Dialect::kPostgres) {
    EXPECT_EQ(*writer_->Schema(), "") << "it does not describe itself";
    return;
  }
  const std::string before = *writer_->Schema();
  EXPECT_THAT(before, ::testing::HasSubstr("thing"));
  Expect(writer_->Execute("CREATE INDEX thing_by_number ON thing (number)"));
  EXPECT_NE(*writer_->Schema(), before);
  auto scratch = *store_->engine().OpenScratch();
  Expect(scratch->Execute(CreateTable(scratch->dialect(), "thing")));
  EXPECT_EQ(*scratch->Schema(), before);
}

// ---- what the database itself refuses, whoever asks ----

class LogContract : public SqlContract {
 protected:
  void SetUp() override {
    SqlContract::SetUp();
    if (store_ == nullptr) return;
    Expect(Migrate(*writer_));
    Expect(Run(*writer_, "INSERT INTO log_record (program_id, sequence, body) VALUES (1, 1, $1)", {Blob{"record"}}));
    Expect(Run(*writer_, "INSERT INTO log_tile (program_id, level, tile, hashes) VALUES (1, 0, 0, $1)",
               {Blob{std::string(32, 'a')}}));
    Expect(
        Run(*writer_, "INSERT INTO log_head (program_id, size, root) VALUES (1, 5, $1)", {Blob{std::string(32, 'r')}}));
  }
  // Refused by the database, for a reason that a person understands.
  void ExpectRefused(const std::string& sql, const Row& parameters = {}) {
    const absl::Status status = Run(*writer_, sql, parameters);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << sql << ": " << status;
    EXPECT_NE(status.message().find("append-only"), absl::string_view::npos) << status;
  }
};

TEST_P(LogContract, ARecordIsNeverChanged) {
  ExpectRefused("UPDATE log_record SET body = $1", {Blob{"forged"}});
  ExpectRefused("UPDATE log_record SET sequence = 2");
  EXPECT_THAT(Select("SELECT sequence, body FROM log_record"), ElementsAre(Row{int64_t{1}, Blob{"record"}}));
}

TEST_P(LogContract, ARecordIsNeverDeleted) {
  ExpectRefused("DELETE FROM log_record");
  ExpectRefused("DELETE FROM log_record WHERE sequence = 1");
  EXPECT_EQ(Select("SELECT sequence FROM log_record").size(), 1u);
}

TEST_P(LogContract, NothingIsReplacedByAnInsertInItsPlace) {
  const bool postgres = writer_->dialect() == Dialect::kPostgres;
  const auto replace = [postgres](const std::string& insert, const std::string& key, const std::string& column) {
    return postgres ? absl::StrCat("INSERT INTO ", insert, " ON CONFLICT (", key, ") DO UPDATE SET ", column,
                                   " = excluded.", column)
                    : absl::StrCat("INSERT OR REPLACE INTO ", insert);
  };
  ExpectRefused(replace("log_record (program_id, sequence, body) VALUES (1, 1, $1)", "program_id, sequence", "body"),
                {Blob{"forged"}});
  ExpectRefused(
      replace("log_tile (program_id, level, tile, hashes) VALUES (1, 0, 0, $1)", "program_id, level, tile", "hashes"),
      {Blob{std::string(32, 'x')}});
  ExpectRefused(replace("log_head (program_id, size, root) VALUES (1, 4, $1)", "program_id", "root"),
                {Blob{std::string(32, 'x')}});
  EXPECT_THAT(Select("SELECT sequence, body FROM log_record"), ElementsAre(Row{int64_t{1}, Blob{"record"}}));
}

TEST_P(LogContract, ARecordIsNeitherEmptyNorTooLongForABundle) {
  const std::string insert = "INSERT INTO log_record (program_id, sequence, body) VALUES (1, 2, $1)";
  EXPECT_FALSE(Run(*writer_, insert, {Blob{""}}).ok());
  EXPECT_FALSE(Run(*writer_, insert, {Blob{std::string(65536, 'x')}}).ok());
  EXPECT_TRUE(Run(*writer_, insert, {Blob{std::string(65535, 'x')}}).ok());
}

TEST_P(LogContract, ATileOnlyGrows) {
  Expect(Run(*writer_, "UPDATE log_tile SET hashes = $1", {Blob{std::string(32, 'a') + std::string(32, 'b')}}));
  ExpectRefused("UPDATE log_tile SET hashes = $1", {Blob{std::string(32, 'a')}});
  ExpectRefused("UPDATE log_tile SET hashes = $1", {Blob{std::string(32, 'x') + std::string(32, 'b')}});
  ExpectRefused("DELETE FROM log_tile");
}

TEST_P(LogContract, TheHeadOnlyGrows) {
  Expect(Run(*writer_, "UPDATE log_head SET size = 6", {}));
  ExpectRefused("UPDATE log_head SET size = 6");
  ExpectRefused("UPDATE log_head SET root = $1", {Blob{std::string(32, 'x')}});
  ExpectRefused("UPDATE log_head SET size = 5");
  ExpectRefused("DELETE FROM log_head");
}

TEST_P(LogContract, ARateAboveTenPercentCannotBeStored) {
  const std::string sql =
      "INSERT INTO partner_rate (program_id, partner, ordinal, effective_day, rate_bps) VALUES (1, 1, $1, 0, $2)";
  EXPECT_TRUE(Run(*writer_, sql, {int64_t{1}, int64_t{1000}}).ok());
  EXPECT_FALSE(Run(*writer_, sql, {int64_t{2}, int64_t{1001}}).ok());
  EXPECT_FALSE(Run(*writer_, sql, {int64_t{3}, int64_t{-1}}).ok());
}

std::string NameOf(const ::testing::TestParamInfo<StoreCase>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Stores, SqlContract, ::testing::ValuesIn(AllStores()), NameOf);
INSTANTIATE_TEST_SUITE_P(Stores, LogContract, ::testing::ValuesIn(AllStores()), NameOf);

}  // namespace
}  // namespace trailbook::store
