// For whom a reader waits: for the rows of what was answered before he came, and for nothing else that the writer does.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "ledger/store/watermark.h"
#include "tests/contract/stores.h"
#include "tests/ledger/changed_database.h"
#include "tests/ledger/changed_engine.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

// A commit that ends when a test says so.
struct Gate {
  absl::Notification reached, open;
};

class GatedDatabase final : public ChangedDatabase {
 public:
  GatedDatabase(std::unique_ptr<store::Database> db, std::atomic<Gate*>* gate)
      : ChangedDatabase(std::move(db)), gate_(gate) {}
  absl::Status Commit() override {
    if (Gate* gate = gate_->exchange(nullptr)) {
      gate->reached.Notify();
      gate->open.WaitForNotification();
    }
    return db_->Commit();
  }

 private:
  std::atomic<Gate*>* gate_;
};

// A store whose next commit stops at a gate, and which would move its pages after each.
class WatchedEngine final : public ChangedEngine {
 public:
  struct Watch {
    std::atomic<Gate*> gate{nullptr};
    std::atomic<int> checkpoints{0}, with_rows_missing{0};
  };
  WatchedEngine(std::unique_ptr<store::Engine> engine, Watch* watch)
      : ChangedEngine(std::move(engine)), watch_(watch) {}
  absl::StatusOr<std::unique_ptr<store::Database>> OpenWriter() override {
    auto opened = engine_->OpenWriter();
    if (!opened.ok()) return opened;
    return std::make_unique<GatedDatabase>(*std::move(opened), &watch_->gate);
  }
  bool CheckpointIsDue(store::Database&, bool) override { return true; }
  absl::Status Checkpoint(store::Database&) override {
    const auto unsaved = FindUnsaved(**engine_->OpenReader());
    ++watch_->checkpoints;
    if (!unsaved.ok() || !unsaved->empty()) ++watch_->with_rows_missing;
    return absl::OkStatus();
  }

 private:
  Watch* watch_;
};

class WaitingReader : public testing::Test {
 protected:
  WaitingReader() : store_(store::NewSqliteStore()), books_("2026-02-01", Patient(), [this] { return Open(); }) {}
  absl::StatusOr<std::unique_ptr<store::Engine>> Open() {
    return std::make_unique<WatchedEngine>(*store_->Open(), &watch_);
  }
  // Rows wait until somebody needs them.
  static Ledger::Options Patient() {
    Ledger::Options options;
    options.max_unsaved = 100000;
    options.max_unsaved_time = absl::Hours(1);
    return options;
  }

  WatchedEngine::Watch watch_;
  std::unique_ptr<store::EmptyStore> store_;
  TestLedger books_;
};

TEST_F(WaitingReader, DoesNotWaitForACommitThatIsUnderWay) {
  ASSERT_TRUE(books_.SignUp("cus_1", "jane", "2026-01-02").status.ok());
  ASSERT_EQ(books_.Balance("jane").pending, 0) << "its rows are written";
  Gate gate;
  watch_.gate = &gate;
  const PaymentReport payment{"in_1", "cus_1", {"EUR", 1000}, 1000, TestLedger::Noon("2026-01-10"), {}, false};
  std::promise<bool> recorded;
  books_.ledger().Report("p", {payment}, "reporter", [&recorded](absl::StatusOr<std::vector<ReportOutcome>> outcomes) {
    recorded.set_value(outcomes.ok() && (*outcomes)[0].status.ok());
  });
  gate.reached.WaitForNotification();

  std::promise<size_t> earned;
  books_.ledger().Read([&earned](absl::StatusOr<Queries*> queries) {
    earned.set_value((*queries)->GetPartnerEarnings("p", "jane", "")->earnings.size());
  });
  auto read = earned.get_future();
  const bool in_time = read.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
  gate.open.Notify();
  EXPECT_TRUE(in_time) << "what is not answered yet is nothing to wait for";
  EXPECT_EQ(read.get(), 0u);
  EXPECT_TRUE(recorded.get_future().get());
  EXPECT_EQ(books_.Balance("jane").pending, 100) << "now it is answered";
}

// Where rows go with their records nothing is left to wait for, so pages move without anybody having read.
TEST_F(WaitingReader, WaitsForNothingAfterRowsThatWentWithTheirRecords) {
  ASSERT_TRUE(books_.SignUp("cus_1", "jane", "2026-01-02").status.ok());
  ASSERT_TRUE(books_.Do(CreateCode{"p", "toms", "tom", ""}).ok()) << "writes the rows of all";
  books_.ledger().Drain();
  EXPECT_GT(watch_.checkpoints, 0);
  EXPECT_EQ(watch_.with_rows_missing, 0);
}

TEST_F(WaitingReader, IsNotHeldUpByPagesThatMove) {
  ASSERT_TRUE(books_.SignUp("cus_1", "jane", "2026-01-02").status.ok());
  for (int n = 1; n <= 5; ++n) ASSERT_TRUE(books_.Pay(absl::StrCat("in_", n), "cus_1", 1000, "2026-01-10").status.ok());
  EXPECT_EQ(books_.Balance("jane").pending, 500);
  books_.ledger().Drain();
  EXPECT_GT(watch_.checkpoints, 0);
  EXPECT_EQ(watch_.with_rows_missing, 0) << "who came then waited for rows, and they for the end of it";
}

}  // namespace
}  // namespace trailbook
