// Closing a period (RULES 5) and dropping what is parked (RULES 3).
#include <limits>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/parking.h"
#include "ledger/domain/validate.h"

namespace trailbook {

absl::StatusOr<int64_t> Operations::Do(const ClosePeriod& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  const auto through = ParseDay(command.through_date);
  if (!through.ok()) return InvalidField("through_date", through.status().message());
  if (*through >= place.today) {
    return InvalidField("through_date",
                        absl::StrCat(command.through_date, " is not over yet; today is ", FormatDay(place.today)));
  }
  const Day closed = book_->programs.At({place.program}).closed_through;
  if (*through <= closed) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "through_date",
                  absl::StrCat("through_date: the books are closed through ", FormatDay(closed), " already"));
  }
  if (!book_->lists->DueEarners(place.program, *through, 0, "", 1).empty()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "SWEEP_NOT_DONE", "through_date",
                  absl::StrCat("what matured by ", command.through_date, " is not booked yet; run the maturity first"));
  }
  log::v1::PeriodClosed& period = *journal_->Start(place.program, place.today).mutable_period_closed();
  period.set_through_day(*through);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const PurgeParked& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("reason", command.reason, 500, true));
  const int64_t before = command.before_time == 0 ? std::numeric_limits<int64_t>::max() : command.before_time;
  const int64_t count = Parking(book_, place.program).Purge(before);
  log::v1::ParkedPurged& purged = *journal_->Start(place.program, place.today).mutable_parked_purged();
  purged.set_count(count);
  purged.set_before_time(command.before_time);
  purged.set_reason(command.reason);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return count;
}

}  // namespace trailbook
