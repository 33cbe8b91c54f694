// Whether an entry posts what its record says, and how it is said if it does not.
#include "ledger/domain/postings.h"

#include <gtest/gtest.h>

#include <limits>

namespace trailbook {
namespace {

using enum AccountKind;
using log::v1::Record;

constexpr int64_t kProgram = 1, kJane = 7, kTom = 8, kPayment = 41;

void Post(Record& record, AccountKind debit, AccountKind credit, int64_t amount, int64_t partner = kJane) {
  for (const auto& [kind, sign] : {std::pair{debit, 1}, std::pair{credit, -1}}) {
    log::v1::Posting& posting = *record.add_postings();
    posting.set_account(static_cast<int32_t>(kind));
    posting.set_currency("EUR");
    posting.set_amount(sign * amount);
    if (IsPartnerAccount(kind)) posting.set_partner(partner);
  }
}

Record Payment(int64_t booked) {
  Record record;
  record.set_program(kProgram);
  record.mutable_payment_recorded()->set_partner(kJane);
  record.mutable_payment_recorded()->mutable_state()->set_booked(booked);
  return record;
}

Record Refund(int64_t booked) {
  Record record;
  record.set_program(kProgram);
  record.mutable_refund_recorded()->set_commission(kPayment);
  record.mutable_refund_recorded()->mutable_state()->set_booked(booked);
  return record;
}

class PostingsTest : public ::testing::Test {
 protected:
  PostingsTest() {
    for (const int64_t number : {kJane, kTom}) {
      Partner partner;
      partner.program = kProgram;
      partner.partner = number;
      book_.partners.PutNew(std::move(partner));
    }
    Commission commission;
    commission.program = kProgram;
    commission.number = kPayment;
    commission.partner = kJane;
    commission.booked = 100;
    book_.commissions.PutNew(std::move(commission));
  }
  void MergeJaneIntoTom() { book_.partners.Edit({kProgram, kJane}).merged_into = kTom; }
  std::string Problem(const Record& record) { return FindMisposting(record, book_); }

  Book book_;
};

TEST_F(PostingsTest, ANewCommissionCostsWhatIsBookedOfIt) {
  Record payment = Payment(100);
  EXPECT_EQ(FindMisposting(payment), "it posts 0 to what commissions cost, and says that its commission is 100");
  Post(payment, kCommissionExpense, kCommissionPending, 60);
  EXPECT_EQ(FindMisposting(payment), "it posts 60 to what commissions cost, and says that its commission is 100");
  Post(payment, kCommissionExpense, kCommissionHeld, 40);
  EXPECT_EQ(FindMisposting(payment), "");
  EXPECT_EQ(Problem(payment), "");
  EXPECT_EQ(FindMisposting(Payment(0)), "");
}

TEST_F(PostingsTest, ABonusIsACommissionOfItsOwn) {
  Record bonus;
  bonus.mutable_bonus_accrued()->mutable_state()->set_booked(5000);
  Post(bonus, kSignupBonusExpense, kCommissionPending, 5000);
  EXPECT_EQ(FindMisposting(bonus), "");
  bonus.mutable_bonus_accrued()->mutable_state()->set_booked(4999);
  EXPECT_EQ(FindMisposting(bonus), "it posts 5000 to what commissions cost, and says that its commission is 4999");
}

TEST_F(PostingsTest, WhatChangesACommissionPostsTheDifference) {
  Record refund = Refund(70);
  EXPECT_EQ(FindMisposting(refund), "") << "alone it does not show what was booked before";
  EXPECT_EQ(Problem(refund), "it posts 0 to what commissions cost, and says that commission 41 changes by -30");
  Post(refund, kCommissionPending, kCommissionReversed, 30);
  EXPECT_EQ(Problem(refund), "");
  Record moved;
  moved.set_program(kProgram);
  moved.mutable_commission_transferred()->set_commission(kPayment);
  moved.mutable_commission_transferred()->mutable_state()->set_booked(100);
  Post(moved, kCommissionPending, kCommissionPending, 100);
  EXPECT_EQ(Problem(moved), "");
  moved.mutable_commission_transferred()->mutable_state()->set_booked(90);
  EXPECT_EQ(Problem(moved), "it posts 0 to what commissions cost, and says that commission 41 changes by -10");
}

TEST_F(PostingsTest, ItIsThePartnerOfTheCommissionOrWhoHeWasMergedInto) {
  Record payment = Payment(100), refund = Refund(70);
  Post(payment, kCommissionExpense, kCommissionPending, 100, kTom);
  Post(refund, kCommissionPending, kCommissionReversed, 30, kTom);
  EXPECT_EQ(Problem(payment), "it posts to partner 8, and its commission is that of partner 7");
  EXPECT_EQ(Problem(refund), "it posts to partner 8, and its commission is that of partner 7");
  MergeJaneIntoTom();
  EXPECT_EQ(Problem(payment), "");
  EXPECT_EQ(Problem(refund), "");
}

TEST_F(PostingsTest, AMaturityTakesFromPendingWhatMatured) {
  Record matured;
  matured.mutable_matured()->set_amount(80);
  Post(matured, kCommissionPending, kCommissionPayable, 70);
  EXPECT_EQ(FindMisposting(matured), "it takes 70 from pending, and says that 80 matured");
  Post(matured, kCommissionPending, kPartnerReceivable, 10);
  EXPECT_EQ(FindMisposting(matured), "");
}

TEST_F(PostingsTest, WhatNamesNoCommissionCostsNoneACorrectionApart) {
  Record record;
  Post(record, kCommissionExpense, kCommissionPayable, 10);
  record.mutable_parked_purged();
  EXPECT_EQ(FindMisposting(record), "it posts 10 to what commissions cost, and names none");
  record.mutable_correction_booked();
  EXPECT_EQ(FindMisposting(record), "");
}

TEST_F(PostingsTest, SumsThatLeave64BitsAreNoZero) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  Record payment = Payment(0);
  for (const int64_t amount : {kMax, kMax, int64_t{2}}) Post(payment, kCommissionExpense, kCommissionPending, amount);
  EXPECT_EQ(FindMisposting(payment),
            "it posts more than 64 bits to what commissions cost, and says that its commission is 0");
}

}  // namespace
}  // namespace trailbook
