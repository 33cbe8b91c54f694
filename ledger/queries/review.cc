// What waits for a person: reviews, holds, corrections.
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/phases.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

constexpr int64_t kSecondsADay = 86400;

}  // namespace

CorrectionView Queries::ViewOf(const Correction& row) {
  CorrectionView view;
  view.correction = row.correction;
  view.amount = row.amount;
  view.reverses = row.reverses;
  view.reversed_by = row.reversed_by;
  view.create_time = row.create_time;
  view.sequence = row.sequence;
  view.kind = static_cast<CorrectionKind>(row.kind);
  view.state = row.state;
  view.partner_id = PartnerId(row.program, row.partner);
  view.currency = row.currency;
  view.reason = row.reason;
  view.cash_account = row.cash_account;
  view.proposer = row.proposer;
  view.decider = row.decider;
  return view;
}

absl::StatusOr<CorrectionView> Queries::GetCorrection(absl::string_view program_id, int64_t correction) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  const Correction* row = book_.corrections.Get({place.program, correction});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (row == nullptr) return NotFound("correction", absl::StrCat(correction));
  CorrectionView view = ViewOf(*row);
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

absl::StatusOr<Page<CorrectionView>> Queries::ListCorrections(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t before, NumberCursor(page.cursor, INT64_MAX));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<Correction> rows,
      store::SelectRows<Correction>(
          *db_,
          store::SelectFrom<Correction>("WHERE program_id = $1 AND correction < $2 ORDER BY correction DESC LIMIT $3"),
          {place.program, before, page.size + 1}));
  Page<CorrectionView> out;
  if (static_cast<int64_t>(rows.size()) > page.size) {
    rows.resize(page.size);
    out.next = absl::StrCat(rows.back().correction);
  }
  for (const Correction& row : rows) out.items.push_back(ViewOf(row));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

absl::StatusOr<Page<ReviewView>> Queries::ListReviews(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t after, NumberCursor(page.cursor, 0));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<Referral> rows,
      store::SelectRows<Referral>(
          *db_,
          store::SelectFrom<Referral>(
              "WHERE program_id = $1 AND customer > $2 AND in_review <> 0 ORDER BY customer LIMIT $3"),
          {place.program, after, page.size + 1}));
  Page<ReviewView> out;
  if (static_cast<int64_t>(rows.size()) > page.size) {
    rows.resize(page.size);
    out.next = absl::StrCat(rows.back().customer);
  }
  const int64_t now = absl::ToUnixSeconds(now_);
  for (const Referral& referral : rows) {
    ReviewView view;
    view.partner_id = PartnerId(place.program, referral.partner);
    view.customer_id = book_.customer_identities.At({place.program, referral.customer}).customer_id;
    view.sign_up_time = referral.sign_up_time;
    view.age_days = (now - referral.sign_up_time) / kSecondsADay;
    std::map<Currency, int64_t> held;
    for (int64_t partner : FamilyOf(book_, place.program, OwnerOf(book_, place.program, referral.partner))) {
      for (const OpenHold& hold : repository_.OpenHolds(place.program, partner)) {
        const Commission& c = book_.commissions.At({place.program, hold.commission});
        if (c.customer == referral.customer) held[c.currency] += c.held;
      }
    }
    for (const auto& [currency, amount] : held) view.held.push_back({currency, amount});
    out.items.push_back(std::move(view));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

std::vector<std::string> Queries::HoldReasons(const Commission& c) {
  const Partner& partner = book_.partners.At({c.program, OwnerOf(book_, c.program, c.partner)});
  std::vector<std::string> reasons;
  if (c.open_disputes > 0) reasons.push_back("DISPUTE");
  if (book_.referrals.At({c.program, c.customer}).in_review) reasons.push_back("REVIEW");
  if (partner.state == static_cast<int64_t>(PartnerPhase::kBanned)) reasons.push_back("BAN");
  return reasons;
}

absl::StatusOr<Page<HoldView>> Queries::ListHolds(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const Pair after, PairCursor(page.cursor, {}));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<OpenHold> rows,
      store::SelectRows<OpenHold>(
          *db_,
          store::SelectFrom<OpenHold>("WHERE program_id = $1 AND (partner, commission) > ($2, $3) "
                                      "ORDER BY partner, commission LIMIT $4"),
          {place.program, after.first, after.second, page.size + 1}));
  Page<HoldView> out;
  if (static_cast<int64_t>(rows.size()) > page.size) {
    rows.resize(page.size);
    out.next = ToCursor({rows.back().partner, rows.back().commission});
  }
  const int64_t now = absl::ToUnixSeconds(now_);
  for (const OpenHold& hold : rows) {
    const Commission& c = book_.commissions.At({place.program, hold.commission});
    HoldView view;
    view.commission = hold.commission;
    view.held = c.held;
    view.since = hold.since;
    view.age_days = (now - hold.since) / kSecondsADay;
    view.partner_id = PartnerId(place.program, hold.partner);
    view.customer_id = book_.customer_identities.At({place.program, c.customer}).customer_id;
    view.currency = c.currency;
    view.reasons = HoldReasons(c);
    out.items.push_back(std::move(view));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

}  // namespace trailbook
