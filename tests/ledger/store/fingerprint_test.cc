#include "ledger/store/fingerprint.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/domain/rows.h"
#include "ledger/store/migrations.h"
#include "ledger/store/sqlite.h"

namespace trailbook::store {
namespace {

const ShortHashKey kKey = {1, 2, 3};

// Of the rows that a SELECT without a FROM makes of some lists of values.
Fingerprint Of(const std::vector<std::string>& rows, const ShortHashKey& key = kKey) {
  const std::unique_ptr<Database> db = *OpenSqliteScratch();
  Fingerprint fingerprint(key);
  for (const std::string& row : rows) {
    Statement* const select = *db->Prepare(absl::StrCat("SELECT ", row));
    EXPECT_TRUE(*select->Step());
    fingerprint.Add(*select);
    select->Reset();
  }
  return fingerprint;
}

TEST(FingerprintTest, TheOrderOfRowsIsNothingAndTheirNumberIs) {
  EXPECT_EQ(Of({"1, 'a'", "2, 'b'", "3, 'c'"}), Of({"3, 'c'", "1, 'a'", "2, 'b'"}));
  EXPECT_EQ(Of({"1", "1", "2"}).rows(), 3);
  EXPECT_NE(Of({"1", "1", "2"}), Of({"1", "2", "2"}));
  EXPECT_NE(Of({"1", "1"}), Of({"1"}));
  EXPECT_NE(Of({"1"}), Of({}));
  EXPECT_EQ(Of({}), Of({}));
}

TEST(FingerprintTest, EveryValueItsTypeAndItsColumnCount) {
  const std::vector<std::string> all = {"NULL, NULL", "0, NULL",   "NULL, 0",     "0, 0",      "'', NULL",
                                        "x'', NULL",  "'0', NULL", "x'30', NULL", "'ab', 'c'", "'a', 'bc'",
                                        "'abc', ''",  "1, 256",    "256, 1",      "-1, 0",     "x'00', x''",
                                        "x'', x'00'", "'i', 0"};
  for (const std::string& a : all) {
    for (const std::string& b : all) EXPECT_EQ(Of({a}) == Of({b}), a == b) << a << " and " << b;
  }
}

TEST(FingerprintTest, WhatIsTakenBackWasNeverThere) {
  const auto row = [](int64_t number, int64_t amount) {
    Refund refund = Refund::WithKey({1, number, IdKey('r', "re_1")});
    refund.amount = amount;
    return refund;
  };
  const auto of = [](const std::vector<Refund>& rows) {
    Fingerprint sum(kKey);
    for (const Refund& each : rows) sum.Add(each);
    return sum;
  };
  Fingerprint fingerprint = of({row(1, 10), row(2, 20), row(1, 10)});
  fingerprint.Remove(row(1, 10));
  EXPECT_EQ(fingerprint, of({row(2, 20), row(1, 10)}));
  EXPECT_EQ(fingerprint.rows(), 2);
  fingerprint.Remove(row(1, 20));
  EXPECT_NE(fingerprint, of({row(2, 20)}));
}

TEST(FingerprintTest, WhatTwoRowsExchangeIsSeen) { EXPECT_NE(Of({"1, 20", "2, 10"}), Of({"1, 10", "2, 20"})); }

TEST(FingerprintTest, AnotherKeyGivesAnotherOne) { EXPECT_NE(Of({"1"}), Of({"1"}, {1, 2, 4})); }

TEST(FingerprintTest, ARowIsAsItIsStored) {
  const std::unique_ptr<Database> db = *OpenSqliteScratch();
  ASSERT_TRUE(Migrate(*db).ok());
  Refund refund;
  refund.program = 1;
  refund.commission = 7;
  refund.id_key = IdKey('r', "re_1");
  refund.amount = -12;
  refund.counted = true;
  ASSERT_TRUE(
      db->InsertMany(ShapeOf<Refund>(), 1, [&refund](size_t, Binder& binder) { BindRow(refund, binder); }).ok());
  Statement* const select = *db->Prepare(SelectFrom<Refund>(""));
  ASSERT_TRUE(*select->Step());
  Fingerprint stored(kKey), made(kKey);
  stored.Add(*select);
  select->Reset();
  made.Add(refund);
  EXPECT_EQ(stored, made);
}

}  // namespace
}  // namespace trailbook::store
