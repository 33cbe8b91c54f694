// Groups of partners with their own terms, and the one way to lower what existing referrals were promised (RULES 2.3,
// 3).
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/validate.h"

namespace trailbook {

absl::StatusOr<int64_t> Operations::FindGroup(const Place& place, const std::string& group_id) {
  const GroupKey* key = book_->group_keys.Get({place.program, group_id});
  if (key == nullptr) return NotFound("group", group_id);
  return key->grp;
}

absl::StatusOr<log::v1::Terms> Operations::CheckGroupTerms(const TermsSpec& spec) {
  // Who is paid, and which click counts, is one rule for the whole program.
  if (!spec.minimums.empty()) {
    return InvalidField("terms.minimum_payouts", "must be empty: the program's apply to every group");
  }
  if (spec.attribution_window_days != 0) {
    return InvalidField("terms.attribution_window_days", "must be 0: the program's applies to every group");
  }
  return CheckTerms(spec);
}

absl::StatusOr<int64_t> Operations::Do(const CreateGroup& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckResourceId("group_id", command.group_id, 40));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("group.display_name", command.display_name, 200, true));
  TRAILBOOK_ASSIGN_OR_RETURN(log::v1::Terms terms, CheckGroupTerms(command.terms));
  if (!command.terms.effective_date.empty()) {
    return InvalidField("terms.effective_date",
                        "must be empty: version 1 applies from ever to whoever belongs to the group");
  }
  if (book_->group_keys.Get({place.program, command.group_id}) != nullptr) {
    return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", "group_id",
                  absl::StrCat("there is a group \"", command.group_id, "\" already"));
  }
  terms.set_version(1);
  log::v1::GroupCreated& created = *journal_->Start(place.program, place.today).mutable_group_created();
  created.set_group(book_->programs.At({place.program}).group_count + 1);
  created.set_group_id(command.group_id);
  created.set_display_name(command.display_name);
  *created.mutable_terms() = std::move(terms);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const PublishGroupTerms& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t grp, FindGroup(place, command.group_id));
  TRAILBOOK_ASSIGN_OR_RETURN(log::v1::Terms terms, CheckGroupTerms(command.terms));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day from, FromTodayOn(place, "terms.effective_date", command.terms.effective_date));
  const int64_t version = book_->partner_groups.At({place.program, grp}).terms_version;
  const Terms& last = book_->group_terms.At({place.program, grp, version}).terms;
  if (from < last.effective_day) {
    return InvalidField("terms.effective_date", absl::StrCat("is before ", FormatDay(last.effective_day),
                                                             ", the first day of version ", version));
  }
  terms.set_version(static_cast<int32_t>(version + 1));
  terms.set_effective_day(from);
  log::v1::GroupTermsPublished& published =
      *journal_->Start(place.program, place.today).mutable_group_terms_published();
  published.set_group(grp);
  *published.mutable_terms() = std::move(terms);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return version + 1;
}

absl::StatusOr<int64_t> Operations::Do(const SetPartnerGroup& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, command.partner_id));
  int64_t grp = 0;
  if (!command.group_id.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(grp, FindGroup(place, command.group_id));
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const Day from, FromTodayOn(place, "effective_date", command.effective_date));
  const int64_t moves = book_->partners.At({place.program, partner}).group_moves;
  const GroupMember* last = moves == 0 ? nullptr : book_->group_members.Get({place.program, partner, moves});
  if (last != nullptr && last->effective_day > from) {
    return InvalidField("effective_date", absl::StrCat("is before ", FormatDay(last->effective_day),
                                                       ", when the partner's latest change of group begins"));
  }
  if ((last == nullptr ? 0 : last->grp) == grp) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "group",
                  grp == 0 ? absl::StrCat(command.partner_id, " belongs to no group")
                           : absl::StrCat(command.partner_id, " belongs to ", command.group_id, " already"));
  }
  log::v1::PartnerGroupSet& set = *journal_->Start(place.program, place.today).mutable_partner_group_set();
  set.set_partner(partner);
  set.set_group(grp);
  set.set_effective_day(from);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const LowerRate& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  int64_t partner = 0;
  if (!command.partner_id.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(partner, FindPartner(place, command.partner_id));
  }
  TRAILBOOK_RETURN_IF_ERROR(CheckRate("rate_bps", command.rate_bps));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("reason", command.reason, 500, true));
  if (!command.lower_existing) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, "LOWERS_PROMISE", "lower_existing",
        "lower_existing: this lowers what existing referrals were promised; say so explicitly if it is meant");
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const Day from, FromTodayOn(place, "effective_date", command.effective_date));
  const auto before = [&](int64_t whose) {
    return whose == 0 ? book_->programs.At({place.program}).lowerings
                      : book_->partners.At({place.program, whose}).lowerings;
  };
  const int64_t ordinal = before(partner) + 1;
  // Referrals of whoever was merged into him were promised to that one.
  const std::vector<int64_t> family = partner == 0 ? std::vector<int64_t>{0} : FamilyOf(*book_, place.program, partner);
  for (const int64_t whose : family) {
    log::v1::RateLowered& lowered = *journal_->Start(place.program, place.today).mutable_rate_lowered();
    lowered.set_ordinal(before(whose) + 1);
    lowered.set_partner(whose);
    lowered.set_rate_bps(static_cast<int32_t>(command.rate_bps));
    lowered.set_effective_day(from);
    lowered.set_reason(command.reason);
    TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  }
  return ordinal;
}

}  // namespace trailbook
