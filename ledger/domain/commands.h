// The commands of the ledger: what callers ask to be written, as plain values. Outside names are as callers know them;
// amounts are minor units, rates basis points, times seconds since the epoch (UTC). Whoever builds a command need not
// check it: deciding does.
#ifndef TRAILBOOK_LEDGER_DOMAIN_COMMANDS_H_
#define TRAILBOOK_LEDGER_DOMAIN_COMMANDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"

namespace trailbook {

struct Amount {
  std::string currency;
  int64_t minor_units = 0;
};

struct TierSpec {
  int64_t min_paying_customers = 0;
  int64_t rate_bps = 0;
};
struct TermsSpec {
  std::string effective_date;  // YYYY-MM-DD; empty: today (for version 1: from ever)
  int64_t rate_bps = 0;
  int64_t hold_days = 0;
  int64_t attribution_window_days = 0;  // 0: 90
  std::vector<Amount> minimums;
  std::vector<TierSpec> tiers;
  std::vector<Amount> sign_up_bonuses;  // by the currency of the payment; none for a currency: no bonus
  int64_t duration_months = 0;          // 0: for as long as the customer pays
  bool follow = false;                  // existing referrals: FOLLOW, else KEEP
};

// Program mutations.
struct CreateProgram {
  std::string program_id, display_name, book_time_zone;  // zone empty: UTC
  TermsSpec terms;
};
struct PublishTerms {
  std::string program_id;
  TermsSpec terms;
};

// Partner and code mutations. A PartnerSpec creates a partner with its codes.
struct PartnerSpec {
  std::string partner_id, display_name, email, country;
  std::string method_type, method_account;  // type empty: "none"
  std::string settlement_currency;          // what arrives; empty: what was earned
  std::optional<int64_t> rate_bps;
  std::string link_code, coupon_code;  // empty: none
  std::string group_id;                // which it belongs to from ever; empty: none
};
struct CreatePartner {
  std::string program_id;
  PartnerSpec partner;
};
struct SetPartnerRate {
  std::string program_id, partner_id;
  int64_t rate_bps = 0;
  std::string effective_date;  // empty: today
};
struct SetPayoutMethod {
  std::string program_id, partner_id, type, account;
  std::string settlement_currency;  // what arrives; empty: what was earned
};
// What one whole unit of a currency is worth in another. RULES 2.
struct SetFxRate {
  std::string program_id, from_currency, to_currency;
  std::string rate;        // a decimal
  std::string source;      // where it comes from
  int64_t quote_time = 0;  // 0: now
};
struct CreateCode {
  std::string program_id, code, partner_id, destination;
  bool coupon = false;
};
struct DisableCode {
  std::string program_id, code;
};

// Reports. RULES 3, 4, 6.
struct SignUpReport {
  std::string customer_id, partner_id, coupon_code, link_code;
  std::string email;         // as reported; never kept
  std::string email_digest;  // of a report that was kept: what its e-mail became
  std::vector<std::string> other_codes;
  int64_t time = 0;
  std::string click_id;
};
struct PaymentReport {
  std::string payment_id, customer_id;
  Amount collected;
  int64_t base = 0;
  int64_t time = 0;
  std::vector<std::string> alias_ids;
  bool old_debit = false;
};
struct AliasReport {
  std::string payment_id, alias_id;
  int64_t time = 0;
};
struct RefundReport {
  std::string refund_id, payment_id;
  Amount amount;
  bool failed = false;
  int64_t time = 0;
};
enum class DisputePhase { kOpen = 1, kWon = 2, kLost = 3 };
struct DisputeReport {
  std::string dispute_id, payment_id;
  Amount amount;
  DisputePhase phase = DisputePhase::kOpen;
  int64_t time = 0;
};
struct ClickReport {
  std::string click_id, link_code;
  int64_t time = 0;
};
using Report = std::variant<SignUpReport, PaymentReport, AliasReport, RefundReport, DisputeReport, ClickReport>;

// Payout mutations. RULES 9.
struct CreatePayoutBatch {
  std::string program_id, currency, cutoff_date, funding_account;  // cutoff empty: today
};
struct SubmitPayoutBatch {
  std::string program_id;
  int64_t batch = 0;
};
struct ApprovePayoutBatch {
  std::string program_id;
  int64_t batch = 0;
  std::string content_hash_hex;
};
struct ExportPayoutBatch {
  std::string program_id;
  int64_t batch = 0;
};
struct CancelPayoutBatch {
  std::string program_id;
  int64_t batch = 0;
  std::string reason;
};
enum class PayoutResultKind { kSettled = 1, kFailed = 2, kReturned = 3, kUnknown = 4 };
struct RecordPayoutResult {
  std::string program_id;
  int64_t batch = 0;
  int64_t payout = 0;
  PayoutResultKind result = PayoutResultKind::kSettled;
  std::string evidence;
  std::string result_date;  // empty: today
};

// Partners that leave, reviews and corrections. RULES 4, 6, 7.
enum class PartnerStateKind { kActive = 1, kDeactivated, kClosed, kBanned, kMerged };
struct SetPartnerState {
  std::string program_id, partner_id;
  PartnerStateKind state = PartnerStateKind::kActive;
  std::string reason;
};
struct DecideReview {
  std::string program_id, customer_id;
  bool reject = false;
  std::string reason;
};
struct ReassignReferral {
  std::string program_id, customer_id, partner_id;
  std::string reason;
  bool unpaid_past = false;  // its unpaid commissions too
};
struct MergePartner {
  std::string program_id, partner_id, into_partner_id;
  std::string reason;
};
enum class CorrectionKind { kAdjustment = 1, kWriteOff, kRepayment, kForfeiture, kReversal };
struct ProposeCorrection {
  std::string program_id;
  CorrectionKind kind = CorrectionKind::kAdjustment;
  std::string partner_id, currency;
  int64_t amount = 0;    // an adjustment may be below zero; a forfeiture takes all there is
  int64_t reverses = 0;  // of a reversal
  std::string reason;
  std::string cash_account;  // of a repayment; empty: main
};
struct DecideCorrection {
  std::string program_id;
  int64_t correction = 0;
  bool approve = false;
  std::string reason;  // of a rejection
};
// Closing and cleaning. RULES 3, 5.
struct ClosePeriod {
  std::string program_id, through_date;
};
struct PurgeParked {
  std::string program_id;
  int64_t before_time = 0;  // events before it; 0: all
  std::string reason;
};
// Groups of partners, and what only a person may lower. RULES 2, 3.
struct CreateGroup {
  std::string program_id, group_id, display_name;
  TermsSpec terms;
};
struct PublishGroupTerms {
  std::string program_id, group_id;
  TermsSpec terms;
};
struct SetPartnerGroup {
  std::string program_id, partner_id, group_id;  // group_id empty: none any more
  std::string effective_date;                    // empty: today
};
struct LowerRate {
  std::string program_id, partner_id;  // partner_id empty: every partner
  int64_t rate_bps = 0;
  std::string effective_date;  // empty: today
  std::string reason;
  bool lower_existing = false;  // said in so many words
};

using Mutation = std::variant<CreateProgram, PublishTerms, CreatePartner, SetPartnerRate, SetPayoutMethod, CreateCode,
                              DisableCode, CreatePayoutBatch, SubmitPayoutBatch, ApprovePayoutBatch, ExportPayoutBatch,
                              CancelPayoutBatch, RecordPayoutResult, SetPartnerState, DecideReview, ProposeCorrection,
                              DecideCorrection, ClosePeriod, PurgeParked, CreateGroup, PublishGroupTerms,
                              SetPartnerGroup, LowerRate, SetFxRate, ReassignReferral, MergePartner>;

// The idempotency of a mutation: the caller's id, and the content that must be the same when the id comes again.
struct RequestKey {
  std::string request_id;
  std::string content;
};

// What a mutation made or changed. The same at every replay.
struct MutationReply {
  int64_t number = 0;  // a batch's number, terms' version; else 0
  bool replayed = false;
};

enum class OutcomeKind {
  kRefused = 0,
  kRecorded = 1,
  kNoReferral = 2,
  kAlreadyReferred = 3,
  kParked = 4,
  kBeforeSignUp = 5,
  kZero = 6,
  kIgnored = 7,
};

// What became of one report. `status` is OK unless the report was refused.
struct ReportOutcome {
  absl::Status status;
  OutcomeKind kind = OutcomeKind::kRefused;
  bool replayed = false;
  std::string partner_id;  // who earns, or was bound first; may be empty
  int64_t commission = 0;  // its number; 0 for none
  Amount commission_amount;
  std::string message;
};

// What became of one row of a partner import.
struct ImportRowOutcome {
  enum class Kind { kCreated = 1, kUnchanged = 2, kDiffers = 3, kRefused = 4 };
  struct Difference {
    std::string field, current, imported;
  };
  Kind kind = Kind::kRefused;
  std::vector<Difference> differences;
  absl::Status status;  // for kRefused
};

struct MaturityReply {
  std::string through_date;
  int64_t entries = 0;
  int64_t earners = 0;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_COMMANDS_H_
