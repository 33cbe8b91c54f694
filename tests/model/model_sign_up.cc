// RULES 6: whose customer it is. The first recorded binding wins.
#include "tests/model/model.h"
#include "tests/model/text.h"

namespace trailbook::model {

int Model::FindPartner(const std::string& id) const {
  for (int partner = 0; partner < static_cast<int>(partners_.size()); ++partner) {
    if (partners_[partner].id == id) return partner;
  }
  return -1;
}

// The partner of a code that was not disabled at a time, if his sign-ups counted then; -1 for none.
int Model::FindCode(const std::string& code, int64_t time) const {
  const auto found = codes_.find(Folded(code));
  if (found == codes_.end()) return -1;
  const bool disabled = found->second.disable_time != 0 && found->second.disable_time <= time;
  return disabled || !Refers(found->second.partner, time) ? -1 : found->second.partner;
}

// The partner of the click that a sign-up names, if it came within the window of the terms of the sign-up day; -1 for none.
int Model::FindClick(const SignUpReport& report) const {
  const auto click = clicks_.find(report.click_id);
  if (click == clicks_.end()) return -1;
  const int64_t age = report.time - click->second.time;
  const bool counts = age >= 0 && age <= TermsOn(DayOf(report.time, zone_)).window_days * 86400;
  return counts ? FindCode(click->second.link_code, report.time) : -1;
}

// A click is kept beside the books, under the link that it came through.
Answer Model::TakeOne(const ClickReport& report, int64_t) {
  Answer answer;
  const auto code = codes_.find(Folded(report.link_code));
  if (code == codes_.end()) {
    answer.kind = OutcomeKind::kNoReferral;
    return answer;
  }
  const auto [known, fresh] = clicks_.try_emplace(report.click_id, report);
  if (Folded(known->second.link_code) != Folded(report.link_code) || known->second.time != report.time) {
    answer.reason = "EVENT_CONFLICT";
    return answer;
  }
  answer.kind = OutcomeKind::kRecorded;
  answer.replayed = !fresh;
  answer.partner = partners_[code->second.partner].id;
  return answer;
}

// The first of partner, coupon code, click, link code and the other codes that resolves decides.
int Model::Resolve(const SignUpReport& report) const {
  if (const int partner = FindPartner(report.partner_id); partner >= 0 && Refers(partner, report.time)) return partner;
  if (const int partner = FindCode(report.coupon_code, report.time); partner >= 0) return partner;
  if (const int partner = FindClick(report); partner >= 0) return partner;
  if (const int partner = FindCode(report.link_code, report.time); partner >= 0) return partner;
  for (const std::string& code : report.other_codes) {
    if (const int partner = FindCode(code, report.time); partner >= 0) return partner;
  }
  return -1;
}

Answer Model::TakeOne(const SignUpReport& report, int64_t now) {
  if (const auto waits = Waits(report, now)) return *waits;
  Answer answer;
  const int claimed = Resolve(report);
  if (claimed < 0) {
    answer.kind = OutcomeKind::kNoReferral;
    return answer;
  }
  const auto bound = referrals_.find(report.customer_id);
  if (bound != referrals_.end()) {
    answer.partner = partners_[bound->second.partner].id;
    if (bound->second.partner == claimed) {
      answer.kind = OutcomeKind::kRecorded;
      answer.replayed = true;
    } else {
      answer.kind = OutcomeKind::kAlreadyReferred;
      answer.replayed = !lost_touches_.insert({report.customer_id, claimed}).second;
    }
    return answer;
  }
  Referral referral;
  referral.partner = claimed;
  referral.time = report.time;
  referral.day = DayOf(report.time, zone_);
  referral.promise = PromiseOn(claimed, referral.day);
  const std::string email = NormalEmail(report.email);
  referral.review = report.customer_id == partners_[claimed].id ||
                    (!email.empty() && email == NormalEmail(partners_[claimed].email));
  referrals_[report.customer_id] = referral;
  answer.kind = OutcomeKind::kRecorded;
  answer.partner = partners_[claimed].id;
  return answer;
}

}  // namespace trailbook::model
