// What holds in every ledger, whatever was commanded: asked of the ledger alone, without the model's opinion.
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "tests/model/compare.h"
#include "tests/model/generator.h"
#include "tests/model/real.h"

namespace trailbook::model {
namespace {

constexpr int kSequences = 40, kLength = 150;

std::vector<CommissionView> AllCommissions(Real& real) {
  std::vector<CommissionView> all;
  real.Read([&](Queries& queries) {
    const auto partners = queries.ListPartners("p", {1000, ""});
    for (const PartnerView& partner : partners->items) {
      PageRequest page{1000, ""};
      do {
        const auto list = queries.ListCommissions("p", partner.partner_id, page);
        all.insert(all.end(), list->items.begin(), list->items.end());
        page.cursor = list->next;
      } while (!page.cursor.empty());
    }
  });
  return all;
}

// Runs random sequences, with or without what people decide, and looks at each ledger at its end. The look may go on
// reporting.
void InEveryLedger(uint64_t salt, bool people, const std::function<void(Real&)>& look) {
  for (uint64_t seed = salt; seed < salt + kSequences; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    const Style style = seed % 3 == 0 ? Style::kInOrder : Style::kWild;
    const Sequence sequence = Generator(seed, style, kLength, people).Make();
    Real real(sequence.start);
    for (const Command& command : sequence.commands) real.Apply({command});
    look(real);
    if (testing::Test::HasFailure()) return;
  }
}

// Per partner and currency: what all commissions come to now.
std::map<std::pair<std::string, std::string>, int64_t> SumOfCommissions(Real& real) {
  std::map<std::pair<std::string, std::string>, int64_t> sums;
  for (const CommissionView& view : AllCommissions(real)) {
    if (view.current != 0) sums[{view.partner_id, view.currency}] += view.current;
  }
  return sums;
}

int64_t Worth(const Balances& b) { return b.pending + b.held + b.payable + b.reserved + b.paid - b.receivable; }

TEST(PropertiesTest, EveryEntryNetsToZeroAndNoBalanceIsBelowZeroAsOfAnyDay) {
  InEveryLedger(11000, true, [](Real& real) { EXPECT_EQ(CheckEntries(real), ""); });
}

TEST(PropertiesTest, NoCommissionIsAboveTenPercentOfItsBase) {
  int64_t above_zero = 0;
  InEveryLedger(12000, true, [&](Real& real) {
    for (const CommissionView& view : AllCommissions(real)) {
      if (view.bonus_of != 0) continue;  // a fixed amount, whatever was paid
      EXPECT_LE(static_cast<__int128>(view.accrued) * 10, view.base) << view.payment_id;
      EXPECT_LE(view.current, view.accrued) << view.payment_id;
      EXPECT_GE(view.current, 0) << view.payment_id;
      above_zero += view.accrued > 0;
    }
  });
  EXPECT_GT(above_zero, 100);
}

TEST(PropertiesTest, WhatAPartnerHasIsWhatTheCommissionsComeTo) {
  InEveryLedger(13000, false, [](Real& real) {
    std::map<std::pair<std::string, std::string>, int64_t> worth;
    for (const auto& [key, balances] : RealBalances(real, "")) {
      if (Worth(balances) != 0) worth[key] = Worth(balances);
    }
    EXPECT_EQ(worth, SumOfCommissions(real));
  });
}

TEST(PropertiesTest, RefundedInFullEverythingNetsToZero) {
  int64_t refunded = 0;
  InEveryLedger(14000, false, [&](Real& real) {
    std::vector<Report> refunds;
    for (const CommissionView& view : AllCommissions(real)) {
      if (view.collected == 0) continue;
      // In two parts, which together with what was given back before may be more than was collected.
      const int64_t half = view.collected / 2;
      const std::string id = absl::StrCat("all-", view.payment_id);
      if (half > 0) {
        refunds.push_back(RefundReport{id + "-1", view.payment_id, {view.currency, half}, false, real.now()});
      }
      refunds.push_back(
          RefundReport{id + "-2", view.payment_id, {view.currency, view.collected - half}, false, real.now()});
    }
    if (refunds.empty()) return;
    const std::vector<RealAnswer> answers = real.Apply({Reports(refunds)});
    for (const ReportOutcome& outcome : answers[0].outcomes) {
      EXPECT_TRUE(outcome.status.ok()) << outcome.status;
    }
    refunded += static_cast<int64_t>(refunds.size());
    EXPECT_TRUE(SumOfCommissions(real).empty());
    for (const auto& [key, b] : RealBalances(real, "")) {
      EXPECT_EQ(b.pending, 0) << key.first << " " << key.second;
      EXPECT_EQ(b.held, 0) << key.first << " " << key.second;
      EXPECT_EQ(Worth(b), 0) << key.first << " " << key.second;
    }
  });
  EXPECT_GT(refunded, 100);
}

}  // namespace
}  // namespace trailbook::model
