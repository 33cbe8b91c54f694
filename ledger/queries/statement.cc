// Statements: opening + lines - payouts = closing (RULES 9), read along the chain of a day's records.
#include <algorithm>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"
#include "ledger/domain/words.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"
#include "ledger/store/watermark.h"

namespace trailbook {
namespace {

using log::v1::Record;

// What a record changed in a partner's balance on a day: every account of his counts, the receivable against him.
int64_t ChangeOn(const Record& record, const EarnerDay& day) {
  int64_t change = 0;
  for (const log::v1::Posting& posting : record.postings()) {
    if (posting.partner() == day.partner && posting.currency() == day.currency && posting.booking_day() == day.day) {
      change -= posting.amount();
    }
  }
  return change;
}

int64_t PreviousOn(const Record& record, const EarnerDay& day) {
  for (const log::v1::Posting& posting : record.postings()) {
    if (posting.partner() == day.partner && posting.currency() == day.currency && posting.booking_day() == day.day) {
      return posting.previous();
    }
  }
  return 0;
}

template <typename Balances>
int64_t BalanceIn(const Balances& day) {
  return day.pending + day.held + day.payable + day.reserved + day.tax_reserved - day.receivable;
}

}  // namespace

// A day's records are a chain from the last to the first; every StatementMark::kEvery-th is marked, so that the walk
// begins near its end.
absl::StatusOr<std::vector<StatementLine>> Queries::LinesOfDay(const Place& place, const EarnerDay& day, int64_t from,
                                                               int64_t count) {
  const int64_t to = std::min(day.lines, from + count);
  int64_t sequence = day.last_sequence, ordinal = day.lines;
  const int64_t mark = (to + StatementMark::kEvery - 1) / StatementMark::kEvery;
  const StatementMark* marked = book_.statement_marks.Get({day.program, day.partner, day.currency, day.day, mark});
  if (marked != nullptr) {
    sequence = marked->sequence;
    ordinal = mark * StatementMark::kEvery;
  }
  std::vector<StatementLine> lines;
  for (; ordinal > from && sequence != 0; --ordinal) {
    TRAILBOOK_ASSIGN_OR_RETURN(const Record record, ReadRecord(place.program, sequence, nullptr));
    sequence = PreviousOn(record, day);
    if (ordinal > to) continue;
    StatementLine line;
    line.amount = ChangeOn(record, day);
    line.booking_date = FormatDay(day.day);
    line.sequence = record.sequence();
    const RecordWords words = WordsFor(record, day.currency);
    line.kind = words.kind;
    line.text = words.text;
    line.commission = words.commission;
    const log::v1::CommissionTransferred& moved = record.commission_transferred();
    if (moved.from_partner() == day.partner) line.commission = moved.commission();
    // Moves between the partner's own accounts (maturity, holds, reservations) leave his balance as it was.
    if (line.amount != 0) lines.push_back(std::move(line));
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

absl::StatusOr<StatementView> Queries::GetStatement(absl::string_view program_id, absl::string_view partner_id,
                                                    absl::string_view currency, absl::string_view from,
                                                    absl::string_view to, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, partner_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckCurrency("currency_code", currency));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day last, DayOr(place, "to_date", to));
  const std::string last_text = FormatDay(last);
  TRAILBOOK_ASSIGN_OR_RETURN(
      const Day first,
      DayOr(place, "from_date", from.empty() ? absl::StrCat(last_text.substr(0, 8), "01") : std::string(from)));
  if (first > last) {
    return InvalidField("from_date", absl::StrCat(FormatDay(first), " is after to_date, ", last_text));
  }
  StatementView view;
  view.partner_id = std::string(partner_id);
  view.partner_number = partner;
  TRAILBOOK_ASSIGN_OR_RETURN(
      view.log_size, store::WatermarkOf(*db_, place.program));  // the log may be ahead of what the lines are read from
  view.currency = std::string(currency);
  view.from_date = FormatDay(first);
  view.to_date = last_text;
  std::vector<EarnerDay> days;
  if (const Earner* earner = book_.earners.Get({place.program, partner, view.currency})) {
    TRAILBOOK_ASSIGN_OR_RETURN(const EarnerDay before, BooksAt(place, *earner, first - 1));
    view.opening = BalanceIn(before);
    TRAILBOOK_ASSIGN_OR_RETURN(days, DaysBetween(place, *earner, first, last));
  }
  view.closing = view.opening;
  for (const EarnerDay& day : days) {
    view.closing += BalanceIn(day);
    view.paid += day.in_transit + day.paid;
  }
  view.earned = view.closing - view.opening + view.paid;

  TRAILBOOK_ASSIGN_OR_RETURN(const Pair start,
                             PairCursor(page.cursor, {first, 0}));  // a day, and how many of its lines to pass over
  for (const EarnerDay& day : days) {
    if (day.day < start.first || day.last_sequence == 0) continue;
    for (int64_t at = day.day == start.first ? start.second : 0; at < day.lines;) {
      const int64_t wanted = page.size - static_cast<int64_t>(view.lines.items.size());
      if (wanted == 0) {
        view.lines.next = absl::StrCat(day.day, "|", at);
        return view;
      }
      TRAILBOOK_ASSIGN_OR_RETURN(std::vector<StatementLine> lines, LinesOfDay(place, day, at, wanted));
      std::move(lines.begin(), lines.end(), std::back_inserter(view.lines.items));
      at += wanted;
    }
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

}  // namespace trailbook
