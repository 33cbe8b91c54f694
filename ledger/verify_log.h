// The log of a program against its tree: every leaf, every tile, the head; and that each entry balances.
#ifndef TRAILBOOK_LEDGER_VERIFY_LOG_H_
#define TRAILBOOK_LEDGER_VERIFY_LOG_H_

#include <google/protobuf/arena.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "ledger/store/sql.h"
#include "ledger/views.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// Records that follow each other, as they were read.
struct RecordChunk {
  static constexpr size_t kRecords = 4000;  // at most
  google::protobuf::Arena arena;            // owns the records
  std::vector<const log::v1::Record*> records;
};

// Checks the log from its first record on, in the open transaction of `db`, and says in `report` what it has and what is wrong with it. Each
// record is passed on once its bytes are those of its leaf, in order, in chunks of which one ends with record `watermark`; what is wrong with
// the tree is known only later. An error is one of the storage, or of `pass_on`, and ends it. Memory does not grow with the log. The thread of
// the Database.
absl::Status CheckLog(store::Database& db, int64_t program, int64_t watermark, VerifyReport& report,
                      absl::FunctionRef<absl::Status(std::unique_ptr<RecordChunk>)> pass_on);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_LOG_H_
