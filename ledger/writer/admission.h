// Which commands this daemon decides: all of them where nobody else writes, else those of programs whose lease it
// holds. It keeps which leases what is decided needs, for the transaction that commits it: if they were held all the
// time nobody wrote in between, so it does not matter on which connection was read, provided that it shows what is
// stored (LogEnds::IsShownBy). Not thread-safe: belongs to the thread that decides.
#ifndef TRAILBOOK_LEDGER_WRITER_ADMISSION_H_
#define TRAILBOOK_LEDGER_WRITER_ADMISSION_H_

#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/store/sql.h"
#include "ledger/writer/lease.h"
#include "ledger/writer/log_ends.h"
#include "ledger/writer/write_job.h"

namespace trailbook {

class Admission {
 public:
  // `leases`: null where no other daemon can write. `ends` is not owned.
  Admission(std::unique_ptr<Leases> leases, LogEnds* ends) : leases_(std::move(leases)), ends_(ends) {}

  bool OthersMayWrite() const { return leases_ != nullptr; }
  // Whether the commands of a program are decided here, as far as is known.
  bool Has(int64_t program) const { return leases_ == nullptr || leases_->Holds(program); }

  // Whether a batch may be decided without a question to the database. Its leases are needed then, beside those that
  // are.
  bool AdmitsAhead(const std::vector<WriteJob>& batch);
  // Asks for the leases of a batch, which are all that is needed from now on. Jobs of programs that another daemon
  // writes leave it, to `refuse`. True: one was not held a moment ago, so what is known in memory may be old. Errors of
  // the driver.
  absl::StatusOr<bool> Admit(std::vector<WriteJob>& batch,
                             absl::FunctionRef<void(WriteJob, const absl::Status&)> refuse);

  // The programs whose leases are needed for what is decided.
  const std::set<int64_t>& needed() const { return needed_; }
  void Need(int64_t program) { needed_.insert(program); }
  // These leave with the transaction that commits it. None where nobody else writes.
  std::vector<Lease> TakeNeeded();
  // A transaction that began at this moment, or later, has kept them.
  void WereKept(const std::vector<Lease>& leases, absl::Time asked);

  // Renews what is held and due, or all of it, and knows then what is lost. Errors of the driver.
  absl::Status Renew() { return leases_ == nullptr ? absl::OkStatus() : leases_->Renew(); }
  absl::Status RenewAll() { return leases_ == nullptr ? absl::OkStatus() : leases_->RenewAll(); }
  // Lets go of everything, so that others need not wait.
  void Release();

  // Whether it is time to look for records that a daemon left without their rows when it was killed.
  bool LookIsDue() const;
  // Looks, and takes the leases of such programs that nobody has. Whether rows are left to be written here, but for
  // those of programs whose rows are on their way already. REQUIRES: OthersMayWrite.
  bool TakesOver(store::Database& db, absl::FunctionRef<bool(int64_t)> on_their_way);

 private:
  std::unique_ptr<Leases> leases_;
  LogEnds* ends_;
  std::set<int64_t> needed_;
  absl::Time looked_ = absl::InfinitePast();
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_ADMISSION_H_
