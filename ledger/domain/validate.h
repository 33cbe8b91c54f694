// What is right in a field, and what the refusal says if it is not. Pure; thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_VALIDATE_H_
#define TRAILBOOK_LEDGER_DOMAIN_VALIDATE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/domain/commands.h"

namespace trailbook {

// 1 to 255 bytes of UTF-8 without control characters.
absl::Status CheckExternalId(absl::string_view field, absl::string_view id);
// 0 to `max` bytes of UTF-8 without control characters; `required`: at least 1.
absl::Status CheckText(absl::string_view field, absl::string_view text, size_t max, bool required);
// Ids in resource names: a-z, 0-9, "-" and "_", starting with a letter or digit.
absl::Status CheckResourceId(absl::string_view field, absl::string_view id, size_t max);
// From 2000-01-01 to a year after `now`. TIME_OUT_OF_RANGE.
absl::Status CheckTime(absl::string_view field, int64_t seconds, int64_t now);
// A currency and an amount of at least `least`. UNKNOWN_CURRENCY, AMOUNT_OUT_OF_RANGE.
absl::Status CheckAmount(absl::string_view field, const Amount& amount, int64_t least);

// Codes: trimmed and case-folded (ASCII).
std::string FoldCode(absl::string_view code);
absl::Status CheckCode(absl::string_view field, absl::string_view folded);

// RULES 10: trimmed, lower case, "+tag" dropped; empty stays empty.
std::string NormalizeEmail(absl::string_view email);

bool IsUtf8(absl::string_view text);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_VALIDATE_H_
