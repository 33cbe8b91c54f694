#include "ledger/log/note.h"

#include <sodium.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "ledger/base/big_endian.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"

namespace trailbook::log {
namespace {

constexpr absl::string_view kDash = "\xE2\x80\x94 ";  // an em dash and a space
constexpr absl::string_view kSecretPrefix = "PRIVATE+KEY+";
constexpr size_t kIdSize = 4, kSeedSize = 32, kTimeSize = 8, kSignatureSize = 64;
constexpr size_t kMostSignatures = 100;

absl::Status BadKey(absl::string_view what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "BAD_KEY", "key", what);
}
absl::Status BadNote(absl::string_view what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "BAD_NOTE", "note", what);
}
absl::Status BadSignature(absl::string_view what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "BAD_SIGNATURE", "note", what);
}

bool IsName(absl::string_view name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
    return c == '+' || absl::ascii_isspace(static_cast<unsigned char>(c)) ||
           absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
}

std::string KeyBytes(KeyKind kind, absl::string_view key) {
  return absl::StrCat(std::string(1, static_cast<char>(kind)), key);
}

absl::string_view PublicKeyOf(const VerifierKey& key) {
  return absl::string_view(reinterpret_cast<const char*>(key.public_key.data()), key.public_key.size());
}

uint32_t IdOf(absl::string_view name, KeyKind kind, absl::string_view public_key) {
  const Sha256Digest digest = Sha256(absl::StrCat(name, "\n", KeyBytes(kind, public_key)));
  return static_cast<uint32_t>(FromBigEndian(AsView(digest).substr(0, kIdSize)));
}

// C2SP tlog-cosignature: what a witness signs.
std::string CosignedText(absl::string_view text, uint64_t time) {
  return absl::StrCat("cosignature/v1\ntime ", time, "\n", text);
}

// A line of control characters other than the newline would look like another text than it is.
bool IsPrintable(absl::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; });
}

bool IsGood(const Note& note, const Signature& signature, const VerifierKey& key) {
  absl::string_view bytes = signature.bytes;
  std::string text = note.text;
  if (key.kind == KeyKind::kWitness) {
    if (bytes.size() != kTimeSize + kSignatureSize) return false;
    text = CosignedText(note.text, FromBigEndian(bytes.substr(0, kTimeSize)));
    bytes.remove_prefix(kTimeSize);
  }
  return bytes.size() == kSignatureSize &&
         crypto_sign_verify_detached(reinterpret_cast<const unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                     key.public_key.data()) == 0;
}

absl::StatusOr<Signature> ParseSignature(absl::string_view line) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
  if (parts.size() != 3 || absl::StrCat(parts[0], " ") != kDash || !IsName(parts[1])) {
    return BadNote(absl::StrCat("\"", line, "\" is not a signature line"));
  }
  const auto bytes = FromBase64(parts[2]);
  if (!bytes.ok() || bytes->size() <= kIdSize) {
    return BadNote(absl::StrCat("the signature by ", parts[1], " is not base64 of an id and a signature"));
  }
  return Signature{std::string(parts[1]), static_cast<uint32_t>(FromBigEndian(bytes->substr(0, kIdSize))),
                   bytes->substr(kIdSize)};
}

}  // namespace

absl::StatusOr<std::string> FromBase64(absl::string_view text) {
  std::string bytes;
  // Other spellings of the same bytes are refused: what is signed has one form.
  if (absl::Base64Unescape(text, &bytes) && absl::Base64Escape(bytes) == text) return bytes;
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not base64"));
}

absl::StatusOr<VerifierKey> VerifierKey::Parse(absl::string_view vkey) {
  // The base64 part may hold a plus itself.
  const std::vector<absl::string_view> parts = absl::StrSplit(vkey, absl::MaxSplits('+', 2));
  if (parts.size() != 3 || !IsName(parts[0])) {
    return BadKey(absl::StrCat("\"", vkey, "\" is not a verifier key: name+id+base64"));
  }
  const auto bytes = FromBase64(parts[2]);
  VerifierKey key;
  if (!bytes.ok() || bytes->size() != 1 + key.public_key.size()) {
    return BadKey(absl::StrCat("the key of ", parts[0], " is not base64 of 33 bytes"));
  }
  key.name = std::string(parts[0]);
  key.kind = static_cast<KeyKind>((*bytes)[0]);
  if (key.kind != KeyKind::kLog && key.kind != KeyKind::kWitness) {
    return BadKey(absl::StrCat("the key of ", parts[0],
                               " is of a kind that is not known here: only Ed25519 of logs (1) and witnesses (4)"));
  }
  std::copy(bytes->begin() + 1, bytes->end(), key.public_key.begin());
  key.id = IdOf(key.name, key.kind, PublicKeyOf(key));
  if (!absl::EqualsIgnoreCase(parts[1], absl::StrFormat("%08x", key.id))) {
    return BadKey(absl::StrCat("the id ", parts[1], " does not belong to this key of ", parts[0],
                               ": a character was lost or changed"));
  }
  return key;
}

std::string VerifierKey::Text() const {
  return absl::StrCat(name, "+", absl::StrFormat("%08x", id), "+",
                      absl::Base64Escape(KeyBytes(kind, PublicKeyOf(*this))));
}

absl::StatusOr<Note> Note::Parse(absl::string_view note) {
  if (!IsPrintable(note)) return BadNote("a note has no control characters");
  const size_t blank = note.rfind("\n\n");
  if (blank == absl::string_view::npos || note.back() != '\n') {
    return BadNote("a note is a text, a blank line, and lines with signatures");
  }
  Note parsed;
  parsed.text = std::string(note.substr(0, blank + 1));
  for (absl::string_view line : absl::StrSplit(note.substr(blank + 2), '\n', absl::SkipEmpty())) {
    TRAILBOOK_ASSIGN_OR_RETURN(Signature signature, ParseSignature(line));
    parsed.signatures.push_back(std::move(signature));
    if (parsed.signatures.size() > kMostSignatures) {
      return BadNote(absl::StrCat("more than ", kMostSignatures, " signatures"));
    }
  }
  if (parsed.signatures.empty()) return BadNote("nobody signed it");
  return parsed;
}

std::string Note::Text() const {
  std::string note = absl::StrCat(text, "\n");
  for (const Signature& signature : signatures) {
    absl::StrAppend(&note, kDash, signature.name, " ",
                    absl::Base64Escape(absl::StrCat(BigEndian(signature.id), signature.bytes)), "\n");
  }
  return note;
}

absl::StatusOr<SigningKey> SigningKey::FromSeed(absl::string_view name, absl::string_view seed) {
  if (!IsName(name)) {
    return BadKey(absl::StrCat("\"", name, "\" cannot name a key: it must not be empty or hold spaces or a plus"));
  }
  SigningKey key;
  std::copy(seed.begin(), seed.end(), key.seed_.begin());
  unsigned char secret[crypto_sign_SECRETKEYBYTES];
  crypto_sign_seed_keypair(key.verifier_.public_key.data(), secret, key.seed_.data());
  sodium_memzero(secret, sizeof(secret));
  key.verifier_.name = std::string(name);
  key.verifier_.id = IdOf(name, KeyKind::kLog, PublicKeyOf(key.verifier_));
  return key;
}

absl::StatusOr<SigningKey> SigningKey::Generate(absl::string_view name) {
  return FromSeed(name, RandomBytes(kSeedSize));
}

absl::StatusOr<SigningKey> SigningKey::Parse(absl::string_view secret) {
  if (!absl::ConsumePrefix(&secret, kSecretPrefix)) return BadKey("a signing key begins with PRIVATE+KEY+");
  const std::vector<absl::string_view> parts = absl::StrSplit(secret, absl::MaxSplits('+', 2));
  const auto bytes = parts.size() == 3 ? FromBase64(parts[2]) : absl::StatusOr<std::string>(std::string());
  if (!bytes.ok() || bytes->size() != 1 + kSeedSize || (*bytes)[0] != static_cast<char>(KeyKind::kLog)) {
    return BadKey("a signing key is PRIVATE+KEY+name+id+base64 of 33 bytes, the first of them 1");
  }
  TRAILBOOK_ASSIGN_OR_RETURN(SigningKey key, FromSeed(parts[0], absl::string_view(*bytes).substr(1)));
  if (absl::EqualsIgnoreCase(parts[1], absl::StrFormat("%08x", key.verifier_.id))) return key;
  return BadKey(absl::StrCat("the id ", parts[1], " does not belong to this key of ", parts[0]));
}

std::string SigningKey::SecretText() const {
  const absl::string_view seed(reinterpret_cast<const char*>(seed_.data()), seed_.size());
  return absl::StrCat(kSecretPrefix, name(), "+", absl::StrFormat("%08x", verifier_.id), "+",
                      absl::Base64Escape(KeyBytes(KeyKind::kLog, seed)));
}

absl::StatusOr<SigningKey> SigningKey::Named(absl::string_view name) const {
  return FromSeed(name, absl::string_view(reinterpret_cast<const char*>(seed_.data()), seed_.size()));
}

VerifierKey SigningKey::witness() const {
  VerifierKey key = verifier_;
  key.kind = KeyKind::kWitness;
  key.id = IdOf(key.name, key.kind, PublicKeyOf(key));
  return key;
}

namespace {

std::string SignDetached(absl::string_view text, const std::array<unsigned char, 32>& seed) {
  unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
  crypto_sign_seed_keypair(public_key, secret, seed.data());
  std::string signature(kSignatureSize, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), secret);
  sodium_memzero(secret, sizeof(secret));
  return signature;
}

}  // namespace

Signature SigningKey::Sign(absl::string_view text) const { return {name(), verifier_.id, SignDetached(text, seed_)}; }

Signature SigningKey::Cosign(absl::string_view text, int64_t time) const {
  const auto seconds = static_cast<uint64_t>(time);
  return {name(), witness().id, absl::StrCat(BigEndian(seconds), SignDetached(CosignedText(text, seconds), seed_))};
}

absl::StatusOr<std::vector<VerifierKey>> CheckSignatures(const Note& note, absl::Span<const VerifierKey> known) {
  std::vector<VerifierKey> good;
  for (const Signature& signature : note.signatures) {
    for (const VerifierKey& key : known) {
      if (key.name != signature.name || key.id != signature.id) continue;
      if (!IsGood(note, signature, key)) return BadSignature(absl::StrCat("the signature by ", key.name, " is false"));
      if (std::find(good.begin(), good.end(), key) == good.end()) good.push_back(key);
    }
  }
  if (good.empty()) return BadSignature("nobody whose key is known signed it");
  return good;
}

}  // namespace trailbook::log
