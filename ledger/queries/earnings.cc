// Balances, now and as of any day, and lists of commissions.
#include <algorithm>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/projector.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

absl::string_view ZeroText(int64_t reason) {
  switch (reason) {
    case log::v1::ZERO_REASON_COLLECTED: return "ZERO_COLLECTED";
    case log::v1::ZERO_REASON_BASE: return "ZERO_BASE";
    case log::v1::ZERO_REASON_BEFORE_SIGN_UP: return "BEFORE_SIGN_UP";
    case log::v1::ZERO_REASON_RATE: return "ZERO_RATE";
    case log::v1::ZERO_REASON_ROUNDED: return "ROUNDED_TO_ZERO";
    case log::v1::ZERO_REASON_REJECTED: return "REFERRAL_REJECTED";
    case log::v1::ZERO_REASON_AFTER_DURATION: return "AFTER_DURATION";
    default: return "";
  }
}

bool IsZero(const EarningsView& view) {
  return view.pending == 0 && view.held == 0 && view.payable == 0 && view.reserved == 0 && view.receivable == 0 &&
         view.paid == 0;
}

}  // namespace

// From the nearer end: a recent day costs the days since then, an early one the days before it, however long the
// history is.
absl::StatusOr<EarnerDay> Queries::BooksAt(const Place& place, const Earner& earner, Day day) {
  EarnerDay books;
  const auto add = [&books](const auto& row, int64_t sign) {
    books.pending += sign * row.pending;
    books.held += sign * row.held;
    books.payable += sign * row.payable;
    books.reserved += sign * row.reserved;
    books.tax_reserved += sign * row.tax_reserved;
    books.receivable += sign * row.receivable;
    books.in_transit += sign * row.in_transit;
    books.paid += sign * row.paid;
  };
  if (day >= place.today) {
    add(earner, 1);  // nothing is ever booked after today
    return books;
  }
  if (earner.first_day > day) return books;
  const bool recent = place.today - day <= day - earner.first_day;
  if (recent) add(earner, 1);
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<EarnerDay> days,
      recent ? DaysBetween(place, earner, day + 1, place.today) : DaysBetween(place, earner, earner.first_day, day));
  for (const EarnerDay& row : days) add(row, recent ? -1 : 1);
  return books;
}

absl::StatusOr<std::vector<EarnerDay>> Queries::DaysBetween(const Place& place, const Earner& earner, Day first,
                                                            Day last) {
  std::vector<Day> days;
  for (Day day = std::max(first, earner.first_day); day <= std::min(last, place.today); ++day) days.push_back(day);
  std::vector<EarnerDay> rows = RowsOf(earner, days);
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return rows;
}

std::vector<EarnerDay> Queries::UnmaturedBetween(const Earner& earner, Day first, Day last) {
  return RowsOf(earner, earner.due_days.Between(first, last));
}

std::vector<EarnerDay> Queries::RowsOf(const Earner& earner, const std::vector<Day>& days) {
  const auto key_of = [&earner](Day day) {
    return EarnerDay::Key{earner.program, day, earner.partner, earner.currency};
  };
  for (const Day day : days) book_.earner_days.Want(key_of(day));
  repository_.LoadWantedRows();
  std::vector<EarnerDay> rows;
  for (const Day day : days) {
    if (const EarnerDay* row = book_.earner_days.Get(key_of(day))) rows.push_back(*row);
  }
  return rows;
}

EarningsView Queries::BalancesAt(const Place& place, const Earner& earner, Day day) {
  EarningsView view;
  view.partner_id = PartnerId(place.program, earner.partner);
  view.currency = earner.currency;
  const auto books = BooksAt(place, earner, day);
  if (!books.ok()) return view;
  view.pending = books->pending;
  view.held = books->held;
  view.payable = books->payable;
  view.reserved = books->reserved + books->tax_reserved + books->in_transit;
  view.receivable = books->receivable;
  view.paid = books->paid;
  // What is due counts, whether or not the sweep has run: booked as a sweep now would book it. What is owed is settled
  // first, no earlier than the last booking of what is owed; nothing books inside a closed period.
  const Day first_open = place.closed_through == kFromEver ? kFromEver : place.closed_through + 1;
  int64_t owed = earner.receivable;
  for (const EarnerDay& row : UnmaturedBetween(earner, kFromEver, day)) {
    const int64_t recouped = std::min(row.maturing, owed);
    owed -= recouped;
    if (std::max({row.day, earner.receivable_day, first_open}) <= day) {
      view.pending -= recouped;
      view.receivable -= recouped;
    }
    if (std::max(row.day, first_open) <= day) {
      view.pending -= row.maturing - recouped;
      view.payable += row.maturing - recouped;
    }
  }
  return view;
}

absl::StatusOr<Page<EarningsView>> Queries::ListEarnings(absl::string_view program_id, absl::string_view as_of,
                                                         const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day day, DayOr(place, "as_of_date", as_of));
  int64_t partner = 0;
  Currency currency;
  if (!page.cursor.empty()) {
    const std::pair<std::string, std::string> cursor = absl::StrSplit(page.cursor, '|');
    if (!absl::SimpleAtoi(cursor.first, &partner)) return BadPageToken();
    currency = cursor.second;
  }
  Page<EarningsView> out;
  while (true) {
    TRAILBOOK_ASSIGN_OR_RETURN(
        const std::vector<Earner> rows,
        store::SelectRows<Earner>(*db_,
                                  store::SelectFrom<Earner>("WHERE program_id = $1 AND (partner, currency) > ($2, $3) "
                                                            "ORDER BY partner, currency LIMIT $4"),
                                  {place.program, partner, currency, page.size}));
    for (const Earner& earner : rows) {
      EarningsView view = BalancesAt(place, earner, day);
      partner = earner.partner;
      currency = earner.currency;
      if (IsZero(view)) continue;
      out.items.push_back(std::move(view));
      if (static_cast<int64_t>(out.items.size()) == page.size) {
        out.next = absl::StrCat(partner, "|", currency.code());
        break;
      }
    }
    TRAILBOOK_RETURN_IF_ERROR(Loaded());
    if (!out.next.empty() || static_cast<int64_t>(rows.size()) < page.size) return out;
  }
}

absl::StatusOr<PartnerEarningsView> Queries::GetPartnerEarnings(absl::string_view program_id,
                                                                absl::string_view partner_id, absl::string_view as_of) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, partner_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day day, DayOr(place, "as_of_date", as_of));
  PartnerEarningsView out;
  out.partner_id = std::string(partner_id);
  out.display_name = book_.partner_identities.At({place.program, partner}).display_name;
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<Earner> rows,
      store::SelectRows<Earner>(*db_,
                                store::SelectFrom<Earner>("WHERE program_id = $1 AND partner = $2 ORDER BY currency"),
                                {place.program, partner}));
  for (const Earner& earner : rows) {
    EarningsView view = BalancesAt(place, earner, day);
    if (!IsZero(view)) out.earnings.push_back(std::move(view));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

CommissionView Queries::ViewOf(const Place& place, const Commission& c) {
  CommissionView view;
  view.number = c.number;
  view.partner_id = PartnerId(place.program, c.partner);
  view.customer_id = book_.customer_identities.At({place.program, c.customer}).customer_id;
  view.payment_id = c.payment_id;
  view.currency = c.currency;
  view.collected = c.collected;
  view.base = c.base;
  view.rate_bps = c.rate_bps;
  view.accrued = c.accrued;
  view.current = c.booked;
  view.held = c.held;
  view.payment_time = c.payment_time;
  view.event_date = FormatDay(c.event_day);
  view.mature_date = FormatDay(c.matures_on);
  view.zero_reason = std::string(ZeroText(c.zero_reason));
  view.bonus_of = c.bonus_of;
  view.bonus = c.bonus_line;
  view.moved_from = c.moved_from;
  view.moved_to = c.moved_to;
  if (c.flags & kFlagOverRefunded) view.flags.push_back("OVER_REFUNDED");
  if (c.flags & kFlagOldDebit) view.flags.push_back("OLD_DEBIT");
  const Referral& referral = book_.referrals.At({place.program, c.customer});
  if (referral.in_review) view.flags.push_back("SELF_REFERRAL_REVIEW");
  if (referral.rejected) view.flags.push_back("REFERRAL_REJECTED");
  if (c.moved_to != 0) view.flags.push_back("MOVED");
  if (c.forfeited > 0) view.flags.push_back("FORFEITED");

  using Kind = CommissionStateKind;
  const Payout* payout = nullptr;
  for (const PayableLine& line : LinesOfCommission(book_, c)) {
    const Payout* taken = line.amount > 0 ? FollowLine(book_, line).payout : nullptr;
    if (taken != nullptr) payout = taken;
  }
  if (payout != nullptr) {
    view.batch = payout->batch;
    view.payout = payout->payout;
  }
  if (c.zero_reason != 0) {
    view.state = Kind::kZero;
  } else if (c.booked == 0) {
    view.state = Kind::kReversed;
  } else if (c.held > 0) {
    view.state = Kind::kHeld;
  } else if (payout != nullptr) {
    view.state = payout->state == static_cast<int64_t>(PayoutPhase::kSettled) ? Kind::kPaid : Kind::kInPayout;
  } else if (c.matures_on <= place.today) {
    view.state = Kind::kPayable;
  }
  return view;
}

absl::StatusOr<Page<CommissionView>> Queries::ListCommissions(absl::string_view program_id,
                                                              absl::string_view partner_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, partner_id));
  // One chain of commissions a currency; the newest of their heads comes next.
  std::map<int64_t, int64_t, std::greater<>> heads;
  if (page.cursor.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(
        const std::vector<Earner> rows,
        store::SelectRows<Earner>(*db_, store::SelectFrom<Earner>("WHERE program_id = $1 AND partner = $2"),
                                  {place.program, partner}));
    for (const Earner& earner : rows) heads[earner.last_commission] = 0;
  } else {
    for (absl::string_view part : absl::StrSplit(page.cursor, ',')) {
      int64_t number = 0;
      if (!absl::SimpleAtoi(part, &number)) return BadPageToken();
      heads[number] = 0;
    }
  }
  heads.erase(0);
  Page<CommissionView> out;
  while (!heads.empty() && static_cast<int64_t>(out.items.size()) < page.size) {
    const int64_t number = heads.begin()->first;
    heads.erase(heads.begin());
    const Commission* commission = book_.commissions.Get({place.program, number});
    TRAILBOOK_RETURN_IF_ERROR(Loaded());
    if (commission == nullptr || commission->partner != partner) return BadPageToken();
    out.items.push_back(ViewOf(place, *commission));
    if (commission->previous != 0) heads[commission->previous] = 0;
  }
  out.next = absl::StrJoin(heads, ",", [](std::string* text, const auto& head) { absl::StrAppend(text, head.first); });
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

}  // namespace trailbook
