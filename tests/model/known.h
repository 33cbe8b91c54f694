// Where the ledger is known to do another thing than the rule book says. Each one is reported; it is taken away here with the mending.
#ifndef TRAILBOOK_TESTS_MODEL_KNOWN_H_
#define TRAILBOOK_TESTS_MODEL_KNOWN_H_

namespace trailbook::model {

// A commission whose maturity went into a receivable altogether takes the next maturity of the same day for its own line.
inline constexpr bool kRecoupedTakesTheNextLine = true;

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_KNOWN_H_
