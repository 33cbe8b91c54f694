// What every driver of sql.h promises of what is written and asked without waiting for each answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "ledger/base/status.h"
#include "tests/contract/stores.h"

namespace trailbook::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kRaise[] = "UPDATE thing SET number = number + 1 WHERE program_id = 1 AND id = $1 RETURNING number";

class DeferredContract : public ::testing::TestWithParam<StoreCase> {
 protected:
  void SetUp() override {
    store_ = GetParam().make();
    if (store_ == nullptr) GTEST_SKIP() << kNoPostgres;
    writer_ = *store_->engine().OpenWriter();
    for (const char* table : {"thing", "other"}) Expect(writer_->Execute(CreateTable(writer_->dialect(), table)));
  }

  static void Expect(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }
  static TableShape ShapeOf(const std::string& table) { return {table, {"program_id", "id", "number"}, 2}; }
  absl::Status Insert(int64_t id, const Value& number, const std::string& table = "thing") {
    return writer_->InsertMany(ShapeOf(table), {{int64_t{1}, id, number}});
  }
  void BeginDeferred() {
    Expect(writer_->Begin(true));
    writer_->Defer();
  }
  int64_t Sum(const std::string& table = "thing") {
    return *SelectInt(*writer_, absl::StrCat("SELECT CAST(SUM(number) AS BIGINT) FROM ", table));
  }

  std::unique_ptr<EmptyStore> store_;
  std::unique_ptr<Database> writer_;
};

TEST_P(DeferredContract, WhatIsDeferredIsThereAfterItsCommit) {
  BeginDeferred();
  Expect(Insert(1, int64_t{10}));
  Expect(writer_->UpsertMany(ShapeOf("thing"),
                             {{int64_t{1}, int64_t{1}, int64_t{11}}, {int64_t{1}, int64_t{2}, int64_t{20}}}));
  Expect(Insert(1, int64_t{5}, "other"));
  Expect(writer_->Commit());
  EXPECT_EQ(Sum(), 31);
  EXPECT_EQ(Sum("other"), 5);
}

TEST_P(DeferredContract, WhatFailsIsSaidAtCommitAtTheLatestAndNothingOfItStays) {
  Expect(Insert(1, int64_t{10}));
  BeginDeferred();
  absl::Status failed = Insert(2, int64_t{20});
  failed.Update(Insert(1, int64_t{99}));
  failed.Update(Insert(3, int64_t{30}));
  if (failed.ok()) failed = writer_->Commit();
  EXPECT_EQ(failed.code(), absl::StatusCode::kFailedPrecondition) << failed;
  EXPECT_FALSE(IsCommitUnknown(failed)) << failed;
  writer_->Rollback();
  EXPECT_EQ(Sum(), 10);
  BeginDeferred();
  Expect(Insert(2, int64_t{20}));
  Expect(writer_->Commit());
  EXPECT_EQ(Sum(), 30) << "the connection is as good as before";
}

TEST_P(DeferredContract, AQuestionSeesWhatWasDeferredBeforeItAndSaysWhatFailed) {
  BeginDeferred();
  Expect(Insert(1, int64_t{10}));
  EXPECT_EQ(Sum(), 10);
  absl::Status failed = Insert(1, int64_t{99});
  failed.Update(SelectInt(*writer_, "SELECT COUNT(*) FROM thing").status());
  EXPECT_EQ(failed.code(), absl::StatusCode::kFailedPrecondition) << failed;
  writer_->Rollback();
  EXPECT_EQ(Sum(), 0);
}

TEST_P(DeferredContract, NothingIsDeferredAfterTheEndOfItsTransaction) {
  BeginDeferred();
  Expect(Insert(1, int64_t{10}));
  Expect(writer_->Commit());
  EXPECT_FALSE(Insert(1, int64_t{99}).ok());
  Expect(writer_->Begin(true));
  EXPECT_FALSE(Insert(1, int64_t{99}).ok());
  writer_->Rollback();
  BeginDeferred();
  writer_->Rollback();
  writer_->Defer();
  EXPECT_FALSE(Insert(1, int64_t{99}).ok()) << "there is no transaction";
  EXPECT_EQ(Sum(), 10);
}

TEST_P(DeferredContract, ADemandThatNoRowMeetsFailsWithWhatWasSaidAndTakesTheRestAlong) {
  const absl::Status lost = Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "somebody else was here");
  Expect(Insert(1, int64_t{10}));
  Expect(writer_->Demand(kRaise, {int64_t{1}}, lost));
  EXPECT_EQ(writer_->Demand(kRaise, {int64_t{2}}, lost), lost) << "outside a transaction";
  Expect(writer_->Begin(true));
  EXPECT_EQ(writer_->Demand(kRaise, {int64_t{2}}, lost), lost) << "not deferred";
  writer_->Rollback();
  BeginDeferred();
  absl::Status failed = writer_->Demand(kRaise, {int64_t{1}}, lost);
  Expect(failed);
  failed.Update(writer_->Demand(kRaise, {int64_t{2}}, lost));
  failed.Update(Insert(3, int64_t{30}));
  if (failed.ok()) failed = writer_->Commit();
  EXPECT_EQ(failed, lost);
  EXPECT_FALSE(IsCommitUnknown(failed)) << failed;
  writer_->Rollback();
  EXPECT_EQ(Sum(), 11);
}

TEST_P(DeferredContract, ADemandIsMetByWhatItChangesWhetherOrNotItReturnsRows) {
  constexpr char kSet[] = "UPDATE thing SET number = $2 WHERE program_id = 1 AND id = $1";
  constexpr char kAdd[] = "INSERT INTO thing (program_id, id, number) VALUES (1, $1, $2) ON CONFLICT DO NOTHING";
  const absl::Status lost = Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "somebody else was here");
  for (const bool deferred : {false, true}) {
    // What changed rows before does not count.
    for (const auto& [sql, id, met] : {std::tuple(kAdd, 1, true), std::tuple(kAdd, 1, false), std::tuple(kSet, 1, true),
                                       std::tuple(kSet, 2, false)}) {
      Expect(writer_->Begin(true));
      if (deferred) writer_->Defer();
      Expect(writer_->UpsertMany(ShapeOf("other"), {{int64_t{1}, int64_t{1}, int64_t{id}}}));
      absl::Status demanded = writer_->Demand(sql, {int64_t{id}, int64_t{10}}, lost);
      if (demanded.ok()) demanded = writer_->Commit();
      EXPECT_EQ(demanded, met ? absl::OkStatus() : lost) << sql << ", deferred: " << deferred;
      writer_->Rollback();
    }
    EXPECT_EQ(Sum(), 10);
    Expect(writer_->Execute("DELETE FROM thing"));
  }
}

TEST_P(DeferredContract, SeveralTablesAreAskedBeforeAnyAnswerIsTaken) {
  for (int64_t id : {1, 2, 3}) Expect(Insert(id, id * 10));
  Expect(Insert(2, int64_t{7}, "other"));
  const std::vector<int64_t> ids = {3, 9, 2};
  std::vector<std::string> found;
  const auto ask = [&](const std::string& table) {
    Expect(writer_->AskByKeys(
        ShapeOf(table), ids.size(),
        [&ids](size_t at, Binder& key) {
          key.BindInt(1, 1);
          key.BindInt(2, ids[at]);
        },
        [&found, &ids, table](size_t at, const Statement& row) {
          EXPECT_EQ(row.ColumnInt(1), ids[at]);
          found.push_back(absl::StrCat(table, " ", at, ": ", row.ColumnInt(2)));
          return absl::OkStatus();
        }));
  };
  const auto both = [&] {
    found.clear();
    ask("thing");
    ask("other");
    Expect(writer_->Collect());
    EXPECT_THAT(found, UnorderedElementsAre("thing 0: 30", "thing 2: 20", "other 2: 7"));
  };
  both();
  Expect(writer_->Begin(true));
  both();
  ask("thing");
  writer_->Rollback();
  found.clear();
  Expect(writer_->Collect());
  EXPECT_EQ(Sum(), 60);
  EXPECT_THAT(found, IsEmpty()) << "what was asked in a transaction that was rolled back answers nobody";
}

TEST_P(DeferredContract, TheFirstErrorOfASinkIsWhatCollectSays) {
  for (int64_t id : {1, 2, 3}) Expect(Insert(id, id * 10));
  int calls = 0;
  absl::Status failed;
  for (int round = 0; round < 2 && failed.ok(); ++round) {
    failed = writer_->AskByKeys(
        ShapeOf("thing"), 3,
        [](size_t at, Binder& key) {
          key.BindInt(1, 1);
          key.BindInt(2, static_cast<int64_t>(at) + 1);
        },
        [&calls](size_t, const Statement&) {
          return ++calls == 2 ? absl::CancelledError("enough") : absl::OkStatus();
        });
  }
  failed.Update(writer_->Collect());
  EXPECT_EQ(failed.code(), absl::StatusCode::kCancelled) << failed;
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(Sum(), 60);
}

// More than the buffers of both sides hold.
TEST_P(DeferredContract, MuchCanBeOnItsWay) {
  BeginDeferred();
  const TableShape shape{"thing", {"program_id", "id", "number", "note"}, 2};
  int64_t id = 0;
  for (int statement = 0; statement < 40; ++statement) {
    std::vector<Row> rows;
    for (int row = 0; row < 500; ++row, ++id) rows.push_back({int64_t{1}, id, int64_t{1}, std::string(1000, 'x')});
    Expect(writer_->InsertMany(shape, rows));
  }
  for (int64_t raised = 0; raised < 5000; ++raised) {
    Expect(writer_->Demand(kRaise, {raised}, absl::InternalError("it is not there")));
  }
  Expect(writer_->Commit());
  EXPECT_EQ(Sum(), id + 5000);
}

// ---- where the store is a server ----

class ServerContract : public DeferredContract {};

// A daemon that stops in the middle is somebody whose transaction is idle, which the server ends in time.
TEST_P(ServerContract, WhoStopsInTheMiddleIsNotWaitedForForEver) {
  const int64_t server = *SelectInt(*writer_, "SELECT CAST(pg_backend_pid() AS BIGINT)");
  BeginDeferred();
  Expect(Insert(1, int64_t{10}));
  Expect(writer_->Demand(kRaise, {int64_t{1}}, absl::InternalError("it is not there")));
  const auto reader = *store_->engine().OpenReader();
  int64_t idle = 0;
  for (int tries = 0; tries < 100 && idle == 0; ++tries) {
    idle = *SelectInt(*reader, "SELECT COUNT(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'idle in transaction'",
                      {server});
    if (idle == 0) absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_EQ(idle, 1);
  Expect(writer_->Commit());
}

// What would have to wait for a lock is on its way at once, and succeeds when the lock is gone.
TEST_P(ServerContract, WhatIsDeferredOrAskedIsNotWaitedFor) {
  const auto write = [this](int64_t id) {
    Expect(Insert(id, int64_t{10}));
    Expect(writer_->UpsertMany(ShapeOf("thing"), {{int64_t{1}, id, int64_t{20}}}));
    Expect(writer_->Demand(kRaise, {id}, absl::InternalError("it is not there")));
  };
  int64_t found = 0;
  const auto ask = [this, &found](int64_t id) {
    Expect(writer_->AskByKeys(
        ShapeOf("thing"), 1, [id](size_t, Binder& key) { key.BindInt(1, 1), key.BindInt(2, id); },
        [&found](size_t, const Statement& row) {
          found = row.ColumnInt(2);
          return absl::OkStatus();
        }));
  };
  // Each statement is prepared once, which waits.
  write(1);
  ask(1);
  Expect(writer_->Collect());
  found = 0;
  const auto second = *store_->engine().OpenSecondWriter();
  Expect(second->Begin(true));
  Expect(second->Execute("LOCK TABLE thing IN ACCESS EXCLUSIVE MODE"));
  BeginDeferred();
  write(2);
  ask(2);
  second->Rollback();
  Expect(writer_->Commit());
  EXPECT_EQ(found, 21);
  EXPECT_EQ(Sum(), 42);
}

// The connection is cut while a transaction is on its way: that is known not to be there, and the next one connects
// anew.
TEST_P(ServerContract, AConnectionThatIsCutBeforeTheCommitLeavesNothing) {
  const int64_t server = *SelectInt(*writer_, "SELECT CAST(pg_backend_pid() AS BIGINT)");
  BeginDeferred();
  Expect(Insert(1, int64_t{10}));
  const auto second = *store_->engine().OpenSecondWriter();
  EXPECT_EQ(*SelectInt(*second, "SELECT CAST(CAST(pg_terminate_backend(CAST($1 AS INT)) AS INT) AS BIGINT)", {server}),
            1);
  absl::Status failed;
  for (int64_t id = 2; id < 1000 && failed.ok(); ++id) failed = Insert(id, int64_t{20});
  failed.Update(writer_->Commit());
  EXPECT_EQ(failed.code(), absl::StatusCode::kUnavailable) << failed;
  EXPECT_FALSE(IsCommitUnknown(failed)) << failed;
  writer_->Rollback();
  EXPECT_EQ(Sum(), 0);
  BeginDeferred();
  Expect(Insert(1, int64_t{10}));
  Expect(writer_->Commit());
  EXPECT_EQ(Sum(), 10);
}

// Nobody notices that an idle connection was cut.
TEST_P(ServerContract, ATransactionBeginsOnAConnectionThatWasCutMeanwhile) {
  const auto second = *store_->engine().OpenSecondWriter();
  for (const bool write : {true, false, true}) {
    const int64_t server = *SelectInt(*writer_, "SELECT CAST(pg_backend_pid() AS BIGINT)");
    Expect(SelectInt(*second, "SELECT CAST(CAST(pg_terminate_backend(CAST($1 AS INT)) AS INT) AS BIGINT)", {server})
               .status());
    while (*SelectInt(*second, "SELECT COUNT(*) FROM pg_stat_activity WHERE pid = $1", {server}) != 0) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    Expect(writer_->Begin(write));
    EXPECT_EQ(Sum(), 0);
    writer_->Rollback();
  }
}

std::string NameOf(const ::testing::TestParamInfo<StoreCase>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Stores, DeferredContract, ::testing::ValuesIn(AllStores()), NameOf);
INSTANTIATE_TEST_SUITE_P(Stores, ServerContract, ::testing::Values(StoreCase{"Postgres", NewPostgresStore}), NameOf);

}  // namespace
}  // namespace trailbook::store
