// What a balance is made of, what is due on a day, and what a payout pays for: parts that sum to the whole.
#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/money.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/projector.h"
#include "ledger/domain/words.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

absl::string_view PayoutText(int64_t state) {
  switch (static_cast<PayoutPhase>(state)) {
    case PayoutPhase::kReserved: return "reserved";
    case PayoutPhase::kSent: return "sent";
    case PayoutPhase::kUnknown: return "sent; nobody knows yet what became of it";
    default: return "over";
  }
}

// Before the first line, and before the parts that no record has posted yet, which come first.
constexpr Pair kBeforeAll{-1, 0};

constexpr char kByPayout[] = "batch, payout, ";  // the index that finds the lines of a payout, and those of none

// Lines in the order of their records, one more than a page holds.
template <typename Line>
absl::StatusOr<std::vector<Line>> LinesAfter(store::Database& db, const Earner& earner, const Pair& after,
                                             absl::string_view which, absl::string_view order, int64_t page_size) {
  return store::SelectRows<Line>(
      db,
      store::SelectFrom<Line>(absl::StrCat("WHERE program_id = $1 AND partner = $2 AND currency = $3 ", which,
                                           " AND (sequence, day) > ($4, $5) ORDER BY ", order,
                                           "sequence, day LIMIT $6")),
      {earner.program, earner.partner, earner.currency, after.first, after.second, page_size + 1});
}

absl::StatusOr<std::vector<BalanceLine>> BalanceLinesAfter(store::Database& db, const Earner& earner, int64_t account,
                                                           const Pair& after, int64_t page_size) {
  return LinesAfter<BalanceLine>(db, earner, after, absl::StrCat("AND account = ", account, " AND amount <> 0"), "",
                                 page_size);
}

}  // namespace

bool Queries::MaturedWith(const Commission& c, int64_t partner) {
  const EarnerDay* day = book_.earner_days.Get({c.program, c.matures_on, partner, c.currency});
  return day != nullptr && day->matured_sequence > c.number;
}

int64_t Queries::DueNow(const Place& place, const Earner& earner) {
  int64_t due = 0;
  for (const EarnerDay& day : UnmaturedBetween(earner, kFromEver, place.today)) due += day.maturing;
  return due;
}

absl::Status Queries::AddMaturing(const Place& place, const Earner& earner, bool due, const PageRequest& page,
                                  BalanceView& view) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Pair after, PairCursor(page.cursor, {0, earner.next_due - int64_t{1}}));
  int64_t last = 0;
  const Day next = static_cast<Day>(std::clamp<int64_t>(after.second + 1, kFromEver, kNever));
  for (const EarnerDay& day : due ? UnmaturedBetween(earner, next, place.today)
                                  : UnmaturedBetween(earner, std::max(next, place.today + 1), kNever)) {
    if (static_cast<int64_t>(view.parts.items.size()) == page.size) {
      view.parts.next = ToCursor({0, last});
      return absl::OkStatus();
    }
    BalancePartView part;
    part.kind = due ? "MATURED" : "MATURES";
    part.date = part.mature_date = FormatDay(day.day);
    part.amount = day.maturing;
    part.text = due ? absl::StrCat("the hold period was over on ", part.date, ": it is payable")
                    : absl::StrCat("becomes payable on ", part.date);
    view.parts.items.push_back(std::move(part));
    last = day.day;
  }
  return absl::OkStatus();
}

// The correction that a record belongs to; nullptr for none.
const Correction* Queries::CorrectionBehind(const log::v1::Record& record) {
  if (record.has_correction_booked()) {
    return book_.corrections.Get({record.program(), record.correction_booked().correction()});
  }
  if (record.has_commission_forfeited()) {
    return book_.corrections.Get({record.program(), record.commission_forfeited().correction()});
  }
  if (!record.has_forfeiture_undone()) return nullptr;
  const Correction* forfeiture = book_.corrections.Get({record.program(), record.forfeiture_undone().correction()});
  return forfeiture == nullptr ? nullptr : book_.corrections.Get({record.program(), forfeiture->reversed_by});
}

RecordWords Queries::WordsFor(const log::v1::Record& record, absl::string_view currency) {
  RecordWords words = WordsOf(record, currency);
  const Correction* correction = CorrectionBehind(record);
  if (correction != nullptr) absl::StrAppend(&words.text, ": ", correction->reason);
  return words;
}

absl::StatusOr<BalancePartView> Queries::PartOf(const Place& place, Currency currency, int64_t sequence, Day day,
                                                int64_t amount) {
  TRAILBOOK_ASSIGN_OR_RETURN(const log::v1::Record record, ReadRecord(place.program, sequence, nullptr));
  const RecordWords words = WordsFor(record, currency);
  BalancePartView part;
  part.kind = words.kind;
  part.text = words.text;
  part.date = FormatDay(day);
  part.amount = amount;
  part.sequence = sequence;
  part.commission = words.commission;
  if (record.has_matured()) part.mature_date = FormatDay(record.matured().matures_on());
  if (record.has_payout_result()) {
    part.batch = record.payout_result().batch();
    part.payout = record.payout_result().payout();
  }
  return part;
}

// A page of lines as parts. REQUIRES: `lines` is one more than a page where there are more.
template <typename Line>
absl::Status Queries::AddLines(const Place& place, const Earner& earner, const std::vector<Line>& lines,
                               const PageRequest& page, BalanceView& view) {
  Pair last{0, 0};
  for (const Line& line : lines) {
    if (static_cast<int64_t>(view.parts.items.size()) >= page.size) {
      view.parts.next = ToCursor(last);
      return absl::OkStatus();
    }
    TRAILBOOK_ASSIGN_OR_RETURN(BalancePartView part,
                               PartOf(place, earner.currency, line.sequence, line.day, line.amount));
    view.parts.items.push_back(std::move(part));
    last = {line.sequence, line.day};
  }
  return absl::OkStatus();
}

absl::Status Queries::AddUnpaidLines(const Place& place, const Earner& earner, const PageRequest& page,
                                     BalanceView& view) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Pair after, PairCursor(page.cursor, kBeforeAll));
  if (after.first < 0) {
    // What is due by today has no record before the sweep; there are as many days as passed since the last one.
    TRAILBOOK_RETURN_IF_ERROR(AddMaturing(place, earner, true, {INT64_MAX, ""}, view));
    const int64_t recouped = std::min(DueNow(place, earner), earner.receivable);
    if (recouped > 0) {
      view.parts.items.push_back({"RECOUPED", FormatDay(place.today), "settles what the partner owed", -recouped});
    }
  }
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<PayableLine> lines,
      LinesAfter<PayableLine>(*db_, earner, after, "AND batch = 0 AND payout = 0 AND amount <> 0", kByPayout,
                              page.size));
  return AddLines(place, earner, lines, page, view);
}

absl::Status Queries::AddDebts(const Place& place, const Earner& earner, const PageRequest& page, BalanceView& view) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Pair after, PairCursor(page.cursor, kBeforeAll));
  if (after.first < 0) {
    const int64_t recouped = std::min(DueNow(place, earner), earner.receivable);
    if (recouped > 0) {
      view.parts.items.push_back({"RECOUPED", FormatDay(place.today), "settled by what is due by today", -recouped});
    }
  }
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<BalanceLine> lines,
      BalanceLinesAfter(*db_, earner, static_cast<int64_t>(AccountKind::kPartnerReceivable), after, page.size));
  return AddLines(place, earner, lines, page, view);
}

absl::Status Queries::AddPaid(const Place& place, const Earner& earner, const PageRequest& page, BalanceView& view) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Pair after, PairCursor(page.cursor, kBeforeAll));
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<BalanceLine> lines,
                             BalanceLinesAfter(*db_, earner, BalanceLine::kPaid, after, page.size));
  return AddLines(place, earner, lines, page, view);
}

absl::Status Queries::AddHeld(const Place& place, const Earner& earner, const PageRequest& page, BalanceView& view) {
  TRAILBOOK_ASSIGN_OR_RETURN(Pair after, PairCursor(page.cursor, {0, 0}));
  if (OwnerOf(book_, earner.program, earner.partner) != earner.partner) {
    return absl::OkStatus();  // merged: the other holds it
  }
  std::vector<OpenHold> holds;
  for (int64_t partner : FamilyOf(book_, earner.program, earner.partner)) {
    for (const OpenHold& hold : repository_.OpenHolds(earner.program, partner)) holds.push_back(hold);
  }
  std::sort(holds.begin(), holds.end(),
            [](const OpenHold& a, const OpenHold& b) { return a.commission < b.commission; });
  for (const OpenHold& hold : holds) {
    if (hold.commission <= after.first) continue;
    const Commission* c = &book_.commissions.At({earner.program, hold.commission});
    if (c->currency != earner.currency || c->held == 0) continue;
    if (static_cast<int64_t>(view.parts.items.size()) == page.size) {
      view.parts.next = ToCursor({view.parts.items.back().commission, 0});
      return absl::OkStatus();
    }
    BalancePartView part;
    part.kind = "HELD";
    part.date = FormatDay(DayOf(hold.since, place.zone));
    part.amount = c->held;
    part.commission = c->number;
    part.text = absl::StrCat("held of the commission on payment ", c->payment_id, ": ",
                             absl::StrJoin(HoldReasons(*c), ", ", [](std::string* out, const std::string& reason) {
                               absl::StrAppend(out, reason == "DISPUTE"  ? "a dispute is open"
                                                    : reason == "REVIEW" ? "its referral waits for a person"
                                                                         : "the partner is banned");
                             }));
    view.parts.items.push_back(std::move(part));
  }
  return absl::OkStatus();
}

absl::Status Queries::AddReserved(const Earner& earner, const PageRequest& page, BalanceView& view) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Pair after, PairCursor(page.cursor, {0, 0}));
  std::vector<Payout> payouts;
  for (PayoutPhase phase : {PayoutPhase::kReserved, PayoutPhase::kSent, PayoutPhase::kUnknown}) {
    TRAILBOOK_ASSIGN_OR_RETURN(
        const std::vector<Payout> found,
        store::SelectRows<Payout>(
            *db_,
            store::SelectFrom<Payout>("WHERE program_id = $1 AND partner = $2 AND currency = $3 AND state = $4 AND "
                                      "(batch, payout) > ($5, $6) ORDER BY state, batch, payout LIMIT $7"),
            {earner.program, earner.partner, earner.currency, static_cast<int64_t>(phase), after.first, after.second,
             page.size + 1}));
    payouts.insert(payouts.end(), found.begin(), found.end());
  }
  std::sort(payouts.begin(), payouts.end(), [](const Payout& a, const Payout& b) { return a.key() < b.key(); });
  for (const Payout& payout : payouts) {
    if (static_cast<int64_t>(view.parts.items.size()) == page.size) {
      view.parts.next = ToCursor({view.parts.items.back().batch, view.parts.items.back().payout});
      return absl::OkStatus();
    }
    BalancePartView part;
    part.kind = "PAYOUT";
    part.date = FormatDay(payout.last_day);
    part.amount = payout.amount;
    part.sequence = payout.last_sequence;
    part.batch = payout.batch;
    part.payout = payout.payout;
    part.text = absl::StrCat("payout ", payout.batch, "/", payout.payout, ": ", PayoutText(payout.state));
    view.parts.items.push_back(std::move(part));
  }
  return absl::OkStatus();
}

absl::StatusOr<BalanceView> Queries::ExplainBalance(absl::string_view program_id, absl::string_view partner_id,
                                                    absl::string_view currency, BalanceKind balance,
                                                    const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, partner_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckCurrency("currency_code", currency));
  BalanceView view;
  view.partner_id = std::string(partner_id);
  view.currency = std::string(currency);
  view.balance = balance;
  const Earner* found = book_.earners.Get({place.program, partner, view.currency});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (found == nullptr) return view;
  const Earner earner = *found;
  const EarningsView now = BalancesAt(place, earner, place.today);
  absl::Status status;
  switch (balance) {
    case BalanceKind::kPending:
      view.amount = now.pending;
      status = AddMaturing(place, earner, false, page, view);
      break;
    case BalanceKind::kHeld:
      view.amount = now.held;
      status = AddHeld(place, earner, page, view);
      break;
    case BalanceKind::kPayable:
      view.amount = now.payable;
      status = AddUnpaidLines(place, earner, page, view);
      break;
    case BalanceKind::kReserved:
      view.amount = now.reserved;
      status = AddReserved(earner, page, view);
      break;
    case BalanceKind::kReceivable:
      view.amount = now.receivable;
      status = AddDebts(place, earner, page, view);
      break;
    case BalanceKind::kPaid:
      view.amount = now.paid;
      status = AddPaid(place, earner, page, view);
      break;
  }
  TRAILBOOK_RETURN_IF_ERROR(status);
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

absl::StatusOr<Page<DueCommissionView>> Queries::ListDueCommissions(absl::string_view program_id,
                                                                    absl::string_view partner_id,
                                                                    absl::string_view currency,
                                                                    absl::string_view mature_date,
                                                                    const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, partner_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckCurrency("currency_code", currency));
  const auto day = ParseDay(mature_date);
  if (!day.ok()) return InvalidField("mature_date", day.status().message());
  // His own chain of that day, then those of whoever was merged into him: newest first in each.
  const std::vector<int64_t> family = FamilyOf(book_, place.program, partner);
  const auto head = [&](size_t member) {
    const EarnerDay* row = book_.earner_days.Get({place.program, *day, family[member], std::string(currency)});
    return row == nullptr ? 0 : row->last_due;
  };
  TRAILBOOK_ASSIGN_OR_RETURN(const Pair at, PairCursor(page.cursor, {0, 0}));
  if (at.second < 0 || at.second >= static_cast<int64_t>(family.size())) return BadPageToken();
  size_t member = static_cast<size_t>(at.second);
  int64_t number = page.cursor.empty() ? head(0) : at.first;
  Page<DueCommissionView> out;
  while (true) {
    while (number == 0 && ++member < family.size()) number = head(member);
    if (number == 0) break;
    if (static_cast<int64_t>(out.items.size()) == page.size) {
      out.next = ToCursor({number, static_cast<int64_t>(member)});
      break;
    }
    const Commission* found = book_.commissions.Get({place.program, number});
    TRAILBOOK_RETURN_IF_ERROR(Loaded());
    if (found == nullptr || found->partner != family[member] || found->matures_on != *day) return BadPageToken();
    const Commission c = *found;
    number = c.due_previous;
    if (member > 0 && MaturedWith(c, c.partner)) continue;  // before the merge: it is in the other's books
    DueCommissionView due;
    due.commission = c.number;
    due.payment_id = c.payment_id;
    due.customer_id = book_.customer_identities.At({place.program, c.customer}).customer_id;
    due.amount = MaturedOf(book_, c);
    if (!HasMatured(book_, c)) {
      due.amount = c.pending;
    } else if (due.amount > 0) {
      for (const PayableLine& line : LinesOfCommission(book_, c)) {
        if (line.commission == 0) due.sequence = line.sequence;
      }
    }
    out.items.push_back(std::move(due));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

absl::StatusOr<Page<BalancePartView>> Queries::ListPayoutLines(absl::string_view program_id, int64_t batch,
                                                               int64_t payout, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const Pair after, PairCursor(page.cursor, kBeforeAll));
  const Payout* found = book_.payouts.Get({place.program, batch, payout});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (found == nullptr) return NotFound("payout", absl::StrCat(batch, "/", payout));
  Earner earner;
  earner.program = place.program;
  earner.partner = found->partner;
  earner.currency = found->currency;
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<PayableLine> lines,
      LinesAfter<PayableLine>(*db_, earner, after, absl::StrCat("AND batch = ", batch, " AND payout = ", payout),
                              kByPayout, page.size));
  Page<BalancePartView> out;
  if (static_cast<int64_t>(lines.size()) > page.size) {
    lines.resize(page.size);
    out.next = ToCursor({lines.back().sequence, lines.back().day});
  }
  for (const PayableLine& line : lines) {
    TRAILBOOK_ASSIGN_OR_RETURN(BalancePartView part,
                               PartOf(place, earner.currency, line.sequence, line.day, line.amount));
    out.items.push_back(std::move(part));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

}  // namespace trailbook
