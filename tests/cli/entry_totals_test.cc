#include "cli/entry_totals.h"

#include <gtest/gtest.h>

#include <limits>

#include "ledger/domain/chart.h"

namespace trailbook::cli {
namespace {

using log::v1::Record;

void Post(Record& record, AccountKind account, int64_t partner, int64_t amount) {
  log::v1::Posting& posting = *record.add_postings();
  posting.set_account(static_cast<int32_t>(account));
  posting.set_partner(partner);
  posting.set_currency("EUR");
  posting.set_amount(amount);
}

// A payment of 10.00 whose commission is `booked`, and an entry of `posted`.
Record Payment(int64_t sequence, int64_t booked, int64_t posted) {
  Record record;
  record.set_sequence(sequence);
  log::v1::PaymentRecorded& payment = *record.mutable_payment_recorded();
  payment.set_partner(7);
  payment.set_currency("EUR");
  payment.set_collected(1000);
  payment.set_base(1000);
  payment.mutable_state()->set_booked(booked);
  Post(record, AccountKind::kCommissionExpense, 0, posted);
  Post(record, AccountKind::kCommissionPending, 7, -posted);
  return record;
}

TEST(EntryTotalsTest, AddsUpWhatIsPostedToEachAccount) {
  EntryTotals totals;
  EXPECT_EQ(totals.Add(1, Payment(1, 100, 100).SerializeAsString()), "");
  Record without_postings;
  without_postings.set_sequence(2);
  EXPECT_EQ(totals.Add(2, without_postings.SerializeAsString()), "");
  EXPECT_EQ(totals.Add(3, Payment(3, 50, 50).SerializeAsString()), "");
  EXPECT_EQ(totals.entries(), 2);
  const std::map<AccountKey, int64_t> expected = {
      {{"EUR", static_cast<int32_t>(AccountKind::kCommissionExpense), 0, ""}, 150},
      {{"EUR", static_cast<int32_t>(AccountKind::kCommissionPending), 7, ""}, -150}};
  EXPECT_EQ(totals.balances(), expected);
}

TEST(EntryTotalsTest, AnEntryIsWhatItsRecordSaysOfItself) {
  EXPECT_EQ(EntryTotals().Add(1, Payment(1, 100, 90).SerializeAsString()),
            "it posts 90 to what commissions cost, and says that its commission is 100");
  EXPECT_EQ(EntryTotals().Add(1, Payment(1, 101, 101).SerializeAsString()),
            "its commission of 101 is above a tenth of its base of 1000");
  Record lopsided = Payment(1, 100, 100);
  Post(lopsided, AccountKind::kCommissionPending, 7, 1);
  EXPECT_EQ(EntryTotals().Add(1, lopsided.SerializeAsString()),
            "its postings in EUR on 1970-01-01 come to 1 instead of zero");
}

TEST(EntryTotalsTest, ARecordThatCannotBeReadOrIsAnotherOneIsNamed) {
  EXPECT_EQ(EntryTotals().Add(1, "\xff"), "it cannot be read");
  EXPECT_EQ(EntryTotals().Add(2, Payment(1, 100, 100).SerializeAsString()), "it says that it is record 1");
}

TEST(EntryTotalsTest, ABalanceThatLeaves64BitsIsNamed) {
  EntryTotals totals;
  Record large;
  large.set_sequence(1);
  large.mutable_correction_booked();
  const int64_t most = std::numeric_limits<int64_t>::max();
  Post(large, AccountKind::kCash, 0, most);
  Post(large, AccountKind::kAdjustmentExpense, 0, -most);
  EXPECT_EQ(totals.Add(1, large.SerializeAsString()), "");
  large.set_sequence(2);
  EXPECT_EQ(totals.Add(2, large.SerializeAsString()), "a balance leaves 64 bits");
}

}  // namespace
}  // namespace trailbook::cli
