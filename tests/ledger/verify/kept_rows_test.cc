#include "ledger/verify/kept_rows.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/domain/rows_balance.h"
#include "ledger/store/packed_scratch.h"
#include "ledger/store/sqlite.h"

namespace trailbook {
namespace {

EarnerDay DayOf(int64_t partner, int32_t day, absl::string_view currency) {
  EarnerDay row = EarnerDay::WithKey({1, day, partner, Currency(currency)});
  row.pending = -partner;
  row.paid = std::numeric_limits<int64_t>::max() - partner;
  row.receivable = std::numeric_limits<int64_t>::min() + partner;
  row.lines = 1;
  row.last_due = partner << 20;
  return row;
}

std::string ShowRow(const EarnerDay& row) {
  std::string shown;
  EarnerDay::Visit(row, [&shown](const char* name, const auto& field) {
    absl::StrAppend(&shown, name, " ", store::ShowValue(store::ToValue(field)), " ");
  });
  return shown;
}

class KeptRowsTest : public ::testing::Test {
 protected:
  KeptRowsTest() {
    EXPECT_TRUE(kept_.Make().ok());
    kept_.Serve(table_);
  }

  void Store() {
    table_.StoreChanges(100, [this](const RowChanges<EarnerDay>& changes) {
      const absl::Status written = kept_.Write(changes);
      EXPECT_TRUE(written.ok()) << written;
    });
    table_.ForgetUnchanged();
    EXPECT_EQ(table_.size(), 0u);
  }

  const std::unique_ptr<store::PackedScratch> scratch_ = *store::PackScratch(*store::OpenSqliteScratch(), {});
  absl::Status status_;
  KeptRows<EarnerDay> kept_{scratch_.get(), &status_};
  Table<EarnerDay> table_;
};

TEST_F(KeptRowsTest, RowsComeBackAsTheyWereWritten) {
  // Numbers of all widths, before and after each other in every part of the key.
  constexpr int64_t kPartners[] = {1, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296};
  for (const int32_t day : {0, 20000, 70000}) {
    for (const int64_t partner : kPartners) {
      for (const char* currency : {"EUR", "INR"}) table_.Put(DayOf(partner, day, currency));
    }
  }
  Store();
  for (const int32_t day : {70000, 0, 20000}) {
    for (const int64_t partner : kPartners) {
      for (const char* currency : {"INR", "EUR"}) {
        const EarnerDay wanted = DayOf(partner, day, currency);
        const EarnerDay* found = table_.Get(wanted.key());
        ASSERT_NE(found, nullptr) << ShowRow(wanted);
        EXPECT_EQ(ShowRow(*found), ShowRow(wanted));
      }
    }
  }
  EXPECT_TRUE(status_.ok()) << status_;
}

TEST_F(KeptRowsTest, ARowThatChangedTakesThePlaceOfWhatItWas) {
  for (int64_t partner = 1; partner <= 1000; ++partner) table_.Put(DayOf(partner, 20000, "EUR"));
  Store();
  for (int64_t partner = 1; partner <= 1000; partner += 3) {
    table_.Edit(DayOf(partner, 20000, "EUR").key()).maturing = 7 * partner;
  }
  table_.Put(DayOf(1001, 20000, "EUR"));
  Store();
  for (int64_t partner = 1; partner <= 1001; ++partner) {
    EarnerDay wanted = DayOf(partner, 20000, "EUR");
    if (partner % 3 == 1 && partner <= 1000) wanted.maturing = 7 * partner;
    EXPECT_EQ(ShowRow(table_.At(wanted.key())), ShowRow(wanted));
  }
  EXPECT_TRUE(status_.ok()) << status_;
}

TEST_F(KeptRowsTest, WhatWasNeverWrittenIsNotThere) {
  table_.Put(DayOf(2, 20000, "EUR"));
  Store();
  EXPECT_EQ(table_.Get(DayOf(1, 20000, "EUR").key()), nullptr);
  EXPECT_EQ(table_.Get(DayOf(2, 20001, "EUR").key()), nullptr);
  EXPECT_EQ(table_.Get(DayOf(2, 20000, "INR").key()), nullptr);
  EXPECT_TRUE(status_.ok()) << status_;
}

TEST_F(KeptRowsTest, ARowThatMustBeThereAndIsNotIsTold) {
  table_.Edit(DayOf(7, 20000, "EUR").key());
  EXPECT_TRUE(absl::IsDataLoss(status_)) << status_;
  EXPECT_TRUE(absl::StrContains(status_.message(), "earner_day")) << status_;
  EXPECT_TRUE(absl::StrContains(status_.message(), "7")) << status_;
}

TEST_F(KeptRowsTest, ARowThatIsErasedIsRefused) {
  table_.Put(DayOf(2, 20000, "EUR"));
  Store();
  table_.Erase(DayOf(2, 20000, "EUR").key());
  absl::Status written;
  table_.StoreChanges(100, [&](const RowChanges<EarnerDay>& changes) { written = kept_.Write(changes); });
  EXPECT_TRUE(absl::IsInternal(written)) << written;
}

TEST_F(KeptRowsTest, AnErrorOfTheStoreIsKept) {
  table_.Put(DayOf(2, 20000, "EUR"));
  Store();
  ASSERT_TRUE(scratch_->Execute("DROP TABLE temp.kept_earner_day").ok());
  EXPECT_EQ(table_.Get(DayOf(2, 20000, "EUR").key()), nullptr);
  EXPECT_FALSE(status_.ok());
  table_.Put(DayOf(3, 20000, "EUR"));
  table_.StoreChanges(100, [this](const RowChanges<EarnerDay>& changes) { EXPECT_FALSE(kept_.Write(changes).ok()); });
}

}  // namespace
}  // namespace trailbook
