#include "ledger/store/watermark.h"

#include "ledger/base/status.h"

namespace trailbook::store {

absl::StatusOr<int64_t> WatermarkOf(Database& db, int64_t program) {
  return SelectInt(db, "SELECT sequence FROM watermark WHERE program_id = $1", {program});
}

absl::StatusOr<int64_t> LogSizeOf(Database& db, int64_t program) {
  return SelectInt(db, "SELECT size FROM log_head WHERE program_id = $1", {program});
}

absl::StatusOr<std::vector<UnsavedRange>> FindUnsaved(Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(
      Statement * select,
      db.Prepare(
          "SELECT log_head.program_id, COALESCE(watermark.sequence, 0), log_head.size FROM log_head "
          "LEFT JOIN watermark ON watermark.program_id = log_head.program_id "
          "WHERE watermark.sequence IS NULL OR watermark.sequence < log_head.size ORDER BY log_head.program_id"));
  std::vector<UnsavedRange> ranges;
  while (true) {
    const auto more = select->Step();
    if (!more.ok() || !*more) {
      select->Reset();
      if (!more.ok()) return more.status();
      return ranges;
    }
    ranges.push_back({select->ColumnInt(0), select->ColumnInt(1), select->ColumnInt(2)});
  }
}

absl::Status RaiseWatermark(Database& db, int64_t program, int64_t from, int64_t to) {
  const absl::Status overtaken = Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "",
                                        "somebody else wrote to this ledger, or its log is elsewhere; try again");
  if (from == 0) {
    return db.Demand(
        "INSERT INTO watermark (program_id, sequence) SELECT program_id, CAST($2 AS BIGINT) FROM log_head "
        "WHERE program_id = $1 AND size >= $2 ON CONFLICT DO NOTHING",
        {program, to}, overtaken);
  }
  return db.Demand(
      "UPDATE watermark SET sequence = $2 WHERE program_id = $1 AND sequence = $3 "
      "AND EXISTS (SELECT 1 FROM log_head WHERE log_head.program_id = $1 AND size >= $2)",
      {program, to, from}, overtaken);
}

}  // namespace trailbook::store
