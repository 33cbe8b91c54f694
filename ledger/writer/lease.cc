#include "ledger/writer/lease.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr char kTake[] =
    "INSERT INTO lease (program_id, epoch, holder, address, expire_time) "
    "VALUES ($1, 1, $2, $3, now() + interval '6 seconds') ON CONFLICT (program_id) DO UPDATE SET "
    "epoch = CASE WHEN lease.holder = excluded.holder THEN lease.epoch ELSE lease.epoch + 1 END, "
    "holder = excluded.holder, address = excluded.address, expire_time = excluded.expire_time "
    "WHERE lease.holder = excluded.holder OR lease.expire_time < now() RETURNING epoch";
constexpr char kNumber[] = "SELECT program_id FROM program_slug WHERE slug = $1";
constexpr char kHolder[] = "SELECT address FROM lease WHERE program_id = $1";
constexpr char kInForce[] = "SELECT program_id FROM lease WHERE expire_time >= now()";
constexpr char kKeep[] =
    "UPDATE lease SET expire_time = now() + interval '6 seconds' WHERE program_id = $1 AND holder = $2 AND epoch = $3 "
    "AND COALESCE((SELECT sequence FROM watermark WHERE watermark.program_id = $1), 0) >= $4 RETURNING epoch";
constexpr char kRelease[] = "UPDATE lease SET expire_time = now() - interval '1 second' WHERE holder = $1";
constexpr absl::Duration kRenewAfter = absl::Seconds(2);

store::Row ParametersOfKeep(const Lease& lease) { return {lease.program, lease.holder, lease.epoch, lease.watermark}; }

}  // namespace

absl::StatusOr<bool> KeepLease(store::Database& db, const Lease& lease) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t epoch, store::SelectInt(db, kKeep, ParametersOfKeep(lease)));
  return epoch != 0;
}

absl::Status DemandLease(store::Database& db, const Lease& lease) {
  return db.Demand(kKeep, ParametersOfKeep(lease),
                   Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "",
                          "another daemon has taken over this program, or the database is behind; try again"));
}

Leases::Leases(store::Database* db, std::string address)
    : db_(db), holder_(Hex(RandomBytes(16))), address_(std::move(address)) {}

absl::StatusOr<int64_t> Leases::ProgramOf(const std::string& program_id) {
  if (program_id.empty()) return kDirectoryLease;
  const int64_t known = KnownProgram(program_id);
  if (known >= 0) return known;
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t program, store::SelectInt(*db_, kNumber, {program_id}));
  if (program == 0) return -1;
  return programs_[program_id] = program;
}

int64_t Leases::KnownProgram(const std::string& program_id) const {
  const auto known = programs_.find(program_id);
  return known == programs_.end() ? -1 : known->second;
}

absl::StatusOr<int64_t> Leases::Take(int64_t program) {
  return store::SelectInt(*db_, kTake, {program, holder_, address_});
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
  if (IsFresh(program)) return false;
  const auto known = held_.find(program);
  const absl::Time now = absl::Now();
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

bool Leases::IsFresh(int64_t program) const {
  const auto known = held_.find(program);
  return known != held_.end() && absl::Now() - known->second.renewed < kRenewAfter;
}

Lease Leases::Of(int64_t program) const {
  const auto known = held_.find(program);
  return {.program = program, .holder = holder_, .epoch = known == held_.end() ? 0 : known->second.epoch};
}

void Leases::WasKept(int64_t program, absl::Time asked) {
  const auto known = held_.find(program);
  if (known != held_.end()) known->second.renewed = std::max(known->second.renewed, asked);
}

absl::Status Leases::Renew() { return RenewOlderThan(kRenewAfter); }

absl::Status Leases::RenewAll() { return RenewOlderThan(-absl::InfiniteDuration()); }

absl::Status Leases::RenewOlderThan(absl::Duration age) {
  const absl::Time now = absl::Now();
  for (auto at = held_.begin(); at != held_.end();) {
    const auto next = std::next(at);
    if (now - at->second.renewed >= age) {
      TRAILBOOK_ASSIGN_OR_RETURN(const bool kept, KeepLease(*db_, Of(at->first)));
      if (kept) {
        at->second.renewed = now;
      } else {
        held_.erase(at);
      }
    }
    at = next;
  }
  return absl::OkStatus();
}

void Leases::Release() {
  held_.clear();
  (void)store::SelectInt(*db_, kRelease, {holder_});
}

}  // namespace trailbook
