#include "ledger/log/tiles.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::log {
namespace {

// Roots of the perfect subtrees of a tile's hashes, largest first, as RFC 6962 splits them.
void AddSubtrees(absl::string_view hashes, std::vector<Sha256Digest>& roots) {
  while (!hashes.empty()) {
    size_t width = 1;
    while (width * 2 * kHashSize <= hashes.size()) width *= 2;
    roots.push_back(TileRoot(hashes.substr(0, width * kHashSize)));
    hashes.remove_prefix(width * kHashSize);
  }
}

}  // namespace

Sha256Digest LeafHash(absl::string_view record) { return Sha256({absl::string_view("\0", 1), record}); }

Sha256Digest NodeHash(absl::string_view left, absl::string_view right) { return Sha256({"\1", left, right}); }

Sha256Digest TileRoot(absl::string_view hashes) {
  std::string row(hashes);
  while (row.size() > kHashSize) {
    std::string above;
    above.reserve(row.size() / 2);
    for (size_t at = 0; at < row.size(); at += 2 * kHashSize) {
      const absl::string_view view(row);
      const Sha256Digest node = NodeHash(view.substr(at, kHashSize), view.substr(at + kHashSize, kHashSize));
      above.append(AsView(node).data(), kHashSize);
    }
    row = std::move(above);
  }
  Sha256Digest root;
  std::memcpy(root.data(), row.data(), kHashSize);
  return root;
}

std::vector<TilePlace> TileTree::EdgeOf(int64_t size) {
  std::vector<TilePlace> places;
  for (int64_t level = 0; size > 0; ++level, size /= kTileWidth) {
    places.push_back({level, size / kTileWidth});
  }
  return places;
}

absl::Status TileTree::Restore(int64_t size, std::vector<std::string> edge) {
  if (edge.size() != EdgeOf(size).size()) {
    return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                  absl::StrCat("the log's tree has ", edge.size(), " levels of unfinished tiles instead of ",
                               EdgeOf(size).size()));
  }
  size_ = size;
  edge_ = std::move(edge);
  full_tiles_.clear();
  finished_.clear();
  touched_.assign(edge_.size(), false);
  int64_t count = size;
  for (size_t level = 0; level < edge_.size(); ++level, count /= kTileWidth) {
    if (edge_[level].size() != static_cast<size_t>(count % kTileWidth) * kHashSize) {
      return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                    absl::StrCat("tile ", level, "/", count / kTileWidth, " of the log's tree has ",
                                 edge_[level].size() / kHashSize, " hashes instead of ", count % kTileWidth));
    }
    full_tiles_.push_back(count / kTileWidth);
  }
  peaks_.clear();
  for (auto tile = edge_.rbegin(); tile != edge_.rend(); ++tile) AddSubtrees(*tile, peaks_);
  return absl::OkStatus();
}

void TileTree::Add(size_t level, absl::string_view hash) {
  if (level == edge_.size()) {
    edge_.emplace_back();
    full_tiles_.push_back(0);
    touched_.push_back(false);
  }
  edge_[level].append(hash.data(), hash.size());
  touched_[level] = true;
  if (edge_[level].size() < kTileWidth * kHashSize) return;
  finished_[{static_cast<int64_t>(level), full_tiles_[level]}] = std::exchange(edge_[level], {});
  touched_[level] = false;
  ++full_tiles_[level];
}

std::map<TilePlace, std::string> TileTree::TakeChanged() {
  std::map<TilePlace, std::string> changed = std::exchange(finished_, {});
  for (size_t level = 0; level < edge_.size(); ++level) {
    if (touched_[level]) changed[{static_cast<int64_t>(level), full_tiles_[level]}] = edge_[level];
    touched_[level] = false;
  }
  return changed;
}

void TileTree::Append(const Sha256Digest& leaf) {
  constexpr int kLevelsATile = 8;  // a tile of 256 hashes is a perfect subtree of this height
  Add(0, AsView(leaf));
  Sha256Digest peak = leaf;
  // As in a binary counter: each peak of the same height is carried into one above.
  int height = 0;
  for (int64_t carries = size_; carries % 2 == 1; carries /= 2) {
    peak = NodeHash(AsView(peaks_.back()), AsView(peak));
    peaks_.pop_back();
    if (++height % kLevelsATile == 0) Add(static_cast<size_t>(height / kLevelsATile), AsView(peak));
  }
  peaks_.push_back(peak);
  ++size_;
}

Sha256Digest TileTree::Root() const {
  if (size_ == 0) return Sha256("");
  Sha256Digest root = peaks_.back();
  for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak) root = NodeHash(AsView(*peak), AsView(root));
  return root;
}

}  // namespace trailbook::log
