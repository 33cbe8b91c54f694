#include "ledger/store/replay.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/chart.h"
#include "ledger/domain/projector.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook::store {
namespace {

using log::v1::Record;

constexpr int64_t kChunk = 2000;  // records that are loaded for at once

absl::Status Missing(int64_t program, int64_t sequence) {
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                absl::StrCat("table log_record: record ", sequence, " of program ", program, " is missing or damaged"));
}

// The commission that a record changes; 0 if it changes none that was there before.
int64_t ChangedCommission(const Record& record) {
  switch (record.kind_case()) {
    case Record::kRefundRecorded: return record.refund_recorded().commission();
    case Record::kDisputeRecorded: return record.dispute_recorded().commission();
    case Record::kHoldRecomputed: return record.hold_recomputed().commission();
    case Record::kCommissionForfeited: return record.commission_forfeited().commission();
    case Record::kForfeitureUndone: return record.forfeiture_undone().commission();
    case Record::kBonusChanged: return record.bonus_changed().commission();
    default: return 0;
  }
}

// Wants the rows that Project will change for a record, as far as the record names them and there are many of their
// kind; the others are loaded singly.
void WantRowsOf(const Record& record, Book& book) {
  const int64_t program = record.program();
  for (const log::v1::Posting& posting : record.postings()) {
    if (!IsPartnerAccount(static_cast<AccountKind>(posting.account()))) continue;
    book.earners.Want({program, posting.partner(), posting.currency()});
    book.earner_days.Want({program, posting.booking_day(), posting.partner(), posting.currency()});
  }
  if (record.has_payment_recorded()) {
    const log::v1::PaymentRecorded& payment = record.payment_recorded();
    book.earners.Want({program, payment.partner(), payment.currency()});
    book.earner_days.Want({program, payment.matures_on(), payment.partner(), payment.currency()});
    if (payment.first_paying()) {
      book.paying_customers.Want(PayingCustomers::KeyOf(program, payment.customer()));
      book.partners.Want({program, payment.partner()});
    }
  }
  if (const int64_t changed = ChangedCommission(record)) book.commissions.Want({program, changed});
}

absl::StatusOr<std::vector<Record>> ReadRecords(Database& db, int64_t program, int64_t after, int64_t through) {
  std::vector<Record> records;
  records.reserve(static_cast<size_t>(through - after));
  const absl::Status read =
      ForEachRecord(db, program, after, through, [&records, after](int64_t sequence, absl::string_view body) {
        records.emplace_back();
        return sequence == after + static_cast<int64_t>(records.size()) &&
               records.back().ParseFromArray(body.data(), static_cast<int>(body.size()));
      });
  TRAILBOOK_RETURN_IF_ERROR(read);
  for (size_t at = 0; at < records.size(); ++at) {
    const int64_t sequence = after + 1 + static_cast<int64_t>(at);
    if (records[at].sequence() != sequence || records[at].program() != program) return Missing(program, sequence);
  }
  if (static_cast<int64_t>(records.size()) != through - after) {
    return Missing(program, after + 1 + static_cast<int64_t>(records.size()));
  }
  return records;
}

}  // namespace

absl::Status ForEachRecord(Database& db, int64_t program, int64_t after, int64_t through,
                           absl::FunctionRef<bool(int64_t, absl::string_view)> visit) {
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * select,
                             db.PrepareScan("SELECT sequence, body FROM log_record WHERE program_id = $1 AND sequence "
                                            "> $2 AND sequence <= $3 ORDER BY sequence"));
  select->BindInt(1, program);
  select->BindInt(2, after);
  select->BindInt(3, through);
  absl::StatusOr<bool> more = true;
  while (true) {
    more = select->Step();
    if (!more.ok() || !*more || !visit(select->ColumnInt(0), select->ColumnBlob(1))) break;
  }
  select->Reset();
  return more.status();
}

absl::Status Replay(Database& db, int64_t program, int64_t after, int64_t through, Repository& repository, Book& book) {
  while (after < through) {
    const int64_t end = std::min(through, after + kChunk);
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<Record> records, ReadRecords(db, program, after, end));
    for (const Record& record : records) WantRowsOf(record, book);
    TRAILBOOK_RETURN_IF_ERROR(repository.LoadWanted());
    for (const Record& record : records) Project(record, book);
    TRAILBOOK_RETURN_IF_ERROR(repository.TakeError());
    after = end;
  }
  return absl::OkStatus();
}

}  // namespace trailbook::store
