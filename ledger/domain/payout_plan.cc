#include "ledger/domain/payout_plan.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "ledger/base/status.h"
#include "ledger/domain/attribution.h"
#include "ledger/domain/fx.h"
#include "ledger/domain/maturity.h"
#include "ledger/domain/methods.h"
#include "ledger/domain/money.h"
#include "ledger/domain/phases.h"

namespace trailbook {
namespace {

constexpr size_t kEarnersAtOnce = 1000;  // that lines are loaded for

// What matures by the cutoff and has not yet, after an open receivable took its part.
absl::StatusOr<int64_t> StillToMature(Book& book, const Earner& earner, Day cutoff) {
  // What falls due inside a closed period books on the first open day.
  const Day closed = book.programs.At({earner.program}).closed_through;
  if (closed != kFromEver && closed >= cutoff) return 0;
  int64_t due = 0;
  for (const Day day : earner.due_days.Between(kFromEver, cutoff)) {
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t maturing, MaturingOn(book, earner, day));
    due += maturing;
  }
  return due - std::min(due, earner.receivable);
}

void LeaveOut(PlannedPayout& plan, absl::string_view reason, absl::string_view why) {
  plan.left_out = std::string(reason);
  plan.why = std::string(why);
}

// The currency that a method pays out what was earned in `earned`.
Currency ArrivesIn(const PayoutMethod* method, Currency earned) {
  return method == nullptr || method->settlement_currency.empty() ? earned : method->settlement_currency;
}

void Convert(Book& book, const Earner& earner, Currency arrives, PlannedPayout& plan) {
  const FxRate* rate = LatestFxRate(book, earner.program, earner.currency, arrives);
  if (rate == nullptr) {
    return LeaveOut(plan, "NO_FX_RATE",
                    absl::StrCat("no rate from ", earner.currency.code(), " to ", arrives.code(), " is recorded"));
  }
  const auto amount = ConvertMoney(plan.amount, earner.currency, arrives, rate->rate);
  if (!amount.ok() || *amount == 0) {
    return LeaveOut(plan, "NO_FX_RATE",
                    absl::StrCat(FormatMoney(plan.amount, earner.currency), " at ", rate->rate, " is not an amount of ",
                                 arrives.code(), " that can be paid"));
  }
  plan.settlement_currency = arrives;
  plan.settlement_amount = *amount;
  plan.fx_rate = rate->number;
}

// Lines are in the order of their records: the last dead payout stands last.
void NameRetried(PlannedPayout& plan) {
  for (const PayableLine& line : plan.lines) {
    if (line.from_batch == 0) continue;
    plan.retry_of_batch = line.from_batch;
    plan.retry_of_payout = line.from_payout;
  }
}

void Judge(Book& book, const Earner& earner, int64_t minimum, PlannedPayout& plan) {
  const PayoutMethod* method = book.payout_methods.Get({earner.program, earner.partner});
  const Partner& partner = book.partners.At({earner.program, earner.partner});
  const Currency arrives = ArrivesIn(method, earner.currency);
  if (partner.state == static_cast<int64_t>(PartnerPhase::kClosed)) minimum = 1;
  if (partner.state == static_cast<int64_t>(PartnerPhase::kBanned)) {
    LeaveOut(plan, "PARTNER_BANNED", absl::StrCat("the partner is banned: ", partner.state_reason));
  } else if (plan.amount <= 0) {
    LeaveOut(plan, "NOTHING_DUE", "nothing is payable up to the cutoff");
  } else if (method == nullptr || method->type == "none") {
    LeaveOut(plan, "NO_PAYOUT_METHOD", "the partner has no payout method");
  } else if (!MethodPays(method->type, arrives)) {
    LeaveOut(plan, "METHOD_NOT_FOR_CURRENCY",
             absl::StrCat("the payout method ", method->type, " does not pay ", arrives.code()));
  } else if (method->blocked) {
    LeaveOut(plan, "METHOD_BLOCKED", "a payout to this method failed; set the method anew to go on");
  } else if (plan.amount < minimum) {
    LeaveOut(plan, "BELOW_MINIMUM", absl::StrCat("below the minimum of ", FormatMoney(minimum, earner.currency)));
  } else if (arrives != earner.currency) {
    Convert(book, earner, arrives, plan);
  }
}

// The lines that no payout has taken, of each of some earners; and what else is asked of these, loaded in bulk.
std::vector<std::vector<PayableLine>> LoadFor(Book& book, absl::Span<const Earner> earners, Currency currency,
                                              Day cutoff) {
  std::vector<int64_t> partners;
  for (const Earner& earner : earners) {
    partners.push_back(earner.partner);
    book.partners.Want({earner.program, earner.partner});
    book.partner_identities.Want({earner.program, earner.partner});
    book.payout_methods.Want({earner.program, earner.partner});
    for (const Day day : earner.due_days.Between(kFromEver, cutoff)) {
      book.earner_days.Want({earner.program, day, earner.partner, earner.currency});
    }
  }
  book.lists->LoadWantedRows();
  return book.lists->UnpaidLines(earners.front().program, currency, partners);
}

absl::StatusOr<PlannedPayout> PlanFor(Book& book, const Earner& earner, std::vector<PayableLine> lines, int64_t minimum,
                                      Day cutoff) {
  PlannedPayout plan;
  plan.partner = earner.partner;
  for (PayableLine& line : lines) {
    if (line.day > cutoff && line.amount >= 0) continue;
    plan.amount += line.amount;
    plan.lines.push_back(std::move(line));
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t due, StillToMature(book, earner, cutoff));
  plan.amount += due;
  NameRetried(plan);
  Judge(book, earner, minimum, plan);
  return plan;
}

}  // namespace

int64_t MinimumPayout(Book& book, int64_t program, Currency currency, Day day) {
  const std::string& minimums = TermsOn(book, program, day).minimums;
  for (absl::string_view part : absl::StrSplit(minimums, ';', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> minimum = absl::StrSplit(part, '=');
    int64_t amount = 1;
    if (minimum.first == currency && absl::SimpleAtoi(minimum.second, &amount)) return amount;
  }
  return 1;
}

absl::StatusOr<std::vector<PlannedPayout>> PlanPayouts(Book& book, int64_t program, Currency currency, Day cutoff,
                                                       Day today) {
  std::vector<PlannedPayout> plans;
  const int64_t minimum = MinimumPayout(book, program, currency, today);
  const std::vector<Earner> all = book.lists->Earners(program, currency);
  for (absl::Span<const Earner> left = all; !left.empty();) {
    const absl::Span<const Earner> earners = left.first(std::min(left.size(), kEarnersAtOnce));
    left.remove_prefix(earners.size());
    std::vector<std::vector<PayableLine>> lines = LoadFor(book, earners, currency, cutoff);
    for (size_t at = 0; at < earners.size(); ++at) {
      TRAILBOOK_ASSIGN_OR_RETURN(PlannedPayout plan, PlanFor(book, earners[at], std::move(lines[at]), minimum, cutoff));
      const bool nothing = plan.left_out == "NOTHING_DUE" && earners[at].payable == 0;
      if (!nothing) plans.push_back(std::move(plan));
    }
  }
  return plans;
}

}  // namespace trailbook
