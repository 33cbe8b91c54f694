#include "tests/model/compare.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/status.h"
#include "ledger/verify/verify.h"

namespace trailbook::model {

namespace {

std::string Print(const Balances& b) {
  return absl::StrCat("pending ", b.pending, " held ", b.held, " payable ", b.payable, " reserved ", b.reserved,
                      " receivable ", b.receivable, " paid ", b.paid);
}

std::string Print(const CommissionView& v) {
  return absl::StrCat("partner ", v.partner_id, " customer ", v.customer_id, " payment ", v.payment_id, " ", v.currency,
                      " state ", static_cast<int>(v.state), " collected ", v.collected, " base ", v.base, " bps ",
                      v.rate_bps, " accrued ", v.accrued, " current ", v.current, " held ", v.held, " time ",
                      v.payment_time, " event ", v.event_date, " mature ", v.mature_date, " zero '", v.zero_reason,
                      "' flags ", absl::StrJoin(v.flags, ","));
}

std::string CompareCommissions(Queries& queries, const Model& model, int64_t now) {
  std::map<std::pair<std::string, bool>, CommissionView> real;  // by payment; true: the bonus that came with it
  for (const PartnerState& partner : model.partners()) {
    PageRequest page{1000, ""};
    do {
      const auto list = queries.ListCommissions("p", partner.id, page);
      if (!list.ok()) return absl::StrCat("commissions of ", partner.id, ": ", list.status().message());
      for (const CommissionView& view : list->items) {
        if (view.moved_to == 0) {
          real[{view.payment_id, view.bonus_of != 0}] = view;  // else it goes on with another partner
        }
      }
      page.cursor = list->next;
    } while (!page.cursor.empty());
  }
  if (real.size() != model.payments().size()) {
    return absl::StrCat("the ledger has ", real.size(), " commissions, the model ", model.payments().size());
  }
  for (int payment = 0; payment < static_cast<int>(model.payments().size()); ++payment) {
    const CommissionView expected = model.ViewOf(payment, now);
    const std::string want = Print(expected),
                      got = Print(real[{expected.payment_id, model.payments()[payment].bonus_of >= 0}]);
    if (got != want) return absl::StrCat("commission:\n  ledger ", got, "\n  model  ", want);
  }
  return "";
}

std::string PrintBatch(BatchState state, int64_t count, const BatchTotals& t) {
  return absl::StrCat("state ", static_cast<int>(state), " payouts ", count, " reserved ", t.reserved, " settled ",
                      t.settled, " returned ", t.returned, " failed ", t.failed, " cancelled ", t.cancelled,
                      " outstanding ", t.outstanding);
}

std::string CompareBatch(Queries& queries, const Model& model, int64_t number) {
  const BatchModel& expected = model.batches()[number - 1];
  const auto batch = queries.GetBatch("p", number);
  if (!batch.ok()) return absl::StrCat("batch ", number, ": ", batch.status().message());
  const std::string want =
      PrintBatch(expected.state, static_cast<int64_t>(expected.payouts.size()), model.TotalsOf(expected));
  const std::string got = PrintBatch(batch->state, batch->payout_count, batch->totals);
  if (got != want) return absl::StrCat("batch ", number, ":\n  ledger ", got, "\n  model  ", want);
  if (expected.state == BatchState::kDraft || expected.payouts.empty()) return "";
  const auto list = queries.ListPayouts("p", number, {1000, ""});
  if (!list.ok()) return absl::StrCat("payouts: ", list.status().message());
  std::string want_payouts, got_payouts;
  for (const PayoutView& view : list->items) {
    absl::StrAppend(&got_payouts, view.payout, " ", view.partner_id, " ", view.amount, " ", view.method_type, " ",
                    view.method_account, " ", static_cast<int>(view.state), " ", view.settlement.currency, " ",
                    view.settlement.minor_units, " by rate ", view.fx_rate, "; ");
  }
  int64_t at = 0;
  for (int one : expected.payouts) {
    const PayoutModel& payout = model.payout(one);
    absl::StrAppend(&want_payouts, ++at, " ", model.partners()[payout.partner].id, " ", payout.amount, " ",
                    payout.method_type, " ", payout.method_account, " ", static_cast<int>(payout.state), " ",
                    payout.settlement, " ", payout.settlement_amount, " by rate ", payout.fx_rate, "; ");
  }
  if (got_payouts == want_payouts) return "";
  return absl::StrCat("payouts of batch ", number, ":\n  ledger ", got_payouts, "\n  model  ", want_payouts);
}

std::string ComparePreview(Queries& queries, const Model& model, const std::string& currency, Day cutoff, int64_t now) {
  const auto preview = queries.PreviewBatch("p", currency, FormatDay(cutoff));
  if (!preview.ok()) return absl::StrCat("preview: ", preview.status().message());
  std::map<std::string, std::string> got, want;
  for (const PayoutView& view : preview->payouts) got[view.partner_id] = absl::StrCat("pays ", view.amount);
  for (const LeftOutView& view : preview->left_out) {
    if (view.reason != "NOTHING_DUE") got[view.partner_id] = absl::StrCat(view.reason, " ", view.payable);
  }
  for (const Planned& plan : model.Plan(currency, cutoff, now)) {
    if (plan.left_out == "NOTHING_DUE") continue;
    want[model.partners()[plan.partner].id] =
        absl::StrCat(plan.left_out.empty() ? "pays" : plan.left_out, " ", plan.amount);
  }
  if (got == want) return "";
  const auto text = [](const std::map<std::string, std::string>& all) {
    return absl::StrJoin(all, "; ", absl::PairFormatter(" "));
  };
  return absl::StrCat("preview in ", currency, " up to ", FormatDay(cutoff), ":\n  ledger ", text(got), "\n  model  ",
                      text(want));
}

std::string CompareForecast(Queries& queries, const Model& model, int64_t now) {
  const auto forecast = queries.Forecast("p", "", "");
  if (!forecast.ok()) return absl::StrCat("forecast: ", forecast.status().message());
  std::string got, want;
  const std::string today = FormatDay(model.Today(now));  // under which stands what is due and nobody has booked yet
  for (const MaturingView& view : forecast->maturing) {
    if (view.date != today) absl::StrAppend(&got, view.currency, " ", view.date, " ", view.amount, "; ");
  }
  for (const auto& [key, amount] : model.Maturing(now)) {
    absl::StrAppend(&want, key.first, " ", FormatDay(key.second), " ", amount, "; ");
  }
  if (got != want) return absl::StrCat("what matures:\n  ledger ", got, "\n  model  ", want);
  std::map<std::string, Balances> owed;
  for (int partner = 0; partner < static_cast<int>(model.partners().size()); ++partner) {
    for (const std::string& currency : model.CurrenciesOf(partner)) {
      const Balances now_has = model.BalancesAt(partner, currency, model.Today(now));
      Balances& sum = owed[currency];
      sum.pending += now_has.pending;
      sum.held += now_has.held;
      sum.payable += now_has.payable;
      sum.reserved += now_has.reserved;
      sum.receivable += now_has.receivable;
    }
  }
  for (const LiabilityView& view : forecast->liabilities) {
    const Balances sum{view.pending, view.held, view.payable, view.reserved, view.receivable, 0};
    if (sum == owed[view.currency]) continue;
    return absl::StrCat("what is owed in ", view.currency, ":\n    ledger ", Print(sum), "\n    model  ",
                        Print(owed[view.currency]));
  }
  return "";
}

std::string CompareTrial(Queries& queries, const Model& model, Day day) {
  const auto trial = queries.TrialBalance("p", FormatDay(day));
  if (!trial.ok()) return absl::StrCat("trial balance: ", trial.status().message());
  std::map<std::pair<std::string, std::string>, int64_t> got, want = model.TrialBalance(day);
  std::map<std::string, __int128> nets;
  for (const AccountView& view : *trial) {
    nets[view.currency] += view.balance;
    if (view.balance != 0) got[{view.account, view.currency}] = view.balance;
  }
  std::erase_if(want, [](const auto& row) { return row.second == 0; });
  for (const auto& [currency, net] : nets) {
    if (net != 0) return absl::StrCat("trial balance of ", FormatDay(day), " does not net to zero in ", currency);
  }
  if (got == want) return "";
  std::string text = absl::StrCat("trial balance of ", FormatDay(day), ":");
  for (const auto& [account, balance] : got) {
    if (want[account] != balance) {
      absl::StrAppend(&text, "\n  ", account.first, " ", account.second, ": ledger ", balance, ", model ",
                      want[account]);
    }
  }
  for (const auto& [account, balance] : want) {
    if (got.count(account) == 0 && balance != 0) {
      absl::StrAppend(&text, "\n  ", account.first, " ", account.second, ": ledger none, model ", balance);
    }
  }
  return text;
}

}  // namespace

AllBalances RealBalances(Real& real, const std::string& as_of) {
  AllBalances all;
  real.Read([&](Queries& queries) {
    const auto list = queries.ListEarnings("p", as_of, {1000, ""});
    if (!list.ok()) return;
    for (const EarningsView& v : list->items) {
      all[{v.partner_id, v.currency}] = {v.pending, v.held, v.payable, v.reserved, v.receivable, v.paid};
    }
  });
  return all;
}

AllBalances ModelBalances(const Model& model, Day day) {
  AllBalances all;
  for (int partner = 0; partner < static_cast<int>(model.partners().size()); ++partner) {
    for (const std::string& currency : model.CurrenciesOf(partner)) {
      const Balances balances = model.BalancesAt(partner, currency, day);
      if (balances != Balances()) all[{model.partners()[partner].id, currency}] = balances;
    }
  }
  return all;
}

std::string Diff(const AllBalances& ledger, const AllBalances& model) {
  if (ledger == model) return "";
  std::string text;
  std::set<std::pair<std::string, std::string>> keys;
  for (const auto& [key, balances] : ledger) keys.insert(key);
  for (const auto& [key, balances] : model) keys.insert(key);
  for (const auto& key : keys) {
    const auto a = ledger.find(key), b = model.find(key);
    const Balances one = a == ledger.end() ? Balances() : a->second;
    const Balances two = b == model.end() ? Balances() : b->second;
    if (one == two) continue;
    absl::StrAppend(&text, "\n  ", key.first, " ", key.second, ":\n    ledger ", Print(one), "\n    model  ",
                    Print(two));
  }
  return text;
}

std::string CompareAnswer(const ReportOutcome& real, const Answer& model) {
  const std::string reason = ReasonOf(real.status);
  const std::string got = absl::StrCat(
      real.status.ok() ? absl::StrCat("kind ", static_cast<int>(real.kind), real.replayed ? " replayed" : "",
                                      " partner '", real.partner_id, "' amount ", real.commission_amount.minor_units,
                                      real.commission != 0 ? " with" : " without", " commission")
                       : absl::StrCat("refused ", reason));
  const std::string want = model.reason.empty()
                               ? absl::StrCat("kind ", static_cast<int>(model.kind), model.replayed ? " replayed" : "",
                                              " partner '", model.partner, "' amount ", model.commission_amount,
                                              model.has_commission ? " with" : " without", " commission")
                               : absl::StrCat("refused ", model.reason);
  if (got == want) return "";
  return absl::StrCat("\n  ledger ", got, " (", real.status.message(), real.message, ")\n  model  ", want);
}

std::string CompareMutation(const RealAnswer& real, const Answer& model) {
  const std::string got = real.status.ok()
                              ? absl::StrCat("done ", real.reply.number, real.reply.replayed ? " replayed" : "")
                              : absl::StrCat("refused ", ReasonOf(real.status));
  const std::string want = model.reason.empty() ? absl::StrCat("done ", model.number, model.replayed ? " replayed" : "")
                                                : absl::StrCat("refused ", model.reason);
  if (got == want) return "";
  return absl::StrCat("\n  ledger ", got, " (", real.status.message(), ")\n  model  ", want);
}

std::string CompareDays(Real& real, const Model& model, const std::vector<Day>& days) {
  for (Day day : days) {
    if (std::string diff = Diff(RealBalances(real, FormatDay(day)), ModelBalances(model, day)); !diff.empty()) {
      return absl::StrCat("balances as of ", FormatDay(day), ":", diff);
    }
    std::string trial;
    real.Read([&](Queries& queries) { trial = CompareTrial(queries, model, day); });
    if (!trial.empty()) return trial;
  }
  return "";
}

std::string CompareState(Real& real, const Model& model) {
  std::string differs;
  const int64_t now = real.now();
  real.Read([&](Queries& queries) {
    differs = CompareCommissions(queries, model, now);
    if (differs.empty()) differs = CompareForecast(queries, model, now);
    for (size_t batch = 1; differs.empty() && batch <= model.batches().size(); ++batch) {
      differs = CompareBatch(queries, model, static_cast<int64_t>(batch));
    }
    std::set<std::string> currencies;
    for (int partner = 0; partner < static_cast<int>(model.partners().size()); ++partner) {
      for (const std::string& currency : model.CurrenciesOf(partner)) currencies.insert(currency);
    }
    for (const std::string& currency : currencies) {
      for (Day back : {0, 3, 20}) {
        if (differs.empty()) differs = ComparePreview(queries, model, currency, model.Today(now) - back, now);
      }
    }
  });
  return differs;
}

// What happened to each commission, step by step, ends with what it comes to.
std::string CheckSteps(Queries& queries) {
  const auto partners = queries.ListPartners("p", {1000, ""});
  for (const PartnerView& partner : partners->items) {
    PageRequest page{1000, ""};
    do {
      const auto list = queries.ListCommissions("p", partner.partner_id, page);
      for (const CommissionView& view : list->items) {
        const auto explained = queries.Explain("p", view.number);
        if (!explained.ok()) return absl::StrCat("explanation of ", view.number, ": ", explained.status().message());
        int64_t sum = 0;
        for (const ExplanationStep& step : explained->steps) sum += step.change;
        if (sum != view.current) {
          return absl::StrCat("commission ", view.number, " is ", view.current, ", its steps sum to ", sum);
        }
      }
      page.cursor = list->next;
    } while (!page.cursor.empty());
  }
  return "";
}

// Every balance is the sum of its parts, a few a page, and every payout of its lines.
std::string CheckExplanations(Real& real) {
  std::string wrong;
  real.Read([&](Queries& queries) {
    wrong = CheckSteps(queries);
    if (!wrong.empty()) return;
    const auto earnings = queries.ListEarnings("p", "", {1000, ""});
    for (const EarningsView& now : earnings->items) {
      const int64_t balances[] = {now.pending, now.held, now.payable, now.reserved, now.receivable, now.paid};
      for (int kind = 1; kind <= 6; ++kind) {
        int64_t sum = 0;
        PageRequest page{7, ""};
        do {
          const auto view =
              queries.ExplainBalance("p", now.partner_id, now.currency, static_cast<BalanceKind>(kind), page);
          if (!view.ok()) {
            wrong = absl::StrCat("explanation: ", view.status().message());
            return;
          }
          for (const BalancePartView& part : view->parts.items) sum += part.amount;
          page.cursor = view->parts.next;
        } while (!page.cursor.empty());
        if (sum == balances[kind - 1]) continue;
        wrong = absl::StrCat("balance ", kind, " of ", now.partner_id, " ", now.currency, " is ", balances[kind - 1],
                             ", its parts sum to ", sum);
      }
    }
    for (int64_t batch = 1; wrong.empty(); ++batch) {
      const auto payouts = queries.ListPayouts("p", batch, {1000, ""});
      if (!payouts.ok()) break;
      for (const PayoutView& payout : payouts->items) {
        if (payout.state == PayoutState::kPlanned) continue;
        int64_t sum = 0;
        PageRequest page{7, ""};
        do {
          const auto lines = queries.ListPayoutLines("p", batch, payout.payout, page);
          for (const BalancePartView& line : lines->items) sum += line.amount;
          page.cursor = lines->next;
        } while (!page.cursor.empty());
        if (sum != payout.amount) {
          wrong = absl::StrCat("payout ", batch, "/", payout.payout, " is ", payout.amount, ", its lines sum to ", sum);
        }
      }
    }
  });
  return wrong;
}

std::string CheckEntries(Real& real) {
  std::string wrong;
  real.Read([&](Queries& queries) {
    std::map<std::tuple<std::string, std::string, std::string>, int64_t> changes;  // account, currency, day
    int64_t from = 0;
    PageRequest page{1000, ""};
    do {
      const auto list = queries.ListRecords("p", from, true, page);
      if (!list.ok()) {
        wrong = absl::StrCat("records: ", list.status().message());
        return;
      }
      for (const RecordView& record : list->items) {
        std::map<std::pair<std::string, std::string>, __int128> nets;
        for (const PostingView& posting : record.postings) {
          nets[{posting.currency, posting.booking_date}] += posting.amount;
          changes[{posting.account, posting.currency, posting.booking_date}] += posting.amount;
        }
        for (const auto& [key, net] : nets) {
          if (net != 0) {
            wrong = absl::StrCat("entry ", record.sequence, " does not net to zero in ", key.first, " on ", key.second);
          }
        }
      }
      page.cursor = list->next;
    } while (!page.cursor.empty() && wrong.empty());
    std::map<std::pair<std::string, std::string>, int64_t> balances;
    for (const auto& [key, change] : changes) {
      const auto& [account, currency, day] = key;
      const int64_t balance = balances[{account, currency}] += change;
      const bool receivable = absl::StrContains(account, "partner-receivable");
      const bool liability = absl::StartsWith(account, "liabilities:");
      if ((receivable && balance < 0) || (liability && balance > 0)) {
        wrong = absl::StrCat(account, " ", currency, " is below zero at the end of ", day, ": ", balance);
      }
    }
  });
  return wrong;
}

std::string CompareStatement(Real& real, const Model& model, int partner, const std::string& currency, Day from,
                             Day to) {
  std::string got, want;
  real.Read([&](Queries& queries) {
    int64_t lines = 0;
    PageRequest page{7, ""};
    do {
      const auto view =
          queries.GetStatement("p", model.partners()[partner].id, currency, FormatDay(from), FormatDay(to), page);
      if (!view.ok()) {
        got = std::string(view.status().message());
        return;
      }
      for (const StatementLine& line : view->lines.items) lines += line.amount;
      got = absl::StrCat("opens with ", view->opening, ", lines ", lines, ", closes with ", view->closing);
      page.cursor = view->lines.next;
    } while (!page.cursor.empty());
  });
  const int64_t opening = model.StatementBalance(partner, currency, from - 1),
                closing = model.StatementBalance(partner, currency, to);
  want = absl::StrCat("opens with ", opening, ", lines ", closing - opening, ", closes with ", closing);
  if (got == want) return "";
  return absl::StrCat("statement of ", model.partners()[partner].id, " ", currency, " from ", FormatDay(from), " to ",
                      FormatDay(to), ":\n  ledger ", got, "\n  model  ", want);
}

namespace {

std::string ProblemIn(const absl::StatusOr<VerifyReport>& report) {
  if (!report.ok()) return absl::StrCat("verify: ", report.status().message());
  return report->ok ? "" : absl::StrCat("verify: ", report->problem);
}

// With rows written, forgotten and read again all the time.
std::string CheckVerifiedInLittleMemory(const Real& real) {
  const std::unique_ptr<store::Engine> engine = real.OpenEngine();
  const std::unique_ptr<store::Database> reader = *engine->OpenReader();
  const absl::Status begun = reader->Begin(false);
  if (!begun.ok()) return std::string(begun.message());
  return ProblemIn(
      VerifyProgram(*reader, *engine, 1, {.records = 5, .rows_that_hardly_change = 2, .rows_that_change = 3}));
}

}  // namespace

std::string CheckVerified(Real& real) {
  std::string wrong;
  real.Read([&](Queries& queries) { wrong = ProblemIn(queries.Verify("p")); });
  return wrong.empty() && real.has_file() ? CheckVerifiedInLittleMemory(real) : wrong;
}

}  // namespace trailbook::model
