// The log of a program against its tree: every leaf, every tile, the head; and that each entry balances.
#ifndef TRAILBOOK_LEDGER_VERIFY_LOG_CHECK_H_
#define TRAILBOOK_LEDGER_VERIFY_LOG_CHECK_H_

#include <google/protobuf/arena.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/log/tiles.h"
#include "ledger/store/sql.h"
#include "ledger/verify/report.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// Records that follow each other, as they were read.
struct RecordChunk {
  static constexpr size_t kRecords = 4000;  // at most, if nobody says otherwise
  google::protobuf::Arena arena;            // owns the records
  std::vector<const log::v1::Record*> records;
};

// Thread safety: one thread at a time.
class LogCheck {
 public:
  using PassOn = absl::FunctionRef<absl::Status(std::unique_ptr<RecordChunk>)>;

  // `report` is told what the log has and what is wrong with it; it is not owned.
  LogCheck(int64_t program, int64_t watermark, VerifyReport& report, size_t chunk = RecordChunk::kRecords)
      : program_(program), watermark_(watermark), report_(report), full_(chunk) {}

  // The records up to `last`, their leaves, and the tiles that they fill, in the open transaction of `db`. That may
  // show a later moment than the one that is verified: what a log has does not change. Each record is passed on once
  // its bytes are those of its leaf, in order, in chunks of which one ends with record `watermark`; what is wrong with
  // the tree is known only later. UNAVAILABLE if `db` has fewer records; errors of the storage, or of `pass_on`, end
  // it. Memory does not grow with the log. Once.
  absl::Status CheckRecords(store::Database& db, int64_t last, PassOn pass_on);
  // The unfinished tiles and the head over these records. REQUIRES: no problem so far.
  absl::Status CheckEdge(store::Database& db);

 private:
  std::string CheckRecord(store::Database& db, int64_t sequence, absl::string_view body);
  void CompareFinishedTiles(store::Database& db);
  void CompareTile(store::Database& db, const log::TilePlace& place, absl::string_view hashes);
  absl::Status CheckHead(store::Database& db);

  const int64_t program_;
  const int64_t watermark_;
  VerifyReport& report_;
  const size_t full_;  // records of a chunk
  std::unique_ptr<RecordChunk> chunk_ = std::make_unique<RecordChunk>();
  log::TileTree tree_;
  std::string tile_;          // of level 0, over the next record
  std::string tile_problem_;  // the first
  absl::Status error_;
};

// The last record that a log has; 0 if it has none.
absl::StatusOr<int64_t> LastRecordOf(store::Database& db, int64_t program);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_LOG_CHECK_H_
