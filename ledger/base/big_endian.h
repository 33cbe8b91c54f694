// Numbers as bytes, the highest first (network byte order, RFC 1700). Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_BASE_BIG_ENDIAN_H_
#define TRAILBOOK_LEDGER_BASE_BIG_ENDIAN_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace trailbook {

// As many bytes as the type has.
template <std::unsigned_integral Number>
std::string BigEndian(Number number) {
  std::string bytes(sizeof(Number), '\0');
  for (size_t at = sizeof(Number); at-- > 0; number = static_cast<Number>(number >> 8)) {
    bytes[at] = static_cast<char>(number & 0xff);
  }
  return bytes;
}

// The number that all of the bytes are, of which there are at most eight.
inline uint64_t FromBigEndian(absl::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_BASE_BIG_ENDIAN_H_
