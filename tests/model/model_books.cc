// RULES 5 and 8: movements, balances as of a day, and on which day what takes from an account may be booked.
#include <algorithm>

#include "tests/model/model.h"

namespace trailbook::model {

namespace {

bool IsGuarded(Account account) {
  return account == Account::kPending || account == Account::kHeld || account == Account::kPayable ||
         account == Account::kReserved;
}

constexpr Day kBeforeAll = -1000000;

}  // namespace

// The natural balance: what the partner has; for the receivable what the partner owes.
int64_t Model::Balance(const Pair& pair, Account account, std::optional<Day> day) const {
  const auto book = books_.find(pair);
  if (book == books_.end()) return 0;
  int64_t sum = 0;
  for (const Movement& movement : book->second) {
    if (day && movement.day > *day) continue;
    if (movement.to == account) sum += movement.amount;
    if (movement.from == account) sum -= movement.amount;
  }
  return account == Account::kReceivable ? -sum : sum;
}

// Of it, a commission's own.
int64_t Model::PartOf(int commission, Account account) const {
  int64_t sum = 0;
  for (const auto& [pair, movement] : MovementsOf(commission)) {
    if (movement->to == account) sum += movement->amount;
    if (movement->from == account) sum -= movement->amount;
  }
  return sum;
}

// In the order in which they were booked, with whoever had the commission then.
std::vector<std::pair<Model::Pair, const Movement*>> Model::MovementsOf(int payment) const {
  std::vector<std::pair<Pair, const Movement*>> found;
  for (const auto& [pair, movements] : books_) {
    for (const Movement& movement : movements) {
      if (Concerns(movement, payment)) found.emplace_back(pair, &movement);
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.second->entry < b.second->entry; });
  return found;
}

Day Model::Latest(const Pair& pair, Account account) const {
  Day latest = kBeforeAll;
  const auto book = books_.find(pair);
  if (book == books_.end()) return latest;
  for (const Movement& movement : book->second) {
    if (movement.from == account || movement.to == account) latest = std::max(latest, movement.day);
  }
  return latest;
}

Day Model::TakeDay(const Pair& pair, Account from, Day event) const {
  return IsGuarded(from) ? std::max(event, Latest(pair, from)) : event;
}

void Model::Move(const Pair& pair, Movement movement) {
  if (movement.amount == 0) return;
  // RULES 5: nothing books inside a closed period, but on the first open day.
  if (closed_through_) movement.day = std::max(movement.day, *closed_through_ + 1);
  movement.entry = entries_;
  if (movement.commission >= 0) movement.life = payments_[movement.commission].life;
  earners_.insert(pair);
  books_[pair].push_back(std::move(movement));
}

// Every credit to payable settles an open receivable first. `movement.day` is the event's day, `from` where the money
// comes from.
void Model::CreditPayable(const Pair& pair, Movement movement) {
  const int64_t recouped = std::min(movement.amount, Balance(pair, Account::kReceivable));
  const Day taken = TakeDay(pair, movement.from, movement.day);
  Movement settles = movement, rest = movement;
  settles.to = Account::kReceivable;
  settles.amount = recouped;
  settles.day = std::max(taken, Latest(pair, Account::kReceivable));
  rest.to = Account::kPayable;
  rest.amount = movement.amount - recouped;
  rest.day = taken;
  Move(pair, settles);
  Move(pair, rest);
}

// The last day on which the present entry was booked; the event's day where it booked nothing.
Day Model::LastDay(const Pair& pair, Day event) const {
  Day last = event;
  const auto book = books_.find(pair);
  if (book == books_.end()) return last;
  for (const Movement& movement : book->second) {
    if (movement.entry == entries_) last = std::max(last, movement.day);
  }
  return last;
}

std::set<std::string> Model::CurrenciesOf(int partner) const {
  std::set<std::string> currencies;
  for (const auto& [pair, movements] : books_) {
    if (pair.first == partner && !movements.empty()) currencies.insert(pair.second);
  }
  return currencies;
}

std::set<std::string> Model::EarnedIn(int partner) const {
  std::set<std::string> currencies;
  for (const auto& [earner, currency] : earners_) {
    if (earner == partner) currencies.insert(currency);
  }
  return currencies;
}

// RULES 5: reads count what is due by the day as payable, whether or not the sweep has run: as a sweep through that day
// would book it.
Balances Model::BalancesAt(int partner, const std::string& currency, Day day) const {
  const Pair pair(partner, currency);
  Model looks = *this;
  looks.Mature(pair, day);
  Balances at;
  at.pending = looks.Balance(pair, Account::kPending, day);
  at.held = looks.Balance(pair, Account::kHeld, day);
  at.payable = looks.Balance(pair, Account::kPayable, day);
  at.reserved = looks.Balance(pair, Account::kReserved, day) + looks.Balance(pair, Account::kInTransit, day);
  at.receivable = looks.Balance(pair, Account::kReceivable, day);
  at.paid = looks.Balance(pair, Account::kCash, day);
  return at;
}

int64_t Model::StatementBalance(int partner, const std::string& currency, Day day) const {
  const Pair pair(partner, currency);
  int64_t sum = -Balance(pair, Account::kReceivable, day);
  for (const Account account : {Account::kPending, Account::kHeld, Account::kPayable, Account::kReserved}) {
    sum += Balance(pair, account, day);
  }
  return sum;
}

std::map<std::pair<std::string, std::string>, int64_t> Model::TrialBalance(Day day) const {
  std::map<std::pair<std::string, std::string>, int64_t> sums;
  const auto name = [](const Movement& movement, Account account) -> std::string {
    switch (account) {
      case Account::kPending: return "liabilities:commission-pending";
      case Account::kHeld: return "liabilities:commission-held";
      case Account::kPayable: return "liabilities:commission-payable";
      case Account::kReserved: return "liabilities:payout-reserved";
      case Account::kReceivable: return "assets:partner-receivable";
      case Account::kInTransit:
        return movement.converts ? "clearing:fx" : "liabilities:payout-in-transit:" + movement.rail;
      case Account::kCash: return movement.converts ? "clearing:fx" : "assets:cash:" + movement.funding;
      case Account::kExpense: return "expenses:commission";
      case Account::kBonusExpense: return "expenses:signup-bonus";
      case Account::kReversed: return "contra-expense:commission-reversed";
      case Account::kAdjustment: return "expenses:adjustment";
      case Account::kBadDebt: return "expenses:bad-debt";
      case Account::kRepaid: return "assets:cash:" + movement.funding;
      case Account::kTransfer: return "";  // what leaves one partner reaches another
    }
    return "";
  };
  for (const auto& [pair, movements] : books_) {
    for (const Movement& movement : movements) {
      if (movement.day > day) continue;
      sums[{name(movement, movement.from), pair.second}] += movement.amount;
      sums[{name(movement, movement.to), pair.second}] -= movement.amount;
    }
    const Balances read = BalancesAt(pair.first, pair.second, day);
    sums[{"liabilities:commission-pending", pair.second}] += Balance(pair, Account::kPending, day) - read.pending;
    sums[{"liabilities:commission-payable", pair.second}] += Balance(pair, Account::kPayable, day) - read.payable;
    sums[{"assets:partner-receivable", pair.second}] -= Balance(pair, Account::kReceivable, day) - read.receivable;
  }
  for (const Settlement& settlement : settlements_) {
    if (settlement.day > day) continue;
    sums[{settlement.from, settlement.currency}] += settlement.amount;
    sums[{settlement.to, settlement.currency}] -= settlement.amount;
  }
  std::erase_if(sums, [](const auto& row) { return row.first.first.empty(); });
  return sums;
}

}  // namespace trailbook::model
