#include "ledger/domain/reporter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/outcomes.h"
#include "ledger/domain/projector_transfer.h"

namespace trailbook {
namespace {

// The heap's top is the earliest event.
bool Later(const Parked& a, const Parked& b) {
  return std::tie(a.event_time, a.number) > std::tie(b.event_time, b.number);
}

// The same in words, now and at every replay.
std::string WaitsFor(const Parked& parked, const Report& report) {
  if (parked.due_day != 0) return absl::StrCat("waits for its day, ", FormatDay(parked.due_day));
  return std::holds_alternative<PaymentReport>(report) ? "waits for the sign-up of its customer"
                                                       : "waits for its payment";
}

}  // namespace

ReportOutcome Refused(absl::Status status) {
  ReportOutcome outcome;
  outcome.status = std::move(status);
  return outcome;
}

absl::Status EventConflict(absl::string_view what, absl::string_view id, absl::string_view differs) {
  return Refuse(
      absl::StatusCode::kAlreadyExists, "EVENT_CONFLICT", "",
      absl::StrCat(what, " \"", id, "\" was reported before with another ", differs, "; nothing was changed"));
}

Reporter::Reporter(Book* book, Journal* journal, int64_t program, absl::TimeZone zone, int64_t now)
    : book_(book),
      journal_(journal),
      program_(program),
      zone_(zone),
      now_(now),
      today_(DayOf(now, zone)),
      parking_(book, program) {}

ReportOutcome Reporter::Take(const Report& report) {
  ReportOutcome outcome = std::visit([this](const auto& r) { return TakeOne(r); }, report);
  TakeReleased();
  return outcome;
}

int64_t Reporter::TakeDue() {
  released_ = parking_.ReleaseDue(today_);
  std::make_heap(released_.begin(), released_.end(), Later);
  const int64_t count = released_.size();
  TakeReleased();
  return count;
}

void Reporter::TakeReleased() {
  while (!released_.empty()) {
    std::pop_heap(released_.begin(), released_.end(), Later);
    Parked parked = std::move(released_.back());
    released_.pop_back();
    const Report report = DecodeReport(parked.report.bytes);
    const ReportOutcome outcome = std::visit([this](const auto& r) { return TakeOne(r); }, report);
    if (!outcome.status.ok()) parking_.KeepRefused(std::move(parked), outcome.status.message());
  }
}

void Reporter::ReleaseForPayment(absl::string_view id) {
  if (book_->parked_count > 0) ReleaseFor(WaitForPayment(id));
}

void Reporter::ReleaseFor(const Hash128& wait_key) {
  for (Parked& parked : parking_.Release(wait_key)) {
    released_.push_back(std::move(parked));
    std::push_heap(released_.begin(), released_.end(), Later);
  }
}

ReportOutcome Reporter::ParkFor(const Report& report, const Hash128& wait_key) {
  ReportOutcome outcome;
  outcome.kind = OutcomeKind::kParked;
  parking_.Park(report, wait_key, 0);
  outcome.message = WaitsFor(*parking_.Find(report), report);
  return outcome;
}

bool Reporter::Waits(const Report& report, ReportOutcome* outcome) {
  if (const Parked* parked = parking_.Find(report)) {
    if (!parked->refused.empty()) {
      // It was refused when its turn came and nobody heard: told again, it is decided again.
      parking_.Drop(*parked);
      return Waits(report, outcome);
    }
    const auto* payment = std::get_if<PaymentReport>(&report);
    if (!parking_.SameContent(*parked, report)) {
      *outcome = Refused(EventConflict("an event", "that waits under this id", "content"));
    } else if (absl::Status bad = payment != nullptr ? CheckAliases(*payment, 0) : absl::OkStatus(); !bad.ok()) {
      *outcome = Refused(std::move(bad));
    } else {
      if (payment != nullptr) parking_.AddAliases(*parked, *payment);
      outcome->kind = OutcomeKind::kParked;
      outcome->replayed = true;
      outcome->message = WaitsFor(*parked, report);
    }
    return true;
  }
  const Day day = DayOf(TimeOf(report), zone_);
  if (day <= today_) return false;
  parking_.Park(report, {}, day);
  outcome->kind = OutcomeKind::kParked;
  outcome->message = WaitsFor(*parking_.Find(report), report);
  return true;
}

const Commission* Reporter::FindPayment(absl::string_view payment_id) {
  const ExternalKey* key = book_->external_keys.Get({program_, ExternalIdKey(IdKind::kPayment, payment_id)});
  if (key == nullptr) return nullptr;
  return &CurrentCommission(*book_, book_->commissions.At({program_, key->commission}));
}

ReportOutcome Reporter::AnswerAbout(const Commission& commission, OutcomeKind kind, bool replayed) {
  ReportOutcome outcome;
  outcome.kind = kind;
  outcome.replayed = replayed;
  outcome.commission = commission.number;
  // What it earned at first, so that a replay answers as the first time did.
  outcome.commission_amount = {commission.currency, commission.accrued};
  const PartnerIdentity* partner = book_->partner_identities.Get({program_, commission.partner});
  if (partner != nullptr) outcome.partner_id = partner->partner_id;
  return outcome;
}

}  // namespace trailbook
