// One commission, down to event, base, rate, terms, rounding, hold and batch.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/money.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/projector.h"
#include "ledger/domain/projector_transfer.h"
#include "ledger/domain/words.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

using log::v1::Record;

// Where a commission stood after a record that concerns it; null if the record does not say.
const log::v1::CommissionState* StateAfter(const Record& record) {
  switch (record.kind_case()) {
    case Record::kPaymentRecorded: return &record.payment_recorded().state();
    case Record::kRefundRecorded: return &record.refund_recorded().state();
    case Record::kDisputeRecorded: return &record.dispute_recorded().state();
    case Record::kHoldRecomputed: return &record.hold_recomputed().state();
    case Record::kCommissionForfeited: return &record.commission_forfeited().state();
    case Record::kForfeitureUndone: return &record.forfeiture_undone().state();
    case Record::kBonusAccrued: return &record.bonus_accrued().state();
    case Record::kCommissionTransferred: return &record.commission_transferred().state();
    case Record::kBonusChanged: return &record.bonus_changed().state();
    default: return nullptr;
  }
}

// Whether a record takes back a part of a commission.
bool Reverses(const RecordWords& words) { return words.kind == "REFUND" || words.kind == "DISPUTE_LOST"; }

Day BookingDayOf(const Record& record) {
  Day day = record.event_day();
  for (const log::v1::Posting& posting : record.postings()) day = std::max(day, posting.booking_day());
  return day;
}

absl::string_view TouchText(int64_t kind) {
  switch (kind) {
    case log::v1::TOUCH_KIND_PARTNER: return "partner";
    case log::v1::TOUCH_KIND_COUPON: return "coupon";
    case log::v1::TOUCH_KIND_CLICK: return "click";
    default: return "link";
  }
}

}  // namespace

absl::Status Queries::AddSequences(const Place& place, const Commission& c, std::set<int64_t>& sequences) {
  sequences.insert(c.number);
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<CommissionEvent> events,
      store::SelectRows<CommissionEvent>(
          *db_, store::SelectFrom<CommissionEvent>("WHERE program_id = $1 AND commission = $2 ORDER BY sequence"),
          {place.program, c.number}));
  for (const CommissionEvent& event : events) sequences.insert(event.sequence);
  for (const PayableLine& line : LinesOfCommission(book_, c)) {
    sequences.insert(line.sequence);
    // Its payouts: the line's own and, after one that died, those that took what came back.
    for (const PayableLine* at = &line; at != nullptr && at->batch != 0;) {
      const Payout* payout = book_.payouts.Get({place.program, at->batch, at->payout});
      if (payout == nullptr) break;
      sequences.insert(payout->sequence);
      sequences.insert(payout->last_sequence);
      at = CameBack(book_, *payout);
    }
  }
  return absl::OkStatus();
}

absl::Status Queries::AddSteps(const Place& place, const Commission& c, ExplanationView& view) {
  std::set<int64_t> sequences;
  // What moved here with its referral begins where it was earned.
  for (const Commission* at = &c; at != nullptr;
       at = at->moved_from == 0 ? nullptr : book_.commissions.Get({c.program, at->moved_from})) {
    TRAILBOOK_RETURN_IF_ERROR(AddSequences(place, *at, sequences));
  }
  int64_t booked = 0, forfeited = 0;
  for (int64_t sequence : sequences) {
    TRAILBOOK_ASSIGN_OR_RETURN(const Record record, ReadRecord(place.program, sequence, nullptr));
    const RecordWords words = WordsFor(record, c.currency);
    ExplanationStep step;
    step.sequence = sequence;
    step.time = words.time;
    step.booking_date = FormatDay(BookingDayOf(record));
    step.kind = words.kind == "COMMISSION" ? "ACCRUED" : words.kind == "PAYOUT" ? "SENT" : words.kind;
    step.external_id = words.external_id;
    step.text = words.text;
    if (forfeited > 0 && Reverses(words)) absl::StrAppend(&step.text, "; what was forfeited before is not taken again");
    if (const log::v1::CommissionState* state = StateAfter(record)) {
      const bool moved_on = record.has_commission_transferred() && sequence > c.number;
      step.after = moved_on ? 0 : state->booked();
      forfeited = state->forfeited();
    } else {
      step.after = booked;
    }
    step.change = step.after - booked;
    booked = step.after;
    view.steps.push_back(std::move(step));
  }
  return absl::OkStatus();
}

absl::StatusOr<ExplanationView> Queries::Explain(absl::string_view program_id, int64_t number) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  const Commission* commission = book_.commissions.Get({place.program, number});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (commission == nullptr) return NotFound("commission", absl::StrCat(number));
  const Commission c = *commission;
  ExplanationView view;
  view.commission = ViewOf(place, c);
  const Referral& referral = book_.referrals.At({place.program, c.customer});
  view.sign_up_date = FormatDay(referral.sign_up_day);
  view.terms_version = referral.terms_version;
  view.rate_source = referral.own_rate ? "PARTNER_RATE" : referral.grp != 0 ? "GROUP_TERMS" : "PROGRAM_TERMS";
  if (const PartnerGroup* group = book_.partner_groups.Get({place.program, referral.grp})) {
    view.group_id = group->group_id;
  }
  view.hold_days = referral.hold_days;
  view.attributed_by = std::string(TouchText(referral.touch_kind));
  TRAILBOOK_RETURN_IF_ERROR(AddSteps(place, c, view));

  std::vector<std::string>& text = view.text;
  text.push_back(absl::StrCat("Customer ", view.commission.customer_id, " signed up on ", view.sign_up_date,
                              " through ", view.commission.partner_id, " (by ", view.attributed_by, ")."));
  for (std::string& line : PromiseText(place, referral)) text.push_back(std::move(line));
  text.push_back(absl::StrCat("On ", view.commission.event_date, " the customer paid ",
                              FormatMoney(c.collected, c.currency), " (", c.payment_id, "); ",
                              FormatMoney(c.base, c.currency), " of it is commissionable (without tax)."));
  if (c.bonus_line != 0) {
    text.push_back(absl::StrCat("The sign-up bonus that came with this payment is line ", c.bonus_line, "."));
  }
  if (c.bonus_of != 0) {
    text.push_back(absl::StrCat("This is the sign-up bonus; the commission on the payment is line ", c.bonus_of, "."));
  }
  for (const ExplanationStep& step : view.steps) {
    std::string line = absl::StrCat(step.booking_date, ": ", step.text);
    if (step.change != 0) absl::StrAppend(&line, " -> ", FormatMoney(step.after, c.currency));
    text.push_back(std::move(line));
  }
  if (c.moved_to != 0) {
    const Commission& now = CurrentCommission(book_, c);
    text.push_back(absl::StrCat("It moved with its referral; it is line ", now.number, " of ",
                                PartnerId(place.program, now.partner), " now."));
  }
  if (const int64_t owner = OwnerOf(book_, place.program, c.partner); owner != c.partner) {
    text.push_back(absl::StrCat(view.commission.partner_id, " was merged into ", PartnerId(place.program, owner),
                                ", who is paid for it."));
  }
  if (referral.rejected) text.push_back("A person rejected this referral; it earns nothing.");
  if (referral.in_review) {
    text.push_back("Customer and partner look like the same person: it is held until a person decides.");
  }
  if (c.booked > 0 && c.matures_on > place.today) {
    text.push_back(absl::StrCat("It becomes payable on ", view.commission.mature_date, "."));
  } else if (c.booked > 0 && !HasMatured(book_, c) && c.pending > 0) {
    text.push_back(absl::StrCat("It is payable since ", view.commission.mature_date, "."));
  }
  text.push_back(
      absl::StrCat("It now comes to ", FormatMoney(c.booked, c.currency),
                   c.held == 0 ? "." : absl::StrCat(", of which ", FormatMoney(c.held, c.currency), " is held.")));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

}  // namespace trailbook
