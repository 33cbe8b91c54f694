// Outside ids on their way to their table: whatever happens in between, each is found, by whoever looks and after any
// restart.
#include "ledger/store/fresh_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/store/migrations.h"
#include "ledger/store/row_mapping.h"
#include "tests/contract/stores.h"

namespace trailbook::store {
namespace {

ExternalKey Id(int64_t program, int64_t n) {
  ExternalKey key;
  key.program = program;
  key.id_key = IdKey('P', absl::StrCat("in_", n));
  key.commission = n;
  return key;
}

class FreshKeysTest : public ::testing::Test {
 protected:
  FreshKeysTest() : store_(NewSqliteStore()), db_(*store_->engine().OpenWriter()) { EXPECT_TRUE(Migrate(*db_).ok()); }

  absl::Status Save(FreshKeys& keys, std::vector<ExternalKey> ids) {
    std::sort(ids.begin(), ids.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    return keys.Save(ids);
  }
  void Add(FreshKeys& keys, std::vector<ExternalKey> ids) {
    ASSERT_TRUE(db_->Begin(true).ok());
    const absl::Status saved = Save(keys, std::move(ids));
    ASSERT_TRUE(saved.ok()) << saved;
    ASSERT_TRUE(db_->Commit().ok());
    keys.Committed();
  }
  int64_t Count(const std::string& sql) {
    Statement* select = *db_->Prepare(sql);
    EXPECT_TRUE(*select->Step());
    const int64_t count = select->ColumnInt(0);
    select->Reset();
    return count;
  }
  // The commission under a key, in memory or in the table; 0 if it is in neither.
  int64_t Find(const FreshKeys& keys, const ExternalKey& id) {
    if (const int64_t* waits = keys.Find(id.key())) return *waits;
    Statement* select = *db_->Prepare("SELECT commission FROM external_key WHERE program_id = $1 AND id_key = $2");
    select->BindInt(1, id.program);
    select->BindBlob(2, id.id_key.view());
    const int64_t found = *select->Step() ? select->ColumnInt(0) : 0;
    select->Reset();
    return found;
  }

  // Whether an id is known to be in neither without a look at the table.
  static bool IsNew(const FreshKeys& keys, const ExternalKey::Key& key) {
    return keys.Find(key) == nullptr && !keys.MayBeSettled(key);
  }

  std::unique_ptr<EmptyStore> store_;
  std::unique_ptr<Database> db_;
};

TEST_F(FreshKeysTest, WhatIsNewNeedsNoLookAndWhatIsNotIsFoundWhereverItIs) {
  for (const int64_t generation : {5, 0}) {
    const int64_t first = generation * 1000;  // of this round
    {
      FreshKeys before(db_.get(), generation);
      ASSERT_TRUE(before.Load().ok());
      for (int64_t n = first; n < first + 30; ++n) Add(before, {Id(1, n)});
      EXPECT_FALSE(IsNew(before, Id(1, first + 900).key())) << "nobody knows";
    }
    FreshKeys keys(db_.get(), generation);
    ASSERT_TRUE(keys.Load().ok());
    ASSERT_TRUE(keys.LearnSettled(store_->engine()).ok());
    for (int64_t n = first + 30; n < first + 60; ++n) {
      for (int64_t known = first; known < n; ++known) {
        ASSERT_FALSE(IsNew(keys, Id(1, known).key())) << known << " of " << n;
      }
      Add(keys, {Id(1, n)});
    }
    for (int tries = 0; tries < 1000 && !IsNew(keys, Id(1, first + 900).key()); ++tries) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    EXPECT_TRUE(IsNew(keys, Id(1, first + 900).key()));
    EXPECT_TRUE(IsNew(keys, Id(2, first).key())) << "another program's";
    for (int64_t known = first; known < first + 60; ++known) EXPECT_FALSE(IsNew(keys, Id(1, known).key())) << known;
  }
}

TEST_F(FreshKeysTest, AnIdIsFoundFromItsCommitOn) {
  FreshKeys keys(db_.get(), 100);
  ASSERT_TRUE(keys.Load().ok());
  ASSERT_TRUE(db_->Begin(true).ok());
  ASSERT_TRUE(Save(keys, {Id(1, 1), Id(1, 2)}).ok());
  EXPECT_EQ(keys.Find(Id(1, 1).key()), nullptr);
  ASSERT_TRUE(db_->Commit().ok());
  keys.Committed();
  ASSERT_NE(keys.Find(Id(1, 1).key()), nullptr);
  EXPECT_EQ(*keys.Find(Id(1, 2).key()), 2);
  EXPECT_EQ(keys.Find(Id(2, 1).key()), nullptr) << "another program's";
  EXPECT_EQ(Count("SELECT COUNT(*) FROM external_key"), 0);
}

TEST_F(FreshKeysTest, WhatWasNotCommittedIsForgotten) {
  FreshKeys keys(db_.get(), 100);
  ASSERT_TRUE(keys.Load().ok());
  ASSERT_TRUE(db_->Begin(true).ok());
  ASSERT_TRUE(Save(keys, {Id(1, 1)}).ok());
  db_->Rollback();
  keys.Dropped();
  EXPECT_EQ(keys.Find(Id(1, 1).key()), nullptr);
  Add(keys, {Id(1, 1)});  // the row that was not written stands in nobody's way
  EXPECT_EQ(Find(keys, Id(1, 1)), 1);
}

TEST_F(FreshKeysTest, AGenerationLeavesForTheTableAndItsRowsGo) {
  FreshKeys keys(db_.get(), 10);
  ASSERT_TRUE(keys.Load().ok());
  for (int64_t n = 1; n <= 40; ++n) Add(keys, {Id(1, n)});
  EXPECT_GE(Count("SELECT COUNT(*) FROM external_key"), 20);
  EXPECT_LE(Count("SELECT COUNT(*) FROM fresh_key"), 20);
  EXPECT_LE(keys.size(), 20u) << "memory is bounded";
  for (int64_t n = 1; n <= 40; ++n) EXPECT_EQ(Find(keys, Id(1, n)), n);
}

TEST_F(FreshKeysTest, AMoveGoesOnWhereItWasHoweverOftenItIsInterrupted) {
  constexpr int64_t kGenerationHere = 100;
  int64_t n = 0;
  for (int start = 0; start < 60; ++start) {
    FreshKeys keys(db_.get(), kGenerationHere);
    ASSERT_TRUE(keys.Load().ok());
    // Of two programs, and far fewer than a generation takes to leave.
    for (int commit = 0; commit < 2; ++commit, n += 4) {
      Add(keys, {Id(1, n + 1), Id(2, n + 2), Id(1, n + 3), Id(2, n + 4)});
    }
    EXPECT_LE(keys.size(), 2u * kGenerationHere) << "after " << n << " ids";
  }
  EXPECT_GE(Count("SELECT COUNT(*) FROM external_key"), n - 2 * kGenerationHere);
  FreshKeys keys(db_.get(), kGenerationHere);
  ASSERT_TRUE(keys.Load().ok());
  for (int64_t id = 1; id <= n; ++id) ASSERT_EQ(Find(keys, Id(2 - id % 2, id)), id);
}

TEST_F(FreshKeysTest, WhatHasMovedIsNotWrittenAgain) {
  int64_t n = 0;
  const auto start = [this] {
    auto keys = std::make_unique<FreshKeys>(db_.get(), 20);
    EXPECT_TRUE(keys->Load().ok());
    return keys;
  };
  auto keys = start();
  while (n < 26) Add(*keys, {Id(1, ++n)});
  const int64_t moved = Count("SELECT COUNT(*) FROM external_key");
  ASSERT_GT(moved, 5);
  ASSERT_LT(moved, 20);
  // Marked, so that one that is written again shows.
  ASSERT_TRUE(db_->Execute("UPDATE external_key SET commission = -1").ok());
  keys = start();
  EXPECT_EQ(keys->size(), 26u) << "rows go with the last id of their generation";
  while (Count("SELECT COUNT(*) FROM fresh_key WHERE number <= 20") > 0) Add(*keys, {Id(1, ++n)});
  EXPECT_EQ(Count("SELECT COUNT(*) FROM external_key WHERE commission = -1"), moved);
}

TEST_F(FreshKeysTest, MoreThanTwoGenerationsThatWaitBecomeTwo) {
  int64_t n = 0;
  {
    FreshKeys keys(db_.get(), 1000);
    ASSERT_TRUE(keys.Load().ok());
    for (; n < 100; n += 4) Add(keys, {Id(1, n + 1), Id(1, n + 2), Id(1, n + 3), Id(1, n + 4)});
  }
  for (int start = 0; start < 25; ++start) {
    FreshKeys keys(db_.get(), 20);
    ASSERT_TRUE(keys.Load().ok());
    for (int commit = 0; commit < 5; ++commit, n += 4) {
      Add(keys, {Id(1, n + 1), Id(1, n + 2), Id(1, n + 3), Id(1, n + 4)});
    }
  }
  FreshKeys keys(db_.get(), 20);
  ASSERT_TRUE(keys.Load().ok());
  EXPECT_LE(keys.size(), 40u);
  for (int64_t id = 1; id <= n; ++id) ASSERT_EQ(Find(keys, Id(1, id)), id);
}

TEST_F(FreshKeysTest, WithoutAGenerationIdsGoStraightToTheirTableAndTakeAlongWhatWaits) {
  {
    FreshKeys keys(db_.get(), 100);
    ASSERT_TRUE(keys.Load().ok());
    Add(keys, {Id(1, 1), Id(2, 5)});
  }
  FreshKeys keys(db_.get(), 0);
  ASSERT_TRUE(keys.Load().ok());
  EXPECT_EQ(Find(keys, Id(2, 5)), 5);
  Add(keys, {Id(1, 2)});
  EXPECT_EQ(Count("SELECT COUNT(*) FROM external_key"), 3);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM fresh_key"), 0);
  EXPECT_EQ(keys.size(), 0u);
}

TEST_F(FreshKeysTest, SettlingEmptiesTheTableOfThoseThatWait) {
  {
    FreshKeys keys(db_.get(), 5);
    ASSERT_TRUE(keys.Load().ok());
    for (int64_t n = 1; n <= 13; ++n) Add(keys, {Id(1, n)});
  }
  ASSERT_TRUE(SettleFreshKeys(*db_).ok());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM fresh_key"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM external_key"), 13);
  ASSERT_TRUE(SettleFreshKeys(*db_).ok()) << "again: nothing to do";
}

TEST_F(FreshKeysTest, ADamagedRowIsNotBelieved) {
  for (const char* damage : {"ids = X'00'", "ids = substr(ids, 25)", "number = 7", "seal = X''"}) {
    ASSERT_TRUE(db_->Execute("DELETE FROM fresh_key").ok());
    {
      FreshKeys keys(db_.get(), 100);
      ASSERT_TRUE(keys.Load().ok());
      Add(keys, {Id(1, 1), Id(1, 2)});
    }
    ASSERT_TRUE(db_->Execute(absl::StrCat("UPDATE fresh_key SET ", damage)).ok());
    FreshKeys keys(db_.get(), 100);
    const absl::Status loaded = keys.Load();
    EXPECT_EQ(ReasonOf(loaded), "LEDGER_DAMAGED") << damage << ": " << loaded;
    EXPECT_NE(loaded.message().find("fresh_key"), absl::string_view::npos) << loaded;
  }
}

// Commits, failed commits and restarts, at random, with generations of every small size: after each step every
// committed id is found under its number, every other one is not, and what is in fresh_key and external_key together is
// what a restart finds.
TEST_F(FreshKeysTest, NothingIsLostWhateverHappens) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random(seed);
    ASSERT_TRUE(db_->Execute("DELETE FROM fresh_key; DELETE FROM external_key").ok());
    std::map<ExternalKey::Key, int64_t> known;
    auto keys = std::make_unique<FreshKeys>(db_.get(), static_cast<int64_t>(random() % 30));
    ASSERT_TRUE(keys->Load().ok());
    int64_t next = 0;
    for (int step = 0; step < 150; ++step) {
      std::vector<ExternalKey> ids;
      for (uint64_t n = random() % 6; n > 0; --n) ids.push_back(Id(1 + static_cast<int64_t>(random() % 3), ++next));
      const uint64_t fate = random() % 10;
      if (fate == 0) {  // the process ends, before or after nothing in particular
        keys = std::make_unique<FreshKeys>(db_.get(), static_cast<int64_t>(random() % 30));
        ASSERT_TRUE(keys->Load().ok());
      } else if (fate <= 2) {  // the commit fails
        ASSERT_TRUE(db_->Begin(true).ok());
        ASSERT_TRUE(Save(*keys, ids).ok());
        db_->Rollback();
        keys->Dropped();
      } else if (fate == 3) {  // it succeeds, and the process ends before it hears of it
        ASSERT_TRUE(db_->Begin(true).ok());
        ASSERT_TRUE(Save(*keys, ids).ok());
        ASSERT_TRUE(db_->Commit().ok());
        for (const ExternalKey& id : ids) known[id.key()] = id.commission;
        keys = std::make_unique<FreshKeys>(db_.get(), static_cast<int64_t>(random() % 30));
        ASSERT_TRUE(keys->Load().ok());
      } else {
        Add(*keys, ids);
        for (const ExternalKey& id : ids) known[id.key()] = id.commission;
      }
      for (int64_t n = 1; n <= next; ++n) {
        for (int64_t program = 1; program <= 3; ++program) {
          const auto it = known.find(Id(program, n).key());
          ASSERT_EQ(Find(*keys, Id(program, n)), it == known.end() ? 0 : it->second)
              << "seed " << seed << ", step " << step;
        }
      }
    }
  }
}

}  // namespace
}  // namespace trailbook::store
