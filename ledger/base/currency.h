// Currencies (ISO 4217): which there are, and how their minor units are written. Thread-safe: values and functions
// only.
#ifndef TRAILBOOK_LEDGER_BASE_CURRENCY_H_
#define TRAILBOOK_LEDGER_BASE_CURRENCY_H_

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace trailbook {

// The code of a currency in place, three capitals, so that it copies and compares like a number; none at first. Ordered
// as its text is. Made of any text, as requests, records and tables have one, and checked where a request comes in
// (CheckCurrency): up to seven bytes are kept as they are; what is longer is no currency's code and becomes "?", under
// which nothing is kept.
class Currency {
 public:
  constexpr Currency() = default;
  template <std::convertible_to<absl::string_view> Text>
  Currency(const Text& text) : Currency(absl::string_view(text)) {}
  Currency(absl::string_view code) {
    if (code.size() > kMostBytes) code = "?";
    std::copy(code.begin(), code.end(), bytes_.begin());
    bytes_[kMostBytes] = static_cast<char>(code.size());
  }

  absl::string_view code() const { return absl::string_view(bytes_.data(), static_cast<size_t>(bytes_[kMostBytes])); }
  operator absl::string_view() const { return code(); }
  operator std::string() const { return std::string(code()); }
  bool empty() const { return bytes_[kMostBytes] == 0; }

  friend bool operator==(const Currency& a, const Currency& b) { return a.number() == b.number(); }
  friend std::strong_ordering operator<=>(const Currency& a, const Currency& b) {
    return a.code().compare(b.code()) <=> 0;
  }
  template <std::convertible_to<absl::string_view> Text>
  friend bool operator==(const Currency& a, const Text& b) {
    return a.code() == absl::string_view(b);
  }
  template <typename H>
  friend H AbslHashValue(H h, const Currency& currency) {
    return H::combine(std::move(h), currency.number());
  }
  friend std::ostream& operator<<(std::ostream& out, const Currency& currency) { return out << currency.code(); }

 private:
  static constexpr size_t kMostBytes = 7;

  uint64_t number() const { return std::bit_cast<uint64_t>(bytes_); }

  std::array<char, kMostBytes + 1> bytes_{};  // the text, zeros, its length
};

// Digits after the point (ISO 4217), -1 for a currency that Trailbook does not know.
int MinorDigits(absl::string_view currency);

// "-1,499.00": an amount of minor units with the currency's decimals.
std::string FormatMinor(int64_t minor_units, absl::string_view currency);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_BASE_CURRENCY_H_
