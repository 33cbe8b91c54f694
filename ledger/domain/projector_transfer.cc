#include "ledger/domain/projector_transfer.h"

#include <utility>

#include "ledger/domain/owner.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/projector.h"
#include "ledger/domain/projector_terms.h"

namespace trailbook {
namespace {

// A commission and its sign-up bonus name each other.
void TellItsPair(const Commission& moved, Book& book) {
  if (moved.bonus_line != 0) book.commissions.Edit({moved.program, moved.bonus_line}).bonus_of = moved.number;
  if (moved.bonus_of != 0) book.commissions.Edit({moved.program, moved.bonus_of}).bonus_line = moved.number;
}

}  // namespace

int64_t OriginOf(const Commission& c) { return c.origin != 0 ? c.origin : c.number; }

const Commission& CurrentCommission(Book& book, const Commission& commission) {
  const Commission* at = &commission;
  while (at->moved_to != 0) at = &book.commissions.At({at->program, at->moved_to});
  return *at;
}

void ProjectReassigned(const log::v1::Record& record, const log::v1::ReferralReassigned& reassigned, Book& book) {
  Referral& referral = book.referrals.Edit({record.program(), reassigned.customer()});
  referral.partner = reassigned.partner();
  referral.terms_version = reassigned.terms_version();
  referral.rate_bps = reassigned.rate_bps();
  referral.own_rate = reassigned.own_rate();
  referral.hold_days = reassigned.hold_days();
  referral.grp = reassigned.group();
  if (reassigned.paying()) {
    const int64_t from = OwnerOf(book, record.program(), reassigned.from_partner());
    CountPayingCustomers(book.partners.Edit({record.program(), from}), -1);
    CountPayingCustomers(book.partners.Edit({record.program(), reassigned.partner()}), 1);
  }
  ReferralMove move;
  move.program = record.program();
  move.customer = reassigned.customer();
  move.sequence = record.sequence();
  move.from_partner = reassigned.from_partner();
  move.partner = reassigned.partner();
  book.referral_moves.PutNew(std::move(move));
}

void ProjectTransferred(const log::v1::Record& record, const log::v1::CommissionTransferred& transferred, Book& book) {
  const Commission::Key key{record.program(), transferred.commission()};
  const bool matured = HasMatured(book, book.commissions.At(key));
  Commission& old = book.commissions.Edit(key);
  if (!matured && old.pending != 0) {
    SetMaturing(book, old.program, transferred.from_partner(), old.currency, old.matures_on, -old.pending);
  }
  Commission next = old;
  old.matured += matured ? old.pending : 0;
  old.booked = old.pending = old.held = old.open_disputed = old.open_disputes = 0;
  old.moved_to = record.sequence();
  KeepOpenHold(record, old, book);
  CommissionEvent event;
  event.program = old.program;
  event.commission = old.number;
  event.sequence = record.sequence();
  book.commission_events.PutNew(std::move(event));

  next.number = record.sequence();
  next.partner = transferred.partner();
  next.origin = OriginOf(old);
  next.moved_from = old.number;
  next.moved_day = record.event_day();
  next.booked = transferred.state().booked();
  next.pending = transferred.state().pending();
  next.held = transferred.state().held();
  next.matured = 0;
  next.due_previous = 0;
  BeginCommission(record, next, book);
  TellItsPair(next, book);
  book.commissions.PutNew(std::move(next));
}

void ProjectMerged(const log::v1::Record& record, const log::v1::PartnerMerged& merged, Book& book) {
  Partner& gone = book.partners.Edit({record.program(), merged.partner()});
  Partner& goes_on = book.partners.Edit({record.program(), merged.into_partner()});
  gone.state = static_cast<int64_t>(PartnerPhase::kMerged);
  gone.state_reason = merged.reason();
  gone.merged_into = merged.into_partner();
  gone.next_alias = goes_on.first_alias;
  goes_on.first_alias = merged.partner();
  CountPayingCustomers(goes_on, gone.paying_customers);
  gone.paying_customers = 0;
}

void ProjectBalances(const log::v1::Record& record, const log::v1::BalancesTransferred& moved, Book& book) {
  for (const log::v1::MaturingPart& part : moved.maturing()) {
    SetMaturing(book, record.program(), moved.from_partner(), moved.currency(), part.matures_on(), -part.amount());
    SetMaturing(book, record.program(), moved.partner(), moved.currency(), part.matures_on(), part.amount());
  }
  Earner& gone = book.earners.Edit({record.program(), moved.from_partner(), moved.currency()});
  gone.moved_sequence = record.sequence();
  book.earners.EditOrCreate({record.program(), moved.partner(), moved.currency()}).payouts += gone.payouts;
  gone.moved_day = record.event_day();
  for (const log::v1::Posting& posting : record.postings()) gone.moved_day = posting.booking_day();
}

}  // namespace trailbook
