#include "ledger/log/tile_files.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/base/big_endian.h"

namespace trailbook::log {

std::string PathOf(const TileRef& tile) {
  std::string number = absl::StrFormat("%03d", tile.index % 1000);
  for (int64_t rest = tile.index / 1000; rest > 0; rest /= 1000) {
    number = absl::StrFormat("x%03d/%s", rest % 1000, number);
  }
  const std::string level = tile.level == kEntriesLevel ? "entries" : absl::StrCat(tile.level);
  return absl::StrCat("tile/", level, "/", number, tile.width == kTileWidth ? "" : absl::StrCat(".p/", tile.width));
}

int64_t WidthOf(int64_t size, int64_t level, int64_t index) {
  int64_t hashes = size;
  for (int64_t at = 0; at < level; ++at) hashes /= kTileWidth;
  return std::clamp<int64_t>(hashes - index * kTileWidth, 0, kTileWidth);
}

std::vector<TileRef> TilesOf(int64_t size, bool entries) {
  std::vector<TileRef> tiles;
  const auto add = [&](int64_t level) {
    for (int64_t index = 0, width; (width = WidthOf(size, level, index)) > 0; ++index) {
      tiles.push_back({level, index, width});
    }
  };
  if (entries) add(kEntriesLevel);
  for (int64_t level = 0; WidthOf(size, level, 0) > 0; ++level) add(level);
  return tiles;
}

std::string ToBundle(absl::Span<const std::string> records) {
  std::string bundle;
  for (const std::string& record : records) {
    bundle += BigEndian(static_cast<uint16_t>(record.size()));
    bundle += record;
  }
  return bundle;
}

absl::StatusOr<std::vector<std::string>> FromBundle(absl::string_view bundle) {
  std::vector<std::string> records;
  while (!bundle.empty()) {
    const size_t size = FromBigEndian(bundle.substr(0, 2));
    if (bundle.size() < 2 + size) {
      return absl::InvalidArgumentError(absl::StrCat("it ends inside record ", records.size() + 1, " of the bundle"));
    }
    records.emplace_back(bundle.substr(2, size));
    bundle.remove_prefix(2 + size);
  }
  return records;
}

}  // namespace trailbook::log
