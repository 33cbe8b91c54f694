// Tiles of a stored log (see log/tiles.h). Functions only; the thread of the Database.
#ifndef TRAILBOOK_LEDGER_STORE_STORED_TILES_H_
#define TRAILBOOK_LEDGER_STORE_STORED_TILES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "ledger/log/tiles.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// The hashes that are stored of a tile; empty if none are.
absl::StatusOr<std::string> ReadTile(Database& db, int64_t program, const log::TilePlace& place);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_STORED_TILES_H_
