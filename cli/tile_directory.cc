#include "cli/tile_directory.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "ledger/base/status.h"
#include "ledger/log/tiles.h"

namespace trailbook::cli {
namespace {

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(what); }

Sha256Digest HashAt(absl::string_view hashes, size_t at) {
  Sha256Digest hash;
  std::copy_n(hashes.data() + at * log::kHashSize, log::kHashSize, hash.begin());
  return hash;
}

}  // namespace

absl::StatusOr<log::Checkpoint> TileDirectory::Open(absl::Span<const log::VerifierKey> keys) const {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string note, ReadFile(PathOf("checkpoint")));
  return log::OpenCheckpoint(note, keys);
}

bool TileDirectory::HasEntries() const { return access(PathOf("tile/entries").c_str(), F_OK) == 0; }

// The file of a full tile serves for every narrower one (tlog-tiles: partial tiles may be deleted then).
absl::StatusOr<std::string> TileDirectory::ReadPart(const log::TileRef& tile) const {
  const std::string own = PathOf(log::PathOf(tile));
  if (access(own.c_str(), F_OK) == 0 || tile.width == log::kTileWidth) return ReadFile(own);
  const auto full = ReadFile(PathOf(log::PathOf({tile.level, tile.index})));
  return full.ok() ? full : ReadFile(own);
}

absl::StatusOr<std::string> TileDirectory::ReadTile(const log::TileRef& tile) const {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string hashes, ReadPart(tile));
  const size_t bytes = static_cast<size_t>(tile.width) * log::kHashSize;
  if (hashes.size() < bytes) {
    return Wrong(absl::StrCat(log::PathOf(tile), " has ", hashes.size(), " bytes instead of ", bytes));
  }
  return hashes.substr(0, bytes);
}

absl::StatusOr<std::vector<std::string>> TileDirectory::ReadBundle(const log::TileRef& bundle) const {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string bytes, ReadPart(bundle));
  auto records = log::FromBundle(bytes);
  if (!records.ok()) return Wrong(absl::StrCat(log::PathOf(bundle), ": ", records.status().message()));
  if (static_cast<int64_t>(records->size()) < bundle.width) {
    return Wrong(absl::StrCat(log::PathOf(bundle), " has ", records->size(), " records instead of ", bundle.width));
  }
  records->resize(bundle.width);
  return records;
}

log::TileReader TileDirectory::Reader(int64_t size) const {
  return [this, size](const log::TilePlace& place) -> absl::StatusOr<std::string> {
    const int64_t width = log::WidthOf(size, place.first, place.second);
    if (width == 0) return Wrong(absl::StrCat("a tree of ", size, " has no tile ", place.first, "/", place.second));
    return ReadTile({place.first, place.second, width});
  };
}

absl::Status TileDirectory::CheckAll(const log::Checkpoint& checkpoint,
                                     const std::function<std::string(int64_t, absl::string_view)>& take) const {
  const bool entries = HasEntries();
  log::TileTree tree;
  const auto check_tiles = [&]() -> absl::Status {
    for (const auto& [place, hashes] : tree.TakeChanged()) {
      const log::TileRef tile{place.first, place.second, static_cast<int64_t>(hashes.size() / log::kHashSize)};
      // What is unfinished now is looked at when it is finished, or at the end.
      if (tile.width != log::WidthOf(checkpoint.size, tile.level, tile.index)) continue;
      TRAILBOOK_ASSIGN_OR_RETURN(const std::string stored, ReadTile(tile));
      if (stored != hashes) return Wrong(absl::StrCat(log::PathOf(tile), " is not what the tiles below it hash to"));
    }
    return absl::OkStatus();
  };
  for (int64_t index = 0, width; (width = log::WidthOf(checkpoint.size, 0, index)) > 0; ++index) {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string hashes, ReadTile({0, index, width}));
    std::vector<std::string> records;
    if (entries) {
      TRAILBOOK_ASSIGN_OR_RETURN(records, ReadBundle({log::kEntriesLevel, index, width}));
    }
    for (int64_t at = 0; at < width; ++at) {
      const Sha256Digest leaf = HashAt(hashes, static_cast<size_t>(at));
      const int64_t sequence = index * log::kTileWidth + at + 1;
      if (entries && log::LeafHash(records[at]) != leaf) {
        return Wrong(
            absl::StrCat("record ", sequence, " does not hash to its place in ", log::PathOf({0, index, width})));
      }
      tree.Append(leaf);
      const std::string problem = entries ? take(sequence, records[at]) : "";
      if (!problem.empty()) return Wrong(absl::StrCat("record ", sequence, ": ", problem));
    }
    TRAILBOOK_RETURN_IF_ERROR(check_tiles());
  }
  if (tree.Root() == checkpoint.root) return absl::OkStatus();
  return Wrong(absl::StrCat("the tiles hash to root ", log::HashText(tree.Root()), ", the checkpoint says ",
                            log::HashText(checkpoint.root)));
}

}  // namespace trailbook::cli
