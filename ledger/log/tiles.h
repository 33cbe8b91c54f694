// The RFC 6962 tree of a log, kept as tiles of 256 hashes: level 0 holds the leaf hashes, level L the roots of the full
// tiles below. What is in memory is one unfinished tile a level, and the roots of the perfect subtrees that the tree is
// made of; appending costs one node amortised, the root O(log n). Nothing ever walks the log. Leaf = SHA-256(0x00 ||
// record), node = SHA-256(0x01 || left || right), empty tree = SHA-256(""). Not thread-safe.
#ifndef TRAILBOOK_LEDGER_LOG_TILES_H_
#define TRAILBOOK_LEDGER_LOG_TILES_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/base/hash.h"

namespace trailbook::log {

inline constexpr int64_t kTileWidth = 256;
inline constexpr size_t kHashSize = 32;

Sha256Digest LeafHash(absl::string_view record);
Sha256Digest NodeHash(absl::string_view left, absl::string_view right);

// A tile's place: level and index within it.
using TilePlace = std::pair<int64_t, int64_t>;

class TileTree {
 public:
  // An empty tree.
  TileTree() = default;

  int64_t size() const { return size_; }
  // The unfinished tiles that a tree of `size` records needs to go on, lowest level first.
  static std::vector<TilePlace> EdgeOf(int64_t size);
  // Goes on from a stored tree. `edge` has the tiles of EdgeOf(size). DATA_LOSS if one has not the width that the size
  // asks for.
  absl::Status Restore(int64_t size, std::vector<std::string> edge);

  // By level: the hashes of the unfinished tile, as it is stored.
  const std::vector<std::string>& edge() const { return edge_; }

  void Append(const Sha256Digest& leaf);
  Sha256Digest Root() const;
  // Tiles that changed since the last call, with their hashes.
  std::map<TilePlace, std::string> TakeChanged();

 private:
  void Add(size_t level, absl::string_view hash);

  int64_t size_ = 0;
  std::vector<Sha256Digest> peaks_;  // a perfect subtree for each bit of size_, largest first
  std::vector<std::string> edge_;    // by level: the hashes of the unfinished tile
  std::vector<int64_t> full_tiles_;  // by level: how many tiles are finished
  std::vector<bool> touched_;        // by level: the unfinished tile has hashes that nobody took yet
  std::map<TilePlace, std::string> finished_;
};

// The root of the perfect tree over a full tile.
Sha256Digest TileRoot(absl::string_view hashes);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_LOG_TILES_H_
