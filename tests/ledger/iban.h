// IBANs for invented partners. Thread-safe: functions only.
#ifndef TRAILBOOK_TESTS_LEDGER_IBAN_H_
#define TRAILBOOK_TESTS_LEDGER_IBAN_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace trailbook {

// A German IBAN that is whoever's name it is made of.
inline std::string IbanFor(absl::string_view name) {
  int64_t number = 0;
  for (const char c : name) number = (number * 31 + static_cast<unsigned char>(c)) % 100'000'000'000'000'000;
  // DE00 behind the number, read as 13 14 00.
  const auto rest = static_cast<int64_t>((static_cast<__int128>(number) * 1'000'000 + 131'400) % 97);
  return absl::StrFormat("DE%02d%018d", 98 - rest, number);
}

}  // namespace trailbook

#endif  // TRAILBOOK_TESTS_LEDGER_IBAN_H_
