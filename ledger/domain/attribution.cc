#include "ledger/domain/attribution.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/parking.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

constexpr int64_t kSecondsADay = 86400;

class Resolver {
 public:
  Resolver(Book& book, int64_t program, int64_t time) : book_(book), program_(program), time_(time) {}

  void Partner(const std::string& id) {
    if (id.empty()) return;
    const PartnerKey* key = book_.partner_keys.Get({program_, id});
    if (key == nullptr) return Miss("partner", id, "is not a partner of the program");
    const int64_t partner = OwnerOf(book_, program_, key->partner);
    if (!Refers(partner)) return Miss("partner", id, "refers no more");
    Add(log::v1::TOUCH_KIND_PARTNER, partner, 0);
  }

  void Code(absl::string_view what, const std::string& text) {
    if (text.empty()) return;
    const std::string folded = FoldCode(text);
    const CodeKey* key = folded.empty() || folded.size() > 64 ? nullptr : book_.code_keys.Get({program_, folded});
    if (key == nullptr) return Miss(what, folded, "is no code of the program");
    const trailbook::Code& code = book_.codes.At({program_, key->code});
    if (!Counts(what, folded, code)) return;
    Add(code.coupon ? log::v1::TOUCH_KIND_COUPON : log::v1::TOUCH_KIND_LINK, OwnerOf(book_, program_, code.partner),
        code.code);
  }

  // Counts if the sign-up falls within the window of the terms of its day, by the times of the two events.
  void Click(const std::string& id, int64_t window_days) {
    if (id.empty()) return;
    const trailbook::Click* click = book_.clicks.Get({program_, ExternalIdKey(IdKind::kClick, id)});
    if (click == nullptr) return Miss("click", id, "is not known");
    if (click->time > time_) return Miss("click", id, "came after the sign-up");
    if (time_ - click->time > window_days * kSecondsADay) {
      return Miss("click", id, absl::StrCat("came more than ", window_days, " days before the sign-up"));
    }
    const trailbook::Code& code = book_.codes.At({program_, click->code});
    if (!Counts("click", id, code)) return;
    log::v1::Touch* touch = Add(log::v1::TOUCH_KIND_CLICK, OwnerOf(book_, program_, code.partner), code.code);
    if (touch == nullptr) return;
    touch->set_click_time(click->time);
    touch->set_window_days(static_cast<int32_t>(window_days));
  }

  Resolved Done() && { return std::move(resolved_); }

 private:
  // Whether a partner's links and name count for a sign-up at this time.
  bool Refers(int64_t partner) {
    const int64_t deactivated = book_.partners.At({program_, OwnerOf(book_, program_, partner)}).deactivate_time;
    return deactivated == 0 || time_ < deactivated;
  }

  bool Counts(absl::string_view what, absl::string_view name, const trailbook::Code& code) {
    if (code.disable_time != 0 && time_ >= code.disable_time) {
      Miss(what, name, "leads to a link that was disabled");
      return false;
    }
    if (Refers(code.partner)) return true;
    Miss(what, name, "leads to a partner who refers no more");
    return false;
  }

  void Miss(absl::string_view what, absl::string_view name, absl::string_view why) {
    resolved_.unresolved.push_back(absl::StrCat(what, " \"", name, "\" ", why));
  }

  log::v1::Touch* Add(log::v1::TouchKind kind, int64_t partner, int64_t code) {
    for (const log::v1::Touch& touch : resolved_.touches) {
      if (touch.partner() == partner && touch.code() == code) return nullptr;
    }
    log::v1::Touch& touch = resolved_.touches.emplace_back();
    touch.set_kind(kind);
    touch.set_partner(partner);
    touch.set_code(code);
    return &touch;
  }

  Book& book_;
  const int64_t program_;
  const int64_t time_;
  Resolved resolved_;
};

}  // namespace

Resolved ResolveTouches(Book& book, int64_t program, const SignUpReport& report, Day day) {
  Resolver resolver(book, program, report.time);
  resolver.Partner(report.partner_id);
  resolver.Code("coupon", report.coupon_code);
  if (!report.click_id.empty()) resolver.Click(report.click_id, TermsOn(book, program, day).window_days);
  resolver.Code("link", report.link_code);
  for (const std::string& code : report.other_codes) resolver.Code("code", code);
  return std::move(resolver).Done();
}

bool IsSelfReferral(Book& book, int64_t program, int64_t partner, const SignUpReport& report) {
  const std::string digest = EmailDigest(report, book.secret);
  for (int64_t member : FamilyOf(book, program, partner)) {
    const PartnerIdentity& identity = book.partner_identities.At({program, member});
    if (report.customer_id == identity.partner_id) return true;
    if (!digest.empty() && digest == identity.email_digest.bytes) return true;
  }
  return false;
}

}  // namespace trailbook
