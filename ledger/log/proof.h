// Proofs over the tree of a log (RFC 6962, section 2.1; verified as in RFC 9162, sections 2.1.3.2 and 2.1.4.2): that a
// record is in the tree of a size, and that the tree of one size is the beginning of that of another. Made from tiles:
// a proof at n records looks at O(log n) of them. Records count from 0 here, as in the RFC. Thread-safe: functions
// only; a TileReader belongs to its caller.
#ifndef TRAILBOOK_LEDGER_LOG_PROOF_H_
#define TRAILBOOK_LEDGER_LOG_PROOF_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ledger/base/hash.h"
#include "ledger/log/tiles.h"

namespace trailbook::log {

// The hashes of a tile, at least those that the tree of the asked size has. Called once a tile.
using TileReader = std::function<absl::StatusOr<std::string>(const TilePlace& place)>;

// A log as it is stored: its head, and its tiles of the same moment.
struct StoredLog {
  int64_t size = 0;
  Sha256Digest root{};
  TileReader tiles;
};

using Proof = std::vector<Sha256Digest>;

// The root of the tree of the first `size` records.
absl::StatusOr<Sha256Digest> RootAt(int64_t size, const TileReader& tiles);

// That record `index` is in the tree of `size` records. OUT_OF_RANGE unless 0 <= index < size; DATA_LOSS if a tile is
// shorter than the size asks for.
absl::StatusOr<Proof> InclusionProof(int64_t index, int64_t size, const TileReader& tiles);

// That the tree of `old_size` records is the beginning of that of `size`. OUT_OF_RANGE unless 0 <= old_size <= size.
absl::StatusOr<Proof> ConsistencyProof(int64_t old_size, int64_t size, const TileReader& tiles);

// OK if the proof shows that the leaf is record `index` of the tree with that size and root; INVALID_ARGUMENT with
// BAD_PROOF and what is wrong.
absl::Status CheckInclusion(int64_t index, int64_t size, const Sha256Digest& leaf, const Sha256Digest& root,
                            absl::Span<const Sha256Digest> proof);

// OK if the proof shows that the old tree is the beginning of the other one; INVALID_ARGUMENT with BAD_PROOF and what
// is wrong.
absl::Status CheckConsistency(int64_t old_size, int64_t size, const Sha256Digest& old_root, const Sha256Digest& root,
                              absl::Span<const Sha256Digest> proof);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_LOG_PROOF_H_
