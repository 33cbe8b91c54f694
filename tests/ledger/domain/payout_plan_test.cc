// Whom a payout batch pays, how much, and who is left out and why.
#include "ledger/domain/payout_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "ledger/domain/phases.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kProgram = 1;
constexpr Day kCutoff = 100, kToday = 110;

// What a store would list, given by the test.
class GivenLists final : public Lists {
 public:
  std::vector<Parked> ParkedFor(int64_t, const Hash128&) override { return {}; }
  std::vector<Parked> ParkedBefore(int64_t, int64_t) override { return {}; }
  std::vector<Parked> ParkedUntil(int64_t, Day) override { return {}; }
  std::vector<Click> ClicksBefore(int64_t, int64_t, int) override { return {}; }
  std::vector<PayableLine> LinesOf(const Commission&, int64_t, int64_t) override { return {}; }
  void LoadWantedRows() override { ++bulk_loads; }
  std::vector<std::vector<PayableLine>> UnpaidLines(int64_t, Currency, const std::vector<int64_t>& partners) override {
    ++bulk_loads;
    std::vector<std::vector<PayableLine>> found;
    for (const int64_t partner : partners) found.push_back(lines[partner]);
    return found;
  }
  std::vector<Earner> Earners(int64_t, Currency) override { return earners; }
  std::vector<Earner> DueEarners(int64_t, Day, int64_t, Currency, int) override { return {}; }
  std::vector<Payout> PayoutsOf(int64_t, int64_t) override { return {}; }
  std::vector<Commission> CommissionsOfCustomer(int64_t, int64_t, const std::vector<int64_t>&) override { return {}; }
  std::vector<Earner> EarnersOf(int64_t, int64_t) override { return {}; }
  std::vector<OpenHold> OpenHolds(int64_t, int64_t) override { return {}; }
  std::vector<ForfeitedPart> ForfeitedParts(int64_t, int64_t) override { return {}; }

  std::vector<Earner> earners;
  std::map<int64_t, std::vector<PayableLine>> lines;
  int bulk_loads = 0;
};

class PayoutPlanTest : public ::testing::Test {
 protected:
  PayoutPlanTest() {
    book_.lists = &lists_;
    Program program = Program::WithKey({kProgram});
    program.terms_version = 1;
    book_.programs.Put(program);
    Terms terms = Terms::WithKey({kProgram, 1});
    terms.effective_day = kFromEver;
    terms.minimums = "EUR=2500;USD=1000";
    book_.terms.Put(terms);
  }

  // A partner with a method and lines as (day, amount).
  Earner& Add(int64_t partner, const std::string& method, const std::vector<std::pair<Day, int64_t>>& lines) {
    book_.partners.Put(Partner::WithKey({kProgram, partner}));
    if (!method.empty()) {
      PayoutMethod row = PayoutMethod::WithKey({kProgram, partner});
      row.type = method;
      book_.payout_methods.Put(row);
    }
    Earner earner = Earner::WithKey({kProgram, partner, "USD"});
    for (const auto& [day, amount] : lines) {
      PayableLine line = PayableLine::WithKey({kProgram, partner, "USD", ++sequence_, day});
      line.amount = amount;
      lists_.lines[partner].push_back(line);
      earner.payable += amount;
    }
    lists_.earners.push_back(earner);
    return lists_.earners.back();
  }
  void Matures(Earner& earner, Day day, int64_t amount) {
    earner.due_days.Insert(day);
    EarnerDay row = EarnerDay::WithKey({kProgram, day, earner.partner, earner.currency});
    row.maturing = amount;
    book_.earner_days.Put(row);
  }
  std::vector<PlannedPayout> Plan() { return *PlanPayouts(book_, kProgram, "USD", kCutoff, kToday); }
  PlannedPayout PlanOfOne() {
    const std::vector<PlannedPayout> plans = Plan();
    return plans.size() == 1 ? plans[0] : PlannedPayout();
  }

  GivenLists lists_;
  Book book_;
  int64_t sequence_ = 0;
};

TEST_F(PayoutPlanTest, PaysTheSumOfTheLinesUpToTheCutoff) {
  Add(1, "ach", {{90, 700}, {100, 600}, {101, 5000}});
  const PlannedPayout plan = PlanOfOne();
  EXPECT_EQ(plan.partner, 1);
  EXPECT_EQ(plan.amount, 1300);
  EXPECT_THAT(plan.lines, SizeIs(2));
  EXPECT_EQ(plan.left_out, "");
}

TEST_F(PayoutPlanTest, TakesEveryNegativeLineWhateverItsDay) {
  Add(1, "ach", {{90, 2000}, {105, -300}});
  EXPECT_EQ(PlanOfOne().amount, 1700);
  EXPECT_THAT(PlanOfOne().lines, SizeIs(2));
}

TEST_F(PayoutPlanTest, NothingIsPaidIfTheSumIsNotAboveZero) {
  Add(1, "ach", {{90, 2000}, {105, -2000}, {106, 900}});
  EXPECT_EQ(PlanOfOne().left_out, "NOTHING_DUE");
}

TEST_F(PayoutPlanTest, WhoHasOnlyWhatIsStillPendingIsNotListed) {
  Earner& earner = Add(1, "ach", {});
  earner.pending = 500;
  EXPECT_THAT(Plan(), IsEmpty());
}

TEST_F(PayoutPlanTest, WhatMaturesByTheCutoffCounts) {
  Earner& earner = Add(1, "ach", {{90, 700}});
  for (const auto& [day, amount] : {std::pair{95, 400}, std::pair{100, 200}, std::pair{101, 8000}}) {
    Matures(earner, day, amount);
  }
  EXPECT_EQ(PlanOfOne().amount, 1300);
}

TEST_F(PayoutPlanTest, WhatIsDueAndHasNoRowIsDamageAndNotNothing) {
  Earner& earner = Add(1, "ach", {{90, 5000}});
  earner.due_days.Insert(95);
  const auto plans = PlanPayouts(book_, kProgram, "USD", kCutoff, kToday);
  EXPECT_EQ(plans.status().code(), absl::StatusCode::kDataLoss) << plans.status();
  EXPECT_THAT(plans.status().message(), HasSubstr("earner_day"));
}

TEST_F(PayoutPlanTest, WhatMaturesSettlesAnOpenReceivableFirst) {
  Earner& earner = Add(1, "ach", {});
  earner.pending = 3000;
  earner.receivable = 500;
  Matures(earner, 95, 3000);
  EXPECT_EQ(PlanOfOne().amount, 2500);
  lists_.earners[0].receivable = 4000;
  EXPECT_THAT(Plan(), IsEmpty());
}

TEST_F(PayoutPlanTest, BelowTheMinimumIsLeftOutAndTheMinimumItselfIsPaid) {
  Add(1, "ach", {{90, 999}});
  Add(2, "ach", {{90, 1000}});
  const std::vector<PlannedPayout> plans = Plan();
  ASSERT_THAT(plans, SizeIs(2));
  EXPECT_EQ(plans[0].left_out, "BELOW_MINIMUM");
  EXPECT_THAT(plans[0].why, HasSubstr("USD 10.00"));
  EXPECT_EQ(plans[1].left_out, "");
}

TEST_F(PayoutPlanTest, EveryoneLeftOutIsListedWithTheReason) {
  Add(1, "", {{90, 5000}});
  Add(2, "none", {{90, 5000}});
  Add(3, "sepa", {{90, 5000}});
  Add(4, "ach", {{90, 5000}});
  book_.payout_methods.Edit({kProgram, 4}).blocked = true;
  std::vector<std::string> reasons;
  for (const PlannedPayout& plan : Plan()) {
    reasons.push_back(plan.left_out);
    EXPECT_EQ(plan.amount, 5000);
    EXPECT_NE(plan.why, "");
  }
  EXPECT_THAT(reasons, ::testing::ElementsAre("NO_PAYOUT_METHOD", "NO_PAYOUT_METHOD", "METHOD_NOT_FOR_CURRENCY",
                                              "METHOD_BLOCKED"));
}

TEST_F(PayoutPlanTest, AClosedAccountIsPaidBelowTheMinimumToo) {
  Add(1, "ach", {{90, 1}});
  EXPECT_EQ(PlanOfOne().left_out, "BELOW_MINIMUM");
  book_.partners.Edit({kProgram, 1}).state = static_cast<int64_t>(PartnerPhase::kClosed);
  EXPECT_EQ(PlanOfOne().left_out, "");
}

TEST_F(PayoutPlanTest, ABannedPartnerIsLeftOutWithTheReasonOfTheBan) {
  Add(1, "ach", {{90, 5000}});
  book_.partners.Edit({kProgram, 1}).state = static_cast<int64_t>(PartnerPhase::kBanned);
  book_.partners.Edit({kProgram, 1}).state_reason = "bought clicks";
  EXPECT_EQ(PlanOfOne().left_out, "PARTNER_BANNED");
  EXPECT_THAT(PlanOfOne().why, HasSubstr("bought clicks"));
}

TEST_F(PayoutPlanTest, TheMinimumIsThatOfTheTermsInForce) {
  Terms terms = Terms::WithKey({kProgram, 2});
  terms.effective_day = 110;
  terms.minimums = "USD=99";
  book_.terms.Put(terms);
  book_.programs.Edit({kProgram}).terms_version = 2;
  EXPECT_EQ(MinimumPayout(book_, kProgram, "USD", 109), 1000);
  EXPECT_EQ(MinimumPayout(book_, kProgram, "EUR", 109), 2500);
  EXPECT_EQ(MinimumPayout(book_, kProgram, "USD", 110), 99);
  EXPECT_EQ(MinimumPayout(book_, kProgram, "EUR", 110), 1) << "none set: any amount above zero";
}

// Where the store is another machine each question is a round trip.
TEST_F(PayoutPlanTest, WhatItAsksTheStoreDoesNotGrowWithEachPartner) {
  constexpr int kPartners = 2500;
  for (int partner = 1; partner <= kPartners; ++partner) Add(partner, "paypal", {{kCutoff, 5000}});
  EXPECT_THAT(Plan(), SizeIs(kPartners));
  EXPECT_LE(lists_.bulk_loads, 2 * (kPartners / 1000 + 1));
}

}  // namespace
}  // namespace trailbook
