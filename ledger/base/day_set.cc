#include "ledger/base/day_set.h"

#include <cstdint>

#include "ledger/base/big_endian.h"

namespace trailbook {
namespace {

constexpr size_t kWidth = 4;

// As two's complement.
std::string Encode(Day day) { return BigEndian(static_cast<uint32_t>(day)); }

}  // namespace

DaySet DaySet::FromBytes(absl::string_view bytes) {
  DaySet set;
  set.bytes_ = std::string(bytes.substr(0, bytes.size() / kWidth * kWidth));
  return set;
}

size_t DaySet::size() const { return bytes_.size() / kWidth; }

Day DaySet::At(size_t place) const {
  return static_cast<Day>(
      static_cast<uint32_t>(FromBigEndian(absl::string_view(bytes_).substr(place * kWidth, kWidth))));
}

size_t DaySet::PlaceOf(Day day) const {
  size_t low = 0, high = size();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (At(middle) < day) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void DaySet::Insert(Day day) {
  const size_t place = PlaceOf(day);
  if (!IsAt(place, day)) bytes_.insert(place * kWidth, Encode(day));
}

void DaySet::Erase(Day day) {
  const size_t place = PlaceOf(day);
  if (IsAt(place, day)) bytes_.erase(place * kWidth, kWidth);
}

std::vector<Day> DaySet::Between(Day first, Day last) const {
  std::vector<Day> days;
  for (size_t place = PlaceOf(first); place < size() && At(place) <= last; ++place) days.push_back(At(place));
  return days;
}

}  // namespace trailbook
