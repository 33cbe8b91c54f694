// The log and its verification, its entries, accounts and the trial balance.
#include <google/protobuf/util/json_util.h>

#include <iterator>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/chart.h"
#include "ledger/domain/projector.h"
#include "ledger/log/tiles.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"
#include "ledger/verify/verify.h"

namespace trailbook {
namespace {

using log::v1::Record;

std::string KindName(const Record& record) {
  const auto* oneof = Record::descriptor()->FindOneofByName("kind");
  const auto* field = record.GetReflection()->GetOneofFieldDescriptor(record, oneof);
  return field == nullptr ? "unknown" : field->name();
}

absl::Status Damaged(absl::string_view message) {
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", message);
}

}  // namespace

absl::Status AccountCursor::Parse(absl::string_view text) {
  if (text.empty()) return absl::OkStatus();
  const std::vector<std::string> parts = absl::StrSplit(text, '|');
  if (parts.size() == 4 && absl::SimpleAtoi(parts[0], &account) && absl::SimpleAtoi(parts[1], &partner) &&
      absl::SimpleAtoi(parts[3], &kind) && account >= 0 && kind >= 0) {
    currency = parts[2];
    return absl::OkStatus();
  }
  return BadPageToken();
}

std::string AccountCursor::Text() const { return absl::StrCat(account, "|", partner, "|", currency.code(), "|", kind); }

absl::StatusOr<Record> Queries::ReadRecord(int64_t program, int64_t sequence, std::string* body) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select,
                             db_->Prepare("SELECT body FROM log_record WHERE program_id = $1 AND sequence = $2"));
  select->BindInt(1, program);
  select->BindInt(2, sequence);
  TRAILBOOK_ASSIGN_OR_RETURN(const bool there, select->Step());
  if (!there) return NotFound("record", absl::StrCat(sequence));
  const absl::string_view bytes = select->ColumnBlob(0);
  Record record;
  const bool good = record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (body != nullptr) body->assign(bytes.data(), bytes.size());
  select->Reset();
  if (!good) return Damaged(absl::StrCat("record ", sequence, " cannot be read"));
  return record;
}

std::string Queries::AccountOf(const log::v1::Posting& posting, int64_t program) {
  const auto kind = static_cast<AccountKind>(posting.account());
  return AccountName(kind, IsPartnerAccount(kind) ? PartnerId(program, posting.partner()) : posting.detail());
}

RecordView Queries::ViewOf(const Record& record, std::string body) {
  RecordView view;
  view.sequence = record.sequence();
  view.record_micros = record.record_micros();
  view.event_date = FormatDay(record.event_day());
  view.actor = record.actor();
  view.kind = KindName(record);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  (void)google::protobuf::util::MessageToJsonString(record, &view.json, options);
  view.leaf_hash_hex = Hex(AsView(log::LeafHash(body)));
  view.body = std::move(body);
  for (const log::v1::Posting& posting : record.postings()) {
    view.postings.push_back(
        {AccountOf(posting, record.program()), posting.currency(), FormatDay(posting.booking_day()), posting.amount()});
  }
  return view;
}

absl::StatusOr<RecordView> Queries::GetRecord(absl::string_view program_id, int64_t sequence) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  std::string body;
  TRAILBOOK_ASSIGN_OR_RETURN(const Record record, ReadRecord(place.program, sequence, &body));
  return ViewOf(record, std::move(body));
}

absl::StatusOr<Page<RecordView>> Queries::ListRecords(absl::string_view program_id, int64_t from_sequence,
                                                      bool entries_only, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(int64_t next, NumberCursor(page.cursor, from_sequence));
  TRAILBOOK_ASSIGN_OR_RETURN(
      store::Statement * select,
      db_->Prepare("SELECT sequence, body FROM log_record WHERE program_id = $1 AND sequence >= $2 ORDER BY sequence"));
  select->BindInt(1, place.program);
  select->BindInt(2, next);
  std::vector<std::pair<int64_t, std::string>> bodies;
  Page<RecordView> out;
  while (true) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool more, select->Step());
    if (!more) break;
    const int64_t sequence = select->ColumnInt(0);
    if (static_cast<int64_t>(bodies.size()) == page.size) {
      out.next = absl::StrCat(sequence);
      break;
    }
    std::string body(select->ColumnBlob(1));
    Record record;
    if (!record.ParseFromString(body)) {
      select->Reset();
      return Damaged(absl::StrCat("record ", sequence, " cannot be read"));
    }
    if (!entries_only || record.postings_size() > 0) bodies.emplace_back(sequence, std::move(body));
  }
  select->Reset();
  for (auto& [sequence, body] : bodies) {
    Record record;
    (void)record.ParseFromString(body);
    out.items.push_back(ViewOf(record, std::move(body)));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

void Queries::AddAccounts(const Place& place, const Earner& earner, int64_t most, AccountCursor& at,
                          std::vector<AccountView>& items) {
  const bool goes_on = earner.partner == at.partner && earner.currency == at.currency;
  if (!goes_on) at.kind = 0;
  at.partner = earner.partner;
  at.currency = earner.currency;
  const std::string id = PartnerId(place.program, earner.partner);
  for (; at.kind < static_cast<int64_t>(std::size(kPartnerAccounts)) && static_cast<int64_t>(items.size()) < most;
       ++at.kind) {
    const AccountKind kind = kPartnerAccounts[at.kind];
    const int64_t has = BalanceOf(earner, kind);
    if (has != 0) items.push_back({AccountName(kind, id), earner.currency, IsDebitAccount(kind) ? has : -has});
  }
}

absl::StatusOr<Page<AccountView>> Queries::ListAccounts(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  AccountCursor at;
  TRAILBOOK_RETURN_IF_ERROR(at.Parse(page.cursor));
  Page<AccountView> out;
  const auto full = [&] { return static_cast<int64_t>(out.items.size()) == page.size; };
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<Account> accounts,
      store::SelectRows<Account>(
          *db_, store::SelectFrom<Account>("WHERE program_id = $1 ORDER BY kind, currency, detail"), {place.program}));
  for (; at.account < static_cast<int64_t>(accounts.size()) && !full(); ++at.account) {
    const Account& row = accounts[at.account];
    const auto kind = static_cast<AccountKind>(row.kind);
    if (!IsPartnerAccount(kind)) out.items.push_back({AccountName(kind, row.detail), row.currency, row.balance});
  }
  while (!full()) {
    TRAILBOOK_ASSIGN_OR_RETURN(
        const std::vector<Earner> earners,
        store::SelectRows<Earner>(*db_,
                                  store::SelectFrom<Earner>("WHERE program_id = $1 AND (partner, currency) >= ($2, $3) "
                                                            "ORDER BY partner, currency LIMIT $4"),
                                  {place.program, at.partner, at.currency, page.size + 1}));
    for (size_t n = 0; n < earners.size() && !full(); ++n) AddAccounts(place, earners[n], page.size, at, out.items);
    if (static_cast<int64_t>(earners.size()) <= page.size) break;
  }
  if (full()) out.next = at.Text();
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

absl::StatusOr<std::vector<AccountView>> Queries::TrialBalance(absl::string_view program_id, absl::string_view as_of) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day day, DayOr(place, "as_of_date", as_of));
  // By currency, then account; the database adds nothing: its sums may overflow without a word.
  std::map<std::tuple<Currency, int64_t, std::string>, int64_t> balances;
  if (day >= place.today) {
    TRAILBOOK_ASSIGN_OR_RETURN(
        const std::vector<Account> rows,
        store::SelectRows<Account>(*db_, store::SelectFrom<Account>("WHERE program_id = $1"), {place.program}));
    for (const Account& row : rows) balances[{row.currency, row.kind, row.detail}] += row.balance;
  } else {
    TRAILBOOK_ASSIGN_OR_RETURN(
        const std::vector<AccountDay> rows,
        store::SelectRows<AccountDay>(*db_, store::SelectFrom<AccountDay>("WHERE program_id = $1 AND day <= $2"),
                                      {place.program, int64_t{day}}));
    for (const AccountDay& row : rows) balances[{row.currency, row.kind, row.detail}] += row.change;
  }
  // What is due and has not been swept counts as payable here as well.
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<Earner> due,
      store::SelectRows<Earner>(*db_, store::SelectFrom<Earner>("WHERE program_id = $1 AND next_due <= $2"),
                                {place.program, int64_t{day}}));
  for (const Earner& earner : due) {
    EarningsView as_read = BalancesAt(place, earner, day);
    Earner unswept = earner;
    unswept.due_days = DaySet();
    const EarningsView as_booked = BalancesAt(place, unswept, day);
    const auto move = [&](AccountKind kind, int64_t change) {
      if (change != 0) balances[{earner.currency, static_cast<int64_t>(kind), ""}] += change;
    };
    move(AccountKind::kCommissionPending, as_booked.pending - as_read.pending);
    move(AccountKind::kCommissionPayable, as_booked.payable - as_read.payable);
    move(AccountKind::kPartnerReceivable, as_read.receivable - as_booked.receivable);
  }
  std::vector<AccountView> out;
  for (const auto& [key, balance] : balances) {
    const auto& [currency, kind, detail] = key;
    out.push_back({AccountName(static_cast<AccountKind>(kind), detail), currency, balance});
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

absl::StatusOr<LogHeadView> Queries::GetLogHead(absl::string_view program_id) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select,
                             db_->Prepare("SELECT size, root FROM log_head WHERE program_id = $1"));
  select->BindInt(1, place.program);
  TRAILBOOK_ASSIGN_OR_RETURN(const bool there, select->Step());
  LogHeadView view;
  if (there) view = {select->ColumnInt(0), Hex(select->ColumnBlob(1))};
  select->Reset();
  return view;
}

absl::StatusOr<VerifyReport> Queries::Verify(absl::string_view program_id) {
  // Of the program only its number is needed: its row may be what is damaged.
  const ProgramSlug* slug = book_.program_slugs.Get({std::string(program_id)});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (slug == nullptr) return NotFound("program", program_id);
  return VerifyProgram(*db_, *engine_, slug->program);
}

}  // namespace trailbook
