// What the model remembers: partners, referrals, payments, movements of money, payouts, as plain values; and the
// arithmetic of RULES 3 and 4. Thread-safe: values and pure functions only.
#ifndef TRAILBOOK_TESTS_MODEL_STATE_H_
#define TRAILBOOK_TESTS_MODEL_STATE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/day.h"
#include "ledger/domain/commands.h"
#include "ledger/queries/views.h"

namespace trailbook::model {

// Whether a method pays out a currency.
bool Pays(const std::string& method, const std::string& currency);

// RULES 9: its lines have their money back.
bool IsDead(PayoutState state);

// RULES 3 and 4, in the simplest arithmetic that is exact.
int64_t HalfEven(int64_t a, int64_t b, int64_t c);  // a * b / c
int64_t DueOn(int64_t base, int64_t bps);
int64_t Remaining(int64_t collected, int64_t base, int64_t given_back, int64_t bps);

// RULES 8. The first five belong to a partner; kInTransit and kCash have a detail (the rail, the funding account).
enum class Account {
  kPending,
  kHeld,
  kPayable,
  kReserved,
  kReceivable,
  kInTransit,
  kCash,
  kExpense,
  kBonusExpense,
  kReversed,
  kAdjustment,
  kBadDebt,
  kRepaid,  // of corrections; kRepaid is cash that a partner paid back
  kTransfer
};  // to and from another partner

// Money moves from one account (debited) to another (credited) on a booking day.
struct Movement {
  Day day = 0;
  Account from = Account::kExpense, to = Account::kPending;
  int64_t amount = 0;
  int commission = -1;       // whose money; -1: no single commission's
  int life = 0;              // which of its partners had it: 0 the first
  int entry = 0;             // movements of one entry and day are one line
  int maturity = 0;          // the maturity of a day that moved it: one line of all its commissions
  int back_of = 0;           // the dead payout whose gross comes back
  int merged_from = -1;      // the partner whose balances come with a merge
  int payout = 0;            // the payout that took this line; only of movements that touch kPayable
  bool reservation = false;  // the payout's own line, which is no line to be paid
  std::string rail = {}, funding = {};
  bool converts = false;  // the payout arrives in another currency: on its way and in the bank it is a Settlement
};

// What a payout that arrives in another currency moves in that one.
struct Settlement {
  Day day = 0;
  std::string currency;
  int64_t amount = 0;
  std::string from, to;  // accounts
};
struct FxRateModel {
  std::string from, to, rate;
};

// What Earnings say of one partner and currency at the end of a day.
struct Balances {
  int64_t pending = 0, held = 0, payable = 0, reserved = 0, receivable = 0, paid = 0;
  bool operator==(const Balances&) const = default;
};

struct Terms {
  int version = 0;
  std::optional<Day> from;  // none: from ever
  int64_t bps = 0, hold_days = 0, window_days = 90;
  std::map<std::string, int64_t> minimums;
  std::map<int64_t, int64_t> tiers;        // rates by the paying customers from which on they are paid
  std::map<std::string, int64_t> bonuses;  // by currency
  int64_t months = 0;                      // of the duration; 0: none
  bool follow = false;
};
struct OwnRate {
  std::optional<Day> from;
  int64_t bps = 0;
};
// Terms of their own for some partners.
struct GroupState {
  std::string id;
  std::vector<Terms> terms;
};
struct Membership {
  std::optional<Day> from;
  int group = -1;  // -1: none any more
};
// What a person lowered, of one partner or of all (-1).
struct LoweredRate {
  Day from = 0;
  int64_t bps = 0;
  int partner = -1;
};
// What a new sign-up of a partner is promised on a day.
struct Promise {
  Terms terms;
  int group = -1;  // whose terms; -1: the program's
  std::optional<int64_t> own_bps;
  std::ptrdiff_t own_rate = -1;  // which of the partner's own rates that is; -1: none
  // Whether the rate comes from the same terms, or the same rate of the partner's own.
  bool HasSameRateAs(const Promise& other) const {
    if (own_rate >= 0 || other.own_rate >= 0) return own_rate == other.own_rate;
    return group == other.group && terms.version == other.terms.version;
  }
};
struct PartnerState {
  std::string id, email;
  std::vector<OwnRate> rates;
  std::vector<Membership> memberships;
  int64_t most_paying = 0;  // the most customers that ever paid at a time
  // Whoever goes on for him since a merge (-1: himself), how many merges and how many maturities there were before it.
  int merged_into = -1, merges_before = 0, runs_before_merge = 0;
  std::string method_type, method_account, method_editor,
      settlement;  // the currency that arrives; empty: what was earned
  bool method_blocked = false;
  PartnerStateKind state = PartnerStateKind::kActive;
  int64_t left_time = 0;  // since when his sign-ups do not count; 0: they count
};
struct CodeState {
  int partner = 0;
  int64_t disable_time = 0;  // 0: it attributes
};
struct Referral {
  int partner = 0;
  int64_t time = 0;
  Day day = 0;
  Promise promise;
  bool review = false, rejected = false;
  bool paying = false;  // paid above zero on or after the sign-up day
};
// A correction that somebody asked for.
struct CorrectionModel {
  CorrectionKind kind = CorrectionKind::kAdjustment;
  int partner = 0;
  std::string currency;
  int64_t amount = 0;
  std::string proposer, cash;
  int reverses = 0, reversed_by = 0;  // numbers; 0: none
  bool booked = false, rejected = false;
  // What a forfeiture took of payments: by the entry with which each one's life began.
  struct Part {
    int payment = 0;
    int64_t amount = 0;
  };
  std::map<int, Part> parts = {};
};

// A recorded payment, which is one commission as well; or the sign-up bonus that came with one.
struct PaymentState {
  PaymentReport report;
  int partner = 0;
  int64_t bps = 0;
  Day day = 0, mature_day = 0;
  int64_t accrued = 0;
  std::string zero_reason;
  int bonus_of = -1;                // the payment that brought this bonus; -1: it is none
  int64_t kept = 0, forfeited = 0;  // what was taken for good lies above what was left
  // After its referral moved: how often, the maturities before that, and the day.
  int life = 0, first_run = 0;
  int entry = 0;  // with which its present life began
  Day moved_day = 0;
};
struct RefundState {
  RefundReport report;
  int payment = 0;
  bool failed = false;
};
struct DisputeState {
  DisputeReport report;
  int payment = 0;
  DisputePhase phase = DisputePhase::kOpen;
};
struct Parked {
  int64_t arrival = 0;
  Report report;
  bool for_day = false;  // it waits for its day, not for a sign-up or a payment
  std::string refused;   // why it could not be recorded when it was released; it is kept for people to look at
};

// One maturity of a partner, currency and day.
struct MaturityRun {
  int partner = 0;
  std::string currency;
  Day day = 0;
  int known = 0;  // how many payments were recorded before it
};

struct PayoutModel {
  int number = 0;  // of the model's own; never 0
  int batch = 0, partner = 0;
  int64_t amount = 0;
  std::string method_type, method_account, method_editor;
  Day last_day = 0;
  PayoutState state = PayoutState::kReserved;
  int back_entry = 0;      // with which it came back the last time; 0: never
  std::string settlement;  // empty: no other currency
  int64_t settlement_amount = 0, fx_rate = 0;
};
struct BatchModel {
  std::string currency, funding, preparer, approver;
  Day cutoff = 0;
  BatchState state = BatchState::kDraft;
  std::vector<int> payouts;
};
// What a batch would pay to one partner, or why not.
struct Planned {
  int partner = 0;
  int64_t amount = 0;
  std::string left_out;  // empty: it is paid
  std::string settlement = {};
  int64_t settlement_amount = 0, fx_rate = 0;
};

// What became of a command: `reason` is empty unless it was refused.
struct Answer {
  OutcomeKind kind = OutcomeKind::kRefused;
  bool replayed = false;
  std::string reason, partner;
  int64_t commission_amount = 0;
  bool has_commission = false;
  int64_t number = 0;  // of a mutation
};

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_STATE_H_
