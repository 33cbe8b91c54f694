// What the steps of a payout post (RULES 8). A payout that arrives in another currency than was earned crosses the fx
// clearing account: every step is balanced in each of the two currencies. Pure; thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PAYOUT_LEGS_H_
#define TRAILBOOK_LEDGER_DOMAIN_PAYOUT_LEGS_H_

#include <string>
#include <vector>

#include "ledger/domain/journal.h"
#include "ledger/domain/rows_payout.h"

namespace trailbook {

// Legs in one currency, with what names their cash or in-transit account.
struct MoneyLegs {
  Currency currency;
  std::vector<Leg> legs;
  std::string debit_detail, credit_detail;
};
using Step = std::vector<MoneyLegs>;

// It went into the payment file.
Step SentStep(const Payout& payout, const Earner& earner, Day day);
// It arrived.
Step SettledStep(const Payout& payout, const std::string& funding, Day day);
// It failed on the rail: the gross is payable again, after what the partner owes.
Step FailedStep(const Payout& payout, const Earner& earner, Day day);
// It came back into the funding account after it had arrived.
Step ReturnedStep(const Payout& payout, const std::string& funding, const Earner& earner, Day day);
// Its batch was cancelled before it was sent.
Step CancelledStep(const Payout& payout, const Earner& earner, Day day);
// It arrived after it was called failed: what had become payable again is taken back, else he owes it.
Step SettledAfterFailureStep(const Payout& payout, const std::string& funding, const Earner& earner, Day day);

// Adds a step to the record that was started.
void AddStep(Journal& journal, const Payout& payout, const Step& step);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PAYOUT_LEGS_H_
