// Terms with all they hold, groups of partners, what was lowered, and what would have been under other terms.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"
#include "ledger/domain/rate.h"
#include "ledger/domain/words.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

std::vector<Amount> AmountsOf(absl::string_view text) {
  std::vector<Amount> amounts;
  for (absl::string_view part : absl::StrSplit(text, ';', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair = absl::StrSplit(part, '=');
    Amount amount{std::string(pair.first), 0};
    if (absl::SimpleAtoi(pair.second, &amount.minor_units)) amounts.push_back(std::move(amount));
  }
  return amounts;
}

// ", 8 % from 10 paying customers on, ...".
std::string TierWords(const std::vector<TierSpec>& tiers) {
  return absl::StrJoin(tiers, "", [](std::string* out, const TierSpec& tier) {
    absl::StrAppend(out, ", ", FormatRate(tier.rate_bps), " from ", tier.min_paying_customers, " paying customers on");
  });
}

}  // namespace

TermsView Queries::ViewOf(const Terms& terms, int64_t grp) {
  TermsView view;
  view.version = terms.version;
  if (terms.effective_day != kFromEver) view.effective_date = FormatDay(terms.effective_day);
  view.rate_bps = terms.rate_bps;
  view.hold_days = terms.hold_days;
  view.attribution_window_days = terms.window_days;
  view.minimums = AmountsOf(terms.minimums);
  view.create_time = terms.create_time;
  view.sign_up_bonuses = AmountsOf(terms.bonuses);
  view.duration_months = terms.duration_months;
  view.follow = terms.follow;
  for (int64_t ordinal = 1; ordinal <= terms.tiers; ++ordinal) {
    const Tier* tier = book_.tiers.Get({terms.program, grp, terms.version, ordinal});
    if (tier != nullptr) view.tiers.push_back({tier->min_paying_customers, tier->rate_bps});
  }
  return view;
}

absl::StatusOr<int64_t> Queries::FindGroup(const Place& place, absl::string_view group_id) {
  const GroupKey* key = book_.group_keys.Get({place.program, std::string(group_id)});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (key == nullptr) return NotFound("group", group_id);
  return key->grp;
}

GroupView Queries::ViewOf(const Place& place, const PartnerGroup& group) {
  GroupView view{group.group_id, group.display_name, group.create_time, {}};
  for (int64_t version = group.terms_version; version > 0; --version) {
    const GroupTerms* terms = book_.group_terms.Get({place.program, group.grp, version});
    if (terms == nullptr || terms->terms.effective_day > place.today) continue;
    view.terms = ViewOf(terms->terms, group.grp);
    break;
  }
  return view;
}

absl::StatusOr<GroupView> Queries::GetGroup(absl::string_view program_id, absl::string_view group_id) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t grp, FindGroup(place, group_id));
  GroupView view = ViewOf(place, book_.partner_groups.At({place.program, grp}));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

absl::StatusOr<Page<GroupView>> Queries::ListGroups(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t after, NumberCursor(page.cursor, 0));
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<PartnerGroup> rows,
      store::SelectRows<PartnerGroup>(
          *db_, store::SelectFrom<PartnerGroup>("WHERE program_id = $1 AND grp > $2 ORDER BY grp LIMIT $3"),
          {place.program, after, page.size + 1}));
  Page<GroupView> out;
  for (const PartnerGroup& row : rows) {
    if (static_cast<int64_t>(out.items.size()) == page.size) {
      out.next = absl::StrCat(row.grp - 1);
      break;
    }
    out.items.push_back(ViewOf(place, row));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

absl::StatusOr<Page<TermsView>> Queries::ListGroupTerms(absl::string_view program_id, absl::string_view group_id,
                                                        const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t grp, FindGroup(place, group_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t after, NumberCursor(page.cursor, 0));
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<GroupTerms> rows,
                             store::SelectRows<GroupTerms>(
                                 *db_,
                                 store::SelectFrom<GroupTerms>(
                                     "WHERE program_id = $1 AND grp = $2 AND version > $3 ORDER BY version LIMIT $4"),
                                 {place.program, grp, after, page.size + 1}));
  Page<TermsView> out;
  for (const GroupTerms& row : rows) {
    if (static_cast<int64_t>(out.items.size()) == page.size) {
      out.next = absl::StrCat(row.terms.version - 1);
      break;
    }
    out.items.push_back(ViewOf(row.terms, grp));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

LoweringView Queries::ViewOf(const Lowering& row) {
  LoweringView view;
  view.ordinal = row.ordinal;
  view.rate_bps = row.rate_bps;
  view.create_time = row.create_time;
  if (row.partner != 0) view.partner_id = PartnerId(row.program, row.partner);
  view.effective_date = FormatDay(row.effective_day);
  view.reason = row.reason;
  view.actor = row.actor;
  return view;
}

std::vector<Lowering> Queries::LoweringsOf(int64_t program, int64_t partner) {
  std::vector<Lowering> found;
  const auto take = [&](int64_t concerned, int64_t count) {
    for (int64_t ordinal = 1; ordinal <= count; ++ordinal) {
      const Lowering* row = book_.lowerings.Get({program, concerned, ordinal});
      if (row != nullptr) found.push_back(*row);
    }
  };
  if (const Program* row = book_.programs.Get({program})) take(0, row->lowerings);
  if (const Partner* row = book_.partners.Get({program, partner})) take(partner, row->lowerings);
  return found;
}

absl::StatusOr<LoweringView> Queries::GetLowering(absl::string_view program_id, absl::string_view partner_id,
                                                  int64_t ordinal) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  int64_t partner = 0;
  if (!partner_id.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(partner, FindPartner(place, partner_id));
  }
  const Lowering* row = book_.lowerings.Get({place.program, partner, ordinal});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (row == nullptr) return NotFound("lowering", absl::StrCat(ordinal));
  return ViewOf(*row);
}

absl::StatusOr<Page<LoweringView>> Queries::ListLowerings(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const Pair after, PairCursor(page.cursor, {}));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<Lowering> rows,
      store::SelectRows<Lowering>(*db_,
                                  store::SelectFrom<Lowering>("WHERE program_id = $1 AND (partner, ordinal) > ($2, $3) "
                                                              "ORDER BY partner, ordinal LIMIT $4"),
                                  {place.program, after.first, after.second, page.size + 1}));
  Page<LoweringView> out;
  if (static_cast<int64_t>(rows.size()) > page.size) {
    rows.resize(page.size);
    out.next = ToCursor({rows.back().partner, rows.back().ordinal});
  }
  for (const Lowering& row : rows) out.items.push_back(ViewOf(row));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

std::vector<std::string> Queries::PromiseText(const Place& place, const Referral& referral) {
  const Terms& terms = PinnedTerms(book_, referral);
  const PartnerGroup* group = book_.partner_groups.Get({place.program, referral.grp});
  std::string source = "the program's terms";
  if (group != nullptr) source = absl::StrCat("the terms of the group ", group->group_id);
  if (referral.own_rate) source = "the partner's own rate";
  const Day end = EndOfDuration(referral.sign_up_day, terms.duration_months);
  std::vector<std::string> text;
  text.push_back(absl::StrCat("That day promised ", FormatRate(referral.rate_bps),
                              referral.own_rate ? "" : TierWords(ViewOf(terms, referral.grp).tiers),
                              end == kNever ? " for as long as the customer pays ("
                                            : absl::StrCat(" of what the customer pays before ", FormatDay(end), " ("),
                              source, ", version ", referral.terms_version, "), payable ", referral.hold_days,
                              " days after each payment."));
  for (const Lowering& lowering : LoweringsOf(place.program, referral.partner)) {
    if (lowering.effective_day <= referral.sign_up_day) continue;
    text.push_back(absl::StrCat("Lowered by ", lowering.actor, ": from ", FormatDay(lowering.effective_day),
                                " on at most ", FormatRate(lowering.rate_bps), ", because: ", lowering.reason));
  }
  return text;
}

}  // namespace trailbook
