// Entries: what the journal records, and what it refuses without changing anything.
#include "ledger/domain/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "ledger/base/status.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using enum AccountKind;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kProgram = 1, kPartner = 7;

class StoredSizes final : public LogSizes {
 public:
  int64_t SizeOf(int64_t program) override { return program == kProgram ? 41 : 0; }
};

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() { journal_.SetContext(1700000000123456, "asha"); }

  absl::StatusOr<int64_t> Book(const std::vector<Leg>& legs, const std::string& currency = "INR") {
    journal_.Start(kProgram, 100);
    journal_.AddLegs(legs, {kPartner, currency}, "main", "main");
    return journal_.Emit();
  }
  Earner Balances() {
    const Earner* earner = book_.earners.Get({kProgram, kPartner, "INR"});
    return earner == nullptr ? Earner() : *earner;
  }
  size_t ChangedRows() {
    size_t rows = 0;
    book_.ForEach([&rows](auto& table) { rows += table.dirty().size(); });
    return rows;
  }
  log::v1::Record LastRecord() {
    log::v1::Record record;
    record.ParseFromString(journal_.emitted().back().body);
    return record;
  }

  StoredSizes sizes_;
  ::trailbook::Book book_;
  Journal journal_{&book_, &sizes_};
};

TEST_F(JournalTest, SequencesGoOnFromTheStoredLogWithoutAGap) {
  EXPECT_EQ(*Book({{kCommissionExpense, kCommissionPending, 10, 100}}), 42);
  EXPECT_EQ(*Book({{kCommissionExpense, kCommissionPending, 10, 100}}), 43);
  journal_.Start(2, 100);
  EXPECT_EQ(*journal_.Emit(), 1);
  EXPECT_EQ(*Book({{kCommissionExpense, kCommissionPending, 10, 100}}), 44);
}

TEST_F(JournalTest, AnEntryThatPostsOtherThanItsRecordSaysIsRefusedAndChangesNothing) {
  log::v1::PaymentRecorded& payment = *journal_.Start(kProgram, 100).mutable_payment_recorded();
  payment.set_partner(kPartner);
  payment.mutable_state()->set_booked(11);
  journal_.AddLegs({{kCommissionExpense, kCommissionPending, 10, 100}}, {kPartner, "INR"});
  const absl::Status status = journal_.Emit().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("it posts 10 to what commissions cost, and says that its commission is 11"));
  EXPECT_EQ(ChangedRows(), 0u);
  EXPECT_THAT(journal_.emitted(), IsEmpty());
}

TEST_F(JournalTest, ARecordSaysWhoWhenAndWhatInTheBytesThatAreKept) {
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPending, 150, 101}}).ok());
  const log::v1::Record record = LastRecord();
  EXPECT_EQ(record.program(), kProgram);
  EXPECT_EQ(record.sequence(), 42);
  EXPECT_EQ(record.record_micros(), 1700000000123456);
  EXPECT_EQ(record.actor(), "asha");
  EXPECT_EQ(record.event_day(), 100);
  ASSERT_THAT(record.postings(), SizeIs(2));
  EXPECT_EQ(record.postings(0).amount(), 150);
  EXPECT_EQ(record.postings(0).partner(), 0) << "an expense is nobody's";
  EXPECT_EQ(record.postings(1).amount(), -150);
  EXPECT_EQ(record.postings(1).partner(), kPartner);
  EXPECT_EQ(record.postings(1).booking_day(), 101);
}

TEST_F(JournalTest, AnEntryIsInTheBookAtOnce) {
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPending, 150, 101}}).ok());
  EXPECT_EQ(Balances().pending, 150);
  EXPECT_EQ(Balances().pending_day, 101);
  EXPECT_EQ(book_.accounts.Get({kProgram, 10, "INR", ""})->balance, -150);
  EXPECT_EQ(book_.accounts.Get({kProgram, 20, "INR", ""})->balance, 150);
  EXPECT_EQ(book_.account_days.Get({kProgram, 20, "INR", "", 101})->change, 150);
  EXPECT_EQ(book_.earner_days.Get({kProgram, 101, kPartner, "INR"})->pending, 150);
}

TEST_F(JournalTest, LegsOnOneAccountAndDayAreOnePosting) {
  ASSERT_TRUE(
      Book({{kCommissionExpense, kCommissionPending, 100, 101}, {kCommissionExpense, kCommissionPending, 50, 101}})
          .ok());
  EXPECT_THAT(LastRecord().postings(), SizeIs(2));
  EXPECT_EQ(Balances().pending, 150);
}

TEST_F(JournalTest, OnlyCashAndTransitAccountsAreToldApartByTheirDetail) {
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPayable, 100, 100}, {kCommissionPayable, kCash, 100, 100}}).ok());
  const log::v1::Record record = LastRecord();
  for (const log::v1::Posting& posting : record.postings()) {
    EXPECT_EQ(posting.detail(), posting.account() == static_cast<int32_t>(kCash) ? "main" : "");
  }
}

TEST_F(JournalTest, APostingPointsAtTheRecordBeforeItOfItsPartnerCurrencyAndDay) {
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPending, 1, 100}}).ok());
  EXPECT_EQ(LastRecord().postings(1).previous(), 0);
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPending, 1, 100}}).ok());
  EXPECT_EQ(LastRecord().postings(1).previous(), 42);
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPending, 1, 99}}).ok());
  EXPECT_EQ(LastRecord().postings(1).previous(), 0);
}

TEST_F(JournalTest, ACreditToPayableIsALineThatAPayoutCanTake) {
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPayable, 30, 100}}).ok());
  const PayableLine* line = book_.payable_lines.Get({kProgram, kPartner, "INR", 42, 100});
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(line->amount, 30);
  EXPECT_EQ(line->batch, 0);
}

TEST_F(JournalTest, AnEntryThatDoesNotBalanceIsRefusedAndNothingIsChanged) {
  log::v1::Posting& posting = *journal_.Start(kProgram, 100).add_postings();
  posting.set_account(static_cast<int32_t>(kCommissionExpense));
  posting.set_currency("INR");
  posting.set_amount(5);
  posting.set_booking_day(100);
  const absl::Status status = journal_.Emit().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("does not balance"));
  EXPECT_EQ(ChangedRows(), 0);
  EXPECT_THAT(journal_.emitted(), IsEmpty());
}

TEST_F(JournalTest, AnEntryMustBalanceOnEveryDayNotOnlyInTotal) {
  log::v1::Record& record = journal_.Start(kProgram, 100);
  for (const int day : {100, 101}) {
    log::v1::Posting& posting = *record.add_postings();
    posting.set_account(static_cast<int32_t>(day == 100 ? kCommissionExpense : kCash));
    posting.set_currency("INR");
    posting.set_amount(day == 100 ? 5 : -5);
    posting.set_booking_day(day);
  }
  EXPECT_EQ(journal_.Emit().status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ChangedRows(), 0);
}

TEST_F(JournalTest, AnEntryMustBalanceInEveryCurrency) {
  log::v1::Record& record = journal_.Start(kProgram, 100);
  for (const char* currency : {"INR", "USD"}) {
    log::v1::Posting& posting = *record.add_postings();
    posting.set_account(static_cast<int32_t>(kCash));
    posting.set_currency(currency);
    posting.set_amount(currency[0] == 'I' ? 5 : -5);
    posting.set_booking_day(100);
  }
  EXPECT_EQ(journal_.Emit().status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ChangedRows(), 0);
}

TEST_F(JournalTest, ABalanceOfAPartnerNeverFallsBelowZero) {
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPending, 100, 100}}).ok());
  const size_t changed = ChangedRows();
  const absl::Status status = Book({{kCommissionPending, kCommissionPayable, 101, 100}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("liabilities:commission-pending"));
  EXPECT_EQ(Balances().pending, 100);
  EXPECT_EQ(Balances().payable, 0);
  EXPECT_EQ(ChangedRows(), changed);
  EXPECT_THAT(journal_.emitted(), SizeIs(1));
}

TEST_F(JournalTest, AReceivableIsNeverSettledBeyondWhatIsOwed) {
  ASSERT_TRUE(Book({{kPartnerReceivable, kCommissionReversed, 100, 100}}).ok());
  EXPECT_EQ(Balances().receivable, 100);
  EXPECT_EQ(Book({{kCommissionExpense, kPartnerReceivable, 101, 100}}).status().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(Book({{kCommissionExpense, kPartnerReceivable, 100, 100}}).ok());
  EXPECT_EQ(Balances().receivable, 0);
}

TEST_F(JournalTest, ABalanceThatWouldNotFitIsRefusedAndNothingIsChanged) {
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPending, kMax, 100}}).ok());
  const size_t changed = ChangedRows();
  const absl::Status status = Book({{kCommissionExpense, kCommissionPending, 1, 100}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReasonOf(status), "OVERFLOW");
  EXPECT_EQ(Balances().pending, kMax);
  EXPECT_EQ(ChangedRows(), changed);
  EXPECT_THAT(journal_.emitted(), SizeIs(1));
}

TEST_F(JournalTest, AnOverflowOfAControlAccountOverAllPartnersIsRefusedToo) {
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPending, kMax, 100}}).ok());
  journal_.Start(kProgram, 100);
  journal_.AddLegs({{kCommissionExpense, kCommissionPending, 10, 100}}, {kPartner + 1, "INR"});
  EXPECT_EQ(ReasonOf(journal_.Emit().status()), "OVERFLOW");
}

TEST_F(JournalTest, AnOverflowInOneCurrencyDoesNotTouchAnother) {
  ASSERT_TRUE(Book({{kCommissionExpense, kCommissionPending, kMax, 100}}).ok());
  EXPECT_TRUE(Book({{kCommissionExpense, kCommissionPending, kMax, 100}}, "USD").ok());
}

TEST_F(JournalTest, ARecordThatIsTooLargeForTheLogIsRefusedAndNothingIsChanged) {
  journal_.Start(kProgram, 100).mutable_code_disabled();
  journal_.SetContext(1, std::string(65536, 'a'));
  EXPECT_EQ(journal_.Emit().status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ChangedRows(), 0);
  EXPECT_THAT(journal_.emitted(), IsEmpty());
}

TEST_F(JournalTest, ARefusedEntryLeavesItsSequenceToTheNext) {
  EXPECT_FALSE(Book({{kCommissionPending, kCommissionPayable, 1, 100}}).ok());
  EXPECT_EQ(*Book({{kCommissionExpense, kCommissionPending, 1, 100}}), 42);
}

}  // namespace
}  // namespace trailbook
