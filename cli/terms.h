// Terms on a command line and on a screen: for programs, for groups, and for asking what other terms would have paid.
// Thread-safe: functions only.
#ifndef TRAILBOOK_CLI_TERMS_H_
#define TRAILBOOK_CLI_TERMS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/output.h"
#include "cli/session.h"
#include "trailbook/v1/program_service.pb.h"

namespace trailbook::cli {

struct TermsOptions {
  int rate_bps = 0, hold_days = 30, window = 0, duration_months = 0;
  std::vector<std::string> minimums, tiers, bonuses;
  std::string effective, existing;
};

// The options that terms of any kind have.
void TakeTerms(CLI::App* verb, TermsOptions& options);
// Those that only a program's have.
void TakeProgramTerms(CLI::App* verb, TermsOptions& options);

// INVALID_ARGUMENT says which option is not what it should be.
absl::Status FillTerms(const TermsOptions& options, ::trailbook::v1::Terms* terms);

// "10:800": from 10 paying customers on 800 bps.
absl::StatusOr<::trailbook::v1::Tier> ParseTier(absl::string_view text);

// "INR 1000.00, USD 25.00".
std::string Amounts(const google::protobuf::RepeatedPtrField<::trailbook::v1::Money>& amounts);

Sheet TermsSheet(const std::vector<::trailbook::v1::Terms>& all);

// program terms simulate, lower, lowerings.
void AddTermsVerbs(CLI::App* noun, Session& session);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_TERMS_H_
