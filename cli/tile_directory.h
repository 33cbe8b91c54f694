// A directory of tiles (C2SP tlog-tiles) as somebody else sees the log: a checkpoint, hashes, and maybe the records.
// Not thread-safe.
#ifndef TRAILBOOK_CLI_TILE_DIRECTORY_H_
#define TRAILBOOK_CLI_TILE_DIRECTORY_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/log/checkpoint.h"
#include "ledger/log/proof.h"
#include "ledger/log/tile_files.h"

namespace trailbook::cli {

class TileDirectory {
 public:
  explicit TileDirectory(std::string path) : path_(std::move(path)) {}

  std::string PathOf(absl::string_view file) const { return absl::StrCat(path_, "/", file); }
  // The checkpoint in the directory, signed by one of the keys.
  absl::StatusOr<log::Checkpoint> Open(absl::Span<const log::VerifierKey> keys) const;
  bool HasEntries() const;

  // A tile as a tree of some size has it, from its own file or from that of the full tile. INVALID_ARGUMENT names the
  // file.
  absl::StatusOr<std::string> ReadTile(const log::TileRef& tile) const;
  // The same for records.
  absl::StatusOr<std::vector<std::string>> ReadBundle(const log::TileRef& bundle) const;
  // Tiles of a tree of `size`, for proofs.
  log::TileReader Reader(int64_t size) const;

  // Checks the whole tree of the checkpoint, tile by tile, and hands out every record in order (if they are there).
  // `take` says what is wrong with a record. INVALID_ARGUMENT names the first wrong place.
  absl::Status CheckAll(const log::Checkpoint& checkpoint,
                        const std::function<std::string(int64_t sequence, absl::string_view record)>& take) const;

 private:
  absl::StatusOr<std::string> ReadPart(const log::TileRef& tile) const;
  std::string path_;
};

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_TILE_DIRECTORY_H_
