// The worked numbers of the rules, each under its name, end to end through the ledger.
#include "gtest/gtest.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

class WorkedNumbers : public testing::Test {
 protected:
  // What a payment of a customer of a partner with this rate earns.
  int64_t Earns(const std::string& currency, int64_t base, int64_t rate_bps) {
    const std::string id = absl::StrCat("w", ++made_);
    PartnerSpec partner;
    partner.partner_id = partner.display_name = partner.link_code = id;
    partner.rate_bps = rate_bps;
    EXPECT_TRUE(ledger_.Do(CreatePartner{"p", partner}).ok());
    ledger_.SignUp(id, id, "2026-01-01");
    const ReportOutcome outcome =
        ledger_.Report(PaymentReport{id, id, {currency, base}, base, TestLedger::Noon("2026-01-01"), {}, false});
    EXPECT_TRUE(outcome.status.ok()) << outcome.status;
    return outcome.commission_amount.minor_units;
  }
  // 10.00 of jane's, earned on 1 January and payable on the 31st.
  void EarnTen() {
    ledger_.SignUp("c1", "jane", "2026-01-01");
    ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  }
  void PayOut() {
    EXPECT_TRUE(ledger_.Do(CreatePayoutBatch{"p", "EUR", "", "main"}).ok());
    EXPECT_TRUE(ledger_.Do(SubmitPayoutBatch{"p", 1}).ok());
    const auto view = ledger_.Ask([](Queries& queries) { return queries.GetBatch("p", 1); });
    EXPECT_TRUE(ledger_.Do(ApprovePayoutBatch{"p", 1, view->content_hash_hex}, "bob").ok());
    EXPECT_TRUE(ledger_.Do(ExportPayoutBatch{"p", 1}).ok());
    EXPECT_TRUE(ledger_.Do(RecordPayoutResult{"p", 1, 1, PayoutResultKind::kSettled, "statement", ""}).ok());
  }
  TestLedger ledger_{"2026-01-01"};
  int made_ = 0;
};

TEST_F(WorkedNumbers, Rules3_1999AtSevenAndAHalfPercentIs150) { EXPECT_EQ(Earns("EUR", 1999, 750), 150); }
TEST_F(WorkedNumbers, Rules3_1999AtTenPercentIsCappedAt199) { EXPECT_EQ(Earns("EUR", 1999, 1000), 199); }
TEST_F(WorkedNumbers, Rules3_15AtTenPercentIs1) { EXPECT_EQ(Earns("EUR", 15, 1000), 1); }
TEST_F(WorkedNumbers, Rules3_5AtFivePercentIs0) { EXPECT_EQ(Earns("EUR", 5, 500), 0); }
TEST_F(WorkedNumbers, Rules3_1050YenAtFivePercentIs52HalfToEven) { EXPECT_EQ(Earns("JPY", 1050, 500), 52); }
TEST_F(WorkedNumbers, Rules3_1070YenAtFivePercentIs54HalfToEven) { EXPECT_EQ(Earns("JPY", 1070, 500), 54); }
TEST_F(WorkedNumbers, Rules3_12345DinarFilsAtTenPercentAre1234) { EXPECT_EQ(Earns("KWD", 12345, 1000), 1234); }

TEST_F(WorkedNumbers, Rules4_TwoRefundsOfAHundredNetToZero) {
  EarnTen();
  EXPECT_EQ(ledger_.Balance("jane").pending, 1000);
  ledger_.SetNow("2026-01-11");
  ledger_.Refund("re_1", "in_1", 3333, "2026-01-11");
  EXPECT_EQ(ledger_.Balance("jane").pending, 666);
  ledger_.Refund("re_2", "in_1", 6667, "2026-01-11");
  EXPECT_EQ(ledger_.Balance("jane").pending, 0);
  ledger_.ExpectVerified();
}

TEST_F(WorkedNumbers, Rules4_RefundedAfterItWasPaidIsOwedAndRecoupedFromWhatMaturesNext) {
  EarnTen();
  ledger_.SetNow("2026-02-01");
  ledger_.Mature();
  PayOut();
  ledger_.Refund("re_1", "in_1", 10000, "2026-02-01");
  EXPECT_EQ(ledger_.Balance("jane").receivable, 1000);
  ledger_.Pay("in_2", "c1", 4000, "2026-02-01");
  ledger_.SetNow("2026-03-03");
  ledger_.Mature();
  EXPECT_EQ(ledger_.Balance("jane").payable, 0);
  EXPECT_EQ(ledger_.Balance("jane").receivable, 600);
  ledger_.Pay("in_3", "c1", 9000, "2026-03-03");
  ledger_.SetNow("2026-04-02");
  ledger_.Mature();
  EXPECT_EQ(ledger_.Balance("jane").payable, 300);
  EXPECT_EQ(ledger_.Balance("jane").receivable, 0);
  ledger_.ExpectVerified();
}

TEST_F(WorkedNumbers, Rules4_ARefundOfAnInvoiceWithTaxTakesItsShareOfTheBase) {
  PartnerSpec partner;
  partner.partner_id = partner.display_name = partner.link_code = "ann";
  partner.rate_bps = 750;
  ASSERT_TRUE(ledger_.Do(CreatePartner{"p", partner}).ok());
  ledger_.SignUp("c1", "ann", "2026-01-01");
  ledger_.Report(PaymentReport{"in_1", "c1", {"EUR", 11800}, 10000, TestLedger::Noon("2026-01-01"), {}, false});
  EXPECT_EQ(ledger_.Balance("ann").pending, 750);
  ledger_.Refund("re_1", "in_1", 5900, "2026-01-01");
  EXPECT_EQ(ledger_.Balance("ann").pending, 375);
  ledger_.ExpectVerified();
}

}  // namespace
}  // namespace trailbook
