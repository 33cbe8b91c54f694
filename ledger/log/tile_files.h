// Where tiles and entry bundles lie below a directory or an address, and what a bundle holds (C2SP tlog-tiles).
// Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_LOG_TILE_FILES_H_
#define TRAILBOOK_LEDGER_LOG_TILE_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/log/tiles.h"

namespace trailbook::log {

// In place of a level: the records themselves.
inline constexpr int64_t kEntriesLevel = -1;

// A tile as a tree of some size has it; width 1 to 256, below 256 only for the last one of its level.
struct TileRef {
  int64_t level = 0, index = 0, width = kTileWidth;
  bool operator==(const TileRef&) const = default;
};

// "tile/0/x001/234", "tile/1/000.p/17", "tile/entries/000.p/5".
std::string PathOf(const TileRef& tile);

// Every tile of a tree of `size` records, from the first of level 0 on; with `entries` the bundles before them.
std::vector<TileRef> TilesOf(int64_t size, bool entries);
// How wide tile `index` of a level is in a tree of `size` records; 0: it has none.
int64_t WidthOf(int64_t size, int64_t level, int64_t index);

// Entry bundles: each record after its length in two bytes, big-endian.
std::string ToBundle(absl::Span<const std::string> records);
// INVALID_ARGUMENT if it ends inside a record.
absl::StatusOr<std::vector<std::string>> FromBundle(absl::string_view bundle);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_LOG_TILE_FILES_H_
