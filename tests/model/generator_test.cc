// The generator makes what it claims to: every kind of command is done, and every kind is refused, often enough to mean something.
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
  int moved = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    const Sequence sequence = Generator(seed, Style::kWild, 150).Make();
    Model model(*LoadZone(sequence.zone));
    int64_t now = sequence.start;
    for (const Command& command : sequence.commands) {
      now += command.seconds;
      for (const Report& report : command.reports) model.Apply(report, now);
      if (command.kind == Command::Kind::kSweep) model.RunMaturity(command.through, now);
      if (command.kind != Command::Kind::kMutation) continue;
      const Answer answer = model.Apply(command.mutation, {command.request_id, ContentOf(command.mutation)}, command.actor, now);
      ++(answer.reason.empty() ? done : refused)[NameOf(command.mutation)];
      if (std::holds_alternative<ReassignReferral>(command.mutation)) moved += static_cast<int>(answer.number);
    }
  }
  for (const char* kind : {"SetPartnerRate", "SetPayoutMethod", "CreateCode", "DisableCode", "PublishTerms", "CreatePayoutBatch",
                           "SubmitPayoutBatch", "ApprovePayoutBatch", "ExportPayoutBatch", "RecordPayoutResult", "CancelPayoutBatch",
                           "ProposeCorrection", "DecideCorrection", "SetPartnerState", "DecideReview", "ReassignReferral", "ClosePeriod"}) {
    EXPECT_GE(done[kind], 10) << kind;
    EXPECT_GE(refused[kind], 5) << kind;
  }
  EXPECT_GE(moved, 20) << "commissions that moved with their referral";
}

}  // namespace
}  // namespace trailbook::model
