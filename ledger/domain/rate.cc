#include "ledger/domain/rate.h"

#include <algorithm>

#include "absl/container/btree_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "ledger/domain/money.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/paying.h"

namespace trailbook {
namespace {

// What is in force for a partner on a day.
struct InForce {
  const Terms* terms = nullptr;
  int64_t grp = 0;
  std::optional<int64_t> own_rate;
  int64_t own_ordinal = 0;  // which of his own rates; 0: none

  bool HasSameRateAs(const InForce& other) const {
    const bool same_terms = grp == other.grp && terms->version == other.terms->version;
    return own_ordinal == other.own_ordinal && (own_ordinal != 0 || same_terms);
  }
};

const Terms& GroupTermsOn(Book& book, int64_t program, int64_t grp, Day day) {
  for (int64_t version = book.partner_groups.At({program, grp}).terms_version; version > 1; --version) {
    const Terms& terms = book.group_terms.At({program, grp, version}).terms;
    if (terms.effective_day <= day) return terms;
  }
  return book.group_terms.At({program, grp, 1}).terms;
}

const PartnerRate* OwnRateOn(Book& book, int64_t program, int64_t partner, Day day) {
  for (int64_t at = book.partners.At({program, partner}).rates; at > 0; --at) {
    const PartnerRate& rate = book.partner_rates.At({program, partner, at});
    if (rate.effective_day <= day) return &rate;
  }
  return nullptr;
}

InForce InForceOn(Book& book, int64_t program, int64_t partner, Day day) {
  InForce in_force;
  in_force.grp = GroupOn(book, program, partner, day);
  in_force.terms = in_force.grp == 0 ? &TermsOn(book, program, day) : &GroupTermsOn(book, program, in_force.grp, day);
  if (const PartnerRate* own = OwnRateOn(book, program, partner, day); own != nullptr) {
    in_force.own_rate = own->rate_bps;
    in_force.own_ordinal = own->ordinal;
  }
  return in_force;
}

// A rate that may apply to a payment, by the promise of a day.
struct Candidate {
  int64_t rate_bps = 0;
  Day promised_on = 0;
  bool tiered = false;
  bool followed = false;
  int64_t lowering = 0;
  bool lowered_for_all = false;
};

Candidate CandidateOf(Book& book, const InForce& in_force, int64_t customers, Day promised_on) {
  Candidate out;
  out.promised_on = promised_on;
  out.tiered = !in_force.own_rate.has_value() && in_force.terms->tiers > 0;
  out.rate_bps = in_force.own_rate.value_or(TierRate(book, *in_force.terms, in_force.grp, customers));
  return out;
}

// Lowerings of one partner (0: those of everybody) between a promise and a payment.
void Lower(Book& book, int64_t program, int64_t partner, int64_t count, Day day, Candidate* candidate) {
  for (int64_t at = 1; at <= count; ++at) {
    const Lowering& lowering = book.lowerings.At({program, partner, at});
    const bool between = lowering.effective_day > candidate->promised_on && lowering.effective_day <= day;
    if (!between || lowering.rate_bps >= candidate->rate_bps) continue;
    candidate->rate_bps = lowering.rate_bps;
    candidate->lowering = at;
    candidate->lowered_for_all = partner == 0;
  }
}

// The day of a sign-up, and those after it, up to a payment, on which something else may have come into force for a
// partner.
absl::btree_set<Day> ChangesBetween(Book& book, const Referral& referral, Day day) {
  absl::btree_set<Day> days;
  const int64_t program = referral.program;
  const auto add = [&](Day change) {
    if (change >= referral.sign_up_day && change <= day) days.insert(change);
  };
  add(referral.sign_up_day);  // terms of that day may be younger than the sign-up
  for (int64_t version = book.programs.At({program}).terms_version; version > 0; --version) {
    add(book.terms.At({program, version}).effective_day);
  }
  const Partner partner = book.partners.At({program, referral.partner});
  for (int64_t at = partner.rates; at > 0; --at) {
    add(book.partner_rates.At({program, referral.partner, at}).effective_day);
  }
  for (int64_t at = partner.group_moves; at > 0; --at) {
    const GroupMember member = book.group_members.At({program, referral.partner, at});
    add(member.effective_day);
    if (member.grp == 0) continue;
    for (int64_t version = book.partner_groups.At({program, member.grp}).terms_version; version > 0; --version) {
      add(book.group_terms.At({program, member.grp, version}).terms.effective_day);
    }
  }
  return days;
}

Candidate BestCandidate(Book& book, const Referral& referral, const Terms& pinned, int64_t customers, Day day) {
  const Program& program = book.programs.At({referral.program});
  const int64_t lowerings = book.partners.At({referral.program, referral.partner}).lowerings;
  InForce promised{&pinned, referral.grp, std::nullopt, 0};
  if (referral.own_rate) promised.own_rate = referral.rate_bps;
  const auto lowered = [&](Candidate candidate) {
    Lower(book, referral.program, 0, program.lowerings, day, &candidate);
    Lower(book, referral.program, referral.partner, lowerings, day, &candidate);
    return candidate;
  };
  Candidate best = lowered(CandidateOf(book, promised, customers, referral.sign_up_day));
  if (!pinned.follow && day < program.follow_from) return best;
  std::optional<InForce> before;
  Day since = referral.sign_up_day;
  for (Day change : ChangesBetween(book, referral, day)) {
    const InForce in_force = InForceOn(book, referral.program, referral.partner, change);
    // What his rate does not come from promises nothing anew, and so undoes no lowering: the program's terms while his
    // group's are in force.
    if (before.has_value() && !in_force.HasSameRateAs(*before)) since = change;
    before = in_force;
    if (!pinned.follow && !in_force.terms->follow) continue;
    Candidate candidate = lowered(CandidateOf(book, in_force, customers, since));
    candidate.followed = true;
    if (candidate.rate_bps > best.rate_bps) best = candidate;
  }
  return best;
}

log::v1::ZeroReason WhyZero(const Referral& referral, const PaymentFacts& payment, bool after_duration,
                            int32_t rate_bps, int64_t due) {
  if (payment.collected == 0) return log::v1::ZERO_REASON_COLLECTED;
  if (payment.day < referral.sign_up_day) return log::v1::ZERO_REASON_BEFORE_SIGN_UP;
  if (referral.rejected) return log::v1::ZERO_REASON_REJECTED;
  if (after_duration) return log::v1::ZERO_REASON_AFTER_DURATION;
  if (payment.base == 0) return log::v1::ZERO_REASON_BASE;
  if (rate_bps == 0) return log::v1::ZERO_REASON_RATE;
  if (due == 0) return log::v1::ZERO_REASON_ROUNDED;
  return log::v1::ZERO_REASON_UNSPECIFIED;
}

}  // namespace

const Terms& TermsOn(Book& book, int64_t program, Day day) {
  for (int64_t version = book.programs.At({program}).terms_version; version > 1; --version) {
    const Terms& terms = book.terms.At({program, version});
    if (terms.effective_day <= day) return terms;
  }
  return book.terms.At({program, 1});
}

int64_t GroupOn(Book& book, int64_t program, int64_t partner, Day day) {
  for (int64_t at = book.partners.At({program, partner}).group_moves; at > 0; --at) {
    const GroupMember& member = book.group_members.At({program, partner, at});
    if (member.effective_day <= day) return member.grp;
  }
  return 0;
}

Promise PromiseOn(Book& book, int64_t program, int64_t partner, Day day) {
  const InForce in_force = InForceOn(book, program, partner, day);
  Promise promise;
  promise.terms_version = in_force.terms->version;
  promise.rate_bps = static_cast<int32_t>(in_force.own_rate.value_or(in_force.terms->rate_bps));
  promise.own_rate = in_force.own_rate.has_value();
  promise.hold_days = in_force.terms->hold_days;
  promise.grp = in_force.grp;
  return promise;
}

const Terms& PinnedTerms(Book& book, const Referral& referral) {
  if (referral.grp == 0) return book.terms.At({referral.program, referral.terms_version});
  return book.group_terms.At({referral.program, referral.grp, referral.terms_version}).terms;
}

int64_t TierRate(Book& book, const Terms& terms, int64_t grp, int64_t paying_customers) {
  for (int64_t ordinal = terms.tiers; ordinal > 0; --ordinal) {
    const Tier& tier = book.tiers.At({terms.program, grp, terms.version, ordinal});
    if (tier.min_paying_customers <= paying_customers) return tier.rate_bps;
  }
  return terms.rate_bps;
}

Day EndOfDuration(Day sign_up_day, int64_t months) {
  if (months == 0) return kNever;
  const absl::CivilDay epoch(1970, 1, 1);
  const absl::CivilDay signed_up = epoch + sign_up_day;
  const absl::CivilMonth last = absl::CivilMonth(signed_up) + months;
  // 31 January and one month: there is no 31 February, so that the first of March ends it.
  const absl::CivilDay same_day = absl::CivilDay(last) + (signed_up.day() - 1);
  const absl::CivilDay next_month(last + 1);
  return static_cast<Day>(std::min(same_day, next_month) - epoch);
}

int64_t AmountIn(absl::string_view amounts, absl::string_view currency) {
  for (absl::string_view part : absl::StrSplit(amounts, ';', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> amount = absl::StrSplit(part, '=');
    int64_t minor_units = 0;
    if (amount.first == currency && absl::SimpleAtoi(amount.second, &minor_units)) return minor_units;
  }
  return 0;
}

Earning EarningOf(Book& book, const Referral& referral, const PaymentFacts& payment) {
  const Terms& pinned = PinnedTerms(book, referral);
  const Partner& partner = book.partners.At({referral.program, referral.partner});
  const Partner& owner = book.partners.At({referral.program, OwnerOf(book, referral.program, referral.partner)});
  const Program& program = book.programs.At({referral.program});
  Earning out;
  out.first_paying = payment.collected > 0 && payment.day >= referral.sign_up_day &&
                     !IsPaying(book, referral.program, referral.customer);
  out.matures_on = payment.day + static_cast<Day>(referral.hold_days);
  const bool plain = pinned.tiers == 0 && !pinned.follow && payment.day < program.follow_from &&
                     program.lowerings == 0 && partner.lowerings == 0;
  if (plain) {
    out.rate_bps = static_cast<int32_t>(referral.rate_bps);
  } else {
    const int64_t customers =
        std::max(owner.most_paying_customers, owner.paying_customers + (out.first_paying ? 1 : 0));
    const Candidate best = BestCandidate(book, referral, pinned, customers, payment.day);
    out.rate_bps = static_cast<int32_t>(best.rate_bps);
    if (best.tiered) out.tier_customers = customers;
    if (best.followed) out.followed_day = best.promised_on;
    out.lowering = best.lowering;
    out.lowered_for_all = best.lowered_for_all;
  }
  const bool after_duration =
      pinned.duration_months != 0 && payment.day >= EndOfDuration(referral.sign_up_day, pinned.duration_months);
  const int64_t due = Due(payment.base, out.rate_bps);
  out.zero_reason = WhyZero(referral, payment, after_duration, out.rate_bps, due);
  out.amount = out.zero_reason == log::v1::ZERO_REASON_UNSPECIFIED ? due : 0;
  const bool earns = !referral.rejected && !after_duration;
  if (out.first_paying && earns && !pinned.bonuses.empty()) out.bonus = AmountIn(pinned.bonuses, payment.currency);
  return out;
}

}  // namespace trailbook
