// A set of days as one value of bytes, for a column of a row: four bytes a day, in order. Values only; not thread-safe.
#ifndef TRAILBOOK_LEDGER_BASE_DAY_SET_H_
#define TRAILBOOK_LEDGER_BASE_DAY_SET_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ledger/base/day.h"

namespace trailbook {

class DaySet {
 public:
  DaySet() = default;
  // What bytes() gave. Bytes that are no whole day are left out.
  static DaySet FromBytes(absl::string_view bytes);
  absl::string_view bytes() const { return bytes_; }

  bool empty() const { return bytes_.empty(); }
  // REQUIRES: not empty.
  Day first() const { return At(0); }
  // A day that is there already, or is not there, changes nothing.
  void Insert(Day day);
  void Erase(Day day);
  // The days from one to another, both included, in order.
  std::vector<Day> Between(Day first, Day last) const;

  bool operator==(const DaySet&) const = default;

 private:
  size_t size() const;
  Day At(size_t place) const;
  // Where the first day stands that is not before a day.
  size_t PlaceOf(Day day) const;
  bool IsAt(size_t place, Day day) const { return place < size() && At(place) == day; }

  std::string bytes_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_BASE_DAY_SET_H_
