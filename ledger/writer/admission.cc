#include "ledger/writer/admission.h"

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "ledger/base/status.h"
#include "ledger/store/watermark.h"

namespace trailbook {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Seconds(1);

}  // namespace

bool Admission::AdmitsAhead(const std::vector<WriteJob>& batch) {
  if (leases_ == nullptr) return true;
  std::set<int64_t> programs;
  for (const WriteJob& job : batch) {
    const int64_t program = leases_->KnownProgram(job.program_id);
    if (program < 0 || !leases_->IsFresh(program) || !ends_->Knows(program)) return false;
    programs.insert(program);
  }
  needed_.merge(programs);
  return true;
}

absl::StatusOr<bool> Admission::Admit(std::vector<WriteJob>& batch,
                                      absl::FunctionRef<void(WriteJob, const absl::Status&)> refuse) {
  if (leases_ == nullptr) return false;
  needed_.clear();
  bool gained_any = false;
  std::vector<WriteJob> admitted;
  absl::Status failure;
  for (WriteJob& job : batch) {
    const auto program = leases_->ProgramOf(job.program_id);
    absl::StatusOr<bool> gained = false;
    if (program.ok() && *program >= 0) {
      gained = leases_->Ensure(*program);  // a program that is not there is refused later
    }
    if (ReasonOf(gained.status()) == "HELD_ELSEWHERE") {
      refuse(std::move(job), gained.status());
      continue;
    }
    failure.Update(program.status());
    failure.Update(gained.status());
    if (program.ok() && *program >= 0) needed_.insert(*program);
    gained_any = gained_any || (gained.ok() && *gained);
    admitted.push_back(std::move(job));
  }
  batch = std::move(admitted);
  TRAILBOOK_RETURN_IF_ERROR(failure);
  return gained_any;
}

std::vector<Lease> Admission::TakeNeeded() {
  std::vector<Lease> leases;
  const std::set<int64_t> needed = std::exchange(needed_, {});
  if (leases_ == nullptr) return leases;
  for (const int64_t program : needed) {
    leases.push_back(leases_->Of(program));
    leases.back().watermark = ends_->WatermarkOf(program);
  }
  return leases;
}

void Admission::WereKept(const std::vector<Lease>& leases, absl::Time asked) {
  for (const Lease& lease : leases) leases_->WasKept(lease.program, asked);
}

void Admission::Release() {
  if (leases_ != nullptr) leases_->Release();
}

bool Admission::LookIsDue() const { return leases_ != nullptr && absl::Now() - looked_ >= kBetweenLooks; }

bool Admission::TakesOver(store::Database& db, absl::FunctionRef<bool(int64_t)> on_their_way) {
  looked_ = absl::Now();
  const auto ranges = store::FindUnsaved(db);
  const auto in_force = leases_->InForce();
  if (!ranges.ok() || !in_force.ok()) return false;
  bool found = false;
  for (const store::UnsavedRange& range : *ranges) {
    const bool gained = !in_force->contains(range.program) && leases_->Ensure(range.program).value_or(false);
    found = found || gained || (leases_->Holds(range.program) && !on_their_way(range.program));
  }
  return found;
}

}  // namespace trailbook
