// Payout batches: draft -> submitted -> approved -> exported -> settling -> closed, or cancelled before the export
// (RULES 9). These commands run alone in their transaction, with nothing changed before them, so that lists of the
// store are the truth.
#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/commission.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/maturity.h"
#include "ledger/domain/money.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/payout_legs.h"
#include "ledger/domain/payout_plan.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

constexpr int kLinesARecord = 2000;

constexpr absl::string_view kBatchPhases[] = {"",         "DRAFT",    "SUBMITTED", "APPROVED",
                                              "EXPORTED", "SETTLING", "CLOSED",    "CANCELLED"};
constexpr absl::string_view kPayoutPhases[] = {"",       "PLANNED",  "RESERVED", "SENT",     "SETTLED",
                                               "FAILED", "RETURNED", "UNKNOWN",  "CANCELLED"};

absl::Status WrongState(absl::string_view what, absl::string_view state, absl::string_view verb) {
  return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                absl::StrCat(what, " is ", state, " and cannot be ", verb));
}

absl::Status SamePerson(absl::string_view actor, absl::string_view why) {
  return Refuse(absl::StatusCode::kPermissionDenied, "SAME_PERSON", "",
                absl::StrCat(actor, " ", why, "; another person must approve"));
}

std::string Commitment(const Book& book, const PayoutMethod& method) {
  return KeyedHash(book.secret, absl::StrCat("account\n", method.type, "\n", method.account));
}

// What the reservations of a batch will change, in bulk. One by one it would be some questions each.
void LoadForReservation(Book& book, const PayoutBatch::Key& batch, Currency currency, Day today,
                        const std::vector<PlannedPayout>& plans) {
  const auto& [program, batch_number] = batch;
  int64_t number = 0;
  for (const PlannedPayout& plan : plans) {
    book.earners.Want({program, plan.partner, currency});
    book.earner_days.Want({program, today, plan.partner, currency});
    book.payouts.Want({program, batch_number, ++number});
    book.payout_destinations.Want({program, batch_number, number});
    for (const PayableLine& line : plan.lines) {
      if (!book.payable_lines.Knows(line.key())) book.payable_lines.Loaded(line);
    }
  }
  book.lists->LoadWantedRows();
}

// The payouts of a batch; what is asked of each, and what it changes today, is loaded with them.
std::vector<Payout> LoadPayouts(Book& book, const PayoutBatch::Key& batch, Day today) {
  std::vector<Payout> payouts = book.lists->PayoutsOf(std::get<0>(batch), std::get<1>(batch));
  for (const Payout& payout : payouts) {
    if (!book.payouts.Knows(payout.key())) book.payouts.Loaded(payout);
    book.payout_destinations.Want(payout.key());
    book.partner_identities.Want({payout.program, payout.partner});
    book.earners.Want({payout.program, payout.partner, payout.currency});
    book.earner_days.Want({payout.program, today, payout.partner, payout.currency});
  }
  book.lists->LoadWantedRows();
  return payouts;
}

}  // namespace

absl::StatusOr<int64_t> Operations::Do(const CreatePayoutBatch& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckCurrency("payout_batch.currency_code", command.currency));
  TRAILBOOK_RETURN_IF_ERROR(CheckResourceId("payout_batch.funding_account", command.funding_account, 40));
  Day cutoff = place.today;
  if (!command.cutoff_date.empty()) {
    const auto day = ParseDay(command.cutoff_date);
    if (!day.ok()) return InvalidField("payout_batch.cutoff_date", day.status().message());
    cutoff = *day;
  }
  if (cutoff > place.today) {
    return InvalidField("payout_batch.cutoff_date",
                        absl::StrCat(command.cutoff_date, " is after today, ", FormatDay(place.today)));
  }
  const int64_t number = book_->programs.At({place.program}).batches + 1;
  log::v1::PayoutBatchCreated& created = *journal_->Start(place.program, place.today).mutable_payout_batch_created();
  created.set_batch(number);
  created.set_currency(command.currency);
  created.set_cutoff_day(cutoff);
  created.set_funding_account(command.funding_account);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return number;
}

absl::StatusOr<PayoutBatch*> Operations::FindBatch(const Place& place, int64_t batch, BatchPhase needed,
                                                   absl::string_view verb) {
  const PayoutBatch::Key key{place.program, batch};
  const PayoutBatch* found = book_->payout_batches.Get(key);
  if (found == nullptr) return NotFound("payout batch", absl::StrCat(batch));
  if (found->state != static_cast<int64_t>(needed)) {
    return WrongState(absl::StrCat("payout batch ", batch), kBatchPhases[found->state], verb);
  }
  return &book_->payout_batches.Edit(key);
}

absl::Status Operations::Reserve(const Place& place, int64_t batch, const PlannedPayout& planned, int64_t number) {
  const PayoutMethod& method = book_->payout_methods.At({place.program, planned.partner});
  const Currency currency = book_->payout_batches.At({place.program, batch}).currency;
  const Earner& earner = book_->earners.At({place.program, planned.partner, currency});
  size_t at = 0;
  for (bool first = true; first || at < planned.lines.size(); first = false) {
    log::v1::PayoutReserved& reserved = *journal_->Start(place.program, place.today).mutable_payout_reserved();
    reserved.set_batch(batch);
    reserved.set_payout(static_cast<int32_t>(number));
    reserved.set_partner(planned.partner);
    reserved.set_method_type(method.type);
    reserved.set_commitment(Commitment(*book_, method));
    for (int n = 0; n < kLinesARecord && at < planned.lines.size(); ++n, ++at) {
      log::v1::PayoutLine& line = *reserved.add_lines();
      line.set_sequence(planned.lines[at].sequence);
      line.set_booking_day(planned.lines[at].day);
      line.set_amount(planned.lines[at].amount);
    }
    if (first) {
      reserved.set_amount(planned.amount);
      reserved.set_settlement_currency(planned.settlement_currency);
      reserved.set_settlement_amount(planned.settlement_amount);
      reserved.set_fx_rate(planned.fx_rate);
      reserved.set_retry_of_batch(planned.retry_of_batch);
      reserved.set_retry_of_payout(static_cast<int32_t>(planned.retry_of_payout));
      const Day day = std::max(place.today, earner.payable_day);
      journal_->AddLegs({{AccountKind::kCommissionPayable, AccountKind::kPayoutReserved, planned.amount, day}},
                        {planned.partner, currency});
    }
    TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  }
  PayoutDestination to;
  to.program = place.program;
  to.batch = batch;
  to.payout = number;
  to.display_name = book_->partner_identities.At({place.program, planned.partner}).display_name;
  to.type = method.type;
  to.account = method.account;
  to.editor = method.editor;
  book_->payout_destinations.Put(std::move(to));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Operations::Do(const SubmitPayoutBatch& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(PayoutBatch * batch, FindBatch(place, command.batch, BatchPhase::kDraft, "submitted"));
  std::vector<PlannedPayout> paid;
  TRAILBOOK_ASSIGN_OR_RETURN(std::vector<PlannedPayout> plans,
                             PlanPayouts(*book_, place.program, batch->currency, batch->cutoff_day, place.today));
  std::erase_if(plans, [](const PlannedPayout& plan) { return !plan.left_out.empty(); });
  LoadForReservation(*book_, {place.program, command.batch}, batch->currency, place.today, plans);
  for (PlannedPayout& plan : plans) {
    // The reservation is an event of today: what is due by then matures first, and what is due by the cutoff gets its
    // lines.
    const size_t before = book_->payable_lines.dirty().size();
    TRAILBOOK_RETURN_IF_ERROR(
        MatureThrough(*book_, *journal_, {place.program, plan.partner, batch->currency}, place.today).status());
    for (size_t at = before; at < book_->payable_lines.dirty().size(); ++at) {
      const PayableLine& line = book_->payable_lines.dirty()[at]->row;
      if (line.day <= batch->cutoff_day && line.amount != 0) plan.lines.push_back(line);
    }
    paid.push_back(std::move(plan));
  }
  if (paid.empty()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "NOTHING_TO_PAY", "",
                  absl::StrCat("payout batch ", command.batch, " would pay nobody; see the preview for why"));
  }
  std::string content =
      absl::StrCat("trailbook payout batch v1\n", command.program_id, "\n", command.batch, "\n", batch->currency.code(),
                   "\n", FormatDay(batch->cutoff_day), "\n", batch->funding_account, "\n");
  int64_t total = 0, number = 0;
  for (const PlannedPayout& plan : paid) {
    if (!CheckedAdd(total, plan.amount, &total)) {
      return Refuse(absl::StatusCode::kOutOfRange, "OVERFLOW", "", "the batch's total would not fit into 64 bits");
    }
    TRAILBOOK_RETURN_IF_ERROR(Reserve(place, command.batch, plan, ++number));
    const PayoutMethod& method = book_->payout_methods.At({place.program, plan.partner});
    absl::StrAppend(&content, number, " ", plan.partner, " ", plan.amount, " ", plan.lines.size(), " ",
                    Hex(Commitment(*book_, method)));
    if (plan.fx_rate != 0) {
      absl::StrAppend(&content, " ", plan.settlement_currency.code(), " ", plan.settlement_amount, " ", plan.fx_rate);
    }
    absl::StrAppend(&content, "\n");
  }
  log::v1::PayoutBatchSubmitted& submitted =
      *journal_->Start(place.program, place.today).mutable_payout_batch_submitted();
  submitted.set_batch(command.batch);
  submitted.set_payout_count(static_cast<int32_t>(number));
  submitted.set_total(total);
  submitted.set_content_hash(std::string(AsView(Sha256(content))));
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const ApprovePayoutBatch& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(PayoutBatch * batch, FindBatch(place, command.batch, BatchPhase::kSubmitted, "approved"));
  const std::string& actor = journal_->actor();
  if (actor == batch->preparer) return SamePerson(actor, "prepared this batch");
  for (const Payout& payout : LoadPayouts(*book_, {place.program, command.batch}, place.today)) {
    if (book_->payout_destinations.At({place.program, command.batch, payout.payout}).editor == actor) {
      return SamePerson(actor, absl::StrCat("set the bank details of ",
                                            book_->partner_identities.At({place.program, payout.partner}).partner_id));
    }
  }
  if (Hex(batch->content_hash.bytes) != command.content_hash_hex) {
    return Refuse(absl::StatusCode::kAborted, "CONTENT_CHANGED", "content_hash",
                  absl::StrCat("the batch's content hash is ", Hex(batch->content_hash.bytes), ", not ",
                               command.content_hash_hex));
  }
  log::v1::PayoutBatchApproved& approved = *journal_->Start(place.program, place.today).mutable_payout_batch_approved();
  approved.set_batch(command.batch);
  approved.set_content_hash(batch->content_hash.bytes);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const ExportPayoutBatch& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  const PayoutBatch* known = book_->payout_batches.Get({place.program, command.batch});
  const bool again = known != nullptr && known->state >= static_cast<int64_t>(BatchPhase::kExported) &&
                     known->state <= static_cast<int64_t>(BatchPhase::kClosed);
  if (again) return 0;  // the same bytes again; nothing to record
  TRAILBOOK_RETURN_IF_ERROR(FindBatch(place, command.batch, BatchPhase::kApproved, "exported").status());
  for (const Payout& payout : LoadPayouts(*book_, {place.program, command.batch}, place.today)) {
    log::v1::PayoutSent& sent = *journal_->Start(place.program, place.today).mutable_payout_sent();
    sent.set_batch(command.batch);
    sent.set_payout(static_cast<int32_t>(payout.payout));
    const Earner& earner = book_->earners.At({place.program, payout.partner, payout.currency});
    AddStep(*journal_, payout, SentStep(payout, earner, place.today));
    TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  }
  journal_->Start(place.program, place.today).mutable_payout_batch_exported()->set_batch(command.batch);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

absl::Status Operations::ReturnToPayable(const Place& place, const Payout& payout, const Step& step,
                                         log::v1::PayoutOutcome outcome, const std::string& evidence, Day day) {
  log::v1::PayoutResult& result = *journal_->Start(place.program, day).mutable_payout_result();
  result.set_batch(payout.batch);
  result.set_payout(static_cast<int32_t>(payout.payout));
  result.set_outcome(outcome);
  result.set_evidence(evidence);
  AddStep(*journal_, payout, step);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return RecomputeHolds(*book_, *journal_, {place.program, payout.partner, payout.currency}, day);
}

absl::Status Operations::SettleAfterFailure(const Place& place, const Payout& payout, const std::string& funding,
                                            const std::string& evidence, Day day) {
  const Earner::Key key{place.program, payout.partner, payout.currency};
  TRAILBOOK_RETURN_IF_ERROR(MatureThrough(*book_, *journal_, key, day).status());
  log::v1::PayoutResult& result = *journal_->Start(place.program, day).mutable_payout_result();
  result.set_batch(payout.batch);
  result.set_payout(static_cast<int32_t>(payout.payout));
  result.set_outcome(log::v1::PAYOUT_OUTCOME_SETTLED);
  result.set_evidence(evidence);
  AddStep(*journal_, payout, SettledAfterFailureStep(payout, funding, book_->earners.At(key), day));
  return journal_->Emit().status();
}

absl::StatusOr<int64_t> Operations::Do(const CancelPayoutBatch& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("reason", command.reason, 500, true));
  const PayoutBatch* batch = book_->payout_batches.Get({place.program, command.batch});
  if (batch == nullptr) return NotFound("payout batch", absl::StrCat(command.batch));
  if (batch->state > static_cast<int64_t>(BatchPhase::kApproved)) {
    return WrongState(absl::StrCat("payout batch ", command.batch), kBatchPhases[batch->state], "cancelled");
  }
  for (const Payout& payout : LoadPayouts(*book_, {place.program, command.batch}, place.today)) {
    const Earner::Key key{place.program, payout.partner, payout.currency};
    TRAILBOOK_RETURN_IF_ERROR(MatureThrough(*book_, *journal_, key, place.today).status());
    const Earner& earner = book_->earners.At(key);
    TRAILBOOK_RETURN_IF_ERROR(ReturnToPayable(place, payout, CancelledStep(payout, earner, place.today),
                                              log::v1::PAYOUT_OUTCOME_CANCELLED, command.reason,
                                              std::max(place.today, earner.reserved_day)));
  }
  log::v1::PayoutBatchCancelled& cancelled =
      *journal_->Start(place.program, place.today).mutable_payout_batch_cancelled();
  cancelled.set_batch(command.batch);
  cancelled.set_reason(command.reason);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

namespace {

// Which result may follow which state.
bool MayBecome(PayoutPhase state, PayoutResultKind result) {
  switch (result) {
    case PayoutResultKind::kSettled:
      return state == PayoutPhase::kSent || state == PayoutPhase::kUnknown || state == PayoutPhase::kFailed;
    case PayoutResultKind::kFailed: return state == PayoutPhase::kSent || state == PayoutPhase::kUnknown;
    case PayoutResultKind::kReturned: return state == PayoutPhase::kSettled;
    case PayoutResultKind::kUnknown: return state == PayoutPhase::kSent;
  }
  return false;
}

constexpr absl::string_view kResultVerbs[] = {"", "settled", "failed", "returned", "unknown"};

}  // namespace

absl::StatusOr<int64_t> Operations::Do(const RecordPayoutResult& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("evidence", command.evidence, 500, true));
  const Payout* known = book_->payouts.Get({place.program, command.batch, command.payout});
  const std::string name = absl::StrCat(command.batch, "/", command.payout);
  if (known == nullptr) return NotFound("payout", name);
  if (!MayBecome(static_cast<PayoutPhase>(known->state), command.result)) {
    return WrongState(absl::StrCat("payout ", name), kPayoutPhases[known->state],
                      kResultVerbs[static_cast<int>(command.result)]);
  }
  Day day = place.today;
  if (!command.result_date.empty()) {
    const auto parsed = ParseDay(command.result_date);
    if (!parsed.ok()) return InvalidField("result_date", parsed.status().message());
    day = *parsed;
  }
  if (day > place.today || day < known->last_day) {
    return InvalidField("result_date", absl::StrCat(FormatDay(day), " is not between ", FormatDay(known->last_day),
                                                    ", when the payout was sent, and today"));
  }
  Payout payout = *known;
  payout.partner = OwnerOf(*book_, place.program, known->partner);  // what comes back is the owner's
  const std::string funding = book_->payout_batches.At({place.program, command.batch}).funding_account;
  if (payout.state == static_cast<int64_t>(PayoutPhase::kFailed)) {
    TRAILBOOK_RETURN_IF_ERROR(SettleAfterFailure(place, payout, funding, command.evidence, day));
    return 0;
  }
  const Earner::Key key{place.program, payout.partner, payout.currency};
  if (command.result == PayoutResultKind::kFailed || command.result == PayoutResultKind::kReturned) {
    TRAILBOOK_RETURN_IF_ERROR(
        MatureThrough(*book_, *journal_, key, day).status());  // RULES 5: what is due by its day comes first
  }
  const Earner& earner = book_->earners.At(key);
  switch (command.result) {
    case PayoutResultKind::kSettled:
    case PayoutResultKind::kUnknown: {
      const bool settled = command.result == PayoutResultKind::kSettled;
      log::v1::PayoutResult& result = *journal_->Start(place.program, day).mutable_payout_result();
      result.set_batch(command.batch);
      result.set_payout(static_cast<int32_t>(command.payout));
      result.set_outcome(settled ? log::v1::PAYOUT_OUTCOME_SETTLED : log::v1::PAYOUT_OUTCOME_UNKNOWN);
      result.set_evidence(command.evidence);
      if (settled) AddStep(*journal_, payout, SettledStep(payout, funding, day));
      TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
      return 0;
    }
    case PayoutResultKind::kFailed: {
      TRAILBOOK_RETURN_IF_ERROR(ReturnToPayable(place, payout, FailedStep(payout, earner, day),
                                                log::v1::PAYOUT_OUTCOME_FAILED, command.evidence, day));
      const PayoutDestination& to = book_->payout_destinations.At({place.program, command.batch, command.payout});
      const PayoutMethod& now = book_->payout_methods.At({place.program, payout.partner});
      if (now.type == to.type && now.account == to.account) {
        book_->payout_methods.Edit({place.program, payout.partner}).blocked = true;
      }
      return 0;
    }
    case PayoutResultKind::kReturned:
      TRAILBOOK_RETURN_IF_ERROR(ReturnToPayable(place, payout, ReturnedStep(payout, funding, earner, day),
                                                log::v1::PAYOUT_OUTCOME_RETURNED, command.evidence, day));
      return 0;
  }
  return Internal("an unknown result");
}

}  // namespace trailbook
