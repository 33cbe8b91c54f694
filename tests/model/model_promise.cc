// RULES 2.2, 2.3 and 3: what a sign-up is promised (own rate, group's terms, program's terms), and what becomes of it:
// tiers, terms that are followed, what a person lowered, the duration.
#include <algorithm>

#include "tests/model/model.h"
#include "tests/model/terms.h"

namespace trailbook::model {

namespace {

// The newest version whose first day has come; version 1 applies from ever.
const Terms& InForce(const std::vector<Terms>& versions, Day day) {
  const Terms* found = &versions[0];
  for (const Terms& terms : versions) {
    if (!terms.from || *terms.from <= day) found = &terms;
  }
  return *found;
}

// Who is paid, and which click counts, is the program's to say.
std::string BadGroupTerms(const TermsSpec& spec) {
  return !spec.minimums.empty() || spec.attribution_window_days != 0 ? "INVALID_FIELD" : BadTerms(spec);
}

int64_t WithinTerms(const Promise& promise, int64_t customers) {
  if (promise.own_bps) return *promise.own_bps;
  int64_t bps = promise.terms.bps;
  for (const auto& [least, rate] : promise.terms.tiers) {
    if (customers >= least) bps = rate;
  }
  return bps;
}

}  // namespace

int Model::FindGroup(const std::string& id) const {
  for (int group = 0; group < static_cast<int>(groups_.size()); ++group) {
    if (groups_[group].id == id) return group;
  }
  return -1;
}

const Terms& Model::TermsOn(Day day) const { return InForce(terms_, day); }

int Model::GroupOn(int partner, Day day) const {
  int group = -1;
  for (const Membership& membership : partners_[partner].memberships) {
    if (!membership.from || *membership.from <= day) group = membership.group;
  }
  return group;
}

Promise Model::PromiseOn(int partner, Day day) const {
  Promise promise;
  promise.group = GroupOn(partner, day);
  promise.terms = promise.group < 0 ? TermsOn(day) : InForce(groups_[promise.group].terms, day);
  const std::vector<OwnRate>& rates = partners_[partner].rates;
  for (size_t at = 0; at < rates.size(); ++at) {
    if (rates[at].from && *rates[at].from > day) continue;
    promise.own_bps = rates[at].bps;
    promise.own_rate = static_cast<std::ptrdiff_t>(at);
  }
  return promise;
}

int64_t Model::PayingCustomers(int partner) const {
  return std::count_if(referrals_.begin(), referrals_.end(),
                       [&](const auto& one) { return Owner(one.second.partner) == partner && one.second.paying; });
}

void Model::CountPaying(int partner) {
  partners_[partner].most_paying = std::max(partners_[partner].most_paying, PayingCustomers(partner));
}

// What was promised on one day and lowered until another.
int64_t Model::Lowered(int64_t bps, int partner, Day promised, Day day) const {
  for (const LoweredRate& lowered : lowered_) {
    const bool concerns = lowered.partner == -1 || lowered.partner == partner;
    if (concerns && lowered.from > promised && lowered.from <= day) bps = std::min(bps, lowered.bps);
  }
  return bps;
}

// The pinned promise; where it or what came into force later is to be followed, the highest of them.
int64_t Model::RateOf(const Referral& referral, int64_t customers, Day day) const {
  const Promise& pinned = referral.promise;
  int64_t best = Lowered(WithinTerms(pinned, customers), referral.partner, referral.day, day);
  Promise before = PromiseOn(referral.partner, referral.day);
  Day since = referral.day;
  for (Day at = referral.day; at <= day; ++at) {
    const Promise now = PromiseOn(referral.partner, at);
    if (!now.HasSameRateAs(before)) since = at;
    before = now;
    if (!pinned.terms.follow && !now.terms.follow) continue;
    best = std::max(best, Lowered(WithinTerms(now, customers), referral.partner, since, day));
  }
  return best;
}

std::string Model::Change(const CreateGroup& change, const std::string&, int64_t, Answer&) {
  if (change.group_id.empty() || change.display_name.empty()) return "INVALID_FIELD";
  if (std::string bad = BadGroupTerms(change.terms); !bad.empty()) return bad;
  if (!change.terms.effective_date.empty()) return "INVALID_FIELD";
  if (FindGroup(change.group_id) >= 0) return "ALREADY_EXISTS";
  groups_.push_back({change.group_id, {TermsOf(change.terms, 1, std::nullopt)}});
  return "";
}

std::string Model::Change(const PublishGroupTerms& change, const std::string&, int64_t now, Answer& answer) {
  const int group = FindGroup(change.group_id);
  if (group < 0) return "NOT_FOUND";
  if (std::string bad = BadGroupTerms(change.terms); !bad.empty()) return bad;
  std::vector<Terms>& versions = groups_[group].terms;
  Day from = 0;
  if (std::string bad = FirstDay(change.terms.effective_date, Today(now), versions.back().from, &from); !bad.empty()) {
    return bad;
  }
  answer.number = static_cast<int64_t>(versions.size()) + 1;
  versions.push_back(TermsOf(change.terms, static_cast<int>(answer.number), from));
  return "";
}

std::string Model::Change(const SetPartnerGroup& change, const std::string&, int64_t now, Answer&) {
  int partner = 0;
  if (std::string bad = Named(change.partner_id, &partner); !bad.empty()) return bad;
  const int group = change.group_id.empty() ? -1 : FindGroup(change.group_id);
  if (group < 0 && !change.group_id.empty()) return "NOT_FOUND";
  std::vector<Membership>& memberships = partners_[partner].memberships;
  std::optional<Day> last;
  if (!memberships.empty()) last = memberships.back().from;
  Day from = 0;
  if (std::string bad = FirstDay(change.effective_date, Today(now), last, &from); !bad.empty()) return bad;
  if ((memberships.empty() ? -1 : memberships.back().group) == group) return "WRONG_STATE";
  memberships.push_back({from, group});
  return "";
}

std::string Model::Change(const LowerRate& change, const std::string&, int64_t now, Answer& answer) {
  int partner = -1;
  if (!change.partner_id.empty()) {
    if (std::string bad = Named(change.partner_id, &partner); !bad.empty()) return bad;
  }
  if (std::string bad = BadRate(change.rate_bps); !bad.empty()) return bad;
  if (change.reason.empty()) return "INVALID_FIELD";
  if (!change.lower_existing) return "LOWERS_PROMISE";
  Day from = 0;
  if (std::string bad = FirstDay(change.effective_date, Today(now), std::nullopt, &from); !bad.empty()) return bad;
  for (const int whose : partner < 0 ? std::vector<int>{-1} : Family(partner)) {
    lowered_.push_back({from, change.rate_bps, whose});
  }
  answer.number =
      std::count_if(lowered_.begin(), lowered_.end(), [&](const LoweredRate& one) { return one.partner == partner; });
  return "";
}

}  // namespace trailbook::model
