// The layout's own examples (C2SP tlog-tiles): paths, and which tiles a tree of 70 000 has.
#include "ledger/log/tile_files.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace trailbook::log {
namespace {

TEST(TileFilesTest, PathsAreInGroupsOfThreeDigits) {
  EXPECT_EQ(PathOf({0, 0, 256}), "tile/0/000");
  EXPECT_EQ(PathOf({0, 1234067, 256}), "tile/0/x001/x234/067");
  EXPECT_EQ(PathOf({1, 1000, 256}), "tile/1/x001/000");
  EXPECT_EQ(PathOf({0, 273, 112}), "tile/0/273.p/112");
  EXPECT_EQ(PathOf({kEntriesLevel, 1000000, 1}), "tile/entries/x001/x000/000.p/1");
}

TEST(TileFilesTest, ATreeOfSeventyThousandHasTheTilesOfTheSpecification) {
  const std::vector<TileRef> tiles = TilesOf(70000, false);
  // 256 * 273 = 69 888, and 112 more; then 273 = 256 + 17, then 1.
  ASSERT_EQ(tiles.size(), 273u + 1 + 1 + 1 + 1);
  EXPECT_EQ(tiles[272], (TileRef{0, 272, 256}));
  EXPECT_EQ(tiles[273], (TileRef{0, 273, 112}));
  EXPECT_EQ(tiles[274], (TileRef{1, 0, 256}));
  EXPECT_EQ(tiles[275], (TileRef{1, 1, 17}));
  EXPECT_EQ(tiles[276], (TileRef{2, 0, 1}));
  const std::vector<TileRef> entries = TilesOf(70000, true);
  ASSERT_EQ(entries.size(), tiles.size() + 274);
  EXPECT_EQ(PathOf(entries[273]), "tile/entries/273.p/112");
}

TEST(TileFilesTest, EdgesOfTiles) {
  EXPECT_TRUE(TilesOf(0, true).empty());
  EXPECT_EQ(TilesOf(1, false), (std::vector<TileRef>{{0, 0, 1}}));
  EXPECT_EQ(TilesOf(255, false), (std::vector<TileRef>{{0, 0, 255}}));
  EXPECT_EQ(TilesOf(256, false), (std::vector<TileRef>{{0, 0, 256}, {1, 0, 1}}));
  EXPECT_EQ(TilesOf(65536, false).back(), (TileRef{2, 0, 1}));
  EXPECT_EQ(WidthOf(300, 0, 1), 44);
  EXPECT_EQ(WidthOf(300, 1, 0), 1);
  EXPECT_EQ(WidthOf(300, 0, 2), 0);
  EXPECT_EQ(WidthOf(300, kEntriesLevel, 1), 44);
}

TEST(TileFilesTest, ABundleComesBackAndACutOneIsRefused) {
  const std::vector<std::string> records{"a", std::string(65535, 'x'), std::string("\0\xff", 2)};
  const std::string bundle = ToBundle(records);
  EXPECT_EQ(bundle.substr(0, 5), std::string("\0\1a\xff\xff", 5));
  EXPECT_EQ(*FromBundle(bundle), records);
  EXPECT_TRUE(FromBundle("")->empty());
  for (const size_t cut : {size_t{1}, size_t{2}, size_t{4}, bundle.size() - 1}) {
    EXPECT_FALSE(FromBundle(bundle.substr(0, cut)).ok()) << cut;
  }
}

}  // namespace
}  // namespace trailbook::log
