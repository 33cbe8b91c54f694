// What must hold at the end of a sequence besides agreement with the model. Thread-safe: functions only.
#ifndef TRAILBOOK_TESTS_MODEL_ENDINGS_H_
#define TRAILBOOK_TESTS_MODEL_ENDINGS_H_

#include <map>
#include <string>

#include "tests/model/compare.h"

namespace trailbook::model {

// The entries balance, verify is content, a reopened ledger says the same, reporting everything again changes nothing;
// and, where the sequence promises its class, another order of the reports gives the same balances, and as of a day
// means what was read on that day
// (`snapshots`). Empty, or what is wrong.
std::string Endings(const Sequence& sequence, Real& real, Model& model, const std::map<Day, AllBalances>& snapshots);

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_ENDINGS_H_
