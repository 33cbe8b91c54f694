// What would have been under other terms: one pass over the log.
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"
#include "ledger/domain/simulation.h"
#include "ledger/domain/terms_check.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"

namespace trailbook {
namespace {

SimulatedSums SumsOf(const Simulation::Sums& sums) { return {sums.accrued, sums.reversed, sums.matured}; }

bool AddTo(SimulatedSums& total, const SimulatedSums& sums) {
  return CheckedAdd(total.accrued, sums.accrued, &total.accrued) &&
         CheckedAdd(total.reversed, sums.reversed, &total.reversed) &&
         CheckedAdd(total.matured, sums.matured, &total.matured);
}

// Feeds every record of a program. Returns how many there were.
absl::StatusOr<int64_t> Replay(store::Database& db, int64_t program, Simulation& simulation) {
  TRAILBOOK_ASSIGN_OR_RETURN(
      store::Statement * select,
      db.Prepare("SELECT sequence, body FROM log_record WHERE program_id = $1 ORDER BY sequence"));
  select->BindInt(1, program);
  int64_t records = 0;
  absl::Status status;
  log::v1::Record record;
  while (status.ok()) {
    const auto more = select->Step();
    status = more.status();
    if (!more.ok() || !*more) break;
    const absl::string_view body = select->ColumnBlob(1);
    if (!record.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
      status = Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                      absl::StrCat("record ", select->ColumnInt(0), " cannot be read"));
      break;
    }
    status = simulation.Take(record);
    ++records;
  }
  select->Reset();
  if (!status.ok()) return status;
  return records;
}

}  // namespace

absl::StatusOr<OtherTerms> Queries::ToOtherTerms(const Place& place, const SimulationQuery& query) {
  OtherTerms other;
  if (!query.terms.has_value()) return other;
  TRAILBOOK_ASSIGN_OR_RETURN(other.terms, CheckTerms(*query.terms));
  if (!query.group_id.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(other.grp, FindGroup(place, query.group_id));
  }
  if (query.terms->effective_date.empty()) return other;
  const auto from = ParseDay(query.terms->effective_date);
  if (!from.ok()) return InvalidField("terms.effective_date", from.status().message());
  if (*from > place.today) {
    return InvalidField("terms.effective_date",
                        absl::StrCat(query.terms->effective_date, " is after today: there is nothing to replay"));
  }
  other.from = *from;
  return other;
}

absl::StatusOr<SimulationView> Queries::Simulate(absl::string_view program_id, const SimulationQuery& query,
                                                 const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(OtherTerms other, ToOtherTerms(place, query));
  int64_t only = 0;
  if (!query.partner_id.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(only, FindPartner(place, query.partner_id));
  }
  std::pair<int64_t, Currency> after{0, ""};
  if (!page.cursor.empty()) {
    const std::pair<absl::string_view, absl::string_view> cursor = absl::StrSplit(page.cursor, '|');
    if (!absl::SimpleAtoi(cursor.first, &after.first)) return BadPageToken();
    after.second = std::string(cursor.second);
  }
  Simulation simulation(place.zone, std::move(other));
  SimulationView view;
  TRAILBOOK_ASSIGN_OR_RETURN(view.records, Replay(*db_, place.program, simulation));
  TRAILBOOK_ASSIGN_OR_RETURN(const Simulation::Results results, simulation.Finish(place.today));
  std::map<Currency, SimulatedView> totals;
  for (const auto& [key, result] : results) {
    if (only != 0 && key.first != only) continue;
    SimulatedView row{"", key.second, SumsOf(result.booked), SumsOf(result.simulated)};
    SimulatedView& total = totals[key.second];
    total.currency = key.second;
    if (!AddTo(total.booked, row.booked) || !AddTo(total.simulated, row.simulated)) {
      return Refuse(absl::StatusCode::kOutOfRange, "OVERFLOW", "", "a total would not fit into 64 bits");
    }
    if (key <= after || !view.partners.next.empty()) continue;
    row.partner_id = PartnerId(place.program, key.first);
    view.partners.items.push_back(std::move(row));
    if (static_cast<int64_t>(view.partners.items.size()) == page.size) {
      view.partners.next = absl::StrCat(key.first, "|", key.second.code());
    }
  }
  for (auto& [currency, total] : totals) view.totals.push_back(std::move(total));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

}  // namespace trailbook
