// Whether the ledger can write, as it says of itself: no after a write that failed, yes again once a write would
// succeed, whether anybody comes with one or not.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "ledger/base/status.h"
#include "ledger/store/sqlite.h"
#include "tests/contract/stores.h"
#include "tests/ledger/changed_engine.h"
#include "tests/ledger/losing_database.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

struct Disk {
  std::atomic<bool> full{false};
  std::atomic<int> tries{0};
};

// A store on a disk that is full when a test says so.
class OnDisk final : public ChangedEngine {
 public:
  OnDisk(std::unique_ptr<store::Engine> engine, Disk* disk) : ChangedEngine(std::move(engine)), disk_(disk) {}
  absl::StatusOr<std::unique_ptr<store::Database>> OpenWriter() override {
    auto opened = engine_->OpenWriter();
    if (!opened.ok()) return opened;
    return std::make_unique<LosingDatabase>(*std::move(opened),
                                            [disk = disk_] { return disk->full ? Lost::kTheCommit : Lost::kNothing; });
  }
  absl::Status TryWrite(store::Database&) override {
    ++disk_->tries;
    return disk_->full ? Refuse(absl::StatusCode::kResourceExhausted, "DISK_FULL", "", "full") : absl::OkStatus();
  }

 private:
  Disk* disk_;
};

class Health : public testing::Test {
 protected:
  Health() : store_(store::NewSqliteStore()), books_("2026-02-01", {}, [this] { return Open(); }) {}
  absl::StatusOr<std::unique_ptr<store::Engine>> Open() { return std::make_unique<OnDisk>(*store_->Open(), &disk_); }
  bool IsWell() { return books_.ledger().WriteHealth().ok(); }
  void AwaitHealth() {
    for (int waited = 0; waited < 1000 && !IsWell(); ++waited) absl::SleepFor(absl::Milliseconds(10));
    EXPECT_TRUE(IsWell());
  }
  void AwaitTries(int tries) {
    const int until = disk_.tries + tries;
    for (int waited = 0; waited < 1000 && disk_.tries < until; ++waited) absl::SleepFor(absl::Milliseconds(10));
    EXPECT_GE(disk_.tries, until);
  }

  Disk disk_;
  std::unique_ptr<store::EmptyStore> store_;
  TestLedger books_;
};

TEST_F(Health, ComesBackWithTheRoomThoughNobodyWrites) {
  ASSERT_TRUE(books_.SignUp("cus", "jane", "2026-01-02").status.ok());
  books_.Balance("jane");  // so that no rows wait
  EXPECT_TRUE(IsWell());
  EXPECT_EQ(disk_.tries, 0) << "a store that is well is not tried";
  disk_.full = true;
  EXPECT_FALSE(books_.Pay("in_1", "cus", 1000, "2026-01-10").status.ok());
  EXPECT_FALSE(IsWell());
  AwaitTries(2);
  EXPECT_FALSE(IsWell());
  EXPECT_EQ(books_.ledger().WriteHealth().code(), absl::StatusCode::kResourceExhausted) << "what is wrong now";
  disk_.full = false;
  AwaitHealth();
  const int tries = disk_.tries;
  ASSERT_TRUE(books_.Pay("in_1", "cus", 1000, "2026-01-10").status.ok());
  EXPECT_EQ(books_.Balance("jane").pending, 100);
  absl::SleepFor(absl::Milliseconds(1200));
  EXPECT_EQ(disk_.tries, tries) << "nor is one that is well again";
}

TEST_F(Health, ComesBackWithAWriteThatSucceeds) {
  ASSERT_TRUE(books_.SignUp("cus", "jane", "2026-01-02").status.ok());
  disk_.full = true;
  EXPECT_FALSE(books_.Pay("in_1", "cus", 1000, "2026-01-10").status.ok());
  disk_.full = false;
  EXPECT_TRUE(books_.Pay("in_2", "cus", 1000, "2026-01-10").status.ok());
  EXPECT_TRUE(IsWell());
}

TEST_F(Health, ComesBackWithRowsThatWaited) {
  ASSERT_TRUE(books_.SignUp("cus", "jane", "2026-01-02").status.ok());
  disk_.full = true;
  EXPECT_FALSE(books_.Pay("in_1", "cus", 1000, "2026-01-10").status.ok());
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_FALSE(IsWell());
  disk_.full = false;
  AwaitHealth();
  EXPECT_EQ(disk_.tries, 0) << "the rows are as good as any write";
}

TEST_F(Health, DamageIsNotMendedByRoom) {
  ASSERT_TRUE(books_.SignUp("cus", "jane", "2026-01-02").status.ok());
  books_.ledger().Drain();
  ASSERT_TRUE((*(*store_->Open())->OpenWriter())
                  ->Execute("UPDATE watermark SET sequence = 1; DROP TRIGGER log_record_no_update; UPDATE log_record "
                            "SET body = x'00' WHERE sequence > 1")
                  .ok());
  books_.Reopen();
  EXPECT_FALSE(IsWell());
  absl::SleepFor(absl::Milliseconds(1200));
  EXPECT_EQ(books_.ledger().WriteHealth().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(disk_.tries, 0) << "nothing is written to damaged books";
}

}  // namespace
}  // namespace trailbook
