#include "ledger/domain/journal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"
#include "ledger/domain/postings.h"
#include "ledger/domain/projector.h"

namespace trailbook {
namespace {

constexpr size_t kMaxRecordBytes = 65535;  // entry bundles have 16-bit lengths

void Post(log::v1::Record& record, AccountKind kind, const EarnerRef& earner, const std::string& detail, int64_t amount,
          Day day) {
  const int64_t partner = IsPartnerAccount(kind) ? earner.partner : 0;
  const bool named = kind == AccountKind::kCash || kind == AccountKind::kPayoutInTransit;
  for (log::v1::Posting& posting : *record.mutable_postings()) {
    if (posting.account() == static_cast<int32_t>(kind) && posting.booking_day() == day &&
        posting.partner() == partner && posting.currency() == earner.currency &&
        posting.detail() == (named ? detail : "")) {
      posting.set_amount(posting.amount() + amount);
      return;
    }
  }
  log::v1::Posting& posting = *record.add_postings();
  posting.set_account(static_cast<int32_t>(kind));
  posting.set_partner(partner);
  posting.set_currency(earner.currency);
  if (named) posting.set_detail(detail);
  posting.set_amount(amount);
  posting.set_booking_day(day);
}

absl::Status CheckBalanced(const log::v1::Record& record) {
  for (const log::v1::Posting& posting : record.postings()) {
    __int128 sum = 0;
    for (const log::v1::Posting& other : record.postings()) {
      if (other.booking_day() == posting.booking_day() && other.currency() == posting.currency()) {
        sum += other.amount();
      }
    }
    if (sum != 0) {
      return Internal(
          absl::StrCat("an entry does not balance on day ", posting.booking_day(), ": ", record.ShortDebugString()));
    }
  }
  return absl::OkStatus();
}

absl::Status Overflow(const log::v1::Posting& posting) {
  return Refuse(absl::StatusCode::kOutOfRange, "OVERFLOW", "",
                absl::StrCat("a balance in ", posting.currency(), " would not fit into 64 bits; nothing was recorded"));
}

}  // namespace

log::v1::Record& Journal::Start(int64_t program, Day event_day) {
  record_.Clear();
  record_.set_program(program);
  record_.set_event_day(event_day);
  return record_;
}

void Journal::AddLegs(const std::vector<Leg>& legs, const EarnerRef& earner, const std::string& debit_detail,
                      const std::string& credit_detail) {
  for (const Leg& leg : legs) {
    const Day day = OpenDay(leg.day);
    Post(record_, leg.debit, earner, debit_detail, leg.amount, day);
    Post(record_, leg.credit, earner, credit_detail, -leg.amount, day);
  }
}

void Journal::AddTransfer(const std::vector<Leg>& legs, const EarnerRef& debited, const EarnerRef& credited) {
  for (const Leg& leg : legs) {
    const Day day = OpenDay(leg.day);
    Post(record_, leg.debit, debited, "", leg.amount, day);
    Post(record_, leg.credit, credited, "", -leg.amount, day);
  }
}

Day Journal::OpenDay(Day day) const {
  const Program* program = book_->programs.Get({record_.program()});
  const Day closed = program == nullptr ? kFromEver : program->closed_through;
  return day > closed ? day : closed + 1;
}

int64_t Journal::NextSequence(int64_t program) {
  int64_t size = sizes_->SizeOf(program);
  for (auto it = emitted_.rbegin(); it != emitted_.rend(); ++it) {
    if (it->program == program) return it->sequence + 1;
  }
  return size + 1;
}

absl::Status Journal::Check() {
  TRAILBOOK_RETURN_IF_ERROR(CheckBalanced(record_));
  if (const std::string wrong = FindMisposting(record_, *book_); !wrong.empty()) {
    return Internal(
        absl::StrCat("an entry does not post what its record says, ", wrong, ": ", record_.ShortDebugString()));
  }
  for (log::v1::Posting& posting : *record_.mutable_postings()) {
    const auto kind = static_cast<AccountKind>(posting.account());
    __int128 change = 0;  // of this account, over all days of the entry
    for (const log::v1::Posting& other : record_.postings()) {
      if (other.account() == posting.account() && other.partner() == posting.partner() &&
          other.currency() == posting.currency() && other.detail() == posting.detail()) {
        change += other.amount();
      }
    }
    const Account* control =
        book_->accounts.Get({record_.program(), posting.account(), posting.currency(), posting.detail()});
    const __int128 total = change + (control != nullptr ? control->balance : 0);
    if (total > INT64_MAX || total < INT64_MIN) return Overflow(posting);
    if (!IsPartnerAccount(kind)) continue;

    const Earner* earner = book_->earners.Get({record_.program(), posting.partner(), posting.currency()});
    const __int128 before = earner != nullptr ? BalanceOf(*earner, kind) : 0;
    const __int128 after = before + (kind == AccountKind::kPartnerReceivable ? change : -change);
    if (after > INT64_MAX) return Overflow(posting);
    if (after < 0) {
      return Internal(absl::StrCat("an entry would take more than there is from ", AccountName(kind, ""), ": ",
                                   record_.ShortDebugString()));
    }
    const EarnerDay* day =
        book_->earner_days.Get({record_.program(), posting.booking_day(), posting.partner(), posting.currency()});
    posting.set_previous(day != nullptr ? day->last_sequence : 0);
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Journal::Emit() {
  TRAILBOOK_RETURN_IF_ERROR(Check());
  record_.set_sequence(NextSequence(record_.program()));
  record_.set_record_micros(now_micros_);
  record_.set_actor(actor_);
  EmittedRecord emitted{record_.program(), record_.sequence(), record_.SerializeAsString()};
  if (emitted.body.size() > kMaxRecordBytes) {
    return Internal(absl::StrCat("a record of ", emitted.body.size(), " bytes is too large"));
  }
  Project(record_, *book_);
  emitted_.push_back(std::move(emitted));
  return record_.sequence();
}

}  // namespace trailbook
