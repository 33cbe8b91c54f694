#include "ledger/log/proof.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::log {
namespace {

constexpr int kTileHeight = 8;  // 2^8 = kTileWidth

Sha256Digest Parent(const Sha256Digest& left, const Sha256Digest& right) {
  return NodeHash(AsView(left), AsView(right));
}

// The largest power of two below n. REQUIRES: n > 1.
int64_t Split(int64_t n) {
  int64_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// Hashes of subtrees, each tile read once.
class Forest {
 public:
  explicit Forest(const TileReader& tiles) : tiles_(tiles) {}

  // MTH(D[from:to]) of RFC 6962. REQUIRES: `from` is where a subtree of such a size begins.
  absl::StatusOr<Sha256Digest> Root(int64_t from, int64_t to) {
    const int64_t width = to - from;
    if ((width & (width - 1)) == 0) return Perfect(from, width);
    const int64_t k = Split(width);
    TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest left, Root(from, from + k));
    TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest right, Root(from + k, to));
    return Parent(left, right);
  }

 private:
  // A subtree whose leaves are a power of two in number: some neighbours in one tile.
  absl::StatusOr<Sha256Digest> Perfect(int64_t from, int64_t width) {
    int64_t level = 0;
    for (; width >= kTileWidth; width >>= kTileHeight, from >>= kTileHeight) ++level;
    const TilePlace place{level, from / kTileWidth};
    auto known = read_.find(place);
    if (known == read_.end()) {
      TRAILBOOK_ASSIGN_OR_RETURN(std::string hashes, tiles_(place));
      known = read_.emplace(place, std::move(hashes)).first;
    }
    const size_t begin = static_cast<size_t>(from % kTileWidth) * kHashSize,
                 bytes = static_cast<size_t>(width) * kHashSize;
    if (known->second.size() < begin + bytes) {
      return Refuse(
          absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
          absl::StrCat("tile ", place.first, "/", place.second, " of the log's tree has ",
                       known->second.size() / kHashSize, " hashes; ", (begin + bytes) / kHashSize, " are needed"));
    }
    return TileRoot(absl::string_view(known->second).substr(begin, bytes));
  }

  const TileReader& tiles_;
  std::map<TilePlace, std::string> read_;
};

absl::Status OutOfRange(absl::string_view what) {
  return Refuse(absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", "", what);
}
absl::Status BadProof(absl::string_view what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "BAD_PROOF", "", what);
}

// RFC 6962, 2.1.2: SUBPROOF(m, D[from:to], whole), where m counts from `from`.
absl::Status Subproof(Forest& forest, int64_t m, int64_t from, int64_t to, bool whole, Proof* proof) {
  const int64_t width = to - from;
  if (m == width) {
    if (whole) return absl::OkStatus();
    TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest root, forest.Root(from, to));
    proof->push_back(root);
    return absl::OkStatus();
  }
  const int64_t k = Split(width);
  const bool left = m <= k;
  TRAILBOOK_RETURN_IF_ERROR(left ? Subproof(forest, m, from, from + k, whole, proof)
                                 : Subproof(forest, m - k, from + k, to, false, proof));
  TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest other, left ? forest.Root(from + k, to) : forest.Root(from, from + k));
  proof->push_back(other);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Sha256Digest> RootAt(int64_t size, const TileReader& tiles) {
  if (size < 0) return OutOfRange(absl::StrCat(size, " is not a size"));
  if (size == 0) return Sha256("");
  return Forest(tiles).Root(0, size);
}

absl::StatusOr<Proof> InclusionProof(int64_t index, int64_t size, const TileReader& tiles) {
  if (index < 0 || index >= size) return OutOfRange(absl::StrCat("record ", index, " is not in a tree of ", size));
  Forest forest(tiles);
  // From the root down: at each node the other child is a hash of the path, which runs from the leaf up.
  std::vector<std::pair<int64_t, int64_t>> others;
  for (int64_t from = 0, to = size; to - from > 1;) {
    const int64_t middle = from + Split(to - from);
    others.emplace_back(index < middle ? middle : from, index < middle ? to : middle);
    (index < middle ? to : from) = middle;
  }
  Proof proof;
  for (auto it = others.rbegin(); it != others.rend(); ++it) {
    TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest root, forest.Root(it->first, it->second));
    proof.push_back(root);
  }
  return proof;
}

absl::StatusOr<Proof> ConsistencyProof(int64_t old_size, int64_t size, const TileReader& tiles) {
  if (old_size < 0 || old_size > size) {
    return OutOfRange(absl::StrCat("a tree of ", old_size, " is no beginning of one of ", size));
  }
  Proof proof;
  if (old_size == 0 || old_size == size) return proof;
  Forest forest(tiles);
  TRAILBOOK_RETURN_IF_ERROR(Subproof(forest, old_size, 0, size, true, &proof));
  return proof;
}

absl::Status CheckInclusion(int64_t index, int64_t size, const Sha256Digest& leaf, const Sha256Digest& root,
                            absl::Span<const Sha256Digest> proof) {
  if (index < 0 || index >= size) return BadProof(absl::StrCat("record ", index, " is not in a tree of ", size));
  int64_t fn = index, sn = size - 1;
  Sha256Digest r = leaf;
  for (const Sha256Digest& p : proof) {
    if (sn == 0) return BadProof("the proof is too long");
    if ((fn & 1) == 1 || fn == sn) {
      r = Parent(p, r);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      r = Parent(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return BadProof("the proof is too short");
  return r == root ? absl::OkStatus() : BadProof("the proof leads to another root");
}

absl::Status CheckConsistency(int64_t old_size, int64_t size, const Sha256Digest& old_root, const Sha256Digest& root,
                              absl::Span<const Sha256Digest> proof) {
  if (old_size < 0 || old_size > size) {
    return BadProof(absl::StrCat("a tree of ", old_size, " is no beginning of one of ", size));
  }
  if (old_size == 0 && size > 0) return BadProof("every tree begins with the empty one: nothing can be proved of it");
  if (old_size == size) {
    if (!proof.empty()) return BadProof("the proof is too long");
    const bool same = old_root == root && (size > 0 || root == Sha256(""));
    return same ? absl::OkStatus() : BadProof("the roots of trees of one size differ");
  }
  const bool perfect = (old_size & (old_size - 1)) == 0;  // then the old root is the first hash, and left out
  if (proof.empty()) return BadProof("the proof is too short");
  int64_t fn = old_size - 1, sn = size - 1;
  while ((fn & 1) == 1) fn >>= 1, sn >>= 1;
  Sha256Digest fr = perfect ? old_root : proof[0], sr = fr;
  for (size_t at = perfect ? 0 : 1; at < proof.size(); ++at) {
    if (sn == 0) return BadProof("the proof is too long");
    if ((fn & 1) == 1 || fn == sn) {
      fr = Parent(proof[at], fr);
      sr = Parent(proof[at], sr);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      sr = Parent(sr, proof[at]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return BadProof("the proof is too short");
  if (fr != old_root) return BadProof("the proof leads to another root of the older tree");
  return sr == root ? absl::OkStatus() : BadProof("the proof leads to another root of the newer tree");
}

}  // namespace trailbook::log
