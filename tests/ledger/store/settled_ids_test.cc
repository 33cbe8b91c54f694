// No id that is in the table is ever taken for a new one.
#include "ledger/store/settled_ids.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/store/migrations.h"
#include "ledger/store/row_mapping.h"
#include "tests/contract/stores.h"
#include "tests/ledger/changed_database.h"

namespace trailbook::store {
namespace {

ExternalKey Id(int64_t program, int64_t n) {
  ExternalKey key = ExternalKey::WithKey({program, IdKey('P', absl::StrCat("in_", n))});
  key.commission = n + 1;
  return key;
}

class SettledIdsTest : public ::testing::Test {
 protected:
  SettledIdsTest() : store_(NewSqliteStore()), db_(*store_->engine().OpenWriter()) { EXPECT_TRUE(Migrate(*db_).ok()); }

  // Puts ids [from, to) of a program into the table.
  void Settle(int64_t program, int64_t from, int64_t to) {
    ASSERT_TRUE(db_->Begin(true).ok());
    ASSERT_TRUE(db_->InsertMany(ShapeOf<ExternalKey>(), static_cast<size_t>(to - from),
                                [&](size_t at, Binder& binder) {
                                  BindRow(ids_.emplace_back(Id(program, from + static_cast<int64_t>(at))), binder);
                                })
                    .ok());
    ASSERT_TRUE(db_->Commit().ok());
  }
  static void AwaitComplete(const SettledIds& ids) {
    for (int tries = 0; tries < 1000 && !ids.complete(); ++tries) absl::SleepFor(absl::Milliseconds(10));
    ASSERT_TRUE(ids.complete());
  }

  std::unique_ptr<EmptyStore> store_;
  std::unique_ptr<Database> db_;
  std::deque<ExternalKey> ids_;  // what is bound must stay
};

TEST_F(SettledIdsTest, OfWhatIsInTheTableAllMayBeThereAndOfTheRestHardlyAny) {
  Settle(1, 0, 25000);  // more than two slices
  Settle(2, 0, 10000);  // a slice to the row
  Settle(7, 100, 101);
  SettledIds ids;
  EXPECT_TRUE(ids.MayHold(Id(1, 99999).key())) << "nothing is known yet";
  ids.Fill(*store_->engine().OpenReader());
  AwaitComplete(ids);
  for (const ExternalKey& id : ids_) ASSERT_TRUE(ids.MayHold(id.key()));
  int others = 0;
  for (int64_t n = 25000; n < 125000; ++n) others += ids.MayHold(Id(1, n).key()) ? 1 : 0;
  for (int64_t n = 10000; n < 25000; ++n) others += ids.MayHold(Id(2, n).key()) ? 1 : 0;
  EXPECT_LT(others, 12) << "of 115 000";
}

TEST_F(SettledIdsTest, WhatIsAddedWhileTheTableIsReadIsThereToo) {
  Settle(1, 0, 60000);
  SettledIds ids;
  ids.Fill(*store_->engine().OpenReader());
  std::vector<std::thread> writers;
  for (int64_t writer = 0; writer < 2; ++writer) {
    writers.emplace_back([&ids, writer] {
      for (int64_t n = 0; n < 50000; ++n) {
        ids.Add(Id(10 + writer, n).key());
        ASSERT_TRUE(ids.MayHold(Id(10 + writer, n).key()));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  AwaitComplete(ids);
  for (const ExternalKey& id : ids_) ASSERT_TRUE(ids.MayHold(id.key()));
  for (int64_t n = 0; n < 50000; ++n) ASSERT_TRUE(ids.MayHold(Id(10, n).key()) && ids.MayHold(Id(11, n).key()));
}

TEST_F(SettledIdsTest, OfAMillionOneOfThousandsMayBeTakenForAnother) {
  SettledIds ids;
  ids.Fill(*store_->engine().OpenReader());
  AwaitComplete(ids);
  EXPECT_FALSE(ids.MayHold(Id(1, 0).key()));
  for (int64_t n = 0; n < 1000000; ++n) ids.Add(Id(1, n).key());
  int others = 0;
  for (int64_t n = 1000000; n < 1200000; ++n) others += ids.MayHold(Id(1, n).key()) ? 1 : 0;
  EXPECT_LT(others, 20);
}

// Its second slice cannot be read.
class BreaksOff final : public ChangedDatabase {
 public:
  using ChangedDatabase::ChangedDatabase;
  absl::StatusOr<Statement*> Prepare(absl::string_view sql) override {
    if (slices_++ == 1) return Internal("cannot be read");
    return db_->Prepare(sql);
  }

 private:
  int slices_ = 0;
};

TEST_F(SettledIdsTest, WhereTheTableCannotBeReadEveryIdMayBeThere) {
  Settle(1, 0, 15000);
  std::shared_ptr<Database> reader = *store_->engine().OpenReader();
  SettledIds ids;
  ids.Fill(std::make_unique<BreaksOff>(reader));
  while (reader.use_count() > 1) absl::SleepFor(absl::Milliseconds(5));  // until it has given up
  EXPECT_FALSE(ids.complete());
  EXPECT_TRUE(ids.MayHold(Id(1, 99999).key()));
}

TEST_F(SettledIdsTest, StopsInTheMiddle) {
  Settle(1, 0, 60000);
  for (int tries = 0; tries < 10; ++tries) {
    SettledIds ids;
    ids.Fill(*store_->engine().OpenReader());
  }
}

}  // namespace
}  // namespace trailbook::store
