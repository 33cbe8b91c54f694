// What everybody who reads a record checks, whoever wrote it: that it balances, and promises no more than may be
// promised. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_LOG_ENTRY_CHECK_H_
#define TRAILBOOK_LEDGER_LOG_ENTRY_CHECK_H_

#include <string>

#include "trailbook/log/v1/record.pb.h"

namespace trailbook::log {

// Empty if the record's postings come to zero per currency and booking day (RULES 8), none of the sums leaving 64 bits;
// else the first that does not.
std::string FindImbalance(const v1::Record& record);

// Empty if it balances, a payment's commission is at most a tenth of its base, that base at most what was collected,
// the rate pinned at a sign-up within the cap (RULES 1), and it says what happened if it posts; else what does not
// hold. A sign-up bonus has no base.
std::string FindBrokenRule(const v1::Record& record);

// Empty if it breaks no rule and posts what it says of itself (postings.h); else what is wrong. For whoever has the
// record and no ledger.
std::string FindWrong(const v1::Record& record);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_LOG_ENTRY_CHECK_H_
