// Where the ledger is known to do another thing than the rule book says. Each one is reported; it is taken away here with the mending.
#ifndef TRAILBOOK_TESTS_MODEL_KNOWN_H_
#define TRAILBOOK_TESTS_MODEL_KNOWN_H_

namespace trailbook::model {

// A report that was refused when it was released from parking is refused without a reason when it is told again.
inline constexpr bool kRefusedWhileParkedHasNoReason = false;

// The state of a commission is PAYABLE although a live payout has its money, if that had come back from a dead payout before.
inline constexpr bool kStateForgetsMoneyThatCameBack = false;

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_KNOWN_H_
