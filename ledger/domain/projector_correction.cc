#include "ledger/domain/projector_correction.h"

#include <utility>

#include "ledger/domain/phases.h"

namespace trailbook {
namespace {

using log::v1::Record;

void Apply(const Record& record, const log::v1::CorrectionProposed& proposed, Book& book) {
  Correction correction;
  correction.program = record.program();
  correction.correction = proposed.correction();
  correction.kind = proposed.correction_kind();
  correction.state = static_cast<int64_t>(CorrectionPhase::kProposed);
  correction.partner = proposed.partner();
  correction.currency = proposed.currency();
  correction.amount = proposed.amount();
  correction.reason = proposed.reason();
  correction.cash_account = proposed.cash_account();
  correction.proposer = record.actor();
  correction.create_time = record.record_micros() / 1000000;
  correction.reverses = proposed.reverses();
  book.corrections.Put(std::move(correction));
  book.programs.Edit({record.program()}).corrections = proposed.correction();
}

void Apply(const Record& record, const log::v1::CorrectionBooked& booked, Book& book) {
  Correction& correction = book.corrections.Edit({record.program(), booked.correction()});
  correction.state = static_cast<int64_t>(CorrectionPhase::kBooked);
  correction.amount = booked.amount();
  correction.decider = record.actor();
  correction.sequence = record.sequence();
  if (correction.reverses != 0) {
    book.corrections.Edit({record.program(), correction.reverses}).reversed_by = booked.correction();
  }
}

}  // namespace

void ProjectForfeited(const Record& record, const log::v1::CommissionForfeited& forfeited, Book& book) {
  if (forfeited.correction() == 0) return;
  book.forfeited_parts.EditOrCreate({record.program(), forfeited.correction(), forfeited.commission()}).amount +=
      forfeited.amount();
}

void ProjectCorrectionKinds(const Record& record, Book& book) {
  if (record.has_correction_proposed()) Apply(record, record.correction_proposed(), book);
  if (record.has_correction_booked()) Apply(record, record.correction_booked(), book);
  if (record.has_correction_rejected()) {
    Correction& correction = book.corrections.Edit({record.program(), record.correction_rejected().correction()});
    correction.state = static_cast<int64_t>(CorrectionPhase::kRejected);
    correction.decider = record.actor();
  }
}

}  // namespace trailbook
