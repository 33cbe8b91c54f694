// What operators and finance change: programs, terms, partners, codes, payouts, corrections. Each checks everything
// before its first record, so that a refusal changed nothing. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_OPERATIONS_H_
#define TRAILBOOK_LEDGER_DOMAIN_OPERATIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/domain/book.h"
#include "ledger/domain/commands.h"
#include "ledger/domain/journal.h"
#include "ledger/domain/phases.h"

namespace trailbook {

class Operations {
 public:
  Operations(Book* book, Journal* journal) : book_(book), journal_(journal) {}

  // Each returns the number of what was made (a batch, a version), else 0.
  absl::StatusOr<int64_t> Do(const CreateProgram& command);
  absl::StatusOr<int64_t> Do(const PublishTerms& command);
  absl::StatusOr<int64_t> Do(const CreatePartner& command);
  absl::StatusOr<int64_t> Do(const SetPartnerRate& command);
  absl::StatusOr<int64_t> Do(const SetPayoutMethod& command);
  absl::StatusOr<int64_t> Do(const CreateCode& command);
  absl::StatusOr<int64_t> Do(const DisableCode& command);
  absl::StatusOr<int64_t> Do(const CreatePayoutBatch& command);
  absl::StatusOr<int64_t> Do(const SubmitPayoutBatch& command);
  absl::StatusOr<int64_t> Do(const ApprovePayoutBatch& command);
  absl::StatusOr<int64_t> Do(const ExportPayoutBatch& command);
  absl::StatusOr<int64_t> Do(const CancelPayoutBatch& command);
  absl::StatusOr<int64_t> Do(const RecordPayoutResult& command);
  absl::StatusOr<int64_t> Do(const SetPartnerState& command);
  absl::StatusOr<int64_t> Do(const DecideReview& command);
  absl::StatusOr<int64_t> Do(const ProposeCorrection& command);
  absl::StatusOr<int64_t> Do(const DecideCorrection& command);
  absl::StatusOr<int64_t> Do(const ClosePeriod& command);
  absl::StatusOr<int64_t> Do(const PurgeParked& command);
  absl::StatusOr<int64_t> Do(const CreateGroup& command);
  absl::StatusOr<int64_t> Do(const PublishGroupTerms& command);
  absl::StatusOr<int64_t> Do(const SetPartnerGroup& command);
  absl::StatusOr<int64_t> Do(const LowerRate& command);
  absl::StatusOr<int64_t> Do(const SetFxRate& command);
  absl::StatusOr<int64_t> Do(const ReassignReferral& command);
  absl::StatusOr<int64_t> Do(const MergePartner& command);

  // One row of an import: created, or compared with what is there.
  ImportRowOutcome Import(const std::string& program_id, const PartnerSpec& row);

 private:
  // A program, with its zone and its today. NOT_FOUND.
  struct Place {
    int64_t program = 0;
    absl::TimeZone zone;
    Day today = 0;
  };
  absl::StatusOr<Place> Find(const std::string& program_id);
  // NOT_FOUND; FAILED_PRECONDITION for one who was merged into another: that one is meant.
  absl::StatusOr<int64_t> FindPartner(const Place& place, const std::string& partner_id);
  // An empty date is today; a past one is refused.
  absl::StatusOr<Day> FromTodayOn(const Place& place, absl::string_view field, const std::string& date);
  absl::StatusOr<log::v1::Terms> CheckTerms(const TermsSpec& spec);
  absl::StatusOr<log::v1::Terms> CheckGroupTerms(const TermsSpec& spec);
  absl::StatusOr<int64_t> FindGroup(const Place& place, const std::string& group_id);

  absl::Status CheckPartner(const PartnerSpec& spec);
  absl::Status CheckFreeCode(const Place& place, absl::string_view field, const std::string& code);
  absl::Status Create(const Place& place, const PartnerSpec& spec);
  absl::Status AddCode(const Place& place, int64_t partner, const std::string& folded, bool coupon,
                       const std::string& destination);
  PayoutMethod MethodOf(const Place& place, int64_t partner, const std::string& type, const std::string& account,
                        const std::string& settlement_currency) const;
  std::vector<ImportRowOutcome::Difference> Compare(const Place& place, int64_t partner, const PartnerSpec& row);

  // All that a merged partner has in a currency, to the one that goes on.
  absl::Status MoveBalances(const Place& place, const Earner::Key& from, int64_t into);
  absl::Status CheckCorrection(const Place& place, const ProposeCorrection& command, Correction* row);
  absl::Status BookCorrection(const Place& place, const Correction& correction);
  absl::Status BookForfeiture(const Place& place, const Correction& correction);
  absl::Status UndoForfeiture(const Place& place, const Correction& correction);

  absl::StatusOr<PayoutBatch*> FindBatch(const Place& place, int64_t batch, BatchPhase needed, absl::string_view verb);
  absl::Status Reserve(const Place& place, int64_t batch, const struct PlannedPayout& planned, int64_t number);
  absl::Status SettleAfterFailure(const Place& place, const Payout& payout, const std::string& funding,
                                  const std::string& evidence, Day day);
  // A dead payout's step, and what that lets be held again.
  absl::Status ReturnToPayable(const Place& place, const Payout& payout, const std::vector<struct MoneyLegs>& step,
                               log::v1::PayoutOutcome outcome, const std::string& evidence, Day day);

  Book* book_;
  Journal* journal_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_OPERATIONS_H_
