#include "ledger/domain/projector_terms.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace trailbook {
namespace {

using log::v1::Record;

int64_t Seconds(const Record& record) { return record.record_micros() / 1000000; }

template <typename Amounts>
std::string Joined(const Amounts& amounts) {
  return absl::StrJoin(amounts, ";", [](std::string* out, const auto& amount) {
    absl::StrAppend(out, amount.currency(), "=", amount.amount());
  });
}

Terms RowOf(const Record& record, const log::v1::Terms& terms) {
  Terms row;
  row.program = record.program();
  row.version = terms.version();
  row.effective_day = terms.has_effective_day() ? terms.effective_day() : kFromEver;
  row.rate_bps = terms.rate_bps();
  row.hold_days = terms.hold_days();
  row.window_days = terms.attribution_window_days();
  row.minimums = Joined(terms.minimums());
  row.create_time = Seconds(record);
  row.tiers = terms.tiers_size();
  row.bonuses = Joined(terms.sign_up_bonuses());
  row.duration_months = terms.duration_months();
  row.follow = terms.follow();
  return row;
}

// Tiers, and since when existing referrals have something to follow.
void PutMore(const Record& record, int64_t grp, const log::v1::Terms& terms, Book& book) {
  int64_t ordinal = 0;
  for (const log::v1::Tier& tier : terms.tiers()) {
    Tier row;
    row.program = record.program();
    row.grp = grp;
    row.version = terms.version();
    row.ordinal = ++ordinal;
    row.min_paying_customers = tier.min_paying_customers();
    row.rate_bps = tier.rate_bps();
    book.tiers.Put(std::move(row));
  }
  if (!terms.follow()) return;
  Program& program = book.programs.Edit({record.program()});
  program.follow_from = std::min(program.follow_from, terms.has_effective_day() ? terms.effective_day() : kFromEver);
}

void PutGroupTerms(const Record& record, int64_t grp, const log::v1::Terms& terms, Book& book) {
  book.group_terms.Put(GroupTerms{grp, RowOf(record, terms)});
  book.partner_groups.Edit({record.program(), grp}).terms_version = terms.version();
  PutMore(record, grp, terms, book);
}

void Apply(const Record& record, const log::v1::GroupCreated& created, Book& book) {
  PartnerGroup group;
  group.program = record.program();
  group.grp = created.group();
  group.group_id = created.group_id();
  group.display_name = created.display_name();
  group.create_time = Seconds(record);
  book.partner_groups.Put(std::move(group));
  GroupKey key;
  key.program = record.program();
  key.group_id = created.group_id();
  key.grp = created.group();
  book.group_keys.Put(std::move(key));
  book.programs.Edit({record.program()}).group_count = created.group();
  PutGroupTerms(record, created.group(), created.terms(), book);
}

void Apply(const Record& record, const log::v1::RateLowered& lowered, Book& book) {
  Lowering row;
  row.program = record.program();
  row.partner = lowered.partner();
  row.ordinal = lowered.ordinal();
  row.rate_bps = lowered.rate_bps();
  row.effective_day = lowered.effective_day();
  row.reason = lowered.reason();
  row.actor = record.actor();
  row.create_time = Seconds(record);
  book.lowerings.Put(std::move(row));
  if (lowered.partner() == 0) {
    book.programs.Edit({record.program()}).lowerings = lowered.ordinal();
  } else {
    book.partners.Edit({record.program(), lowered.partner()}).lowerings = lowered.ordinal();
  }
}

}  // namespace

void PutProgramTerms(const Record& record, const log::v1::Terms& terms, Book& book) {
  book.terms.Put(RowOf(record, terms));
  book.programs.Edit({record.program()}).terms_version = terms.version();
  PutMore(record, 0, terms, book);
}

void PutMember(const Record& record, int64_t partner, int64_t grp, Day effective, Book& book) {
  GroupMember member;
  member.program = record.program();
  member.partner = partner;
  member.ordinal = ++book.partners.Edit({record.program(), partner}).group_moves;
  member.effective_day = effective;
  member.grp = grp;
  book.group_members.Put(std::move(member));
}

void CountPayingCustomers(Partner& partner, int64_t change) {
  partner.paying_customers += change;
  partner.most_paying_customers = std::max(partner.most_paying_customers, partner.paying_customers);
}

void ProjectTermsKinds(const Record& record, Book& book) {
  if (record.has_group_created()) Apply(record, record.group_created(), book);
  if (record.has_group_terms_published()) {
    PutGroupTerms(record, record.group_terms_published().group(), record.group_terms_published().terms(), book);
  }
  if (record.has_partner_group_set()) {
    const log::v1::PartnerGroupSet& set = record.partner_group_set();
    PutMember(record, set.partner(), set.group(), set.effective_day(), book);
  }
  if (record.has_rate_lowered()) Apply(record, record.rate_lowered(), book);
}

}  // namespace trailbook
