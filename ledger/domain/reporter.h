// Takes reports of sign-ups, payments, refunds and disputes (RULES 3, 4, 6): decides what each means, records it
// through the journal, and then takes whatever waited for it, in the order of the event times. A refused report changed
// nothing. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_REPORTER_H_
#define TRAILBOOK_LEDGER_DOMAIN_REPORTER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/domain/book.h"
#include "ledger/domain/commands.h"
#include "ledger/domain/journal.h"
#include "ledger/domain/parking.h"

namespace trailbook {

class Reporter {
 public:
  // `now` in seconds decides what "today" is.
  Reporter(Book* book, Journal* journal, int64_t program, absl::TimeZone zone, int64_t now);

  ReportOutcome Take(const Report& report);
  // Takes what was parked for a day that has come. Returns how many were taken.
  int64_t TakeDue();

 private:
  friend class CommissionChange;

  ReportOutcome TakeOne(const SignUpReport& report);
  ReportOutcome TakeOne(const PaymentReport& report);
  ReportOutcome TakeOne(const AliasReport& report);
  ReportOutcome TakeOne(const RefundReport& report);
  ReportOutcome TakeOne(const DisputeReport& report);
  ReportOutcome TakeOne(const ClickReport& report);

  // Takes what waits in released_, and what that releases.
  void TakeReleased();
  void ReleaseFor(const Hash128& wait_key);
  // What waits for a payment under one of its ids.
  void ReleaseForPayment(absl::string_view id);
  ReportOutcome ParkFor(const Report& report, const Hash128& wait_key);
  // If the report waits already, or must wait for its day.
  bool Waits(const Report& report, ReportOutcome* outcome);

  absl::Status Check(const PaymentReport& report) const;
  // No alias may name another payment than the one whose commission is `own` (0: a new one).
  absl::Status CheckAliases(const PaymentReport& report, int64_t own);
  // Another id of a recorded payment, which nothing is known by yet.
  absl::Status RecordAlias(int64_t commission, const std::string& alias_id, int64_t time);
  ReportOutcome RepeatedPayment(const PaymentReport& report, int64_t commission);
  absl::Status RecordPayment(const PaymentReport& report, int64_t customer, const Referral& referral, int64_t* number);
  absl::Status CheckGiveBack(absl::string_view what, absl::string_view id, absl::string_view payment_id,
                             const Amount& amount, int64_t time) const;
  // The commission that an id of a payment names; nullptr if it is not known.
  const Commission* FindPayment(absl::string_view payment_id);
  absl::Status CheckAgainst(const Commission& commission, absl::string_view what, const Amount& amount) const;

  // The outcome of a refund or dispute that changed a commission: its bonus moves along.
  ReportOutcome GivenBack(int64_t commission, int64_t time);
  // The outcome of a report about a commission that is recorded, now or before.
  ReportOutcome AnswerAbout(const Commission& commission, OutcomeKind kind, bool replayed);

  Book* book_;
  Journal* journal_;
  int64_t program_;
  absl::TimeZone zone_;
  int64_t now_;
  Day today_;
  Parking parking_;
  std::vector<Parked> released_;  // a heap by event time
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_REPORTER_H_
