#include "tests/model/endings.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::model {

namespace {

std::vector<Report> AllReports(const Sequence& sequence) {
  std::vector<Report> reports;
  for (const Command& command : sequence.commands) {
    if (command.kind != Command::Kind::kReports) continue;
    reports.insert(reports.end(), command.reports.begin(), command.reports.end());
  }
  return reports;
}

// RULES 2.6: what was taken before is a replay now, and what was refused as a conflict stays so. A sign-up that bound
// nothing is tried again, a refused report left no trace, and a payment that brings another alias says something new:
// none of these is a repetition.
std::string ReportAgain(const Sequence& sequence, Real& real, Model& model) {
  const AllBalances before = RealBalances(real, "");
  std::vector<Report> again;
  for (const Report& report : AllReports(sequence)) {
    Model looks = model;
    const Answer answer = looks.Apply(report, real.now());
    const auto* payment = std::get_if<PaymentReport>(&report);
    const bool says_more =
        payment != nullptr && std::any_of(payment->alias_ids.begin(), payment->alias_ids.end(),
                                          [&](const std::string& alias) { return !model.KnowsPayment(alias); });
    if (answer.reason.empty() && answer.replayed && !says_more) again.push_back(report);
  }
  if (again.empty()) return "";
  const std::vector<RealAnswer> answers = real.Apply({Reports(again)});
  for (size_t at = 0; at < again.size(); ++at) {
    const ReportOutcome& outcome = answers[0].outcomes[at];
    if (!outcome.status.ok() || !outcome.replayed) {
      return absl::StrCat("reported again, this is no replay: ", Print(Reports({again[at]})));
    }
  }
  const std::string diff = Diff(RealBalances(real, ""), before);
  return diff.empty() ? "" : absl::StrCat("reporting everything again changed balances (model: before):", diff);
}

// RULES 2.8: the same reports in another order, in groups, give the same balances.
std::string AnotherOrder(const Sequence& sequence, Real& real) {
  std::vector<Report> reports = AllReports(sequence);
  std::mt19937_64 random(static_cast<uint64_t>(sequence.start) + reports.size());
  std::shuffle(reports.begin(), reports.end(), random);
  Real other(real.now());
  for (const Command& command : sequence.commands) {
    if (command.kind == Command::Kind::kMutation) other.Apply({command});
  }
  for (size_t at = 0; at < reports.size();) {
    const size_t many = std::min<size_t>(1 + random() % 9, reports.size() - at);
    const auto from = reports.begin() + static_cast<int64_t>(at);
    other.Apply({Reports({from, from + static_cast<int64_t>(many)})});
    at += many;
    if (random() % 5 == 0) other.Apply({Sweep("")});
  }
  other.Apply({Sweep("")});
  real.Apply({Sweep("")});
  const std::string diff = Diff(RealBalances(real, ""), RealBalances(other, ""));
  return diff.empty() ? "" : absl::StrCat("another order of the reports (model: the shuffled ledger) differs:", diff);
}

// RULES 3 and 4 without a book: what every commission alone demands.
std::string CompareClosedForm(Real& real, const Model& model) {
  AllBalances expected;
  for (int partner = 0; partner < static_cast<int>(model.partners().size()); ++partner) {
    for (const std::string& currency : model.CurrenciesOf(partner)) {
      const Balances balances = model.ClosedForm(partner, currency, model.Today(real.now()));
      if (balances != Balances()) expected[{model.partners()[partner].id, currency}] = balances;
    }
  }
  const std::string diff = Diff(RealBalances(real, ""), expected);
  return diff.empty() ? "" : absl::StrCat("the sum over all commissions (model) differs:", diff);
}

std::string SameAfterReopening(Real& real, const Model& model) {
  const AllBalances before = RealBalances(real, "");
  real.Reopen();
  const std::string diff = Diff(RealBalances(real, ""), before);
  if (!diff.empty()) return absl::StrCat("reopened, the ledger (model: before) differs:", diff);
  return CompareState(real, model);
}

// RULES 2.3: what the published terms would have paid is what the books say.
std::string SimulationIsTheBooks(Real& real) {
  std::string wrong;
  real.Read([&wrong](Queries& queries) {
    const auto view = queries.Simulate("p", {}, {1000, ""});
    if (!view.ok()) {
      // Sums over partners need not fit where those of each do.
      const bool expected = absl::IsNotFound(view.status()) || ReasonOf(view.status()) == "OVERFLOW";
      if (!expected) wrong = absl::StrCat("simulated under the published terms: ", view.status().ToString());
      return;
    }
    for (const SimulatedView& row : view->partners.items) {
      const auto show = [](const SimulatedSums& sums) {
        return absl::StrCat("accrued ", sums.accrued, " reversed ", sums.reversed, " matured ", sums.matured);
      };
      if (show(row.simulated) == show(row.booked)) continue;
      wrong = absl::StrCat("simulated under the published terms, ", row.partner_id, " ", row.currency, " has ",
                           show(row.simulated), ", in the books ", show(row.booked));
      return;
    }
  });
  return wrong;
}

// Of every partner: all of it, and two stretches that begin and end anywhere.
std::string CompareStatements(const Sequence& sequence, Real& real, const Model& model) {
  std::mt19937_64 random(static_cast<uint64_t>(sequence.start));
  const Day today = model.Today(real.now());
  const auto some_day = [&] { return today - static_cast<Day>(random() % 400); };
  for (int partner = 0; partner < static_cast<int>(model.partners().size()); ++partner) {
    for (const std::string& currency : model.CurrenciesOf(partner)) {
      std::string wrong = CompareStatement(real, model, partner, currency, today - 4000, today);
      for (int stretch = 0; wrong.empty() && stretch < 2; ++stretch) {
        const Day one = some_day(), other = some_day();
        wrong = CompareStatement(real, model, partner, currency, std::min(one, other), std::max(one, other));
      }
      if (!wrong.empty()) return wrong;
    }
  }
  return "";
}

}  // namespace

std::string Endings(const Sequence& sequence, Real& real, Model& model, const std::map<Day, AllBalances>& snapshots) {
  std::string wrong = CheckEntries(real);
  if (wrong.empty()) wrong = CheckVerified(real);
  if (wrong.empty()) wrong = CheckExplanations(real);
  if (wrong.empty()) wrong = CompareStatements(sequence, real, model);
  if (wrong.empty()) wrong = SimulationIsTheBooks(real);
  if (wrong.empty()) wrong = SameAfterReopening(real, model);
  const bool reserved = std::any_of(model.batches().begin(), model.batches().end(),
                                    [](const BatchModel& batch) { return !batch.payouts.empty(); });
  if (wrong.empty() && !reserved && !model.people_decided()) wrong = CompareClosedForm(real, model);
  for (const auto& [day, balances] : snapshots) {
    if (!wrong.empty()) break;
    const std::string diff = Diff(RealBalances(real, FormatDay(day)), balances);
    if (!diff.empty()) {
      wrong = absl::StrCat("as of ", FormatDay(day), " the ledger says another thing than on that day (model):", diff);
    }
  }
  if (wrong.empty()) wrong = ReportAgain(sequence, real, model);
  if (wrong.empty() && sequence.any_order) wrong = AnotherOrder(sequence, real);
  return wrong;
}

}  // namespace trailbook::model
