// What queries answer with: plain values in outside names. Amounts are minor units, rates basis points, times seconds
// since the epoch (UTC), dates YYYY-MM-DD in the program's book time zone.
#ifndef TRAILBOOK_LEDGER_QUERIES_VIEWS_H_
#define TRAILBOOK_LEDGER_QUERIES_VIEWS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ledger/domain/commands.h"

namespace trailbook {

// A page of a list. `next` is the cursor to go on from, empty on the last page.
template <typename T>
struct Page {
  std::vector<T> items;
  std::string next;
};
struct PageRequest {
  int64_t size = 50;   // 1 to 1000
  std::string cursor;  // from the last page; empty for the first
};

struct LoweringView {
  int64_t ordinal = 0, rate_bps = 0, create_time = 0;
  std::string partner_id;  // empty: every partner
  std::string effective_date, reason, actor;
};
struct TermsView {
  int64_t version = 0;
  std::string effective_date;  // empty: from ever
  int64_t rate_bps = 0, hold_days = 0, attribution_window_days = 0;
  std::vector<Amount> minimums;
  int64_t create_time = 0;
  std::vector<TierSpec> tiers;
  std::vector<Amount> sign_up_bonuses;
  int64_t duration_months = 0;  // 0: none
  bool follow = false;
};
struct GroupView {
  std::string group_id, display_name;
  int64_t create_time = 0;
  TermsView terms;  // in force today
};
struct ProgramView {
  std::string program_id, display_name, book_time_zone;
  int64_t create_time = 0;
  TermsView terms;                  // in force today
  std::string closed_through_date;  // empty: nothing is closed
};
struct PartnerView {
  std::string partner_id, display_name, email, country;
  std::string method_type, method_account, method_editor, settlement_currency;
  bool method_blocked = false;
  std::optional<int64_t> rate_bps;
  int64_t create_time = 0;
  PartnerStateKind state = PartnerStateKind::kActive;
  std::string state_reason;
  std::string merged_into;           // empty: nobody
  std::vector<std::string> aliases;  // who was merged into this one
  std::string group_id;              // today; empty: none
  int64_t paying_customers = 0;      // the highest number ever
  int64_t number = 0;                // by which the log knows him
  std::vector<LoweringView> lowerings;
};
struct CodeView {
  std::string code, partner_id, destination;
  bool coupon = false;
  int64_t create_time = 0;
  int64_t disable_time = 0;  // 0: it attributes
};
struct EarningsView {
  std::string partner_id, currency;
  int64_t pending = 0, held = 0, payable = 0, reserved = 0, receivable = 0, paid = 0;
};
struct PartnerEarningsView {
  std::string partner_id, display_name;
  std::vector<EarningsView> earnings;
};

enum class CommissionStateKind { kPending = 1, kHeld, kPayable, kInPayout, kPaid, kReversed, kZero };
struct CommissionView {
  int64_t number = 0;
  std::string partner_id, customer_id, payment_id, currency;
  CommissionStateKind state = CommissionStateKind::kPending;
  int64_t collected = 0, base = 0, rate_bps = 0, accrued = 0, current = 0, held = 0;
  int64_t payment_time = 0;
  std::string event_date, mature_date, zero_reason;
  std::vector<std::string> flags;
  int64_t batch = 0, payout = 0;         // 0: none
  int64_t moved_from = 0, moved_to = 0;  // its numbers before and after a reassignment of its referral; 0: none
  int64_t bonus_of = 0,
          bonus = 0;  // of a sign-up bonus: its payment's commission; of a commission: the bonus beside it
};
struct ExplanationStep {
  int64_t sequence = 0;
  int64_t time = 0;
  std::string booking_date, kind, external_id, text;
  int64_t change = 0, after = 0;
};
struct ExplanationView {
  CommissionView commission;
  std::string sign_up_date, rate_source, attributed_by, group_id;
  int64_t terms_version = 0, hold_days = 0;
  std::vector<ExplanationStep> steps;
  std::vector<std::string> text;
};
enum class BalanceKind { kPending = 1, kHeld, kPayable, kReserved, kReceivable, kPaid };
struct BalancePartView {
  std::string kind, date, text;
  int64_t amount = 0;
  int64_t sequence = 0, commission = 0, batch = 0, payout = 0;  // 0: none
  std::string mature_date = {};                                 // of what matures or matured; else empty
};
struct BalanceView {
  std::string partner_id, currency;
  BalanceKind balance = BalanceKind::kPending;
  int64_t amount = 0;
  Page<BalancePartView> parts;  // over all pages they sum to amount
};
struct DueCommissionView {
  int64_t commission = 0, amount = 0, sequence = 0;  // sequence: of its maturity; 0: not yet
  std::string customer_id, payment_id;
};
struct FxRateView {
  int64_t number = 0, quote_time = 0, create_time = 0;
  std::string from_currency, to_currency, rate, source, actor;
};
struct MaturingView {
  std::string date, currency;
  int64_t amount = 0;
};
struct LiabilityView {
  std::string currency;
  int64_t pending = 0, held = 0, payable = 0, reserved = 0, receivable = 0;
};
struct ForecastView {
  std::vector<MaturingView> maturing;      // by currency, then day; what is due already stands under today
  std::vector<LiabilityView> liabilities;  // by currency
};
struct ParkedView {
  int64_t number = 0, event_time = 0;
  std::string kind, id, waits_for, refused;
};
struct StatementLine {
  std::string booking_date, kind, text;
  int64_t sequence = 0, amount = 0, commission = 0;
};
struct StatementView {
  std::string partner_id, currency, from_date, to_date;
  int64_t partner_number = 0;  // by which the log knows him
  int64_t log_size = 0;        // when it was made
  int64_t opening = 0, earned = 0, paid = 0, closing = 0;
  Page<StatementLine> lines;
};

enum class BatchState { kDraft = 1, kSubmitted, kApproved, kExported, kSettling, kClosed, kCancelled };
struct BatchTotals {
  int64_t reserved = 0, settled = 0, returned = 0, failed = 0, cancelled = 0, outstanding = 0;
};
struct BatchView {
  int64_t batch = 0;
  std::string currency, cutoff_date, funding_account, content_hash_hex, preparer, approver;
  BatchState state = BatchState::kDraft;
  int64_t total = 0, payout_count = 0, create_time = 0;
  BatchTotals totals;
};
enum class PayoutState { kPlanned = 1, kReserved, kSent, kSettled, kFailed, kReturned, kUnknown, kCancelled };
struct PayoutView {
  int64_t batch = 0, payout = 0;
  std::string partner_id, display_name, method_type, method_account, evidence, currency;
  int64_t amount = 0, line_count = 0;
  PayoutState state = PayoutState::kPlanned;
  bool after_failure = false;
  Amount settlement;                                // what arrives, where that is another currency; else empty
  int64_t fx_rate = 0;                              // 0: none was needed
  int64_t retry_of_batch = 0, retry_of_payout = 0;  // 0: none
};
struct LeftOutView {
  std::string partner_id, reason, text, currency;
  int64_t payable = 0;
};
struct BatchContentView {
  BatchView batch;
  std::vector<PayoutView> payouts;
  std::vector<LeftOutView> left_out;
};

struct CorrectionView {
  int64_t correction = 0, amount = 0, reverses = 0, reversed_by = 0, create_time = 0, sequence = 0;
  CorrectionKind kind = CorrectionKind::kAdjustment;
  int64_t state = 0;  // of CorrectionPhase
  std::string partner_id, currency, reason, cash_account, proposer, decider;
};
struct ReviewView {
  std::string partner_id, customer_id;
  int64_t sign_up_time = 0, age_days = 0;
  std::vector<Amount> held;
};
struct TouchView {
  std::string partner_id, kind, code;
  int64_t sign_up_time = 0, sequence = 0;
  int64_t click_time = 0;  // 0: no click
  bool decided = false;
};
struct ReferralMoveView {
  std::string from_partner_id, partner_id, actor, reason;
  int64_t time = 0, sequence = 0;
  bool unpaid_past = false;
};
struct ReferralView {
  std::string customer_id, partner_id, sign_up_date, review, decision;
  int64_t sign_up_time = 0, terms_version = 0, rate_bps = 0, hold_days = 0;
  bool own_rate = false;
  std::vector<TouchView> touches;
  std::vector<ReferralMoveView> moves;  // oldest first
  Page<int64_t> commissions;            // their numbers, newest first
};
struct HoldView {
  int64_t commission = 0, held = 0, since = 0, age_days = 0;
  std::string partner_id, customer_id, currency;
  std::vector<std::string> reasons;
};

// What was accrued and reversed, and the part of what remains whose hold period is over.
struct SimulatedSums {
  int64_t accrued = 0, reversed = 0, matured = 0;
};
struct SimulatedView {
  std::string partner_id;  // empty in totals
  std::string currency;
  SimulatedSums booked, simulated;
};
struct SimulationView {
  Page<SimulatedView> partners;       // by partner, then currency
  std::vector<SimulatedView> totals;  // by currency
  int64_t records = 0;
};

struct PostingView {
  std::string account, currency, booking_date;
  int64_t amount = 0;  // positive: debit
};
struct RecordView {
  int64_t sequence = 0, record_micros = 0;
  std::string event_date, actor, kind, json, leaf_hash_hex, body;
  std::vector<PostingView> postings;
};
struct AccountView {
  std::string account, currency;
  int64_t balance = 0;  // positive: debit balance
};
// What a backup holds of one program.
struct BackedUpLog {
  std::string program_id, root_hash_hex;
  int64_t size = 0;
};
struct BackupView {
  int64_t bytes = 0;
  std::vector<BackedUpLog> logs;
};
struct InclusionProofView {
  int64_t leaf_index = 0, tree_size = 0;
  std::string leaf_hash_hex, root_hash_hex;
  std::vector<std::string> hashes_hex;
};
struct ConsistencyProofView {
  int64_t old_size = 0, tree_size = 0;
  std::string old_root_hash_hex, root_hash_hex;
  std::vector<std::string> hashes_hex;
};
struct LogHeadView {
  int64_t size = 0;
  std::string root_hash_hex;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_QUERIES_VIEWS_H_
