// What a verification says of a program: that its log and tables are what they should be, or the first place that is
// not.
#ifndef TRAILBOOK_LEDGER_VERIFY_REPORT_H_
#define TRAILBOOK_LEDGER_VERIFY_REPORT_H_

#include <cstdint>
#include <string>

namespace trailbook {

struct VerifyReport {
  bool ok = false;
  int64_t records = 0, entries = 0, rows_compared = 0;
  std::string root_hash_hex;  // of the log's tree
  std::string problem;        // in words, with the row or record; empty if there is none
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_REPORT_H_
