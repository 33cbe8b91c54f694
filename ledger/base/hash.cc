#include "ledger/base/hash.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"

namespace trailbook {
namespace {

const unsigned char* Bytes(absl::string_view data) { return reinterpret_cast<const unsigned char*>(data.data()); }

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// Nothing can be kept, or shown, without hashes: an OpenSSL that is configured without SHA-256 shows at start-up.
void Need(bool hashed) {
  if (hashed) return;
  std::fputs("trailbook: this OpenSSL does not compute SHA-256\n", stderr);
  std::abort();
}

// Ready to hash; what it allocates is allocated once a thread.
EVP_MD_CTX* Sha256Context() {
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const Context context(EVP_MD_CTX_new());
  Need(sha256 != nullptr && context != nullptr && EVP_DigestInit_ex2(context.get(), sha256, nullptr) == 1);
  return context.get();
}

}  // namespace

Sha256Digest Sha256(absl::string_view data) { return Sha256({data}); }

// OpenSSL's is four times as fast as libsodium's where the processor has instructions for it (SHA-NI); the log hashes
// every record, and its tree.
Sha256Digest Sha256(std::initializer_list<absl::string_view> parts) {
  Sha256Digest digest;
  EVP_MD_CTX* const context = Sha256Context();
  for (const absl::string_view part : parts) Need(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  Need(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
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

Hash128 ShortHash(const ShortHashKey& key, absl::string_view data) {
  static_assert(crypto_shorthash_siphashx24_KEYBYTES == sizeof(ShortHashKey) &&
                crypto_shorthash_siphashx24_BYTES == sizeof(Hash128));
  Hash128 out;
  crypto_shorthash_siphashx24(out.bytes.data(), Bytes(data), data.size(), key.data());
  return out;
}

ShortHashKey RandomShortHashKey() {
  ShortHashKey key;
  randombytes_buf(key.data(), key.size());
  return key;
}

std::string RandomBytes(size_t size) {
  std::string out(size, '\0');
  randombytes_buf(out.data(), size);
  return out;
}

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

}  // namespace trailbook
