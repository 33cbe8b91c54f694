// Days and clocks. A Day is a civil day as days since 1970-01-01; which instant it begins at is the book time zone's
// affair. Thread-safe: values only; a Clock may be asked from any thread.
#ifndef TRAILBOOK_LEDGER_BASE_DAY_H_
#define TRAILBOOK_LEDGER_BASE_DAY_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trailbook {

using Day = int32_t;

// Tells the time; a test gives its own.
using Clock = std::function<absl::Time()>;

// "2026-11-22" (ISO 8601 calendar date). INVALID_ARGUMENT names what was given.
absl::StatusOr<Day> ParseDay(absl::string_view text);
std::string FormatDay(Day day);

// The civil day of an instant in a zone.
Day DayOf(absl::Time time, absl::TimeZone zone);
inline Day DayOf(int64_t seconds, absl::TimeZone zone) { return DayOf(absl::FromUnixSeconds(seconds), zone); }

// The instant at which a day begins in a zone.
absl::Time StartOf(Day day, absl::TimeZone zone);

// An IANA zone. INVALID_ARGUMENT for one that the machine's tzdata does not know.
absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_BASE_DAY_H_
