#include "ledger/lease.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr char kTake[] =
    "INSERT INTO lease (program_id, epoch, holder, address, expire_time) VALUES ($1, 1, $2, $3, now() + interval '6 seconds') "
    "ON CONFLICT (program_id) DO UPDATE SET epoch = CASE WHEN lease.holder = excluded.holder THEN lease.epoch ELSE lease.epoch + 1 END, "
    "holder = excluded.holder, address = excluded.address, expire_time = excluded.expire_time "
    "WHERE lease.holder = excluded.holder OR lease.expire_time < now() RETURNING epoch";
constexpr char kHolder[] = "SELECT address FROM lease WHERE program_id = $1";
constexpr char kInForce[] = "SELECT program_id FROM lease WHERE expire_time >= now()";
constexpr char kConfirm[] = "SELECT epoch FROM lease WHERE program_id = $1 AND holder = $2 AND epoch = $3 FOR UPDATE";
constexpr char kRenew[] = "UPDATE lease SET expire_time = now() + interval '6 seconds' WHERE holder = $1 AND program_id = $2 AND epoch = $3";
constexpr char kRelease[] = "UPDATE lease SET expire_time = now() - interval '1 second' WHERE holder = $1";
constexpr absl::Duration kRenewAfter = absl::Seconds(2);

// The first column of the first row; 0 if there is none.
absl::StatusOr<int64_t> First(store::Statement& statement) {
  const auto there = statement.Step();
  const int64_t value = there.ok() && *there && statement.ColumnCount() > 0 ? statement.ColumnInt(0) : 0;
  statement.Reset();
  if (!there.ok()) return there.status();
  return value;
}

}  // namespace

Leases::Leases(store::Database* db, std::string address) : db_(db), holder_(Hex(RandomBytes(16))), address_(std::move(address)) {}

absl::StatusOr<int64_t> Leases::Take(int64_t program) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * take, db_->Prepare(kTake));
  take->BindInt(1, program);
  take->BindText(2, holder_);
  take->BindText(3, address_);
  return First(*take);
}

absl::Status Leases::HeldByOther(int64_t program) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select, db_->Prepare(kHolder));
  select->BindInt(1, program);
  const auto there = select->Step();
  const std::string address = there.ok() && *there ? std::string(select->ColumnText(0)) : "";
  select->Reset();
  TRAILBOOK_RETURN_IF_ERROR(there.status());
  return HeldElsewhere(address);
}

absl::StatusOr<bool> Leases::Ensure(int64_t program) {
  const auto known = held_.find(program);
  const absl::Time now = absl::Now();
  if (known != held_.end() && now - known->second.renewed < kRenewAfter) return false;
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t epoch, Take(program));
  if (epoch == 0) {
    held_.erase(program);
    return HeldByOther(program);
  }
  const bool gained = known == held_.end() || known->second.epoch != epoch;
  held_[program] = {epoch, now};
  return gained;
}

absl::StatusOr<std::set<int64_t>> Leases::InForce() {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select, db_->Prepare(kInForce));
  std::set<int64_t> programs;
  auto more = select->Step();
  for (; more.ok() && *more; more = select->Step()) programs.insert(select->ColumnInt(0));
  select->Reset();
  TRAILBOOK_RETURN_IF_ERROR(more.status());
  return programs;
}

absl::Status Leases::Confirm(int64_t program) {
  const auto known = held_.find(program);
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * confirm, db_->Prepare(kConfirm));
  confirm->BindInt(1, program);
  confirm->BindText(2, holder_);
  confirm->BindInt(3, known == held_.end() ? 0 : known->second.epoch);
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t epoch, First(*confirm));
  if (epoch != 0) return absl::OkStatus();
  held_.erase(program);
  return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "another daemon has taken over this program; try again");
}

absl::Status Leases::Prove(int64_t program) {
  const absl::Time now = absl::Now();
  Held& held = held_[program];
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * renew, db_->Prepare(kRenew));
  renew->BindText(1, holder_);
  renew->BindInt(2, program);
  renew->BindInt(3, held.epoch);
  TRAILBOOK_RETURN_IF_ERROR(First(*renew).status());
  held.renewed = now;
  return absl::OkStatus();
}

absl::Status Leases::Renew() {
  const absl::Time now = absl::Now();
  for (const auto& [program, held] : std::map<int64_t, Held>(held_)) {
    if (now - held.renewed >= kRenewAfter) TRAILBOOK_RETURN_IF_ERROR(Prove(program));
  }
  return absl::OkStatus();
}

void Leases::Release() {
  held_.clear();
  const auto release = db_->Prepare(kRelease);
  if (!release.ok()) return;
  (*release)->BindText(1, holder_);
  (void)First(**release);
}

}  // namespace trailbook
