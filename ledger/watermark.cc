#include "ledger/watermark.h"

#include "ledger/base/status.h"

namespace trailbook {

namespace {

// The first column of a program's row; 0 if it has none.
absl::StatusOr<int64_t> NumberOf(store::Database& db, absl::string_view sql, int64_t program) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select, db.Prepare(sql));
  select->BindInt(1, program);
  const auto there = select->Step();
  const int64_t number = there.ok() && *there ? select->ColumnInt(0) : 0;
  select->Reset();
  TRAILBOOK_RETURN_IF_ERROR(there.status());
  return number;
}

}  // namespace

absl::StatusOr<int64_t> WatermarkOf(store::Database& db, int64_t program) {
  return NumberOf(db, "SELECT sequence FROM watermark WHERE program_id = $1", program);
}

absl::StatusOr<int64_t> LogSizeOf(store::Database& db, int64_t program) {
  return NumberOf(db, "SELECT size FROM log_head WHERE program_id = $1", program);
}

absl::StatusOr<std::vector<UnsavedRange>> FindUnsaved(store::Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(
      store::Statement * select,
      db.Prepare("SELECT log_head.program_id, COALESCE(watermark.sequence, 0), log_head.size FROM log_head "
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

absl::Status RaiseWatermark(store::Database& db, int64_t program, int64_t from, int64_t to) {
  TRAILBOOK_ASSIGN_OR_RETURN(
      store::Statement * raise,
      db.Prepare(from == 0 ? "INSERT INTO watermark (program_id, sequence) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING sequence"
                           : "UPDATE watermark SET sequence = $2 WHERE program_id = $1 AND sequence = $3 RETURNING sequence"));
  raise->BindInt(1, program);
  raise->BindInt(2, to);
  if (from != 0) raise->BindInt(3, from);
  auto raised = raise->Step();
  for (auto more = raised; more.ok() && *more;) more = raise->Step();
  raise->Reset();
  TRAILBOOK_RETURN_IF_ERROR(raised.status());
  if (*raised) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "somebody else wrote to this ledger; try again");
}

}  // namespace trailbook
