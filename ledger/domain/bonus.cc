#include "ledger/domain/bonus.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/projector.h"

namespace trailbook {

std::vector<Leg> AccrualLegs(AccountKind expense, int64_t amount, bool held, Day day, const Earner* earner) {
  std::vector<Leg> legs{{expense, AccountKind::kCommissionPending, amount, day}};
  if (held) {
    const Day hold_day = earner == nullptr ? day : std::max(day, earner->pending_day);
    legs.push_back({AccountKind::kCommissionPending, AccountKind::kCommissionHeld, amount, hold_day});
  }
  return legs;
}

absl::Status CheckBonusFits(Book& book, const Earner::Key& key, int64_t commission, int64_t bonus) {
  const auto& [program, partner, currency] = key;
  __int128 most = 0;  // what the fullest of the accounts holds that will get it
  const auto look_at = [&most](int64_t balance) {
    const __int128 size = balance < 0 ? -static_cast<__int128>(balance) : balance;
    most = std::max(most, size);
  };
  for (AccountKind kind :
       {AccountKind::kSignupBonusExpense, AccountKind::kCommissionPending, AccountKind::kCommissionHeld}) {
    const Account* account = book.accounts.Get({program, static_cast<int64_t>(kind), currency, ""});
    if (account != nullptr) look_at(account->balance);
  }
  if (most + commission + bonus <= INT64_MAX) return absl::OkStatus();
  return Refuse(absl::StatusCode::kOutOfRange, "OVERFLOW", "",
                absl::StrCat("a balance in ", currency.code(), " would not fit into 64 bits; nothing was recorded"));
}

absl::Status AccrueBonus(Book& book, Journal& journal, const Commission& payment, int64_t amount, bool held) {
  log::v1::BonusAccrued& bonus = *journal.Start(payment.program, payment.event_day).mutable_bonus_accrued();
  bonus.set_commission(payment.number);
  bonus.set_customer(payment.customer);
  bonus.set_partner(payment.partner);
  bonus.set_payment_id(payment.payment_id);
  bonus.set_currency(payment.currency);
  bonus.set_time(payment.payment_time);
  bonus.set_matures_on(payment.matures_on);
  bonus.mutable_state()->set_booked(amount);
  if (held) {
    bonus.mutable_state()->set_held(amount);
  } else {
    bonus.mutable_state()->set_pending(amount);
  }
  const Earner* earner =
      book.earners.Get({payment.program, payment.partner, payment.currency});  // recorded just now: he owns it
  journal.AddLegs(AccrualLegs(AccountKind::kSignupBonusExpense, amount, held, payment.event_day, earner),
                  {payment.partner, payment.currency});
  return journal.Emit().status();
}

absl::Status MoveBonus(Book& book, Journal& journal, const Commission& payment, int64_t time, Day event_day) {
  if (payment.bonus_line == 0) return absl::OkStatus();
  // The projector has copied what happened to the payment already.
  const Commission bonus = book.commissions.At({payment.program, payment.bonus_line});
  const int64_t target = TargetOf(bonus);
  const int64_t wanted = HoldWanted(bonus, target, HoldsAll(book, bonus));
  if (target == bonus.booked && wanted == bonus.held) return absl::OkStatus();
  const bool nothing_to_hold =
      wanted > bonus.held && (bonus.pending == 0 || HasMatured(book, bonus)) && UnpaidReleased(book, bonus) == 0;
  if (target == bonus.booked && nothing_to_hold) return absl::OkStatus();
  const int64_t cause = journal.emitted().back().sequence;
  return ChangeCommission(book, journal, bonus, event_day,
                          [&](log::v1::Record& record, const log::v1::CommissionState& state) {
                            log::v1::BonusChanged& changed = *record.mutable_bonus_changed();
                            changed.set_commission(bonus.number);
                            changed.set_cause(cause);
                            changed.set_time(time);
                            *changed.mutable_state() = state;
                          });
}

}  // namespace trailbook
