#include "ledger/domain/fx.h"

#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/currency.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

using Int128 = __int128;

constexpr size_t kMostDigits = 9;  // before and after the point each
constexpr int64_t kScale = 1000000000;

bool AreDigits(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return text.size() <= kMostDigits;
}

// The rate in units of 1e-9; 0 for what is no rate.
int64_t Scaled(absl::string_view rate) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(rate, absl::MaxSplits('.', 1));
  const bool bare_point = parts.second.empty() && parts.first.size() != rate.size();
  if (parts.first.empty() || bare_point || !AreDigits(parts.first) || !AreDigits(parts.second)) return 0;
  int64_t scaled = 0;
  for (char c : parts.first) scaled = scaled * 10 + (c - '0');
  for (size_t at = 0; at < kMostDigits; ++at) {
    scaled = scaled * 10 + (at < parts.second.size() ? parts.second[at] - '0' : 0);
  }
  return scaled;
}

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

}  // namespace

absl::Status CheckFxRate(absl::string_view field, absl::string_view rate) {
  if (Scaled(rate) > 0) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("\"", rate,
                                          "\" is not a rate; write a decimal above 0 with at most 9 digits before "
                                          "the point and 9 after it, e.g. 83.2154"));
}

absl::StatusOr<int64_t> ConvertMoney(int64_t minor_units, absl::string_view from, absl::string_view to,
                                     absl::string_view rate) {
  const int shift = MinorDigits(to) - MinorDigits(from);
  Int128 product = static_cast<Int128>(minor_units) * Scaled(rate);
  Int128 divisor = kScale;
  bool fits = true;
  if (shift >= 0) {
    fits = !__builtin_mul_overflow(product, PowerOfTen(shift), &product);
  } else {
    divisor *= PowerOfTen(-shift);
  }
  Int128 quotient = product / divisor;
  const Int128 rest = product % divisor;
  if (rest * 2 > divisor || (rest * 2 == divisor && quotient % 2 != 0)) ++quotient;
  if (fits && quotient <= std::numeric_limits<int64_t>::max()) return static_cast<int64_t>(quotient);
  return Refuse(absl::StatusCode::kOutOfRange, "OVERFLOW", "",
                absl::StrCat(minor_units, " minor units of ", from, " at ", rate, " do not fit into 64 bits of ", to));
}

const FxRate* LatestFxRate(Book& book, int64_t program, const std::string& from, const std::string& to) {
  const FxPair* pair = book.fx_pairs.Get({program, from, to});
  return pair == nullptr ? nullptr : book.fx_rates.Get({program, pair->number});
}

}  // namespace trailbook
