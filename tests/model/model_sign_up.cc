// RULES 6: whose customer it is. The first recorded binding wins.
#include <algorithm>

#include "tests/model/model.h"
#include "tests/model/text.h"

namespace trailbook::model {

int Model::FindPartner(const std::string& id) const {
  for (int partner = 0; partner < static_cast<int>(partners_.size()); ++partner) {
    if (partners_[partner].id == id) return partner;
  }
  return -1;
}

// A partner that a command names; why it cannot, if it cannot.
std::string Model::Named(const std::string& id, int* partner) const {
  *partner = FindPartner(id);
  if (*partner < 0) return "NOT_FOUND";
  return partners_[*partner].merged_into < 0 ? "" : "WRONG_STATE";
}

// RULES 7: whoever goes on for a partner.
int Model::Owner(int partner) const {
  while (partners_[partner].merged_into >= 0) partner = partners_[partner].merged_into;
  return partner;
}

// A partner and whoever was merged into him, directly or by way of another, the latest merge first.
std::vector<int> Model::Family(int partner) const {
  std::vector<int> family{partner};
  for (size_t at = 0; at < family.size(); ++at) {
    std::vector<int> aliases;
    for (int other = 0; other < static_cast<int>(partners_.size()); ++other) {
      if (partners_[other].merged_into == family[at]) aliases.push_back(other);
    }
    std::sort(aliases.begin(), aliases.end(),
              [this](int a, int b) { return partners_[a].merges_before > partners_[b].merges_before; });
    family.insert(family.end(), aliases.begin(), aliases.end());
  }
  return family;
}

// The partner of a code that was not disabled at a time, if his sign-ups counted then; -1 for none.
int Model::FindCode(const std::string& code, int64_t time) const {
  const auto found = codes_.find(Folded(code));
  if (found == codes_.end()) return -1;
  const bool disabled = found->second.disable_time != 0 && found->second.disable_time <= time;
  return disabled || !Refers(found->second.partner, time) ? -1 : Owner(found->second.partner);
}

// The partner of the click that a sign-up names, if it came within the window of the terms of the sign-up day; -1 for
// none.
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
  if (const int partner = FindPartner(report.partner_id); partner >= 0 && Refers(partner, report.time)) {
    return Owner(partner);
  }
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
    const int owner = Owner(bound->second.partner);
    answer.partner = partners_[owner].id;
    if (owner == claimed) {
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
  for (const int member : Family(claimed)) {
    const bool same = !email.empty() && email == NormalEmail(partners_[member].email);
    referral.review = referral.review || same || report.customer_id == partners_[member].id;
  }
  referrals_[report.customer_id] = referral;
  answer.kind = OutcomeKind::kRecorded;
  answer.partner = partners_[claimed].id;
  return answer;
}

}  // namespace trailbook::model
