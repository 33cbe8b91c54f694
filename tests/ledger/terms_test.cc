// Tiers, groups, duration, FOLLOW and lowerings, through the whole ledger.
#include <gmock/gmock.h>

#include "ledger/base/status.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;

TermsSpec TermsOf(int64_t bps, std::vector<TierSpec> tiers = {}) {
  TermsSpec terms;
  terms.rate_bps = bps;
  terms.hold_days = 30;
  terms.tiers = std::move(tiers);
  return terms;
}

struct TermsTest : testing::Test {
  TestLedger book{"2026-01-01"};

  void Publish(const TermsSpec& terms) {
    const auto published = book.Do(PublishTerms{"p", terms});
    EXPECT_TRUE(published.ok()) << published.status();
  }
  int64_t Earns(const std::string& payment, const std::string& customer, absl::string_view day) {
    const ReportOutcome outcome = book.Pay(payment, customer, 10000, day);
    EXPECT_TRUE(outcome.status.ok()) << outcome.status;
    return outcome.commission_amount.minor_units;
  }
  std::string Explained(int64_t commission) {
    const auto view = book.Ask([&](Queries& q) { return q.Explain("p", commission); });
    EXPECT_TRUE(view.ok()) << view.status();
    std::string text;
    for (const std::string& line : view->text) absl::StrAppend(&text, line, "\n");
    return text;
  }
};

TEST_F(TermsTest, ATierOnceReachedIsNotLostWhateverIsRefunded) {
  Publish(TermsOf(500, {{2, 700}, {3, 1000}}));
  book.SetNow("2026-03-01");
  for (const char* customer : {"c1", "c2", "c3"}) book.SignUp(customer, "jane", "2026-01-05");
  EXPECT_EQ(Earns("p1", "c1", "2026-01-10"), 500);
  EXPECT_EQ(Earns("p2", "c2", "2026-01-11"), 700);
  EXPECT_EQ(Earns("p3", "c1", "2026-01-12"), 700);
  book.Refund("r1", "p2", 10000, "2026-01-13");
  book.Reopen();
  EXPECT_EQ(Earns("p4", "c2", "2026-01-14"), 700);
  const ReportOutcome third = book.Pay("p5", "c3", 10000, "2026-01-15");
  EXPECT_EQ(third.commission_amount.minor_units, 1000);
  EXPECT_THAT(Explained(third.commission),
              HasSubstr("That day promised 5 %, 7 % from 2 paying customers on, 10 % from 3 paying customers on "
                        "for as long as the customer pays (the program's terms, version 2)"));
  EXPECT_THAT(Explained(third.commission), HasSubstr("paying customers, which has been as high as 3"));
  EXPECT_EQ(book.Ask([](Queries& q) { return q.GetPartner("p", "jane"); })->paying_customers, 3);
  // Nobody else's customers count.
  book.SignUp("t1", "tom", "2026-01-05");
  EXPECT_EQ(Earns("p6", "t1", "2026-01-16"), 500);
  book.ExpectVerified();
}

TEST_F(TermsTest, CustomersWhoPaidUnderEarlierTermsCountForTiersToo) {
  book.SetNow("2026-03-01");
  book.SignUp("c1", "jane", "2026-01-05");
  EXPECT_EQ(Earns("p1", "c1", "2026-01-10"), 1000);
  Publish(TermsOf(500, {{2, 700}}));
  book.SignUp("c2", "jane", "2026-03-01");
  EXPECT_EQ(Earns("p2", "c2", "2026-03-01"), 700);
  EXPECT_EQ(Earns("p3", "c1", "2026-03-01"), 1000);
  book.ExpectVerified();
}

TEST_F(TermsTest, AGroupsTermsApplyFromTheDayOfJoiningOn) {
  EXPECT_TRUE(book.Do(CreateGroup{"p", "gold", "Gold", TermsOf(400)}).ok());
  EXPECT_TRUE(book.Do(CreateGroup{"p", "silver", "Silver", TermsOf(300)}).ok());
  EXPECT_TRUE(book.Do(SetPartnerGroup{"p", "jane", "gold", "2026-02-01"}).ok());
  book.SetNow("2026-02-10");
  book.SignUp("c1", "jane", "2026-01-31");
  book.SignUp("c2", "jane", "2026-02-01");
  EXPECT_TRUE(book.Do(SetPartnerGroup{"p", "jane", "silver", ""}).ok());
  book.SignUp("c3", "jane", "2026-02-10");
  EXPECT_TRUE(book.Do(SetPartnerGroup{"p", "jane", "", "2026-02-11"}).ok());
  EXPECT_EQ(book.Ask([](Queries& q) { return q.GetPartner("p", "jane"); })->group_id, "silver");
  book.SetNow("2026-02-12");
  book.SignUp("c4", "jane", "2026-02-12");
  EXPECT_EQ(Earns("p1", "c1", "2026-02-12"), 1000);
  EXPECT_EQ(Earns("p2", "c2", "2026-02-12"), 400);
  EXPECT_EQ(Earns("p3", "c3", "2026-02-12"), 300);
  EXPECT_EQ(Earns("p4", "c4", "2026-02-12"), 1000);
  const auto commissions = book.Ask([](Queries& q) { return q.ListCommissions("p", "jane", {}); });
  const auto view = book.Ask([&](Queries& q) { return q.Explain("p", commissions->items[2].number); });
  EXPECT_EQ(view->rate_source, "GROUP_TERMS");
  EXPECT_EQ(view->group_id, "gold");
  EXPECT_THAT(view->text[1], HasSubstr("the terms of the group gold, version 1"));
  book.ExpectVerified();
}

TEST_F(TermsTest, AGroupsNewTermsLeaveEarlierReferralsAlone) {
  EXPECT_TRUE(book.Do(CreateGroup{"p", "gold", "Gold", TermsOf(400)}).ok());
  PartnerSpec ann;
  ann.partner_id = ann.display_name = ann.link_code = "ann";
  ann.group_id = "gold";
  EXPECT_TRUE(book.Do(CreatePartner{"p", ann}).ok());
  // A group named at the creation of the partner holds from ever.
  book.SignUp("c1", "ann", "2025-12-01");
  const auto published = book.Do(PublishGroupTerms{"p", "gold", TermsOf(600)});
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->number, 2);
  book.SignUp("c2", "ann", "2026-01-01");
  EXPECT_EQ(Earns("p1", "c1", "2026-01-01"), 400);
  EXPECT_EQ(Earns("p2", "c2", "2026-01-01"), 600);
  EXPECT_EQ(book.Ask([](Queries& q) { return q.ListGroupTerms("p", "gold", {}); })->items.at(1).rate_bps, 600);
  EXPECT_EQ(book.Ask([](Queries& q) { return q.ListGroups("p", {}); })->items.at(0).terms.version, 2);
  book.ExpectVerified();
}

TEST_F(TermsTest, WhatIsWrongWithAGroupIsRefusedByField) {
  EXPECT_EQ(FieldOf(book.Do(CreateGroup{"p", "Gold!", "Gold", TermsOf(400)}).status()), "group_id");
  EXPECT_EQ(FieldOf(book.Do(CreateGroup{"p", "gold", "", TermsOf(400)}).status()), "group.display_name");
  EXPECT_EQ(ReasonOf(book.Do(CreateGroup{"p", "gold", "Gold", TermsOf(1001)}).status()), "RATE_ABOVE_CAP");
  TermsSpec own = TermsOf(400);
  own.minimums = {{"EUR", 100}};
  EXPECT_EQ(FieldOf(book.Do(CreateGroup{"p", "gold", "Gold", own}).status()), "terms.minimum_payouts");
  own = TermsOf(400);
  own.attribution_window_days = 30;
  EXPECT_EQ(FieldOf(book.Do(CreateGroup{"p", "gold", "Gold", own}).status()), "terms.attribution_window_days");
  own = TermsOf(400);
  own.effective_date = "2026-05-01";
  EXPECT_EQ(FieldOf(book.Do(CreateGroup{"p", "gold", "Gold", own}).status()), "terms.effective_date");

  EXPECT_TRUE(book.Do(CreateGroup{"p", "gold", "Gold", TermsOf(400)}).ok());
  EXPECT_EQ(ReasonOf(book.Do(CreateGroup{"p", "gold", "Gold", TermsOf(400)}).status()), "ALREADY_EXISTS");
  own = TermsOf(400);
  own.effective_date = "2025-12-31";
  EXPECT_EQ(ReasonOf(book.Do(PublishGroupTerms{"p", "gold", own}).status()), "RETROACTIVE");
  EXPECT_EQ(ReasonOf(book.Do(PublishGroupTerms{"p", "none", TermsOf(400)}).status()), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(book.Do(SetPartnerGroup{"p", "jane", "none", ""}).status()), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(book.Do(SetPartnerGroup{"p", "jane", "gold", "2025-12-31"}).status()), "RETROACTIVE");
  EXPECT_EQ(ReasonOf(book.Do(SetPartnerGroup{"p", "jane", "", ""}).status()), "WRONG_STATE");
  EXPECT_TRUE(book.Do(SetPartnerGroup{"p", "jane", "gold", "2026-02-01"}).ok());
  EXPECT_EQ(ReasonOf(book.Do(SetPartnerGroup{"p", "jane", "gold", "2026-03-01"}).status()), "WRONG_STATE");
  EXPECT_EQ(FieldOf(book.Do(SetPartnerGroup{"p", "jane", "", "2026-01-15"}).status()), "effective_date");
  book.ExpectVerified();
}

TEST_F(TermsTest, AfterTheDurationAPaymentIsRecordedAndEarnsNothing) {
  TermsSpec terms = TermsOf(500);
  terms.duration_months = 2;
  Publish(terms);
  book.SetNow("2026-06-01");
  book.SignUp("c1", "jane", "2026-01-05");
  EXPECT_EQ(Earns("p1", "c1", "2026-03-04"), 500);
  const ReportOutcome after = book.Pay("p2", "c1", 10000, "2026-03-05");
  EXPECT_EQ(after.kind, OutcomeKind::kZero);
  EXPECT_EQ(after.commission_amount.minor_units, 0);
  const auto view = book.Ask([&](Queries& q) { return q.Explain("p", after.commission); });
  EXPECT_EQ(view->commission.zero_reason, "AFTER_DURATION");
  EXPECT_THAT(view->text[1], HasSubstr("5 % of what the customer pays before 2026-03-05"));
  EXPECT_THAT(view->steps[0].text, HasSubstr("after the duration that was promised at sign-up"));
  // A refund of it takes nothing; the same report again is the same.
  EXPECT_TRUE(book.Refund("r1", "p2", 10000, "2026-03-06").status.ok());
  EXPECT_EQ(book.Pay("p2", "c1", 10000, "2026-03-05").kind, OutcomeKind::kZero);
  book.ExpectVerified();
}

TEST_F(TermsTest, FollowRaisesExistingReferralsAndKeepDoesNot) {
  Publish(TermsOf(300));
  book.SignUp("c1", "jane", "2026-01-01");
  book.SetNow("2026-02-01");
  Publish(TermsOf(500));
  EXPECT_EQ(Earns("p1", "c1", "2026-02-01"), 300);
  book.SetNow("2026-03-01");
  TermsSpec follow = TermsOf(800);
  follow.follow = true;
  Publish(follow);
  const ReportOutcome raised = book.Pay("p2", "c1", 10000, "2026-03-01");
  EXPECT_EQ(raised.commission_amount.minor_units, 800);
  EXPECT_THAT(Explained(raised.commission), HasSubstr("the rate is that of the terms since 2026-03-01"));
  // By the day of the payment, not of the report.
  EXPECT_EQ(Earns("p3", "c1", "2026-02-28"), 300);
  book.SetNow("2026-04-01");
  Publish(TermsOf(100));
  EXPECT_EQ(Earns("p4", "c1", "2026-04-01"), 800);
  book.ExpectVerified();
}

TEST_F(TermsTest, FollowKnowsTermsThatAreYoungerThanASignUpOfTheirDay) {
  TermsSpec terms = TermsOf(300);
  terms.follow = true;
  Publish(terms);
  book.SignUp("c1", "jane", "2026-01-01");
  terms.rate_bps = 800;
  Publish(terms);
  EXPECT_EQ(Earns("p1", "c1", "2026-01-01"), 800);
}

TEST_F(TermsTest, WhatDoesNotConcernAPartnerUndoesNoLoweringOfHisRate) {
  TermsSpec follow = TermsOf(900);
  follow.follow = true;
  EXPECT_TRUE(book.Do(CreateGroup{"p", "gold", "Gold", follow}).ok());
  EXPECT_TRUE(book.Do(SetPartnerGroup{"p", "jane", "gold", ""}).ok());
  book.SignUp("c1", "jane", "2026-01-01");
  EXPECT_TRUE(book.Do(LowerRate{"p", "jane", 200, "2026-01-02", "agreed", true}, "noor").ok());
  book.SetNow("2026-01-03");
  Publish(TermsOf(1000));  // of the program: jane's are her group's
  EXPECT_EQ(Earns("p1", "c1", "2026-01-03"), 200);
  // A rate of her own is not the program's either.
  EXPECT_TRUE(book.Do(SetPartnerRate{"p", "jane", 700, ""}).ok());
  EXPECT_EQ(Earns("p2", "c1", "2026-01-03"), 700);
  EXPECT_TRUE(book.Do(LowerRate{"p", "jane", 100, "2026-01-04", "agreed", true}, "noor").ok());
  book.SetNow("2026-01-05");
  EXPECT_TRUE(book.Do(PublishGroupTerms{"p", "gold", follow}).ok());
  EXPECT_EQ(Earns("p3", "c1", "2026-01-05"), 100);
  book.ExpectVerified();
}

TEST_F(TermsTest, OnlyAnExplicitReasonedDecisionLowersAPromiseAndThePartnerSeesIt) {
  book.SignUp("c1", "jane", "2026-01-01");
  book.SignUp("t1", "tom", "2026-01-01");
  LowerRate lower{"p", "jane", 400, "", "agreed on 3 May", false};
  EXPECT_EQ(ReasonOf(book.Do(lower).status()), "LOWERS_PROMISE");
  EXPECT_EQ(FieldOf(book.Do(lower).status()), "lower_existing");
  lower.lower_existing = true;
  lower.reason.clear();
  EXPECT_EQ(FieldOf(book.Do(lower).status()), "reason");
  lower.reason = "agreed on 3 May";
  lower.effective_date = "2025-12-31";
  EXPECT_EQ(ReasonOf(book.Do(lower).status()), "RETROACTIVE");
  lower.effective_date = "2026-01-02";
  EXPECT_TRUE(book.Do(lower, "noor").ok());
  EXPECT_EQ(Earns("p1", "c1", "2026-01-01"), 1000);
  book.SetNow("2026-01-03");
  const ReportOutcome lowered = book.Pay("p2", "c1", 10000, "2026-01-02");
  EXPECT_EQ(lowered.commission_amount.minor_units, 400);
  EXPECT_EQ(Earns("p3", "t1", "2026-01-03"), 1000);
  EXPECT_THAT(Explained(lowered.commission),
              HasSubstr("Lowered by noor: from 2026-01-02 on at most 4 %, because: agreed on 3 May"));
  EXPECT_THAT(Explained(lowered.commission), HasSubstr("the rate was lowered by a person's decision"));
  const auto jane = book.Ask([](Queries& q) { return q.GetPartner("p", "jane"); });
  ASSERT_EQ(jane->lowerings.size(), 1u);
  EXPECT_EQ(jane->lowerings[0].actor, "noor");
  EXPECT_EQ(jane->lowerings[0].reason, "agreed on 3 May");
  EXPECT_TRUE(book.Ask([](Queries& q) { return q.GetPartner("p", "tom"); })->lowerings.empty());
  // A refund goes by the rate that the payment had.
  book.Refund("r1", "p2", 10000, "2026-01-03");
  EXPECT_EQ(book.Balance("jane").pending, 1000);

  EXPECT_TRUE(book.Do(LowerRate{"p", "", 200, "", "all of them", true}, "noor").ok());
  EXPECT_EQ(Earns("p4", "t1", "2026-01-03"), 200);
  const auto all = book.Ask([](Queries& q) { return q.ListLowerings("p", {1, ""}); });
  ASSERT_EQ(all->items.size(), 1u);
  EXPECT_EQ(all->items[0].partner_id, "");
  const auto rest = book.Ask([&](Queries& q) { return q.ListLowerings("p", {1, all->next}); });
  EXPECT_EQ(rest->items.at(0).partner_id, "jane");
  EXPECT_EQ(rest->next, "");
  book.ExpectVerified();
}

TEST_F(TermsTest, TermsAreReadAsTheyWerePublished) {
  TermsSpec terms = TermsOf(500, {{10, 800}, {50, 1000}});
  terms.sign_up_bonuses = {{"EUR", 500}, {"USD", 600}};
  terms.duration_months = 24;
  terms.follow = true;
  Publish(terms);
  const auto listed = book.Ask([](Queries& q) { return q.ListTerms("p", {}); });
  const TermsView& view = listed->items.at(1);
  ASSERT_EQ(view.tiers.size(), 2u);
  EXPECT_EQ(view.tiers[1].min_paying_customers, 50);
  EXPECT_EQ(view.tiers[1].rate_bps, 1000);
  ASSERT_EQ(view.sign_up_bonuses.size(), 2u);
  EXPECT_EQ(view.sign_up_bonuses[1].currency, "USD");
  EXPECT_EQ(view.sign_up_bonuses[1].minor_units, 600);
  EXPECT_EQ(view.duration_months, 24);
  EXPECT_TRUE(view.follow);
  EXPECT_FALSE(listed->items.at(0).follow);
}

}  // namespace
}  // namespace trailbook
