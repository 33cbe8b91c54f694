// Clicks (RULES 6): kept beside the ledger, for sign-ups that name them.
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/outcomes.h"
#include "ledger/domain/reporter.h"
#include "ledger/domain/validate.h"
#include "ledger/domain/words.h"

namespace trailbook {
namespace {

absl::Status CheckClick(const ClickReport& report, int64_t now) {
  TRAILBOOK_RETURN_IF_ERROR(CheckExternalId("click.click_id", report.click_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("click.link_code", report.link_code, 255, true));
  return CheckTime("click.occur_time", report.time, now);
}

}  // namespace

ReportOutcome Reporter::TakeOne(const ClickReport& report) {
  if (absl::Status bad = CheckClick(report, now_); !bad.ok()) return Refused(std::move(bad));
  ReportOutcome outcome;
  const std::string folded = FoldCode(report.link_code);
  const CodeKey* code = folded.size() > 64 ? nullptr : book_->code_keys.Get({program_, folded});
  if (code == nullptr) {
    outcome.kind = OutcomeKind::kNoReferral;
    outcome.message = absl::StrCat("\"", folded, "\" is no code of the program; the click was not kept");
    return outcome;
  }
  outcome.kind = OutcomeKind::kRecorded;
  const int64_t partner = book_->codes.At({program_, code->code}).partner;
  outcome.partner_id = book_->partner_identities.At({program_, partner}).partner_id;
  const Click::Key key{program_, ExternalIdKey(IdKind::kClick, report.click_id)};
  if (const Click* known = book_->clicks.Get(key)) {
    if (known->code != code->code) return Refused(EventConflict("click", report.click_id, "link"));
    if (known->time != report.time) return Refused(EventConflict("click", report.click_id, "time"));
    outcome.replayed = true;
    return outcome;
  }
  Click& click = book_->clicks.EditOrCreate(key);
  click.code = code->code;
  click.time = report.time;
  return outcome;
}

}  // namespace trailbook
