#include "ledger/domain/commission_change.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "ledger/base/status.h"
#include "ledger/domain/commission.h"
#include "ledger/domain/maturity.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/projector.h"

namespace trailbook {
namespace {

bool IsDead(const Payout& payout) {
  const auto state = static_cast<PayoutPhase>(payout.state);
  return state == PayoutPhase::kFailed || state == PayoutPhase::kReturned || state == PayoutPhase::kCancelled;
}

// Calls f with the lines by which a commission became payable while a partner had it, as far as the store may not show
// them yet.
template <typename F>
void ForEachUnsavedLine(Book& book, const Commission& c, const Tenure& tenure, F&& f) {
  book.unsaved_lines.ForEachOf(book.payable_lines, {c.program, tenure.partner, c.number, 0}, f);
  if (c.matures_on == 0) return;
  book.unsaved_lines.ForEachOf(book.payable_lines, {c.program, tenure.partner, 0, c.matures_on},
                               [&](const PayableLine& line) {
                                 if (line.currency == c.currency && line.sequence > tenure.since) f(line);
                               });
}

// Where the unpaid money of a merged partner went: one line of the partner that goes on; nullptr if it settled what
// that one owed. The line itself while its partner goes on.
const PayableLine* AfterMerge(Book& book, const PayableLine& line) {
  const int64_t into = book.partners.At({line.program, line.partner}).merged_into;
  if (into == 0) return &line;
  const Earner& earner = book.earners.At({line.program, line.partner, line.currency});
  const PayableLine* moved =
      book.payable_lines.Get({line.program, into, line.currency, earner.moved_sequence, earner.moved_day});
  return moved != nullptr && moved->amount > 0 ? moved
                                               : nullptr;  // below zero: what he owed came out of the other's money
}

}  // namespace

// What came back from a dead payout is a line of whoever owned its partner's money then.
const PayableLine* CameBack(Book& book, const Payout& payout) {
  for (int64_t partner = payout.partner; partner != 0;
       partner = book.partners.At({payout.program, partner}).merged_into) {
    const PayableLine* line =
        book.payable_lines.Get({payout.program, partner, payout.currency, payout.last_sequence, payout.back_day});
    if (line != nullptr) return line;
  }
  return nullptr;
}

int64_t MaturedOf(Book& book, const Commission& c) { return c.matured + (HasMatured(book, c) ? c.pending : 0); }

namespace {

// Whether any of the partners who had a commission was paid or owed something, in its currency.
bool WasEverPaidOrOwed(Book& book, const Commission& c) {
  for (const Tenure& tenure : TenuresOf(book, c)) {
    const Earner* earner = book.earners.Get({c.program, tenure.partner, c.currency});
    if (earner != nullptr && (earner->payouts != 0 || earner->receivable_day != 0)) return true;
  }
  return false;
}

}  // namespace

LineMoney FollowLine(Book& book, PayableLine line) {
  while (true) {
    const PayableLine* next = nullptr;
    if (line.batch == 0) {
      next = AfterMerge(book, line);
      if (next == &line) return {nullptr, true};
    } else {
      const Payout* payout = book.payouts.Get({line.program, line.batch, line.payout});
      if (payout == nullptr || !IsDead(*payout)) return {payout, false};
      next = CameBack(book, *payout);
    }
    if (next == nullptr) return {nullptr, false};
    line = *next;
  }
}

std::vector<PayableLine> LinesOfCommission(Book& book, const Commission& c) {
  std::map<std::tuple<int64_t, Day, int64_t>, PayableLine> lines;  // in the order of their records
  const auto keep = [&lines](const PayableLine& line) {
    lines.insert_or_assign({line.sequence, line.day, line.partner}, line);
  };
  for (const Tenure& tenure : TenuresOf(book, c)) {
    for (const PayableLine& line : book.lists->LinesOf(c, tenure.partner, tenure.since)) keep(line);
    ForEachUnsavedLine(book, c, tenure, keep);
  }
  std::vector<PayableLine> out;
  bool matured = MaturedOf(book, c) == 0;  // then none took it along
  for (auto& [key, line] : lines) {
    // Only the first maturity of its day after its record took the commission along.
    if (line.commission == 0 && std::exchange(matured, true)) continue;
    out.push_back(std::move(line));
  }
  return out;
}

int64_t UnpaidReleased(Book& book, const Commission& c) {
  const bool has_matured = HasMatured(book, c);
  const int64_t pending = has_matured ? 0 : c.pending;
  const int64_t released = c.booked - pending - c.held;
  if (!WasEverPaidOrOwed(book, c)) return released;  // nothing can be gone
  const int64_t matured = MaturedOf(book, c);
  int64_t unpaid = 0;
  for (const PayableLine& line : LinesOfCommission(book, c)) {
    if (!FollowLine(book, line).unpaid) continue;
    unpaid += line.commission == 0 ? std::min(matured, line.amount) : line.amount;
  }
  // Below zero where a reversal took the partner's other money for what was paid: its undoing makes up for that first.
  return std::min(unpaid, released);
}

absl::Status ChangeCommission(Book& book, Journal& journal, const Commission& after, Day event_day,
                              const std::function<void(log::v1::Record&, const log::v1::CommissionState&)>& fill) {
  const Day day = std::max({event_day, after.event_day, after.moved_day});
  const Earner::Key key = OwnerOf(book, after);
  TRAILBOOK_RETURN_IF_ERROR(MatureThrough(book, journal, key, day).status());

  const bool matured = HasMatured(book, after);
  CommissionMove from;
  from.booked = after.booked;
  from.pending = matured ? 0 : after.pending;
  from.held = after.held;
  from.unpaid_released = UnpaidReleased(book, after);
  from.matured = matured;
  from.matures_on = after.matures_on;
  from.earner = book.earners.At(key);
  from.event_day = day;
  // A rejection stands: not even a refund that fails later brings anything back.
  const int64_t target = book.referrals.At({after.program, after.customer}).rejected ? 0 : TargetOf(after);
  const CommissionMoved moved = MoveCommission(from, target, HoldWanted(after, target, HoldsAll(book, after)));

  log::v1::CommissionState state;
  state.set_booked(moved.booked);
  state.set_pending(moved.pending);
  state.set_held(moved.held);
  state.set_matured(after.matured + (matured ? after.pending : 0));
  state.set_refunded(std::min(after.given_back, after.collected));
  state.set_over_refunded(std::max<int64_t>(after.given_back - after.collected, 0));
  state.set_forfeited(after.forfeited);
  state.set_forfeited_from(after.forfeited_from);
  fill(journal.Start(after.program, day), state);
  journal.AddLegs(moved.legs, {std::get<1>(key), after.currency});
  return journal.Emit().status();
}

std::vector<Commission> FindHeld(Book& book, const HeldCommissions& which) {
  std::vector<Commission> found;
  for (int64_t partner : FamilyOf(book, which.program, which.partner)) {
    for (const OpenHold& hold : book.lists->OpenHolds(which.program, partner)) {
      const Commission& c = book.commissions.At({which.program, hold.commission});
      if (!which.currency.empty() && c.currency != which.currency) continue;
      if (which.customer == 0 || c.customer == which.customer) found.push_back(c);
    }
  }
  return found;
}

bool HoldsAll(Book& book, const Commission& c) {
  return book.referrals.At({c.program, c.customer}).in_review ||
         book.partners.At({c.program, OwnerOf(book, c.program, c.partner)}).state ==
             static_cast<int64_t>(PartnerPhase::kBanned);
}

absl::Status RecomputeHolds(Book& book, Journal& journal, const HeldCommissions& which, Day day) {
  for (const Commission& now : FindHeld(book, which)) {
    const int64_t wanted = HoldWanted(now, TargetOf(now), HoldsAll(book, now));
    if (wanted == now.held || (wanted > now.held && UnpaidReleased(book, now) <= 0)) continue;
    TRAILBOOK_RETURN_IF_ERROR(ChangeCommission(book, journal, now, day,
                                               [&now](log::v1::Record& record, const log::v1::CommissionState& state) {
                                                 record.mutable_hold_recomputed()->set_commission(now.number);
                                                 *record.mutable_hold_recomputed()->mutable_state() = state;
                                               }));
  }
  return absl::OkStatus();
}

}  // namespace trailbook
