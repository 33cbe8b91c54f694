// What becomes payable when, what the program owes, and what waits beside the ledger.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"
#include "ledger/domain/parking.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

void Describe(const Report& report, ParkedView* view) {
  struct Visitor {
    ParkedView* view;
    void Say(absl::string_view kind, const std::string& id, std::string waits_for) const {
      view->kind = std::string(kind);
      view->id = id;
      view->waits_for = std::move(waits_for);
    }
    void operator()(const SignUpReport& r) const { Say("SIGN_UP", r.customer_id, "its day"); }
    void operator()(const PaymentReport& r) const {
      Say("PAYMENT", r.payment_id, absl::StrCat("the sign-up of customer ", r.customer_id));
    }
    void operator()(const AliasReport& r) const {
      Say("PAYMENT_ALIAS", r.alias_id, absl::StrCat("payment ", r.payment_id));
    }
    void operator()(const RefundReport& r) const { Say("REFUND", r.refund_id, absl::StrCat("payment ", r.payment_id)); }
    void operator()(const DisputeReport& r) const {
      Say("DISPUTE", r.dispute_id, absl::StrCat("payment ", r.payment_id));
    }
    void operator()(const ClickReport& r) const { Say("CLICK", r.click_id, "nothing"); }
  };
  std::visit(Visitor{view}, report);
}

}  // namespace

absl::StatusOr<ForecastView> Queries::Forecast(absl::string_view program_id, absl::string_view partner_id,
                                               absl::string_view currency) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  int64_t partner = 0;
  if (!partner_id.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(partner, FindPartner(place, partner_id));
  }
  if (!currency.empty()) TRAILBOOK_RETURN_IF_ERROR(CheckCurrency("currency_code", currency));
  const std::string one_currency(currency);
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<Earner> earners,
      store::SelectRows<Earner>(*db_,
                                store::SelectFrom<Earner>("WHERE program_id = $1 AND ($2 = 0 OR partner = $2) AND "
                                                          "($3 = '' OR currency = $3) ORDER BY partner, currency"),
                                {place.program, partner, one_currency}));
  std::map<Currency, LiabilityView> liabilities;
  std::map<std::pair<Currency, Day>, int64_t> maturing;
  for (const Earner& earner : earners) {
    const EarningsView now = BalancesAt(place, earner, place.today);
    LiabilityView& total = liabilities[earner.currency];
    total.currency = earner.currency;
    std::vector<std::pair<int64_t*, int64_t>> sums = {{&total.pending, now.pending},
                                                      {&total.held, now.held},
                                                      {&total.payable, now.payable},
                                                      {&total.reserved, now.reserved},
                                                      {&total.receivable, now.receivable}};
    for (const EarnerDay& day : UnmaturedBetween(earner, kFromEver, kNever)) {
      sums.emplace_back(&maturing[{earner.currency, std::max(day.day, place.today)}], day.maturing);
    }
    for (const auto& [sum, add] : sums) {
      if (!CheckedAdd(*sum, add, sum)) {
        return Refuse(absl::StatusCode::kOutOfRange, "OVERFLOW", "",
                      "the sum over all partners does not fit into 64 bits");
      }
    }
  }
  ForecastView view;
  for (const auto& [key, amount] : maturing) view.maturing.push_back({FormatDay(key.second), key.first, amount});
  for (auto& [code, total] : liabilities) view.liabilities.push_back(std::move(total));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

absl::StatusOr<Page<ParkedView>> Queries::ListParked(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t after, NumberCursor(page.cursor, 0));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<Parked> rows,
      store::SelectRows<Parked>(
          *db_, store::SelectFrom<Parked>("WHERE number > $1 AND program_id = $2 ORDER BY number LIMIT $3"),
          {after, place.program, page.size + 1}));
  Page<ParkedView> out;
  if (static_cast<int64_t>(rows.size()) > page.size) {
    rows.resize(page.size);
    out.next = absl::StrCat(rows.back().number);
  }
  for (const Parked& row : rows) {
    ParkedView view;
    Describe(DecodeReport(row.report.bytes), &view);
    view.number = row.number;
    view.event_time = row.event_time;
    view.refused = row.refused;
    if (row.due_day != 0) view.waits_for = absl::StrCat("its day, ", FormatDay(row.due_day));
    if (!row.refused.empty()) view.waits_for = "a person: it was refused when its turn came";
    out.items.push_back(std::move(view));
  }
  return out;
}

}  // namespace trailbook
