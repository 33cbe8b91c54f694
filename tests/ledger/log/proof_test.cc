// Proofs of inclusion and consistency: made from tiles for every small tree and at the edges of tiles, and checked
// against the public vectors.
#include "ledger/log/proof.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::log {
namespace {

// A tree with everything it stored, counting how many tiles are read.
class StoredTree {
 public:
  void GrowTo(int64_t size) {
    for (; tree_.size() < size;) tree_.Append(LeafOf(tree_.size()));
    for (auto& [place, hashes] : tree_.TakeChanged()) tiles_[place] = hashes;
  }
  static Sha256Digest LeafOf(int64_t n) { return LeafHash(absl::StrCat("record ", n)); }
  TileReader Reader() {
    return [this](const TilePlace& place) -> absl::StatusOr<std::string> {
      ++reads_;
      const auto found = tiles_.find(place);
      return found == tiles_.end() ? std::string() : found->second;
    };
  }
  Sha256Digest Root() const { return tree_.Root(); }
  int64_t TakeReads() { return std::exchange(reads_, 0); }

 private:
  TileTree tree_;
  std::map<TilePlace, std::string> tiles_;
  int64_t reads_ = 0;
};

TEST(ProofTest, EverySmallTreeProvesEveryRecordAndEveryBeginning) {
  StoredTree tree;
  std::vector<Sha256Digest> roots{Sha256("")};
  for (int64_t size = 1; size <= 70; ++size) {
    tree.GrowTo(size);
    roots.push_back(tree.Root());
    EXPECT_EQ(*RootAt(size, tree.Reader()), tree.Root());
  }
  for (int64_t size = 1; size <= 70; ++size) {
    for (int64_t index = 0; index < size; ++index) {
      const Proof proof = *InclusionProof(index, size, tree.Reader());
      EXPECT_TRUE(CheckInclusion(index, size, StoredTree::LeafOf(index), roots[size], proof).ok())
          << index << " in " << size;
      EXPECT_FALSE(CheckInclusion(index, size, StoredTree::LeafOf(index + 1), roots[size], proof).ok());
    }
    for (int64_t old = 1; old <= size; ++old) {
      const Proof proof = *ConsistencyProof(old, size, tree.Reader());
      EXPECT_TRUE(CheckConsistency(old, size, roots[old], roots[size], proof).ok()) << old << " in " << size;
      if (old == size) continue;
      EXPECT_FALSE(CheckConsistency(old, size, roots[old - 1], roots[size], proof).ok());
    }
  }
}

TEST(ProofTest, AtTheEdgesOfTilesAsWellAndWithFewReads) {
  StoredTree tree;
  std::map<int64_t, Sha256Digest> roots;
  const std::vector<int64_t> sizes = {1, 255, 256, 257, 511, 512, 65535, 65536, 65537, 66000, 131072 + 300};
  for (int64_t size : sizes) {
    tree.GrowTo(size);
    roots[size] = tree.Root();
  }
  const int64_t size = sizes.back();
  for (int64_t index : {int64_t{0}, int64_t{255}, int64_t{256}, int64_t{65535}, int64_t{65536}, size - 1}) {
    tree.TakeReads();
    const Proof proof = *InclusionProof(index, size, tree.Reader());
    EXPECT_LE(tree.TakeReads(), 8);
    EXPECT_TRUE(CheckInclusion(index, size, StoredTree::LeafOf(index), roots[size], proof).ok()) << index;
  }
  for (int64_t old : sizes) {
    tree.TakeReads();
    const Proof proof = *ConsistencyProof(old, size, tree.Reader());
    EXPECT_LE(tree.TakeReads(), 12);
    EXPECT_TRUE(CheckConsistency(old, size, roots[old], roots[size], proof).ok()) << old;
  }
}

TEST(ProofTest, WhatIsNotThereIsRefused) {
  StoredTree tree;
  tree.GrowTo(10);
  EXPECT_EQ(InclusionProof(10, 10, tree.Reader()).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(InclusionProof(-1, 10, tree.Reader()).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ConsistencyProof(11, 10, tree.Reader()).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReasonOf(InclusionProof(3, 11, tree.Reader()).status()), "LEDGER_DAMAGED");
}

// ---- the public vectors ----

nlohmann::json Vectors() {
  std::ifstream file(absl::StrCat(TRAILBOOK_SOURCE_DIR, "/tests/ledger/log/rfc6962/vectors.json"));
  return nlohmann::json::parse(file);
}

// False for what is no hash: such a proof is refused before it is looked at. A few vectors have short roots, of which
// only equality matters.
bool Decode(const nlohmann::json& base64, Sha256Digest* digest) {
  std::string bytes;
  if (base64.is_null() || !absl::Base64Unescape(base64.get<std::string>(), &bytes)) return false;
  if (!bytes.empty() && bytes.size() < 16) bytes = std::string(AsView(Sha256(bytes)));
  if (bytes.size() != kHashSize) return false;
  std::copy(bytes.begin(), bytes.end(), digest->begin());
  return true;
}

bool Decode(const nlohmann::json& list, Proof* proof) {
  if (list.is_null()) return true;
  for (const auto& one : list) {
    proof->emplace_back();
    if (!Decode(one, &proof->back())) return false;
  }
  return true;
}

TEST(ProofTest, TheVectorsOfInclusion) {
  int good = 0, bad = 0;
  const nlohmann::json vectors = Vectors();
  for (const auto& v : vectors["inclusion"]) {
    Sha256Digest leaf{}, root{};
    Proof proof;
    const bool read = Decode(v["leafHash"], &leaf) && Decode(v["root"], &root) && Decode(v["proof"], &proof);
    const bool ok =
        read && CheckInclusion(v["leafIdx"].get<int64_t>(), v["treeSize"].get<int64_t>(), leaf, root, proof).ok();
    EXPECT_EQ(ok, !v["wantErr"].get<bool>()) << v["file"];
    ++(ok ? good : bad);
  }
  EXPECT_GE(good, 5);
  EXPECT_GE(bad, 80);
}

TEST(ProofTest, TheVectorsOfConsistency) {
  int good = 0, bad = 0;
  const nlohmann::json vectors = Vectors();
  for (const auto& v : vectors["consistency"]) {
    Sha256Digest old_root{}, root{};
    Proof proof;
    const bool read = Decode(v["root1"], &old_root) && Decode(v["root2"], &root) && Decode(v["proof"], &proof);
    const bool ok =
        read && CheckConsistency(v["size1"].get<int64_t>(), v["size2"].get<int64_t>(), old_root, root, proof).ok();
    EXPECT_EQ(ok, !v["wantErr"].get<bool>()) << v["file"];
    ++(ok ? good : bad);
  }
  EXPECT_GE(good, 5);
  EXPECT_GE(bad, 80);
}

}  // namespace
}  // namespace trailbook::log
