#include "ledger/domain/payout_legs.h"

#include <algorithm>

#include "ledger/domain/commission.h"

namespace trailbook {
namespace {

bool Converts(const Payout& payout) { return payout.fx_rate != 0; }

// What arrives, or is on its way.
MoneyLegs Settlement(const Payout& payout, AccountKind debit, AccountKind credit, Day day) {
  const bool converts = Converts(payout);
  return {converts ? payout.settlement_currency : payout.currency,
          {{debit, credit, converts ? payout.settlement_amount : payout.amount, day}},
          "",
          ""};
}

// The gross comes back from `from` to the partner.
Step CameBack(const Payout& payout, AccountKind from, const std::string& detail, const Earner& earner, Day day) {
  if (!Converts(payout)) return {{payout.currency, CreditPayable(earner, from, payout.amount, day), detail, ""}};
  MoneyLegs back = Settlement(payout, from, AccountKind::kFxClearing, day);
  back.debit_detail = detail;
  return {back, {payout.currency, CreditPayable(earner, AccountKind::kFxClearing, payout.amount, day), "", ""}};
}

}  // namespace

Step SentStep(const Payout& payout, const Earner& earner, Day day) {
  const Day booked = std::max(day, earner.reserved_day);
  const AccountKind to = Converts(payout) ? AccountKind::kFxClearing : AccountKind::kPayoutInTransit;
  MoneyLegs gross{payout.currency, {{AccountKind::kPayoutReserved, to, payout.amount, booked}}, "", ""};
  if (!Converts(payout)) {
    gross.credit_detail = payout.method_type;
    return {gross};
  }
  MoneyLegs on_its_way = Settlement(payout, AccountKind::kFxClearing, AccountKind::kPayoutInTransit, booked);
  on_its_way.credit_detail = payout.method_type;
  return {gross, on_its_way};
}

Step SettledStep(const Payout& payout, const std::string& funding, Day day) {
  MoneyLegs legs = Settlement(payout, AccountKind::kPayoutInTransit, AccountKind::kCash, day);
  legs.debit_detail = payout.method_type;
  legs.credit_detail = funding;
  return {legs};
}

Step FailedStep(const Payout& payout, const Earner& earner, Day day) {
  return CameBack(payout, AccountKind::kPayoutInTransit, payout.method_type, earner, day);
}

Step ReturnedStep(const Payout& payout, const std::string& funding, const Earner& earner, Day day) {
  return CameBack(payout, AccountKind::kCash, funding, earner, day);
}

Step CancelledStep(const Payout& payout, const Earner& earner, Day day) {
  const Day booked = std::max(day, earner.reserved_day);
  return {{payout.currency, CreditPayable(earner, AccountKind::kPayoutReserved, payout.amount, booked), "", ""}};
}

Step SettledAfterFailureStep(const Payout& payout, const std::string& funding, const Earner& earner, Day day) {
  const AccountKind to = Converts(payout) ? AccountKind::kFxClearing : AccountKind::kCash;
  MoneyLegs taken{payout.currency, TakePayable(earner, to, payout.amount, day), "", ""};
  if (!Converts(payout)) {
    taken.credit_detail = funding;
    return {taken};
  }
  MoneyLegs arrived = Settlement(payout, AccountKind::kFxClearing, AccountKind::kCash, day);
  arrived.credit_detail = funding;
  return {taken, arrived};
}

void AddStep(Journal& journal, const Payout& payout, const Step& step) {
  for (const MoneyLegs& part : step) {
    journal.AddLegs(part.legs, {payout.partner, part.currency}, part.debit_detail, part.credit_detail);
  }
}

}  // namespace trailbook
