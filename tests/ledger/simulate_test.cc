// What other terms would have paid: under the same terms exactly what the books say, under others what the rules say,
// and nothing is written.
#include <map>

#include "ledger/base/status.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

TermsSpec TermsOf(int64_t bps, std::vector<TierSpec> tiers = {}) {
  TermsSpec terms;
  terms.rate_bps = bps;
  terms.hold_days = 30;
  terms.tiers = std::move(tiers);
  return terms;
}

struct SimulateTest : testing::Test {
  TestLedger book{"2026-01-01"};

  SimulationView Simulate(const SimulationQuery& query, const PageRequest& page = {1000, ""}) {
    const auto view = book.Ask([&](Queries& q) { return q.Simulate("p", query, page); });
    EXPECT_TRUE(view.ok()) << view.status();
    return view.ok() ? *view : SimulationView();
  }
  static SimulationQuery Under(TermsSpec terms) { return {std::move(terms), "", ""}; }
  SimulatedView Of(const SimulationView& view, const std::string& partner, const std::string& currency = "EUR") {
    for (const SimulatedView& row : view.partners.items) {
      if (row.partner_id == partner && row.currency == currency) return row;
    }
    return {};
  }
  static int64_t Net(const SimulatedSums& sums) { return sums.accrued - sums.reversed; }
  static void ExpectNoDifference(const SimulationView& view) {
    EXPECT_FALSE(view.partners.items.empty());
    for (const SimulatedView& row : view.partners.items) {
      EXPECT_EQ(row.simulated.accrued, row.booked.accrued) << row.partner_id << " " << row.currency;
      EXPECT_EQ(row.simulated.reversed, row.booked.reversed) << row.partner_id << " " << row.currency;
      EXPECT_EQ(row.simulated.matured, row.booked.matured) << row.partner_id << " " << row.currency;
    }
  }
  // What the accounts say was accrued and reversed in a currency.
  std::pair<int64_t, int64_t> Accounts(const std::string& currency) {
    std::pair<int64_t, int64_t> sums;
    const auto accounts = book.Ask([](Queries& q) { return q.TrialBalance("p", ""); });
    for (const AccountView& account : *accounts) {
      if (account.currency != currency) continue;
      if (account.account == "expenses:commission" || account.account == "expenses:signup-bonus") {
        sums.first += account.balance;
      }
      if (account.account == "contra-expense:commission-reversed") sums.second -= account.balance;
    }
    return sums;
  }
  void Refund(const std::string& id, const std::string& payment, int64_t amount, absl::string_view day,
              bool failed = false) {
    EXPECT_TRUE(book.Report(RefundReport{id, payment, {"EUR", amount}, failed, TestLedger::Noon(day)}).status.ok());
  }
  void Dispute(const std::string& id, const std::string& payment, int64_t amount, DisputePhase phase,
               absl::string_view day) {
    EXPECT_TRUE(book.Report(DisputeReport{id, payment, {"EUR", amount}, phase, TestLedger::Noon(day)}).status.ok());
  }
  void SignUpAndPay(const std::string& customer, const std::string& code, absl::string_view day,
                    const std::string& email = "") {
    book.SignUp(customer, code, day, email);
    for (int at = 0; at < 3; ++at) {
      EXPECT_TRUE(book.Pay(absl::StrCat(customer, "-", at), customer, 10000 + 33 * at, day).status.ok());
    }
  }
  // Everything at once: versions, tiers, a bonus, groups, an own rate, FOLLOW, a lowering, refunds, disputes, a review,
  // a ban, a payout.
  void MakeHistory();
};

void SimulateTest::MakeHistory() {
  SignUpAndPay("a1", "jane", "2026-01-01");
  SignUpAndPay("a2", "tom", "2026-01-01");
  EXPECT_TRUE(book.Do(CreateGroup{"p", "gold", "Gold", TermsOf(350, {{2, 450}})}).ok());
  EXPECT_TRUE(book.Do(SetPartnerGroup{"p", "tom", "gold", "2026-01-10"}).ok());
  TermsSpec second = TermsOf(500, {{2, 700}, {4, 900}});
  second.sign_up_bonuses = {{"EUR", 500}};
  second.duration_months = 1;
  second.effective_date = "2026-01-05";
  EXPECT_TRUE(book.Do(PublishTerms{"p", second}).ok());
  book.SetNow("2026-01-20");
  for (const char* customer : {"b1", "b2", "b3"}) SignUpAndPay(customer, "jane", "2026-01-15");
  SignUpAndPay("b4", "tom", "2026-01-15");
  SignUpAndPay("b5", "tom", "2026-01-09");
  SignUpAndPay("b6", "jane", "2026-01-16", "jane@clinic.example");
  SignUpAndPay("b7", "jane", "2026-01-16", "jane@clinic.example");
  EXPECT_TRUE(book.Do(DecideReview{"p", "b6", true, "own account"}).ok());
  Refund("r1", "b1-0", 5000, "2026-01-17");
  Refund("r2", "b1-0", 5000, "2026-01-18");
  Refund("r2", "b1-0", 5000, "2026-01-19", true);
  Refund("r3", "b2-0", 10000, "2026-01-19");
  Dispute("d1", "b3-0", 10000, DisputePhase::kOpen, "2026-01-19");
  Dispute("d2", "b3-1", 7000, DisputePhase::kLost, "2026-01-19");
  EXPECT_TRUE(book.Do(SetPartnerRate{"p", "jane", 800, ""}).ok());
  TermsSpec third = TermsOf(600);
  third.follow = true;
  EXPECT_TRUE(book.Do(PublishTerms{"p", third}).ok());
  EXPECT_TRUE(book.Do(LowerRate{"p", "jane", 300, "2026-01-22", "agreed", true}).ok());
  book.SetNow("2026-03-20");
  book.Mature();
  SignUpAndPay("c1", "jane", "2026-01-21");
  SignUpAndPay("c2", "tom", "2026-03-10");
  for (const char* customer : {"a1", "b1", "b3", "b5"}) {
    book.Pay(absl::StrCat(customer, "-late"), customer, 9999, "2026-03-12");
  }
  EXPECT_TRUE(book.Report(PaymentReport{"usd", "b2", {"USD", 777}, 700, TestLedger::Noon("2026-01-21"), {}, false})
                  .status.ok());
  EXPECT_TRUE(book.Do(SetPartnerState{"p", "tom", PartnerStateKind::kBanned, "fraud"}).ok());
  SignUpAndPay("t9", "tom", "2026-03-19");
  Dispute("d1", "b3-0", 10000, DisputePhase::kWon, "2026-03-19");
  const auto batch = book.Do(CreatePayoutBatch{"p", "EUR", "", "main"});
  EXPECT_TRUE(book.Do(SubmitPayoutBatch{"p", batch->number}).ok());
  Refund("r9", "a1-0", 4321, "2026-03-20");
}

TEST_F(SimulateTest, UnderThePublishedTermsItEqualsTheBooks) {
  MakeHistory();
  const SimulationView view = Simulate({});
  ExpectNoDifference(view);
  ASSERT_EQ(view.totals.size(), 2u);
  for (const SimulatedView& total : view.totals) {
    const auto [accrued, reversed] = Accounts(total.currency);
    EXPECT_EQ(total.booked.accrued, accrued) << total.currency;
    EXPECT_EQ(total.booked.reversed, reversed) << total.currency;
    EXPECT_EQ(total.simulated.accrued, accrued) << total.currency;
  }
  EXPECT_GT(Accounts("EUR").second, 0);
  book.ExpectVerified();
}

TEST_F(SimulateTest, UnderTheSameTermsItEqualsTheBooks) {
  TermsSpec terms = TermsOf(500, {{2, 700}, {3, 900}});
  terms.sign_up_bonuses = {{"EUR", 500}};
  EXPECT_TRUE(book.Do(PublishTerms{"p", terms}).ok());
  for (const char* customer : {"c1", "c2", "c3"}) SignUpAndPay(customer, "jane", "2026-01-01");
  Refund("r1", "c1-0", 10000, "2026-01-01");
  Refund("r2", "c2-1", 3333, "2026-01-01");
  ExpectNoDifference(Simulate(Under(terms)));
  terms.effective_date = "2026-01-01";
  ExpectNoDifference(Simulate(Under(terms)));
}

TEST_F(SimulateTest, OtherRatesAndTiersAreAppliedToEveryPaymentAndItsRefunds) {
  for (const char* customer : {"c1", "c2"}) SignUpAndPay(customer, "jane", "2026-01-01");
  SignUpAndPay("t1", "tom", "2026-01-01");
  Refund("r1", "c1-0", 10000, "2026-01-01");
  const SimulationView view = Simulate(Under(TermsOf(500, {{2, 800}})));
  // 10000, 10033, 10066 at 10 %, each down to a tenth.
  EXPECT_EQ(Of(view, "jane").booked.accrued, 2 * (1000 + 1003 + 1006));
  EXPECT_EQ(Of(view, "jane").booked.reversed, 1000);
  // c1 at 5 %, c2, the second paying customer, at 8 %.
  EXPECT_EQ(Of(view, "jane").simulated.accrued, 500 + 502 + 503 + 800 + 803 + 805);
  EXPECT_EQ(Of(view, "jane").simulated.reversed, 500);
  EXPECT_EQ(Net(Of(view, "tom").simulated), 500 + 502 + 503);
  EXPECT_EQ(view.totals.at(0).simulated.accrued,
            Of(view, "jane").simulated.accrued + Of(view, "tom").simulated.accrued);
}

TEST_F(SimulateTest, ABonusAndADurationThatWereNotThereAreAppliedToo) {
  book.SetNow("2026-06-01");
  SignUpAndPay("c1", "jane", "2026-01-01");
  book.Pay("late", "c1", 10000, "2026-03-01");
  SignUpAndPay("c2", "jane", "2026-01-01");
  Refund("r1", "c2-0", 10000, "2026-01-02");
  TermsSpec terms = TermsOf(1000);
  terms.sign_up_bonuses = {{"EUR", 700}};
  terms.duration_months = 2;
  const SimulatedView jane = Of(Simulate(Under(terms)), "jane");
  EXPECT_EQ(jane.simulated.accrued, jane.booked.accrued - 1000 + 2 * 700);
  EXPECT_EQ(jane.simulated.reversed, jane.booked.reversed + 700);
}

TEST_F(SimulateTest, AnotherHoldPeriodMovesWhatMaturedAndNothingElse) {
  SignUpAndPay("c1", "jane", "2026-01-01");
  book.SetNow("2026-01-20");
  TermsSpec terms = TermsOf(1000);
  terms.hold_days = 19;
  const SimulatedView jane = Of(Simulate(Under(terms)), "jane");
  EXPECT_EQ(jane.booked.matured, 0);
  EXPECT_EQ(jane.simulated.matured, 3009);
  EXPECT_EQ(jane.simulated.accrued, 3009);
}

TEST_F(SimulateTest, OnlySignUpsFromTheGivenDayOnGetTheOtherTerms) {
  SignUpAndPay("c1", "jane", "2026-01-01");
  book.SetNow("2026-02-01");
  EXPECT_TRUE(book.Do(PublishTerms{"p", TermsOf(300)}).ok());
  SignUpAndPay("c2", "jane", "2026-02-01");
  book.SetNow("2026-03-01");
  EXPECT_TRUE(book.Do(PublishTerms{"p", TermsOf(400)}).ok());
  SignUpAndPay("c3", "jane", "2026-03-01");
  TermsSpec terms = TermsOf(500);
  terms.effective_date = "2026-02-15";
  SimulatedView jane = Of(Simulate(Under(terms)), "jane");
  EXPECT_EQ(jane.simulated.accrued, 3009 + (300 + 301 + 302) + (500 + 502 + 503));
  terms.effective_date = "2026-02-01";
  jane = Of(Simulate(Under(terms)), "jane");
  EXPECT_EQ(jane.simulated.accrued, 3009 + 2 * (500 + 502 + 503));
}

TEST_F(SimulateTest, AGroupsTermsAreReplacedForItsPartnersOnly) {
  EXPECT_TRUE(book.Do(CreateGroup{"p", "gold", "Gold", TermsOf(400)}).ok());
  EXPECT_TRUE(book.Do(SetPartnerGroup{"p", "tom", "gold", ""}).ok());
  SignUpAndPay("c1", "jane", "2026-01-01");
  SignUpAndPay("t1", "tom", "2026-01-01");
  SimulationQuery query = Under(TermsOf(500));
  query.group_id = "gold";
  SimulationView view = Simulate(query);
  EXPECT_EQ(Of(view, "jane").simulated.accrued, 3009);
  EXPECT_EQ(Of(view, "tom").simulated.accrued, 500 + 502 + 503);
  EXPECT_EQ(Of(view, "tom").booked.accrued, 400 + 401 + 403);
  query.group_id.clear();
  view = Simulate(query);
  EXPECT_EQ(Of(view, "jane").simulated.accrued, 500 + 502 + 503);
  EXPECT_EQ(Of(view, "tom").simulated.accrued, 400 + 401 + 403);
}

TEST_F(SimulateTest, ARejectedReferralEarnsNothingUnderAnyTerms) {
  EXPECT_TRUE(book.Do(PublishTerms{"p", TermsOf(0)}).ok());
  SignUpAndPay("c1", "jane", "2026-01-01", "jane@clinic.example");
  EXPECT_TRUE(book.Do(DecideReview{"p", "c1", true, "own account"}).ok());
  TermsSpec terms = TermsOf(1000);
  terms.sign_up_bonuses = {{"EUR", 700}};
  EXPECT_EQ(Net(Of(Simulate(Under(terms)), "jane").simulated), 0);
}

TEST_F(SimulateTest, ARefundFromBeforeARejectionThatFailsBringsNothingBackUnderAnyTerms) {
  SignUpAndPay("c1", "jane", "2026-01-01", "jane@clinic.example");
  Refund("r1", "c1-0", 4000, "2026-01-01");
  EXPECT_TRUE(book.Do(DecideReview{"p", "c1", true, "own account"}).ok());
  Refund("r1", "c1-0", 4000, "2026-01-01", true);
  for (const int64_t bps : {300, 1000}) {
    const SimulatedView jane = Of(Simulate(Under(TermsOf(bps))), "jane");
    EXPECT_GT(jane.booked.accrued, 0);
    EXPECT_EQ(Net(jane.booked), 0);
    EXPECT_EQ(Net(jane.simulated), 0) << bps;
  }
}

TEST_F(SimulateTest, TheSameShareIsForfeitedUnderOtherTerms) {
  book.SignUp("a1", "jane", "2026-01-01");
  EXPECT_TRUE(book.Pay("a1-0", "a1", 10000, "2026-01-01").status.ok());
  Dispute("d1", "a1-0", 4000, DisputePhase::kOpen, "2026-01-01");
  EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kBanned, "fraud"}).ok());
  Dispute("d1", "a1-0", 4000, DisputePhase::kWon, "2026-01-01");  // the ban holds all of it by now
  const auto proposed =
      book.Do(ProposeCorrection{"p", CorrectionKind::kForfeiture, "jane", "EUR", 0, 0, "fraud", ""}, "ann");
  EXPECT_TRUE(book.Do(DecideCorrection{"p", proposed->number, true, ""}, "bob").ok());
  Refund("r1", "a1-0", 3000, "2026-01-01");
  EXPECT_EQ(Net(Of(Simulate(Under(TermsOf(1000))), "jane").booked), 0);
  ExpectNoDifference(Simulate(Under(TermsOf(1000))));
  EXPECT_EQ(Net(Of(Simulate(Under(TermsOf(500))), "jane").simulated), 0) << "all of less is still all of it";
}

TEST_F(SimulateTest, ItWritesNothingAndPagesByPartner) {
  MakeHistory();
  const auto before = book.Ask([](Queries& q) { return q.GetLogHead("p"); });
  const SimulationView whole = Simulate(Under(TermsOf(900)));
  EXPECT_EQ(whole.records, before->size);
  std::vector<SimulatedView> rows;
  PageRequest page{1, ""};
  do {
    const SimulationView part = Simulate(Under(TermsOf(900)), page);
    ASSERT_LE(part.partners.items.size(), 1u);
    rows.insert(rows.end(), part.partners.items.begin(), part.partners.items.end());
    EXPECT_EQ(part.totals.size(), whole.totals.size());
    page.cursor = part.partners.next;
  } while (!page.cursor.empty());
  ASSERT_EQ(rows.size(), whole.partners.items.size());
  SimulationQuery only = Under(TermsOf(900));
  only.partner_id = "tom";
  EXPECT_EQ(Simulate(only).partners.items.size(), 1u);
  const auto after = book.Ask([](Queries& q) { return q.GetLogHead("p"); });
  EXPECT_EQ(after->root_hash_hex, before->root_hash_hex);
  book.ExpectVerified();
}

TEST_F(SimulateTest, WhatCannotBeSimulatedIsRefused) {
  const auto refused = [&](const SimulationQuery& query) {
    return book.Ask([&](Queries& q) { return q.Simulate("p", query, {10, ""}); }).status();
  };
  EXPECT_EQ(ReasonOf(refused(Under(TermsOf(1001)))), "RATE_ABOVE_CAP");
  TermsSpec later = TermsOf(500);
  later.effective_date = "2026-01-02";
  EXPECT_EQ(FieldOf(refused(Under(later))), "terms.effective_date");
  SimulationQuery unknown = Under(TermsOf(500));
  unknown.group_id = "none";
  EXPECT_EQ(ReasonOf(refused(unknown)), "NOT_FOUND");
  unknown.group_id.clear();
  unknown.partner_id = "none";
  EXPECT_EQ(ReasonOf(refused(unknown)), "NOT_FOUND");
}

}  // namespace
}  // namespace trailbook
