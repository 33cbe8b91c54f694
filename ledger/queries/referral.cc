// The dispute file of a customer (RULES 6): every touch, the rule that decided, and what came of it.
#include <functional>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/owner.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

absl::string_view KindText(log::v1::TouchKind kind) {
  switch (kind) {
    case log::v1::TOUCH_KIND_PARTNER: return "partner";
    case log::v1::TOUCH_KIND_COUPON: return "coupon";
    case log::v1::TOUCH_KIND_CLICK: return "click";
    default: return "link";
  }
}

std::string Decision(const ReferralView& view) {
  const TouchView& first = view.touches.front();
  std::string text = absl::StrCat(
      "The first of partner, coupon code, click, link code and other codes that named a partner decides: here the ",
      first.kind, first.code.empty() ? "" : absl::StrCat(" ", first.code), ".");
  if (view.touches.back().sequence != first.sequence) {
    absl::StrAppend(&text, " Later claims lost: the first recorded binding of a customer wins.");
  }
  return text;
}

}  // namespace

TouchView Queries::ViewOf(int64_t program, const log::v1::Touch& touch) {
  TouchView view;
  view.partner_id = PartnerId(program, touch.partner());
  view.kind = std::string(KindText(touch.kind()));
  const CodeIdentity* code = touch.code() == 0 ? nullptr : book_.code_identities.Get({program, touch.code()});
  if (code != nullptr) view.code = code->text;
  view.click_time = touch.click_time();
  return view;
}

absl::Status Queries::AddTouches(const Place& place, const Referral& referral, ReferralView& view) {
  TRAILBOOK_ASSIGN_OR_RETURN(const log::v1::Record bound, ReadRecord(place.program, referral.sequence, nullptr));
  const auto add = [&](const auto& touches, int64_t time, int64_t sequence) {
    for (const log::v1::Touch& touch : touches) {
      TouchView out = ViewOf(place.program, touch);
      out.sign_up_time = time;
      out.sequence = sequence;
      out.decided = view.touches.empty();
      view.touches.push_back(std::move(out));
    }
  };
  add(bound.referral_bound().touches(), referral.sign_up_time, referral.sequence);
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<LosingTouch> lost,
      store::SelectRows<LosingTouch>(
          *db_, store::SelectFrom<LosingTouch>("WHERE program_id = $1 AND customer = $2 ORDER BY sequence"),
          {place.program, referral.customer}));
  for (const LosingTouch& touch : lost) {
    TRAILBOOK_ASSIGN_OR_RETURN(const log::v1::Record record, ReadRecord(place.program, touch.sequence, nullptr));
    add(record.touch_lost().touches(), touch.sign_up_time, touch.sequence);
  }
  return absl::OkStatus();
}

// Returns who has or had the customer.
absl::StatusOr<std::set<int64_t>> Queries::AddMoves(const Place& place, const Referral& referral, ReferralView& view) {
  std::set<int64_t> partners{referral.partner};
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<ReferralMove> moves,
      store::SelectRows<ReferralMove>(
          *db_, store::SelectFrom<ReferralMove>("WHERE program_id = $1 AND customer = $2 ORDER BY sequence"),
          {place.program, referral.customer}));
  for (const ReferralMove& move : moves) {
    TRAILBOOK_ASSIGN_OR_RETURN(const log::v1::Record record, ReadRecord(place.program, move.sequence, nullptr));
    ReferralMoveView out;
    out.from_partner_id = PartnerId(place.program, move.from_partner);
    out.partner_id = PartnerId(place.program, move.partner);
    out.actor = record.actor();
    out.reason = record.referral_reassigned().reason();
    out.time = record.record_micros() / 1000000;
    out.sequence = move.sequence;
    out.unpaid_past = record.referral_reassigned().unpaid_past();
    view.moves.push_back(std::move(out));
    partners.insert(move.from_partner);
  }
  return partners;
}

// Along the chains of commissions of the partners who have or had the customer, one a currency; those of other
// customers are passed over.
absl::Status Queries::AddCommissions(const Place& place, const Referral& referral, const std::set<int64_t>& holders,
                                     const PageRequest& page, ReferralView& view) {
  std::set<int64_t, std::greater<>> heads;
  if (page.cursor.empty()) {
    std::set<int64_t> partners;
    for (int64_t partner : holders) {
      for (int64_t member : FamilyOf(book_, place.program, OwnerOf(book_, place.program, partner))) {
        partners.insert(member);
      }
    }
    for (int64_t partner : partners) {
      for (const Earner& earner : repository_.EarnersOf(place.program, partner)) heads.insert(earner.last_commission);
    }
  } else {
    for (absl::string_view part : absl::StrSplit(page.cursor, ',')) {
      int64_t number = 0;
      if (!absl::SimpleAtoi(part, &number)) return BadPageToken();
      heads.insert(number);
    }
  }
  heads.erase(0);
  while (!heads.empty() && static_cast<int64_t>(view.commissions.items.size()) < page.size) {
    const int64_t number = *heads.begin();
    heads.erase(heads.begin());
    const Commission* commission = book_.commissions.Get({place.program, number});
    TRAILBOOK_RETURN_IF_ERROR(Loaded());
    if (commission == nullptr) return NotFound("commission", absl::StrCat(number));
    if (commission->customer == referral.customer) view.commissions.items.push_back(number);
    // Nothing of a customer comes before the binding.
    if (commission->previous > referral.sequence) heads.insert(commission->previous);
  }
  view.commissions.next = absl::StrJoin(heads, ",");
  return absl::OkStatus();
}

absl::StatusOr<ReferralView> Queries::GetReferral(absl::string_view program_id, absl::string_view customer_id,
                                                  const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  const CustomerKey* key = book_.customer_keys.Get({place.program, ExternalIdKey(IdKind::kCustomer, customer_id)});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (key == nullptr) return NotFound("referral of customer", customer_id);
  const Referral* found = book_.referrals.Get({place.program, key->customer});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (found == nullptr) return NotFound("referral of customer", customer_id);
  const Referral referral = *found;
  ReferralView view;
  view.customer_id = std::string(customer_id);
  view.partner_id = PartnerId(place.program, referral.partner);
  view.sign_up_time = referral.sign_up_time;
  view.sign_up_date = FormatDay(referral.sign_up_day);
  view.terms_version = referral.terms_version;
  view.rate_bps = referral.rate_bps;
  view.own_rate = referral.own_rate;
  view.hold_days = referral.hold_days;
  view.review = referral.in_review ? "OPEN" : referral.rejected ? "REJECTED" : "NONE";
  TRAILBOOK_RETURN_IF_ERROR(AddTouches(place, referral, view));
  view.decision = Decision(view);
  TRAILBOOK_ASSIGN_OR_RETURN(const std::set<int64_t> holders, AddMoves(place, referral, view));
  TRAILBOOK_RETURN_IF_ERROR(AddCommissions(place, referral, holders, page, view));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

}  // namespace trailbook
