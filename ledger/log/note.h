// Signed notes: a text, and below it signatures by named Ed25519 keys. Formats: C2SP signed-note (type 0x01), and C2SP
// tlog-cosignature (type 0x04, a witness's signature with the time of its own clock). Thread-safe: values and functions
// only.
#ifndef TRAILBOOK_LEDGER_LOG_NOTE_H_
#define TRAILBOOK_LEDGER_LOG_NOTE_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace trailbook::log {

enum class KeyKind : unsigned char { kLog = 0x01, kWitness = 0x04 };

// What signatures are checked with.
struct VerifierKey {
  std::string name;
  uint32_t id = 0;  // the first four bytes of SHA-256(name || LF || kind || public key)
  KeyKind kind = KeyKind::kLog;
  std::array<unsigned char, 32> public_key{};

  // From "name+id+base64(kind || public key)", a vkey. INVALID_ARGUMENT says what is wrong.
  static absl::StatusOr<VerifierKey> Parse(absl::string_view vkey);
  std::string Text() const;
  bool operator==(const VerifierKey& other) const { return Text() == other.Text(); }
};

struct Signature {
  std::string name;
  uint32_t id = 0;
  std::string bytes;  // after the id
  bool operator==(const Signature&) const = default;
};

struct Note {
  std::string text;  // ends in a newline
  std::vector<Signature> signatures;

  // INVALID_ARGUMENT with BAD_NOTE.
  static absl::StatusOr<Note> Parse(absl::string_view note);
  std::string Text() const;
};

// What signs. Its text is a secret: "PRIVATE+KEY+name+id+base64(0x01 || seed)", as Go's note package writes it.
class SigningKey {
 public:
  // A new one, from the system's random bytes. INVALID_ARGUMENT for a name that is empty or holds spaces, control
  // characters or a plus.
  static absl::StatusOr<SigningKey> Generate(absl::string_view name);
  static absl::StatusOr<SigningKey> Parse(absl::string_view secret);

  const std::string& name() const { return verifier_.name; }
  const VerifierKey& verifier() const { return verifier_; }
  std::string SecretText() const;
  // The same key under another name.
  absl::StatusOr<SigningKey> Named(absl::string_view name) const;
  Signature Sign(absl::string_view text) const;
  // As a witness (kind kWitness) that saw the text at a time (seconds, UTC).
  Signature Cosign(absl::string_view text, int64_t time) const;
  VerifierKey witness() const;

 private:
  static absl::StatusOr<SigningKey> FromSeed(absl::string_view name, absl::string_view seed);

  std::array<unsigned char, 32> seed_{};
  VerifierKey verifier_;
};

// The keys among `known` whose signatures are good. INVALID_ARGUMENT with BAD_SIGNATURE if one of a known key is not,
// or if there is none by a known key; others are passed over.
absl::StatusOr<std::vector<VerifierKey>> CheckSignatures(const Note& note, absl::Span<const VerifierKey> known);

// Base64 (RFC 4648, section 4) as it is written, padded and canonical; INVALID_ARGUMENT for anything else.
absl::StatusOr<std::string> FromBase64(absl::string_view text);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_LOG_NOTE_H_
