// Runs one sequence against the ledger and against the model, and says where they part. Thread-safe: functions only.
#ifndef TRAILBOOK_TESTS_MODEL_DRIVER_H_
#define TRAILBOOK_TESTS_MODEL_DRIVER_H_

#include <string>

#include "tests/model/command.h"

namespace trailbook::model {

struct RunOptions {
  int state_every = 6;     // steps between comparisons of commissions, batches and previews, and of some earlier days
  bool every_day = false;  // compare every day on which something happened, not a few of them
  bool postgres = false;   // on PostgreSQL instead of SQLite
  int outages = 0;         // of a thousand calls the store fails so many
  bool endings = true;     // at the end: verify, reopen, report again, another order, up to a day
};

// Empty if they agree to the end; else the first difference, with the command after which it was seen.
std::string Differs(const Sequence& sequence, const RunOptions& options);

// As thoroughly as possible: for regression tests and while shrinking.
std::string Differs(const Sequence& sequence);

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_DRIVER_H_
