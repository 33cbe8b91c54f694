// The log's tree against RFC 6962 itself: its published roots, and a naive implementation that works from the whole
// list of leaves.
#include "ledger/log/tiles.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::log {
namespace {

// MTH(D[n]) of RFC 6962, section 2.1, word for word.
Sha256Digest NaiveRoot(const std::vector<Sha256Digest>& leaves, size_t from, size_t to) {
  if (from == to) return Sha256("");
  if (to - from == 1) return leaves[from];
  size_t k = 1;
  while (k * 2 < to - from) k *= 2;
  const Sha256Digest left = NaiveRoot(leaves, from, from + k), right = NaiveRoot(leaves, from + k, to);
  return Sha256(absl::StrCat("\x01", AsView(left), AsView(right)));
}

std::vector<Sha256Digest> Leaves(size_t count) {
  std::vector<Sha256Digest> leaves;
  for (size_t at = 0; at < count; ++at) leaves.push_back(LeafHash(absl::StrCat("record ", at)));
  return leaves;
}

// What a store would keep.
class StoredTiles {
 public:
  void Take(TileTree& tree) {
    for (auto& [place, hashes] : tree.TakeChanged()) tiles_[place] = hashes;
  }
  std::vector<std::string> Edge(int64_t size) const {
    std::vector<std::string> edge;
    for (const TilePlace& place : TileTree::EdgeOf(size)) {
      const auto found = tiles_.find(place);
      edge.push_back(found == tiles_.end() ? "" : found->second);
    }
    return edge;
  }
  const std::map<TilePlace, std::string>& tiles() const { return tiles_; }

 private:
  std::map<TilePlace, std::string> tiles_;
};

TEST(LeafHash, IsTheHashOfAZeroByteAndTheRecord) {
  EXPECT_EQ(LeafHash("abc"), Sha256(absl::string_view("\0abc", 4)));
  EXPECT_EQ(Hex(AsView(LeafHash(""))), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(NodeHash, IsTheHashOfAOneByteAndBothSides) {
  const std::string left(32, 'l'), right(32, 'r');
  EXPECT_EQ(NodeHash(left, right), Sha256(absl::StrCat("\x01", left, right)));
}

TEST(TileTree, OfNoRecordsHasTheHashOfNothing) {
  EXPECT_EQ(Hex(AsView(TileTree().Root())), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// The eight inputs and roots that implementations of certificate transparency test with.
TEST(TileTree, GivesThePublishedRootsOfCertificateTransparency) {
  const std::pair<const char*, const char*> kSteps[] = {
      {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
      {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
      {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
      {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
      {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
      {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
      {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
      {"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}};
  TileTree tree;
  for (const auto& [input, root] : kSteps) {
    tree.Append(LeafHash(absl::HexStringToBytes(input)));
    EXPECT_EQ(Hex(AsView(tree.Root())), root) << tree.size() << " leaves";
  }
}

TEST(TileTree, HasTheRootOfRfc6962AtEverySize) {
  const std::vector<Sha256Digest> leaves = Leaves(1500);
  TileTree tree;
  for (size_t size = 0; size <= leaves.size(); ++size) {
    ASSERT_EQ(tree.size(), static_cast<int64_t>(size));
    ASSERT_EQ(tree.Root(), NaiveRoot(leaves, 0, size)) << size;
    if (size < leaves.size()) tree.Append(leaves[size]);
  }
}

TEST(TileTree, HasTheRootOfRfc6962WhereTilesOfTheSecondLevelFill) {
  const std::vector<Sha256Digest> leaves = Leaves(65537 + 256);
  TileTree tree;
  for (size_t size = 1; size <= leaves.size(); ++size) {
    tree.Append(leaves[size - 1]);
    const bool looked_at = (size >= 65535 && size <= 65537) || size == 65280 || size == leaves.size();
    if (looked_at) {
      EXPECT_EQ(tree.Root(), NaiveRoot(leaves, 0, size)) << size;
    }
  }
}

TEST(TileTree, ARestoredTreeGoesOnAsIfItHadNeverStopped) {
  const std::vector<Sha256Digest> leaves = Leaves(900);
  TileTree tree;
  StoredTiles stored;
  for (size_t size = 0; size < leaves.size(); ++size) {
    TileTree restored;
    ASSERT_TRUE(restored.Restore(tree.size(), stored.Edge(tree.size())).ok()) << size;
    ASSERT_EQ(restored.Root(), tree.Root()) << size;
    ASSERT_TRUE(restored.TakeChanged().empty()) << "nothing changed yet";
    tree = std::move(restored);
    tree.Append(leaves[size]);
    stored.Take(tree);
  }
  EXPECT_EQ(tree.Root(), NaiveRoot(leaves, 0, leaves.size()));
}

TEST(TileTree, ARestoredTreeGoesOnOverTheEndOfASecondLevelTile) {
  const std::vector<Sha256Digest> leaves = Leaves(65540);
  TileTree tree;
  StoredTiles stored;
  for (size_t size = 0; size < leaves.size(); ++size) {
    tree.Append(leaves[size]);
    if (size + 1 < 65534) continue;
    stored.Take(tree);
    TileTree restored;
    ASSERT_TRUE(restored.Restore(tree.size(), stored.Edge(tree.size())).ok()) << tree.size();
    EXPECT_EQ(restored.Root(), NaiveRoot(leaves, 0, size + 1)) << tree.size();
    tree = std::move(restored);
  }
}

TEST(TileTree, TheStoredTilesHoldEveryHashOfTheTree) {
  const std::vector<Sha256Digest> leaves = Leaves(257 * 3);
  TileTree tree;
  StoredTiles stored;
  for (size_t at = 0; at < leaves.size(); ++at) {
    tree.Append(leaves[at]);
    if (at % 5 == 0) stored.Take(tree);
  }
  stored.Take(tree);
  for (size_t at = 0; at < leaves.size(); ++at) {
    const std::string& tile = stored.tiles().at({0, static_cast<int64_t>(at / 256)});
    EXPECT_EQ(tile.substr(at % 256 * kHashSize, kHashSize), AsView(leaves[at]));
  }
  const std::string& above = stored.tiles().at({1, 0});
  ASSERT_EQ(above.size(), 3 * kHashSize);
  for (size_t tile = 0; tile < 3; ++tile) {
    EXPECT_EQ(above.substr(tile * kHashSize, kHashSize), AsView(NaiveRoot(leaves, tile * 256, tile * 256 + 256)));
  }
}

TEST(TileTree, TakeChangedGivesWhatChangedSinceTheLastTimeAndNothingElse) {
  const std::vector<Sha256Digest> leaves = Leaves(300);
  TileTree tree;
  EXPECT_TRUE(tree.TakeChanged().empty());
  for (size_t at = 0; at < 255; ++at) tree.Append(leaves[at]);
  EXPECT_EQ(tree.TakeChanged().size(), 1u);
  EXPECT_TRUE(tree.TakeChanged().empty());

  tree.Append(leaves[255]);  // fills tile 0/0 and begins 1/0
  const auto filled = tree.TakeChanged();
  ASSERT_EQ(filled.size(), 2u);
  EXPECT_EQ(filled.at({0, 0}).size(), 256 * kHashSize);
  EXPECT_EQ(filled.at({1, 0}).size(), kHashSize);

  tree.Append(leaves[256]);
  const auto next = tree.TakeChanged();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next.at({0, 1}), AsView(leaves[256]));
}

TEST(TileTree, AStoredEdgeOfTheWrongWidthIsRefused) {
  TileTree tree;
  const auto refused = [&tree](int64_t size, std::vector<std::string> edge) {
    const absl::Status status = tree.Restore(size, std::move(edge));
    return status.code() == absl::StatusCode::kDataLoss && ReasonOf(status) == "LEDGER_DAMAGED";
  };
  EXPECT_TRUE(refused(2, {std::string(32, 'x')}));
  EXPECT_TRUE(refused(2, {std::string(65, 'x')}));
  EXPECT_TRUE(refused(2, {""}));
  EXPECT_TRUE(refused(257, {std::string(32, 'x'), ""}));
  EXPECT_TRUE(refused(257, {std::string(32, 'x')}));
  EXPECT_TRUE(refused(0, {""}));
  EXPECT_TRUE(tree.Restore(257, {std::string(32, 'x'), std::string(32, 'y')}).ok());
}

TEST(TileTree, TheEdgeOfASizeIsOneUnfinishedTileALevel) {
  EXPECT_TRUE(TileTree::EdgeOf(0).empty());
  EXPECT_EQ(TileTree::EdgeOf(1), (std::vector<TilePlace>{{0, 0}}));
  EXPECT_EQ(TileTree::EdgeOf(255), (std::vector<TilePlace>{{0, 0}}));
  EXPECT_EQ(TileTree::EdgeOf(256), (std::vector<TilePlace>{{0, 1}, {1, 0}}));
  EXPECT_EQ(TileTree::EdgeOf(65536 + 300), (std::vector<TilePlace>{{0, 257}, {1, 1}, {2, 0}}));
}

}  // namespace
}  // namespace trailbook::log
