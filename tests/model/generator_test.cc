// The generator makes what it claims to: every kind of command is done, and every kind is refused, often enough to mean
// something.
#include "tests/model/generator.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace trailbook::model {
namespace {

// "ProposeCorrection" of its printed form.
std::string NameOf(const Mutation& mutation) {
  const std::string text = ContentOf(mutation);
  return text.substr(0, text.find('{'));
}

TEST(GeneratorTest, EveryKindOfDecisionIsDoneAndRefused) {
  std::map<std::string, int> done, refused;
  int moved = 0, converted = 0, bonuses = 0, over = 0, forfeited = 0, undone = 0, parts = 0;
  for (uint64_t seed = 1; seed <= 800; ++seed) {
    const Sequence sequence = Generator(seed, Style::kWild, 150).Make();
    Model model(*LoadZone(sequence.zone));
    int64_t now = sequence.start;
    for (const Command& command : sequence.commands) {
      now += command.seconds;
      for (const Report& report : command.reports) model.Apply(report, now);
      if (command.kind == Command::Kind::kSweep) model.RunMaturity(command.through, now);
      if (command.kind != Command::Kind::kMutation) continue;
      const Answer answer =
          model.Apply(command.mutation, {command.request_id, ContentOf(command.mutation)}, command.actor, now);
      ++(answer.reason.empty() ? done : refused)[NameOf(command.mutation)];
      if (std::holds_alternative<ReassignReferral>(command.mutation)) moved += static_cast<int>(answer.number);
    }
    for (const PaymentState& payment : model.payments()) {
      bonuses += payment.bonus_of >= 0;
      over += payment.zero_reason == "AFTER_DURATION";
    }
    for (const BatchModel& batch : model.batches()) {
      for (int payout : batch.payouts) {
        converted += !model.payout(payout).settlement.empty() && model.payout(payout).state != PayoutState::kReserved;
      }
    }
    for (const CorrectionModel& correction : model.corrections()) {
      const bool took = correction.kind == CorrectionKind::kForfeiture && correction.amount > 0;
      forfeited += took;
      undone += took && correction.reversed_by != 0;
      for (const auto& [entry, part] : correction.parts) {
        parts += part.amount > 0 && model.payments()[static_cast<size_t>(part.payment)].kept > 0;
      }
    }
  }
  for (const char* kind :
       {"SetPartnerRate",    "SetPayoutMethod",    "CreateCode",        "DisableCode",        "PublishTerms",
        "CreateGroup",       "PublishGroupTerms",  "SetPartnerGroup",   "LowerRate",          "CreatePayoutBatch",
        "SubmitPayoutBatch", "ApprovePayoutBatch", "ExportPayoutBatch", "RecordPayoutResult", "CancelPayoutBatch",
        "ProposeCorrection", "DecideCorrection",   "SetPartnerState",   "DecideReview",       "ReassignReferral",
        "ClosePeriod",       "PurgeParked",        "MergePartner",      "SetFxRate"}) {
    EXPECT_GE(done[kind], 10) << kind;
    EXPECT_GE(refused[kind], 5) << kind;
  }
  EXPECT_GE(moved, 20) << "commissions that moved with their referral";
  EXPECT_GE(converted, 5) << "payouts that were sent in another currency";
  EXPECT_GE(bonuses, 100) << "sign-up bonuses";
  EXPECT_GE(over, 100) << "payments after the duration";
  EXPECT_GE(forfeited, 50) << "forfeitures that took something";
  EXPECT_GE(undone, 10) << "of them, undone";
  EXPECT_GE(parts, 10) << "commissions of which a part was forfeited";
}

}  // namespace
}  // namespace trailbook::model
