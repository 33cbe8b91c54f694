// Makes random sequences over a small universe of ids, so that repeats, conflicts, reorderings, rival claims and late
// sign-ups are frequent. The same seed gives the same sequence on every machine. Not thread-safe.
#ifndef TRAILBOOK_TESTS_MODEL_GENERATOR_H_
#define TRAILBOOK_TESTS_MODEL_GENERATOR_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/model/command.h"
#include "tests/model/model.h"

namespace trailbook::model {

enum class Style {
  kWild,      // everything at once
  kAnyOrder,  // the class of RULES 2.8
  kInOrder,   // the class of RULES 5: every event on its day, by time
};

class Generator {
 public:
  // `people`: persons correct, ban, review and reassign too.
  Generator(uint64_t seed, Style style, int commands, bool people = true);
  Sequence Make();

 private:
  // Dice.
  int64_t Pick(int64_t least, int64_t most);
  bool Chance(int percent);
  template <typename T>
  const T& One(const std::vector<T>& from) {
    return from[static_cast<size_t>(Pick(0, static_cast<int64_t>(from.size()) - 1))];
  }

  void Add(Command command);
  void Founding();
  void AddClock();
  void AddReports();
  void AddMutation(Mutation mutation);
  void AddOperation();
  void AddPayoutStep();
  void AddResult(int64_t number);
  void AddDecision();
  void AddFraudStep();
  void AddBatch();
  bool PaysAnybody(const std::string& currency, Day cutoff) const;
  int64_t SomeCorrection(bool booked);
  int64_t WaitingCorrections() const;

  void AddPromise(const std::string& program, const std::string& partner);
  void AddFxRate(const std::string& program);
  std::string SomeSettlement();
  TermsSpec SomeTerms();
  TermsSpec SomeGroupTerms();
  PartnerSpec SomePartner(const std::string& id);
  std::string SomeDate(int64_t back, int64_t ahead);
  std::string SomeCode();
  std::pair<std::string, std::string> SomeMethod();

  // Reports: what an id stands for is decided when it is first named, and mostly kept.
  Report SomeReport();
  Report SomeSignUp();
  Report SomeClick();
  Report SomePayment();
  Report SomeAlias();
  Report SomeRefund();
  Report SomeDispute();
  Report Spoiled(Report report);
  Report OnItsDay(Report report);
  int64_t SomeTime();
  int64_t SomeAmount();
  int64_t PartOf(int64_t collected);
  const PaymentReport& PaymentOf(int number);
  int SomePaymentNumber();
  std::string NameOf(const PaymentReport& payment);

  std::mt19937_64 random_;
  const Style style_;
  const int commands_;
  const bool people_;
  int operations_ = 0, decisions_ = 0, payout_steps_ = 0;  // of a hundred steps
  int merges_ = 0;                                         // of a hundred decisions
  bool frauds_ = false;    // partners are banned and their money is forfeited, again and again
  bool converts_ = false;  // payouts often arrive in another currency
  bool payouts_ = false, self_referrals_ = false;
  Sequence sequence_;
  absl::TimeZone zone_;
  Model model_;  // taken along, to know what may come next
  int64_t now_ = 0;
  int requests_ = 0, partner_count_ = 0, customers_ = 0, universe_ = 0;
  int64_t scale_ = 100;
  std::vector<std::string> currencies_;
  std::vector<std::string> codes_;
  std::vector<Command> mutations_;  // sent so far, to be sent again
  std::vector<Report> reported_;
  std::map<int, PaymentReport> payments_;
  std::map<std::string, RefundReport> refunds_;
  std::map<std::string, DisputeReport> disputes_;
  std::map<std::string, SignUpReport> sign_ups_;
  std::map<std::string, ClickReport> clicks_;
};

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_GENERATOR_H_
