#include "ledger/base/day_set.h"

#include <cstdint>

namespace trailbook {
namespace {

constexpr size_t kWidth = 4;

// Most significant byte first, as two's complement.
std::string Encode(Day day) {
  const auto bits = static_cast<uint32_t>(day);
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(bits >> shift & 0xff));
  return bytes;
}

}  // namespace

DaySet DaySet::FromBytes(absl::string_view bytes) {
  DaySet set;
  set.bytes_ = std::string(bytes.substr(0, bytes.size() / kWidth * kWidth));
  return set;
}

size_t DaySet::size() const { return bytes_.size() / kWidth; }

Day DaySet::At(size_t place) const {
  uint32_t bits = 0;
  for (size_t at = 0; at < kWidth; ++at) bits = bits << 8 | static_cast<unsigned char>(bytes_[place * kWidth + at]);
  return static_cast<Day>(bits);
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
