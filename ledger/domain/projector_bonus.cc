#include "ledger/domain/projector_bonus.h"

#include <utility>

#include "ledger/domain/projector.h"

namespace trailbook {

void ProjectBonus(const log::v1::Record& record, const log::v1::BonusAccrued& bonus, Book& book) {
  Commission& payment = book.commissions.Edit({record.program(), bonus.commission()});
  payment.bonus_line = record.sequence();
  Commission c;
  c.program = record.program();
  c.number = record.sequence();
  c.bonus_of = payment.number;
  c.partner = bonus.partner();
  c.customer = bonus.customer();
  c.payment_id = bonus.payment_id();
  c.currency = bonus.currency();
  c.collected = payment.collected;
  c.base = payment.base;
  c.payment_time = bonus.time();
  c.event_day = record.event_day();
  c.matures_on = bonus.matures_on();
  c.accrued = bonus.state().booked();
  c.booked = bonus.state().booked();
  c.pending = bonus.state().pending();
  c.held = bonus.state().held();
  BeginCommission(record, c, book);
  book.commissions.PutNew(std::move(c));
}

void CopyToBonus(const log::v1::Record& record, const Commission& payment, Book& book) {
  Commission& bonus = book.commissions.Edit({payment.program, payment.bonus_line});
  bonus.given_back = payment.given_back;
  bonus.open_disputed = payment.open_disputed;
  bonus.open_disputes = payment.open_disputes;
  FlagOverRefunded(bonus);
  KeepOpenHold(record, bonus, book);
}

}  // namespace trailbook
