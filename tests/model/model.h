// A slow, obvious model of the rule book: what Trailbook must compute, written a second time without a database, a log
// or a cache. Every balance is summed from a list of movements whenever somebody asks. Random commands are given to it
// and to the ledger, and their answers compared. It shares no rule with ledger/domain: only the commands' types and the
// calendar. Not thread-safe; a Model is a plain value and may be copied.
#ifndef TRAILBOOK_TESTS_MODEL_MODEL_H_
#define TRAILBOOK_TESTS_MODEL_MODEL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "ledger/base/day.h"
#include "ledger/domain/commands.h"
#include "ledger/queries/views.h"
#include "tests/model/state.h"

namespace trailbook::model {

class Model {
 public:
  explicit Model(absl::TimeZone zone) : zone_(zone) {}

  // Commands, at the second `now`.
  Answer Apply(const Mutation& mutation, const RequestKey& key, const std::string& actor, int64_t now);
  Answer Apply(const Report& report, int64_t now);
  Answer RunMaturity(const std::string& through, int64_t now);

  // Reads.
  Day Today(int64_t now) const { return DayOf(now, zone_); }
  const std::vector<PartnerState>& partners() const { return partners_; }
  const std::vector<GroupState>& groups() const { return groups_; }
  const std::vector<PaymentState>& payments() const { return payments_; }
  const std::vector<BatchModel>& batches() const { return batches_; }
  const std::vector<Parked>& parked() const { return parked_; }
  const std::vector<CorrectionModel>& corrections() const { return corrections_; }
  std::vector<std::string> InReview() const {
    std::vector<std::string> customers;
    for (const auto& [customer, referral] : referrals_) {
      if (referral.review) customers.push_back(customer);
    }
    return customers;
  }
  std::optional<Day> closed_through() const { return closed_through_; }
  // Whether persons corrected, banned or moved anything: then no sum over commissions says what balances are.
  bool people_decided() const { return people_decided_; }
  bool KnowsPayment(const std::string& id_or_alias) const { return FindPayment(id_or_alias) >= 0; }
  // What was taken for good of a payment's commission.
  int64_t Forfeited(const std::string& payment_id) const {
    const int payment = FindPayment(payment_id);
    return payment < 0 ? 0 : payments_[payment].forfeited;
  }
  const PayoutModel& payout(int number) const { return payouts_[number - 1]; }
  std::set<std::string> CurrenciesOf(int partner) const;
  Balances BalancesAt(int partner, const std::string& currency, Day day) const;
  // (currency, day) -> what becomes payable, or goes to what is owed, on a day after today.
  std::map<std::pair<std::string, Day>, int64_t> Maturing(int64_t now) const;
  // RULES 9: what a statement that ends on a day closes with.
  int64_t StatementBalance(int partner, const std::string& currency, Day day) const;
  // The balances that the state of every commission alone demands: only where nothing was ever reserved.
  Balances ClosedForm(int partner, const std::string& currency, Day day) const;
  // (account, currency) -> debit balance at the end of a day; what is due counts as payable here as well.
  std::map<std::pair<std::string, std::string>, int64_t> TrialBalance(Day day) const;
  CommissionView ViewOf(int payment, int64_t now) const;
  std::vector<Planned> Plan(const std::string& currency, Day cutoff, int64_t now) const;
  BatchTotals TotalsOf(const BatchModel& batch) const;

 private:
  using Pair = std::pair<int, std::string>;  // a partner and a currency

  // model_books.cc
  int64_t Balance(const Pair& pair, Account account, std::optional<Day> day = std::nullopt) const;
  int64_t PartOf(int commission, Account account) const;
  Day Latest(const Pair& pair, Account account) const;
  Day TakeDay(const Pair& pair, Account from, Day event) const;
  void Move(const Pair& pair, Movement movement);
  std::vector<std::pair<Pair, const Movement*>> MovementsOf(int payment) const;
  std::set<std::string> EarnedIn(int partner) const;
  void CreditPayable(const Pair& pair, Movement movement);

  // model_commission.cc
  Pair PairOf(int payment) const;
  // The payment that a commission comes from; a bonus comes from another's.
  int OriginOf(int payment) const { return payments_[payment].bonus_of < 0 ? payment : payments_[payment].bonus_of; }
  int64_t LeftAfter(int payment, bool with_open_disputes) const;
  void BringWithBonus(int payment, Day event);
  int64_t GivenBack(int payment, bool with_open_disputes) const;
  int64_t Booked(int payment) const;
  bool HasMatured(int payment) const;
  bool TakesAlong(int run, int payment) const;
  int MaturityOf(int payment) const;
  // A movement of a commission with the partner who has it now.
  bool Concerns(const Movement& movement, int payment) const {
    return movement.commission == payment && movement.life == payments_[payment].life;
  }
  std::pair<bool, int> WhereItWent(Pair pair, int payout) const;
  bool IsUnpaid(const Pair& pair, int payout) const;
  int64_t UnpaidLines(int payment) const;
  int64_t Released(int payment) const;
  int64_t LineOf(const Pair& pair, const Movement& part) const;
  int LivePayoutOf(int payment) const;
  void Accrue(int payment);
  void AccrueBonus(int payment, int64_t amount);
  void Bring(int payment, Day event);
  void Reverse(int payment, int64_t amount, Day event);
  void Restore(int payment, int64_t amount, Day event);
  void HoldAgain(int payment, Day event);
  int64_t MustHold(int payment) const;
  int64_t Target(int payment) const;
  int64_t WithoutForfeited(int payment, int64_t due) const;
  void TakeBack(PayoutModel& payout, Day event);
  void Mature(const Pair& pair, Day through);

  // model_report.cc, model_sign_up.cc
  std::string Invalid(const Report& report, int64_t now) const;
  Answer Take(const Report& report, int64_t now);
  Answer TakeOne(const SignUpReport& report, int64_t now);
  Answer TakeOne(const PaymentReport& report, int64_t now);
  Answer TakeOne(const AliasReport& report, int64_t now);
  Answer TakeOne(const RefundReport& report, int64_t now);
  Answer TakeOne(const DisputeReport& report, int64_t now);
  Answer TakeOne(const ClickReport& report, int64_t now);
  bool TakeAliases(const Report& told, Report* parked) const;
  int FindClick(const SignUpReport& report) const;
  Answer Again(const PaymentReport& report, int payment);
  int Resolve(const SignUpReport& report) const;
  int FindCode(const std::string& code, int64_t time) const;
  int FindPartner(const std::string& id) const;
  std::string Named(const std::string& id, int* partner) const;
  int Owner(int partner) const;
  std::vector<int> Family(int partner) const;
  bool Refers(int partner, int64_t time) const {
    const int64_t left = partners_[Owner(partner)].left_time;
    return left == 0 || time < left;
  }
  int FindPayment(const std::string& id_or_alias) const;
  Answer AnswerOf(int payment, OutcomeKind kind, bool replayed) const;

  // model_parking.cc
  std::optional<Answer> Waits(const Report& report, int64_t now);
  Answer Park(const Report& report, bool for_day);
  bool Resolves(const Report& report) const;
  void Release(int64_t now, std::vector<Parked> due = {});
  void TakeParked(const Parked& parked, int64_t now);
  std::string Change(const PurgeParked& change, const std::string& actor, int64_t now, Answer& answer);

  // model_terms.cc
  std::string Change(const CreateProgram& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const PublishTerms& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const CreatePartner& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const SetPartnerRate& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const SetPayoutMethod& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const CreateCode& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const DisableCode& change, const std::string& actor, int64_t now, Answer& answer);
  // model_people.cc
  std::string Change(const ProposeCorrection& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const DecideCorrection& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const SetPartnerState& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const DecideReview& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const ReassignReferral& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const MergePartner& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const ClosePeriod& change, const std::string& actor, int64_t now, Answer& answer);
  void MoveBalances(const Pair& from, const Pair& to, Day today);
  Day LastDay(const Pair& pair, Day event) const;
  std::string Book(CorrectionModel& correction, Day today);
  std::string Forfeit(const Pair& pair, CorrectionModel& correction, Day today);
  int64_t TakeForGood(int payment, int64_t amount, CorrectionModel* correction, Day today);
  std::string GiveBackForfeited(const Pair& pair, CorrectionModel& correction, Day today);
  std::vector<int> LatestFirst(int partner) const;
  void HoldAnew(const std::function<bool(int)>& concerns, Day today);
  bool Transfer(int payment, int to, Day today);

  // model_promise.cc
  std::string Change(const CreateGroup& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const PublishGroupTerms& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const SetPartnerGroup& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const LowerRate& change, const std::string& actor, int64_t now, Answer& answer);
  int FindGroup(const std::string& id) const;
  const Terms& TermsOn(Day day) const;
  int GroupOn(int partner, Day day) const;
  Promise PromiseOn(int partner, Day day) const;
  int64_t PayingCustomers(int partner) const;
  void CountPaying(int partner);
  int64_t Lowered(int64_t bps, int partner, Day promised, Day day) const;
  int64_t RateOf(const Referral& referral, int64_t customers, Day day) const;

  // model_payout.cc
  std::string Change(const CreatePayoutBatch& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const SubmitPayoutBatch& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const ApprovePayoutBatch& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const ExportPayoutBatch& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const CancelPayoutBatch& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const RecordPayoutResult& change, const std::string& actor, int64_t now, Answer& answer);
  std::string Change(const SetFxRate& change, const std::string& actor, int64_t now, Answer& answer);
  void Convert(const std::string& earned, const std::string& arrives, Planned& plan) const;
  void Settle(const PayoutModel& payout, const std::string& from, const std::string& to, Day day);
  BatchModel* FindBatch(int64_t number);
  std::vector<Movement*> LinesOf(const Pair& pair, Day cutoff);
  void ComesBack(PayoutModel& payout, PayoutState state, Account from, Day event);

  absl::TimeZone zone_;
  std::string program_;  // empty: not created yet
  std::vector<Terms> terms_;
  std::vector<GroupState> groups_;
  std::vector<LoweredRate> lowered_;
  std::vector<PartnerState> partners_;
  std::map<std::string, CodeState> codes_;
  std::map<std::string, ClickReport> clicks_;
  std::map<std::string, Referral> referrals_;           // by customer
  std::set<std::pair<std::string, int>> lost_touches_;  // customer and the partner who claimed
  std::vector<PaymentState> payments_;
  std::map<std::string, std::string> aliases_;  // alias -> payment id, of recorded payments
  std::map<std::string, RefundState> refunds_;
  std::map<std::string, DisputeState> disputes_;
  std::vector<Parked> parked_;
  int64_t arrivals_ = 0;
  int entries_ = 0;
  std::vector<MaturityRun> maturities_;
  std::vector<CorrectionModel> corrections_;
  bool people_decided_ = false;
  std::optional<Day> closed_through_;
  int merges_ = 0;
  std::vector<BatchModel> batches_;
  std::vector<PayoutModel> payouts_;
  std::vector<FxRateModel> fx_rates_;
  std::vector<Settlement> settlements_;
  std::map<std::string, std::pair<std::string, Answer>> requests_;  // request id -> content, answer
  std::map<Pair, std::vector<Movement>> books_;
  std::set<Pair> earners_;  // where there was ever anything, if only a commission that had come to nothing
};

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_MODEL_H_
