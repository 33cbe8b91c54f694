#include "ledger/base/day.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);

bool Digits(absl::string_view text, int* value) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return absl::SimpleAtoi(text, value);
}

}  // namespace

absl::StatusOr<Day> ParseDay(absl::string_view text) {
  int year = 0, month = 0, day = 0;
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' && Digits(text.substr(0, 4), &year) &&
                      Digits(text.substr(5, 2), &month) && Digits(text.substr(8, 2), &day);
  const absl::CivilDay civil(year, month, day);
  // CivilDay normalises 2026-02-30 to 2026-03-02; a date that changes is no date.
  if (!shaped || civil.year() != year || civil.month() != month || civil.day() != day) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a date; write YYYY-MM-DD, e.g. 2026-11-22"));
  }
  return static_cast<Day>(civil - kEpoch);
}

std::string FormatDay(Day day) { return absl::FormatCivilTime(kEpoch + day); }

Day DayOf(absl::Time time, absl::TimeZone zone) { return static_cast<Day>(absl::ToCivilDay(time, zone) - kEpoch); }

absl::Time StartOf(Day day, absl::TimeZone zone) { return absl::FromCivil(absl::CivilSecond(kEpoch + day), zone); }

absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name) {
  absl::TimeZone zone;
  if (name.empty() || !absl::LoadTimeZone(name, &zone)) {
    return InvalidField("book_time_zone", absl::StrCat("\"", name, "\" is not a time zone; e.g. UTC or Asia/Kolkata"));
  }
  return zone;
}

}  // namespace trailbook
