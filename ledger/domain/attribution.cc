#include "ledger/domain/attribution.h"

#include "ledger/domain/parking.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

// Whether a partner's links and name count for a sign-up at this time.
bool RefersAt(Book& book, int64_t program, int64_t partner, int64_t time) {
  const int64_t deactivated = book.partners.Get({program, partner})->deactivate_time;
  return deactivated == 0 || time < deactivated;
}

void AddTouch(std::vector<log::v1::Touch>& touches, log::v1::TouchKind kind, int64_t partner,
              int64_t code) {
  for (const log::v1::Touch& touch : touches) {
    if (touch.partner() == partner && touch.code() == code) return;
  }
  log::v1::Touch& touch = touches.emplace_back();
  touch.set_kind(kind);
  touch.set_partner(partner);
  touch.set_code(code);
}

void AddCode(Book& book, int64_t program, const std::string& text, int64_t time,
             std::vector<log::v1::Touch>& touches) {
  const std::string folded = FoldCode(text);
  if (folded.empty() || folded.size() > 64) return;
  const CodeKey* key = book.code_keys.Get({program, folded});
  if (key == nullptr) return;
  const Code& code = *book.codes.Get({program, key->code});
  if (code.disable_time != 0 && time >= code.disable_time) return;
  if (!RefersAt(book, program, code.partner, time)) return;
  AddTouch(touches, code.coupon ? log::v1::TOUCH_KIND_COUPON : log::v1::TOUCH_KIND_LINK,
           code.partner, code.code);
}

}  // namespace

std::vector<log::v1::Touch> ResolveTouches(Book& book, int64_t program, const SignUpReport& report) {
  std::vector<log::v1::Touch> touches;
  if (!report.partner_id.empty()) {
    const PartnerKey* key = book.partner_keys.Get({program, report.partner_id});
    if (key != nullptr && RefersAt(book, program, key->partner, report.time)) AddTouch(touches, log::v1::TOUCH_KIND_PARTNER, key->partner, 0);
  }
  AddCode(book, program, report.coupon_code, report.time, touches);
  AddCode(book, program, report.link_code, report.time, touches);
  for (const std::string& code : report.other_codes) {
    AddCode(book, program, code, report.time, touches);
  }
  return touches;
}

bool IsSelfReferral(Book& book, int64_t program, int64_t partner, const SignUpReport& report) {
  const PartnerIdentity& identity = *book.partner_identities.Get({program, partner});
  if (report.customer_id == identity.partner_id) return true;
  const std::string digest = EmailDigest(report, book.secret);
  return !digest.empty() && digest == identity.email_digest.bytes;
}

}  // namespace trailbook
