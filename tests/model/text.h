// How the rule book compares codes and e-mails (RULES 1 and 10). Thread-safe: functions only.
#ifndef TRAILBOOK_TESTS_MODEL_TEXT_H_
#define TRAILBOOK_TESTS_MODEL_TEXT_H_

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace trailbook::model {

// Trimmed and case-folded.
inline std::string Folded(absl::string_view text) { return absl::AsciiStrToLower(absl::StripAsciiWhitespace(text)); }

// Trimmed, lower case, "+tag" dropped.
inline std::string NormalEmail(absl::string_view email) {
  const std::string folded = Folded(email);
  std::string normal;
  bool tag = false;
  for (char c : folded) {
    if (c == '+') tag = true;
    if (c == '@') tag = false;
    if (!tag) normal.push_back(c);
  }
  return normal;
}

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_TEXT_H_
