// Compares what the ledger says with what the model says. Every function answers with the first difference in words, or
// "". Thread-safe: functions only.
#ifndef TRAILBOOK_TESTS_MODEL_COMPARE_H_
#define TRAILBOOK_TESTS_MODEL_COMPARE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/command.h"
#include "tests/model/model.h"
#include "tests/model/real.h"

namespace trailbook::model {

// Partner and currency -> balances that are not all zero.
using AllBalances = std::map<std::pair<std::string, std::string>, Balances>;

AllBalances RealBalances(Real& real, const std::string& as_of);
AllBalances ModelBalances(const Model& model, Day day);
std::string Print(const AllBalances& balances);
// What differs between two sets of balances.
std::string Diff(const AllBalances& ledger, const AllBalances& model);

std::string CompareAnswer(const ReportOutcome& real, const Answer& model);
std::string CompareMutation(const RealAnswer& real, const Answer& model);
// Balances and trial balance at the end of the given days, and of today.
std::string CompareDays(Real& real, const Model& model, const std::vector<Day>& days);
// Commissions, batches, payouts and previews as they stand now.
std::string CompareState(Real& real, const Model& model);
// Every entry of the log: nets to zero per currency and booking day, and takes no balance below zero.
std::string CheckEntries(Real& real);
// Every balance is the sum of the parts that explain it, every payout of its lines, and every commission of its steps.
std::string CheckExplanations(Real& real);
std::string CheckVerified(Real& real);
// A partner's statement of some days: it opens and closes with what the model says, and its lines, a few a page, make
// the difference.
std::string CompareStatement(Real& real, const Model& model, int partner, const std::string& currency, Day from,
                             Day to);

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_COMPARE_H_
