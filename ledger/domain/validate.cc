#include "ledger/domain/validate.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"

namespace trailbook {
namespace {

constexpr int64_t kEarliestTime = 946684800;       // 2000-01-01T00:00:00Z
constexpr int64_t kLatestAhead = 366 * 24 * 3600;  // a year

bool HasControl(absl::string_view text) {
  for (unsigned char c : text) {
    if (c < 0x20 || c == 0x7f) return true;
  }
  return false;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = text[i];
    const int more = c < 0x80                ? 0
                     : c >= 0xc2 && c < 0xe0 ? 1
                     : c >= 0xe0 && c < 0xf0 ? 2
                     : c >= 0xf0 && c < 0xf5 ? 3
                                             : -1;
    if (more < 0 || i + more >= text.size() + (more == 0 ? 1 : 0)) return false;
    for (int k = 1; k <= more; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    }
    const unsigned char second = more > 0 ? text[i + 1] : 0;
    if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) || (c == 0xf0 && second < 0x90) ||
        (c == 0xf4 && second > 0x8f)) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

absl::Status CheckText(absl::string_view field, absl::string_view text, size_t max, bool required) {
  if (required && text.empty()) return InvalidField(field, "is required");
  if (text.size() > max) {
    return InvalidField(field, absl::StrCat("has ", text.size(), " bytes; at most ", max));
  }
  if (!IsUtf8(text)) return InvalidField(field, "is not UTF-8");
  if (HasControl(text)) return InvalidField(field, "has a control character");
  return absl::OkStatus();
}

absl::Status CheckExternalId(absl::string_view field, absl::string_view id) { return CheckText(field, id, 255, true); }

absl::Status CheckResourceId(absl::string_view field, absl::string_view id, size_t max) {
  bool good = !id.empty() && id.size() <= max && absl::ascii_isalnum(id[0]);
  for (char c : id) {
    good = good && (absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '_');
  }
  if (good) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("\"", id, "\" is not an id: 1 to ", max,
                                          " of a-z, 0-9, \"-\" and \"_\", starting with a letter "
                                          "or digit"));
}

absl::Status CheckTime(absl::string_view field, int64_t seconds, int64_t now) {
  if (seconds >= kEarliestTime && seconds <= now + kLatestAhead) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "TIME_OUT_OF_RANGE", field,
                absl::StrCat(field, ": ", seconds, " seconds since 1970 is before 2000 or more than a year ahead"));
}

absl::Status CheckAmount(absl::string_view field, const Amount& amount, int64_t least) {
  TRAILBOOK_RETURN_IF_ERROR(CheckCurrency(absl::StrCat(field, ".currency_code"), amount.currency));
  if (amount.minor_units >= least) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "AMOUNT_OUT_OF_RANGE", absl::StrCat(field, ".minor_units"),
                absl::StrCat(field, ".minor_units: ", amount.minor_units, " is below ", least));
}

std::string FoldCode(absl::string_view code) { return absl::AsciiStrToLower(absl::StripAsciiWhitespace(code)); }

absl::Status CheckCode(absl::string_view field, absl::string_view folded) {
  bool good = !folded.empty() && folded.size() <= 64;
  for (char c : folded) {
    good = good && (absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '_' || c == '.');
  }
  if (good) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("\"", folded,
                                          "\" is not a code: 1 to 64 of a-z, 0-9, "
                                          "\"-\", \"_\" and \".\""));
}

std::string NormalizeEmail(absl::string_view email) {
  std::string folded = FoldCode(email);
  const size_t at = folded.rfind('@');
  const size_t plus = folded.find('+');
  if (at != std::string::npos && plus != std::string::npos && plus < at) folded.erase(plus, at - plus);
  return folded;
}

}  // namespace trailbook
