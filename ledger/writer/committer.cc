#include "ledger/writer/committer.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr int kSettleTries = 12;
constexpr absl::Duration kFirstPause = absl::Milliseconds(100);

}  // namespace

absl::Status Committer::Begin() {
  if (begun_) return absl::OkStatus();
  const absl::Status begun = db_->Begin(true);
  begun_ = begun.ok();
  return begun;
}

absl::Status Committer::Commit(const Transaction& transaction) {
  if (transaction.empty()) {
    if (begun_) db_->Rollback();
    begun_ = false;
    return absl::OkStatus();
  }
  absl::Status status = Begin();
  if (status.ok()) status = Write(transaction);
  if (status.ok()) status = db_->Commit();
  if (!status.ok()) db_->Rollback();
  begun_ = false;
  return store::IsCommitUnknown(status) ? Settle(transaction, status) : status;
}

absl::Status Committer::Write(const Transaction& transaction) {
  db_->Defer();
  for (const Lease& lease : transaction.leases) TRAILBOOK_RETURN_IF_ERROR(DemandLease(*db_, lease));
  TRAILBOOK_RETURN_IF_ERROR(log_.Append(transaction.records));
  for (const store::UnsavedRange& range : transaction.watermarks) {
    TRAILBOOK_RETURN_IF_ERROR(store::RaiseWatermark(*db_, range.program, range.watermark, range.size));
  }
  return transaction.rows.Write(*db_, *ids_);
}

// Never repeated blindly: the head says what became of it. Where nothing was logged, whoever asked repeats it: clients
// under the same ids, the writer by what the watermarks say.
absl::Status Committer::Settle(const Transaction& transaction, const absl::Status& unknown) {
  const absl::Status undecided = Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", unknown.message());
  if (transaction.records.empty()) return undecided;
  const int64_t program = transaction.records.back().program;
  for (int tries = 0; tries < kSettleTries; ++tries) {
    const auto stored = log_.IsStored(program);
    if (stored.ok() && !*stored) return undecided;
    // It is there; whether on every machine that it must be on, the answer to a later commit says. A lease that is lost
    // commits nothing.
    if (stored.ok() && !transaction.leases.empty()) {
      const auto kept = KeepLease(*db_, transaction.leases.front());
      if (kept.ok()) return *kept ? absl::OkStatus() : undecided;
    }
    absl::SleepFor(kFirstPause * (1 << std::min(tries, 4)));
  }
  return undecided;
}

void Committer::Drop() {
  db_->Rollback();
  begun_ = false;
  log_.Forget();
  ids_->Dropped();
}

}  // namespace trailbook
