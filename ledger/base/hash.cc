#include "ledger/base/hash.h"

#include <sodium.h>

#include "absl/strings/escaping.h"

namespace trailbook {
namespace {

const unsigned char* Bytes(absl::string_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

}  // namespace

Sha256Digest Sha256(absl::string_view data) {
  Sha256Digest digest;
  crypto_hash_sha256(digest.data(), Bytes(data), data.size());
  return digest;
}

std::string KeyedHash(absl::string_view key, absl::string_view data) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, Bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, Bytes(data), data.size());
  std::string out(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

Hash128 IdKey(char name_space, absl::string_view id) {
  crypto_generichash_state state;
  Hash128 out;
  crypto_generichash_init(&state, nullptr, 0, out.bytes.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&name_space), 1);
  crypto_generichash_update(&state, Bytes(id), id.size());
  crypto_generichash_final(&state, out.bytes.data(), out.bytes.size());
  return out;
}

std::string RandomBytes(size_t size) {
  std::string out(size, '\0');
  randombytes_buf(out.data(), size);
  return out;
}

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

}  // namespace trailbook
