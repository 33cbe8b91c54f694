#include "services/pages.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"

namespace trailbook::services {
namespace {

constexpr size_t kSealBytes = 8;

std::string Seal(absl::string_view cursor, absl::string_view list) {
  const Sha256Digest digest = Sha256(absl::StrCat("page token\n", list, "\n", cursor));
  return std::string(AsView(digest).substr(0, kSealBytes));
}

}  // namespace

absl::StatusOr<PageRequest> ToPage(int32_t page_size, absl::string_view page_token, absl::string_view list) {
  if (page_size < 0) return InvalidField("page_size", absl::StrCat(page_size, " is negative"));
  PageRequest page;
  page.size = page_size == 0 ? 50 : std::min(page_size, 1000);
  if (page_token.empty()) return page;
  std::string bytes;
  const bool shaped = absl::WebSafeBase64Unescape(page_token, &bytes) && bytes.size() > kSealBytes;
  if (shaped) page.cursor = bytes.substr(kSealBytes);
  if (!shaped || bytes.substr(0, kSealBytes) != Seal(page.cursor, list)) {
    return Refuse(absl::StatusCode::kInvalidArgument, "BAD_PAGE_TOKEN", "page_token",
                  "page_token was not given by this list with these filters");
  }
  return page;
}

std::string ToToken(absl::string_view cursor, absl::string_view list) {
  if (cursor.empty()) return "";
  return absl::WebSafeBase64Escape(absl::StrCat(Seal(cursor, list), cursor));
}

}  // namespace trailbook::services
