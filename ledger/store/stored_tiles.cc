#include "ledger/store/stored_tiles.h"

#include "ledger/base/status.h"

namespace trailbook::store {

absl::StatusOr<std::string> ReadTile(Database& db, int64_t program, const log::TilePlace& place) {
  TRAILBOOK_ASSIGN_OR_RETURN(
      Statement * select, db.Prepare("SELECT hashes FROM log_tile WHERE program_id = $1 AND level = $2 AND tile = $3"));
  select->BindInt(1, program);
  select->BindInt(2, place.first);
  select->BindInt(3, place.second);
  const auto there = select->Step();
  std::string hashes = there.ok() && *there ? std::string(select->ColumnBlob(0)) : std::string();
  select->Reset();
  TRAILBOOK_RETURN_IF_ERROR(there.status());
  return hashes;
}

}  // namespace trailbook::store
