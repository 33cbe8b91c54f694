// A replay of a program's log under other terms (RULES 2.3: before any change is published): what would have been
// accrued and reversed, beside what the books say. It takes the facts of the records (sign-ups, payments, what was
// given back, who belonged to which group) and decides anew what they earn, by the rules that the ledger itself uses.
//
// Decisions of persons stay as they were: lowerings, rejected reviews, and forfeitures, of which a commission that
// comes to another amount loses the same share. Memory: a row a customer and some hundred bytes a payment. Not
// thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_SIMULATION_H_
#define TRAILBOOK_LEDGER_DOMAIN_SIMULATION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/domain/book.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// Terms instead of those that were in force from a day on. Without terms nothing is replaced.
struct OtherTerms {
  std::optional<log::v1::Terms> terms;
  int64_t grp = 0;  // whose; 0: the program's
  Day from = kFromEver;
};

class Simulation {
 public:
  struct Sums {
    int64_t accrued = 0, reversed = 0;
    int64_t matured = 0;  // of what remains, the part whose hold period is over
  };
  struct Result {
    Sums booked, simulated;
  };
  // By partner's number and currency.
  using Results = std::map<std::pair<int64_t, Currency>, Result>;

  Simulation(absl::TimeZone zone, OtherTerms other) : zone_(zone), other_(std::move(other)) {}

  // The next record of the log. DATA_LOSS if it does not follow from those before.
  absl::Status Take(const log::v1::Record& record);
  // OUT_OF_RANGE with OVERFLOW if a sum does not fit.
  absl::StatusOr<Results> Finish(Day today);

 private:
  // A payment: its facts, what the books made of it, and what it earns under the other terms.
  struct Line {
    int64_t number = 0, customer = 0;
    int32_t earner = 0, bonus_earner = 0;  // which of earners_
    int32_t rate_bps = 0;
    int64_t collected = 0, base = 0, given_back = 0;
    int64_t accrued = 0, bonus = 0;
    bool zero = false;
    Day matures_on = 0;
    Day booked_matures_on = 0;
    int64_t booked = 0, booked_now = 0, forfeited = 0, forfeited_from = 0;
    int64_t booked_bonus = 0, booked_bonus_now = 0, forfeited_bonus = 0, forfeited_bonus_from = 0;
  };

  void TakeTerms(const log::v1::Record& record, int64_t grp, const log::v1::Terms& terms);
  void ReplaceFromNowOn(const log::v1::Record& record);
  void TakeSignUp(const log::v1::Record& record);
  absl::Status TakePayment(const log::v1::Record& record);
  absl::Status TakeBonus(const log::v1::Record& record);
  // A record that changed a commission, or (if `number` is its number) the bonus beside one.
  absl::Status TakeChange(const log::v1::Record& record, int64_t number, const log::v1::CommissionState& state);
  absl::Status TakeReassigned(const log::v1::Record& record);
  absl::Status TakeTransfer(const log::v1::Record& record);
  Line* Find(int64_t number);
  // Which of lines_ a bonus stands beside; -1 if it is none.
  int64_t FindBonus(int64_t number) const;
  int64_t Remaining(const Line& line, bool bonus);

  absl::TimeZone zone_;
  OtherTerms other_;
  int64_t program_ = 0;
  bool replaced_ = false;
  Book book_;                // programs, terms, partners and referrals as they would be; nothing behind it
  std::vector<Line> lines_;  // by number
  std::vector<std::pair<int64_t, size_t>> bonus_lines_;  // by number: which of lines_
  // Under the numbers that commissions and bonuses got when they moved with their referral: which of lines_.
  std::map<int64_t, size_t> moved_lines_, moved_bonuses_;
  std::vector<std::pair<int64_t, Currency>> earners_;
  std::map<std::pair<int64_t, Currency>, int32_t> earner_numbers_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_SIMULATION_H_
