// What everybody who reads an entry checks, whoever wrote it: that it balances. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_LOG_ENTRY_CHECK_H_
#define TRAILBOOK_LEDGER_LOG_ENTRY_CHECK_H_

#include <string>

#include "trailbook/log/v1/record.pb.h"

namespace trailbook::log {

// Empty if the record's postings come to zero per currency and booking day (RULES 8), none of the sums leaving 64 bits; else the first that does not.
std::string FindImbalance(const v1::Record& record);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_LOG_ENTRY_CHECK_H_
