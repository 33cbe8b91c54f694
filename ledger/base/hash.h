// Hashes: SHA-256, keyed hashes and the 128-bit keys under which outside ids are indexed. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_BASE_HASH_H_
#define TRAILBOOK_LEDGER_BASE_HASH_H_

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace trailbook {

using Sha256Digest = std::array<unsigned char, 32>;

Sha256Digest Sha256(absl::string_view data);
// Of parts, one after the other.
Sha256Digest Sha256(std::initializer_list<absl::string_view> parts);

// HMAC-SHA-256 (RFC 2104) under a secret key of 32 bytes.
std::string KeyedHash(absl::string_view key, absl::string_view data);

// 128 bits of a hash in place, so that a key costs no allocation. Ordered as its bytes are.
struct Hash128 {
  std::array<unsigned char, 16> bytes{};
  auto operator<=>(const Hash128&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const Hash128& hash) {
    uint64_t word;  // its bits are random as they are
    std::memcpy(&word, hash.bytes.data(), sizeof(word));
    return H::combine(std::move(h), word);
  }
  absl::string_view view() const {
    return absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
};

// The key of an outside id within a namespace: BLAKE2b-128 of namespace and id. Two ids that meet by chance are
// not expected within 2^64 tries.
Hash128 IdKey(char name_space, absl::string_view id);

// SipHash-2-4 of 128 bits under a key that is drawn at random for one purpose and kept by nobody: quick, and
// unpredictable without the key.
using ShortHashKey = std::array<unsigned char, 16>;
Hash128 ShortHash(const ShortHashKey& key, absl::string_view data);
ShortHashKey RandomShortHashKey();

// `size` random bytes from the system.
std::string RandomBytes(size_t size);

std::string Hex(absl::string_view bytes);

inline absl::string_view AsView(const Sha256Digest& digest) {
  return absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size());
}

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_BASE_HASH_H_
